/** Models run by ONNX Runtime, and the cards they travel with. */
@NullMarked
package io.github.erv.onnx;

import org.jspecify.annotations.NullMarked;
