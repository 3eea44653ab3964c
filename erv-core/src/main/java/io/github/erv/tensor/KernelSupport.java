package io.github.erv.tensor;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bodies of {@link Kernels}, which says what they compute. They check nothing, allocate nothing and
 * hold no state. What is made of other kernels stands here.
 */
interface KernelSupport {
  String name();

  /** Width of the vectors, 0 for none. */
  int vectorBits();

  /** Packs a matrix as the products of this implementation want it. */
  PackedMatrix pack(
      float[] b,
      int bOffset,
      int bStride,
      boolean bTransposed,
      float @Nullable [] bias,
      int n,
      int k);

  void gemm(
      float[] a,
      int aOffset,
      int aStride,
      PackedMatrix b,
      boolean accumulate,
      float[] c,
      int cOffset,
      int cStride,
      int m,
      Scratch scratch);

  float dot(float[] a, int aOffset, float[] b, int bOffset, int n);

  void axpy(float alpha, float[] x, int xOffset, float[] y, int yOffset, int n);

  void multiply(float[] a, int aOffset, float[] b, int bOffset, float[] out, int outOffset, int n);

  void gemv(
      float[] a,
      int aOffset,
      int aStride,
      boolean aTransposed,
      float[] x,
      int xOffset,
      float @Nullable [] bias,
      boolean accumulate,
      float[] y,
      int yOffset,
      int rows,
      int columns);

  void gemm(
      float alpha,
      float[] a,
      int aOffset,
      int aStride,
      boolean aTransposed,
      float[] b,
      int bOffset,
      int bStride,
      boolean bTransposed,
      float @Nullable [] bias,
      boolean accumulate,
      float[] c,
      int cOffset,
      int cStride,
      int m,
      int n,
      int k,
      Scratch scratch);

  void softmax(
      float[] x,
      int xOffset,
      float @Nullable [] mask,
      int maskOffset,
      int maskStride,
      float[] out,
      int outOffset,
      int rows,
      int columns);

  float logSumExp(float[] x, int xOffset, int n);

  void layerNorm(
      float[] x,
      int xOffset,
      float[] gain,
      float[] shift,
      float epsilon,
      float[] out,
      int outOffset,
      int rows,
      int columns);

  void batchNorm(
      float[] x,
      int xOffset,
      float[] mean,
      float[] variance,
      float[] gain,
      float[] shift,
      float epsilon,
      float[] out,
      int outOffset,
      int rows,
      int columns);

  void relu(float[] x, int xOffset, float[] out, int outOffset, int n);

  void gelu(float[] x, int xOffset, float[] out, int outOffset, int n);

  void sigmoid(float[] x, int xOffset, float[] out, int outOffset, int n);

  void tanh(float[] x, int xOffset, float[] out, int outOffset, int n);

  void exp(float[] x, int xOffset, float[] out, int outOffset, int n);

  default void attention(
      float[] q,
      int qOffset,
      int qStride,
      float[] k,
      int kOffset,
      int kStride,
      float[] v,
      int vOffset,
      int vStride,
      float @Nullable [] mask,
      int maskOffset,
      int maskStride,
      float[] out,
      int outOffset,
      int outStride,
      int queries,
      int keys,
      int heads,
      int headSize,
      float scale,
      Scratch scratch) {
    // Blocks of queries meet blocks of keys; each query's weights are relative to the highest score
    // it has met so far, and what it has gathered shrinks when a higher one comes (Milakov &
    // Gimelshein, 2018; Dao et al., 2022)
    for (int i = 0; i < queries; i += Scratch.QUERIES) {
      int rows = Math.min(Scratch.QUERIES, queries - i);
      for (int h = 0; h < heads; h++) {
        int column = h * headSize;
        int to = outOffset + i * outStride + column;
        for (int r = 0; r < rows; r++) {
          scratch.highest[r] = Float.NEGATIVE_INFINITY;
          scratch.total[r] = 0;
          Arrays.fill(out, to + r * outStride, to + r * outStride + headSize, 0);
        }
        for (int j = 0; j < keys; j += Scratch.KEYS) {
          int columns = Math.min(Scratch.KEYS, keys - j);
          gemm(
              scale,
              q,
              qOffset + i * qStride + column,
              qStride,
              false,
              k,
              kOffset + j * kStride + column,
              kStride,
              true,
              null,
              false,
              scratch.scores,
              0,
              Scratch.KEYS,
              rows,
              columns,
              headSize,
              scratch);
          int maskFrom = maskOffset + i * maskStride + j;
          weigh(scratch, rows, columns, mask, maskFrom, maskStride, out, to, outStride, headSize);
          gemm(
              1,
              scratch.scores,
              0,
              Scratch.KEYS,
              false,
              v,
              vOffset + j * vStride + column,
              vStride,
              false,
              null,
              j > 0,
              out,
              to,
              outStride,
              rows,
              headSize,
              columns,
              scratch);
        }
        for (int r = 0; r < rows; r++) {
          float total = scratch.total[r];
          scale(total == 0 ? 0 : 1 / total, out, to + r * outStride, headSize);
        }
      }
    }
  }

  /**
   * Turns a block of scores into weights relative to the highest score so far, adds them to the
   * totals, and scales the outputs down where the highest score has risen.
   */
  void weigh(
      Scratch scratch,
      int rows,
      int columns,
      float @Nullable [] mask,
      int maskOffset,
      int maskStride,
      float[] out,
      int outOffset,
      int outStride,
      int headSize);

  /** Multiplies a vector by a number in place. */
  void scale(float factor, float[] x, int xOffset, int n);

  default void bilinear(
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      float[] w,
      float @Nullable [] bias,
      float[] out,
      int outOffset,
      int outputs,
      int xSize,
      int ySize) {
    for (int o = 0; o < outputs; o++) {
      float sum = bias == null ? 0 : bias[o];
      for (int i = 0; i < xSize; i++) {
        sum += x[xOffset + i] * dot(w, (o * xSize + i) * ySize, y, yOffset, ySize);
      }
      out[outOffset + o] = sum;
    }
  }

  default void meanPool(float[] x, int xOffset, float[] out, int outOffset, int rows, int columns) {
    Arrays.fill(out, outOffset, outOffset + columns, 0);
    for (int r = 0; r < rows; r++) {
      axpy(1, x, xOffset + r * columns, out, outOffset, columns);
    }
    if (rows > 0) {
      scale(1f / rows, out, outOffset, columns);
    }
  }

  void maxPool(float[] x, int xOffset, float[] out, int outOffset, int rows, int columns);

  default void lstmStep(
      float[] gates,
      int gatesOffset,
      float[] recurrent,
      float[] hidden,
      int hiddenOffset,
      float[] cell,
      int cellOffset,
      int size) {
    gemv(
        recurrent,
        0,
        size,
        false,
        hidden,
        hiddenOffset,
        null,
        true,
        gates,
        gatesOffset,
        4 * size,
        size);
    int forget = gatesOffset + size;
    int candidate = forget + size;
    int output = candidate + size;
    sigmoid(gates, gatesOffset, gates, gatesOffset, 2 * size);
    tanh(gates, candidate, gates, candidate, size);
    sigmoid(gates, output, gates, output, size);
    for (int i = 0; i < size; i++) {
      cell[cellOffset + i] =
          gates[forget + i] * cell[cellOffset + i] + gates[gatesOffset + i] * gates[candidate + i];
    }
    tanh(cell, cellOffset, hidden, hiddenOffset, size);
    multiply(gates, output, hidden, hiddenOffset, hidden, hiddenOffset, size);
  }

  default void gruStep(
      float[] gates,
      int gatesOffset,
      float[] recurrent,
      float[] bias,
      float[] hidden,
      int hiddenOffset,
      int size) {
    int update = gatesOffset + size;
    int candidate = update + size;
    int inner = candidate + size;
    gemv(
        recurrent,
        0,
        size,
        false,
        hidden,
        hiddenOffset,
        bias,
        true,
        gates,
        gatesOffset,
        2 * size,
        size);
    sigmoid(gates, gatesOffset, gates, gatesOffset, 2 * size);
    int third = 2 * size * size;
    gemv(
        recurrent, third, size, false, hidden, hiddenOffset, null, false, gates, inner, size, size);
    axpy(1, bias, 2 * size, gates, inner, size);
    for (int i = 0; i < size; i++) {
      gates[candidate + i] += gates[gatesOffset + i] * gates[inner + i];
    }
    tanh(gates, candidate, gates, candidate, size);
    for (int i = 0; i < size; i++) {
      float keep = gates[update + i];
      hidden[hiddenOffset + i] =
          (1 - keep) * gates[candidate + i] + keep * hidden[hiddenOffset + i];
    }
  }
}
