package io.github.erv.tensor;

import org.jspecify.annotations.Nullable;

/**
 * Bodies of {@link Kernels}, which says what they compute. They check nothing, allocate nothing and
 * hold no state.
 */
interface KernelSupport {
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

  void attention(
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
      Scratch scratch);

  void bilinear(
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
      int ySize);

  void meanPool(float[] x, int xOffset, float[] out, int outOffset, int rows, int columns);

  void maxPool(float[] x, int xOffset, float[] out, int outOffset, int rows, int columns);

  void lstmStep(
      float[] gates,
      int gatesOffset,
      float[] recurrent,
      float[] hidden,
      int hiddenOffset,
      float[] cell,
      int cellOffset,
      int size);

  void gruStep(
      float[] gates,
      int gatesOffset,
      float[] recurrent,
      float[] bias,
      float[] hidden,
      int hiddenOffset,
      int size);
}
