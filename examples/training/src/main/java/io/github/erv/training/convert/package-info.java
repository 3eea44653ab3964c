/** Turns weights published for TensorFlow.js into the ONNX models that erv-vision bundles. */
@NullMarked
package io.github.erv.training.convert;

import org.jspecify.annotations.NullMarked;
