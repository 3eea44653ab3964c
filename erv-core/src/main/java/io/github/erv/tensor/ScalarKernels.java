package io.github.erv.tensor;

import org.jspecify.annotations.Nullable;

/** The kernels in plain Java: the definition of correct. */
final class ScalarKernels implements KernelSupport {
  @Override
  public float dot(float[] a, int aOffset, float[] b, int bOffset, int n) {
    // four independent sums: float addition is not associative, so the compiler may not split it
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int i = 0;
    for (int bound = n & ~3; i < bound; i += 4) {
      s0 += a[aOffset + i] * b[bOffset + i];
      s1 += a[aOffset + i + 1] * b[bOffset + i + 1];
      s2 += a[aOffset + i + 2] * b[bOffset + i + 2];
      s3 += a[aOffset + i + 3] * b[bOffset + i + 3];
    }
    float sum = (s0 + s1) + (s2 + s3);
    for (; i < n; i++) {
      sum += a[aOffset + i] * b[bOffset + i];
    }
    return sum;
  }

  @Override
  public void axpy(float alpha, float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] += alpha * x[xOffset + i];
    }
  }

  @Override
  public void multiply(
      float[] a, int aOffset, float[] b, int bOffset, float[] out, int outOffset, int n) {
    for (int i = 0; i < n; i++) {
      out[outOffset + i] = a[aOffset + i] * b[bOffset + i];
    }
  }

  @Override
  public void gemv(
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
      int columns) {
    startRow(bias, accumulate, y, yOffset, rows);
    if (aTransposed) {
      for (int c = 0; c < columns; c++) {
        axpy(x[xOffset + c], a, aOffset + c * aStride, y, yOffset, rows);
      }
    } else {
      for (int r = 0; r < rows; r++) {
        y[yOffset + r] += dot(a, aOffset + r * aStride, x, xOffset, columns);
      }
    }
  }

  private static void startRow(
      float @Nullable [] bias, boolean accumulate, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = (accumulate ? y[yOffset + i] : 0) + (bias == null ? 0 : bias[i]);
    }
  }

  @Override
  public void gemm(
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
      Scratch scratch) {
    int aStep = aTransposed ? aStride : 1;
    for (int i = 0; i < m; i++) {
      int row = cOffset + i * cStride;
      int aRow = aOffset + (aTransposed ? i : i * aStride);
      startRow(bias, accumulate, c, row, n);
      for (int p = 0; p < k; p++) {
        float factor = alpha * a[aRow + p * aStep];
        if (bTransposed) {
          for (int j = 0; j < n; j++) {
            c[row + j] += factor * b[bOffset + j * bStride + p];
          }
        } else {
          axpy(factor, b, bOffset + p * bStride, c, row, n);
        }
      }
    }
  }

  @Override
  public void softmax(
      float[] x,
      int xOffset,
      float @Nullable [] mask,
      int maskOffset,
      int maskStride,
      float[] out,
      int outOffset,
      int rows,
      int columns) {
    for (int r = 0; r < rows; r++) {
      int in = xOffset + r * columns;
      int to = outOffset + r * columns;
      float max = Float.NEGATIVE_INFINITY;
      for (int c = 0; c < columns; c++) {
        float logit = x[in + c] + (mask == null ? 0 : mask[maskOffset + r * maskStride + c]);
        out[to + c] = logit;
        max = Math.max(max, logit);
      }
      normalize(out, to, columns, max);
    }
  }

  private static void normalize(float[] out, int offset, int n, float max) {
    if (max == Float.NEGATIVE_INFINITY) {
      for (int i = 0; i < n; i++) {
        out[offset + i] = 0;
      }
      return;
    }
    double sum = 0;
    for (int i = 0; i < n; i++) {
      out[offset + i] = (float) Math.exp(out[offset + i] - max);
      sum += out[offset + i];
    }
    float scale = (float) (1 / sum);
    for (int i = 0; i < n; i++) {
      out[offset + i] *= scale;
    }
  }

  @Override
  public float logSumExp(float[] x, int xOffset, int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, x[xOffset + i]);
    }
    if (Float.isInfinite(max)) {
      return max;
    }
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += Math.exp(x[xOffset + i] - max);
    }
    return (float) (max + Math.log(sum));
  }

  @Override
  public void layerNorm(
      float[] x,
      int xOffset,
      float[] gain,
      float[] shift,
      float epsilon,
      float[] out,
      int outOffset,
      int rows,
      int columns) {
    for (int r = 0; r < rows; r++) {
      int in = xOffset + r * columns;
      int to = outOffset + r * columns;
      double sum = 0;
      for (int c = 0; c < columns; c++) {
        sum += x[in + c];
      }
      float mean = (float) (sum / columns);
      double squares = 0;
      for (int c = 0; c < columns; c++) {
        float deviation = x[in + c] - mean;
        squares += deviation * deviation;
      }
      float scale = (float) (1 / Math.sqrt(squares / columns + epsilon));
      for (int c = 0; c < columns; c++) {
        out[to + c] = (x[in + c] - mean) * scale * gain[c] + shift[c];
      }
    }
  }

  @Override
  public void batchNorm(
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
      int columns) {
    for (int r = 0; r < rows; r++) {
      int in = xOffset + r * columns;
      int to = outOffset + r * columns;
      for (int c = 0; c < columns; c++) {
        float scale = (float) (gain[c] / Math.sqrt(variance[c] + epsilon));
        out[to + c] = (x[in + c] - mean[c]) * scale + shift[c];
      }
    }
  }

  @Override
  public void relu(float[] x, int xOffset, float[] out, int outOffset, int n) {
    for (int i = 0; i < n; i++) {
      out[outOffset + i] = Math.max(x[xOffset + i], 0);
    }
  }

  @Override
  public void gelu(float[] x, int xOffset, float[] out, int outOffset, int n) {
    for (int i = 0; i < n; i++) {
      float value = x[xOffset + i];
      out[outOffset + i] =
          value == Float.NEGATIVE_INFINITY ? 0 : (float) (value * normalDistribution(value));
    }
  }

  /** The normal distribution function by the complementary error function's continued fraction. */
  private static double normalDistribution(double x) {
    double z = Math.abs(x) / Math.sqrt(2);
    // Numerical Recipes' Chebyshev fit of erfc, relative error below 1.2e-7 everywhere
    double t = 1 / (1 + 0.5 * z);
    double erfc =
        t
            * Math.exp(
                -z * z
                    - 1.26551223
                    + t
                        * (1.00002368
                            + t
                                * (0.37409196
                                    + t
                                        * (0.09678418
                                            + t
                                                * (-0.18628806
                                                    + t
                                                        * (0.27886807
                                                            + t
                                                                * (-1.13520398
                                                                    + t
                                                                        * (1.48851587
                                                                            + t
                                                                                * (-0.82215223
                                                                                    + t
                                                                                        * 0.17087277)))))))));
    return x < 0 ? erfc / 2 : 1 - erfc / 2;
  }

  @Override
  public void sigmoid(float[] x, int xOffset, float[] out, int outOffset, int n) {
    for (int i = 0; i < n; i++) {
      out[outOffset + i] = sigmoid(x[xOffset + i]);
    }
  }

  private static float sigmoid(float x) {
    return (float) (1 / (1 + Math.exp(-x)));
  }

  @Override
  public void tanh(float[] x, int xOffset, float[] out, int outOffset, int n) {
    for (int i = 0; i < n; i++) {
      out[outOffset + i] = (float) Math.tanh(x[xOffset + i]);
    }
  }

  @Override
  public void exp(float[] x, int xOffset, float[] out, int outOffset, int n) {
    for (int i = 0; i < n; i++) {
      out[outOffset + i] = (float) Math.exp(x[xOffset + i]);
    }
  }

  @Override
  public void attention(
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
    // one pass over the keys with a running maximum (Milakov & Gimelshein, 2018)
    for (int i = 0; i < queries; i++) {
      for (int h = 0; h < heads; h++) {
        int column = h * headSize;
        int to = outOffset + i * outStride + column;
        float max = Float.NEGATIVE_INFINITY;
        float sum = 0;
        startRow(null, false, out, to, headSize);
        for (int j = 0; j < keys; j++) {
          float score =
              scale
                      * dot(
                          q,
                          qOffset + i * qStride + column,
                          k,
                          kOffset + j * kStride + column,
                          headSize)
                  + (mask == null ? 0 : mask[maskOffset + i * maskStride + j]);
          if (score == Float.NEGATIVE_INFINITY) {
            continue;
          }
          float above = Math.max(max, score);
          float keep = (float) Math.exp(max - above);
          float weight = (float) Math.exp(score - above);
          for (int c = 0; c < headSize; c++) {
            out[to + c] = out[to + c] * keep + weight * v[vOffset + j * vStride + column + c];
          }
          sum = sum * keep + weight;
          max = above;
        }
        float normalizer = sum == 0 ? 0 : 1 / sum;
        for (int c = 0; c < headSize; c++) {
          out[to + c] *= normalizer;
        }
      }
    }
  }

  @Override
  public void bilinear(
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

  @Override
  public void meanPool(float[] x, int xOffset, float[] out, int outOffset, int rows, int columns) {
    startRow(null, false, out, outOffset, columns);
    for (int r = 0; r < rows; r++) {
      axpy(1, x, xOffset + r * columns, out, outOffset, columns);
    }
    for (int c = 0; c < columns && rows > 0; c++) {
      out[outOffset + c] /= rows;
    }
  }

  @Override
  public void maxPool(float[] x, int xOffset, float[] out, int outOffset, int rows, int columns) {
    for (int c = 0; c < columns; c++) {
      out[outOffset + c] = Float.NEGATIVE_INFINITY;
    }
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        out[outOffset + c] = Math.max(out[outOffset + c], x[xOffset + r * columns + c]);
      }
    }
  }

  @Override
  public void lstmStep(
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
    int candidate = gatesOffset + 2 * size;
    int output = candidate + size;
    sigmoid(gates, gatesOffset, gates, gatesOffset, 2 * size);
    tanh(gates, candidate, gates, candidate, size);
    sigmoid(gates, output, gates, output, size);
    for (int i = 0; i < size; i++) {
      cell[cellOffset + i] =
          gates[gatesOffset + size + i] * cell[cellOffset + i]
              + gates[gatesOffset + i] * gates[candidate + i];
    }
    tanh(cell, cellOffset, hidden, hiddenOffset, size);
    multiply(gates, output, hidden, hiddenOffset, hidden, hiddenOffset, size);
  }

  @Override
  public void gruStep(
      float[] gates,
      int gatesOffset,
      float[] recurrent,
      float[] bias,
      float[] hidden,
      int hiddenOffset,
      int size) {
    int candidate = gatesOffset + 2 * size;
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
    for (int i = 0; i < size; i++) {
      gates[inner + i] =
          bias[2 * size + i] + dot(recurrent, (2 * size + i) * size, hidden, hiddenOffset, size);
      gates[candidate + i] += gates[gatesOffset + i] * gates[inner + i];
    }
    tanh(gates, candidate, gates, candidate, size);
    for (int i = 0; i < size; i++) {
      float update = gates[gatesOffset + size + i];
      hidden[hiddenOffset + i] =
          (1 - update) * gates[candidate + i] + update * hidden[hiddenOffset + i];
    }
  }
}
