/** Writing ONNX graphs. */
@NullMarked
package io.github.erv.examples.onnx;

import org.jspecify.annotations.NullMarked;
