/** How fast fusion is beside ONNX Runtime running the same graph with the same weights. */
@NullMarked
package io.github.erv.bench.fusion;

import org.jspecify.annotations.NullMarked;
