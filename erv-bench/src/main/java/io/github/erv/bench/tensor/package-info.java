/**
 * How fast the kernels are: plain Java against the Vector API, both against ONNX Runtime and
 * OpenBLAS, and the guard that holds the ratios.
 */
@NullMarked
package io.github.erv.bench.tensor;

import org.jspecify.annotations.NullMarked;
