/** Writing ONNX graphs. */
@NullMarked
package io.github.erv.training.onnx;

import org.jspecify.annotations.NullMarked;
