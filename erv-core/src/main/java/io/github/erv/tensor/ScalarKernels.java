package io.github.erv.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The kernels in plain Java: the definition of correct. */
class ScalarKernels implements KernelSupport {
  /** Depth of a block of a product's right-hand matrix. */
  static final int DEPTH = 64;

  /** Columns of such a block; with the depth above it takes 64 KiB. */
  static final int COLUMNS = 256;

  @Override
  public String name() {
    return KernelChoice.SCALAR;
  }

  @Override
  public int vectorBits() {
    return 0;
  }

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

  static void startRow(float @Nullable [] bias, boolean accumulate, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = (accumulate ? y[yOffset + i] : 0) + (bias == null ? 0 : bias[i]);
    }
  }

  // A product of flat arrays at offsets runs 3 to 6 times slower than one of rows that each start
  // at index 0 of their own array: only these does the compiler turn into vector instructions. So
  // blocks of B are packed into rows, and rows of C are summed up in rows of their own.

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
    if (accumulate && bias != null) {
      for (int i = 0; i < m; i++) {
        axpy(1, bias, 0, c, cOffset + i * cStride, n);
      }
    }
    float[][] rows = scratch.block.rows;
    int aStep = aTransposed ? aStride : 1;
    int aRow = aTransposed ? 1 : aStride;
    int bStep = bTransposed ? 1 : bStride;
    int bColumn = bTransposed ? bStride : 1;
    for (int j = 0; j < n; j += COLUMNS) {
      int columns = Math.min(COLUMNS, n - j);
      int p = 0;
      do {
        int depth = Math.min(DEPTH, k - p);
        int from = bOffset + p * bStep + j * bColumn;
        packBlock(
            alpha, b, from, bStride, bTransposed, p == 0 ? bias : null, j, columns, depth, rows, 0);
        addProduct(
            a,
            aOffset + p * aStep,
            aRow,
            aStep,
            rows,
            0,
            accumulate || p > 0,
            c,
            cOffset + j,
            cStride,
            m,
            columns,
            depth,
            scratch.sum);
        p += DEPTH;
      } while (p < k);
    }
  }

  @Override
  public void gemm(
      float[] a,
      int aOffset,
      int aStride,
      PackedMatrix b,
      boolean accumulate,
      float[] c,
      int cOffset,
      int cStride,
      int m,
      Scratch scratch) {
    int at = 0;
    for (int j = 0; j < b.n; j += COLUMNS) {
      int columns = Math.min(COLUMNS, b.n - j);
      int p = 0;
      do {
        int depth = Math.min(DEPTH, b.k - p);
        if (p == 0 && accumulate) {
          for (int i = 0; i < m; i++) {
            axpy(1, b.rows[at], 0, c, cOffset + i * cStride + j, columns);
          }
        }
        addProduct(
            a,
            aOffset + p,
            aStride,
            1,
            b.rows,
            at,
            accumulate || p > 0,
            c,
            cOffset + j,
            cStride,
            m,
            columns,
            depth,
            scratch.sum);
        at += depth + 1;
        p += DEPTH;
      } while (p < b.k);
    }
  }

  @Override
  public PackedMatrix pack(
      float[] b,
      int bOffset,
      int bStride,
      boolean bTransposed,
      float @Nullable [] bias,
      int n,
      int k) {
    List<float[]> packed = new ArrayList<>();
    for (int j = 0; j < n; j += COLUMNS) {
      int columns = Math.min(COLUMNS, n - j);
      int p = 0;
      do {
        int depth = Math.min(DEPTH, k - p);
        float[][] rows = new float[depth + 1][columns];
        int from = bOffset + (bTransposed ? p + j * bStride : p * bStride + j);
        packBlock(
            1, b, from, bStride, bTransposed, p == 0 ? bias : null, j, columns, depth, rows, 0);
        Collections.addAll(packed, rows);
        p += DEPTH;
      } while (p < k);
    }
    return new PackedMatrix(n, k, new float[0], packed.toArray(float[][]::new));
  }

  /** Packs alpha times a block of B behind a row of its bias. */
  private static void packBlock(
      float alpha,
      float[] b,
      int bOffset,
      int bStride,
      boolean bTransposed,
      float @Nullable [] bias,
      int biasOffset,
      int columns,
      int depth,
      float[][] rows,
      int at) {
    if (bias == null) {
      Arrays.fill(rows[at], 0, columns, 0);
    } else {
      System.arraycopy(bias, biasOffset, rows[at], 0, columns);
    }
    for (int p = 0; p < depth; p++) {
      float[] row = rows[at + 1 + p];
      if (bTransposed) {
        for (int j = 0; j < columns; j++) {
          row[j] = alpha * b[bOffset + j * bStride + p];
        }
      } else {
        for (int j = 0; j < columns; j++) {
          row[j] = alpha * b[bOffset + p * bStride + j];
        }
      }
    }
  }

  /** Adds A times a packed block to the block's bias, or to what C holds. */
  private static void addProduct(
      float[] a,
      int aOffset,
      int aRow,
      int aStep,
      float[][] rows,
      int at,
      boolean load,
      float[] c,
      int cOffset,
      int cStride,
      int m,
      int columns,
      int depth,
      float[] sum) {
    for (int i = 0; i < m; i++) {
      int to = cOffset + i * cStride;
      if (load) {
        System.arraycopy(c, to, sum, 0, columns);
      } else {
        System.arraycopy(rows[at], 0, sum, 0, columns);
      }
      addRow(a, aOffset + i * aRow, aStep, rows, at + 1, sum, columns, depth);
      System.arraycopy(sum, 0, c, to, columns);
    }
  }

  private static void addRow(
      float[] a, int from, int aStep, float[][] rows, int at, float[] sum, int columns, int depth) {
    int p = 0;
    for (int bound = depth & ~3; p < bound; p += 4) {
      int x = from + p * aStep;
      addFourTerms(
          sum,
          rows[at + p],
          rows[at + p + 1],
          rows[at + p + 2],
          rows[at + p + 3],
          a[x],
          a[x + aStep],
          a[x + 2 * aStep],
          a[x + 3 * aStep],
          columns);
    }
    for (; p < depth; p++) {
      addOneTerm(sum, rows[at + p], a[from + p * aStep], columns);
    }
  }

  // Four terms at once spare three of four loads and stores of the sums. Measured for 256 columns,
  // JDK 17 and 25: 30 GFLOP/s; six terms or several rows at once fall to 10 to 13 on JDK 17.
  private static void addFourTerms(
      float[] sum,
      float[] b0,
      float[] b1,
      float[] b2,
      float[] b3,
      float x0,
      float x1,
      float x2,
      float x3,
      int n) {
    for (int j = 0; j < n; j++) {
      sum[j] += (x0 * b0[j] + x1 * b1[j]) + (x2 * b2[j] + x3 * b3[j]);
    }
  }

  private static void addOneTerm(float[] sum, float[] b, float x, int n) {
    for (int j = 0; j < n; j++) {
      sum[j] += x * b[j];
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

  private void normalize(float[] out, int offset, int n, float max) {
    if (max == Float.NEGATIVE_INFINITY) {
      for (int i = 0; i < n; i++) {
        out[offset + i] = 0;
      }
      return;
    }
    double sum = 0;
    for (int i = 0; i < n; i++) {
      out[offset + i] = Functions.exp(out[offset + i] - max);
      sum += out[offset + i];
    }
    scale((float) (1 / sum), out, offset, n);
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
    normalizeColumns(
        x, xOffset, mean, variance, gain, shift, epsilon, out, outOffset, rows, columns, 0);
  }

  /** Normalises the columns from one on by their given moments. */
  static void normalizeColumns(
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
      int columns,
      int from) {
    for (int c = from; c < columns; c++) {
      float factor = (float) (gain[c] / Math.sqrt(variance[c] + epsilon));
      for (int r = 0; r < rows; r++) {
        int at = r * columns + c;
        out[outOffset + at] = (x[xOffset + at] - mean[c]) * factor + shift[c];
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
      out[outOffset + i] = Functions.gelu(x[xOffset + i]);
    }
  }

  @Override
  public void sigmoid(float[] x, int xOffset, float[] out, int outOffset, int n) {
    for (int i = 0; i < n; i++) {
      out[outOffset + i] = Functions.sigmoid(x[xOffset + i]);
    }
  }

  @Override
  public void tanh(float[] x, int xOffset, float[] out, int outOffset, int n) {
    for (int i = 0; i < n; i++) {
      out[outOffset + i] = Functions.tanh(x[xOffset + i]);
    }
  }

  @Override
  public void exp(float[] x, int xOffset, float[] out, int outOffset, int n) {
    for (int i = 0; i < n; i++) {
      out[outOffset + i] = Functions.exp(x[xOffset + i]);
    }
  }

  @Override
  public void weigh(
      Scratch scratch,
      int rows,
      int columns,
      float @Nullable [] mask,
      int maskOffset,
      int maskStride,
      float[] out,
      int outOffset,
      int outStride,
      int headSize) {
    float[] scores = scratch.scores;
    for (int r = 0; r < rows; r++) {
      int from = r * Scratch.KEYS;
      float before = scratch.highest[r];
      float highest = before;
      for (int c = from; c < from + columns; c++) {
        if (mask != null) {
          scores[c] += mask[maskOffset + r * maskStride + c - from];
        }
        highest = Math.max(highest, scores[c]);
      }
      if (highest == Float.NEGATIVE_INFINITY) {
        Arrays.fill(scores, from, from + columns, 0);
        continue;
      }
      float sum = 0;
      for (int c = from; c < from + columns; c++) {
        scores[c] = Functions.exp(scores[c] - highest);
        sum += scores[c];
      }
      float keep = before == Float.NEGATIVE_INFINITY ? 0 : Functions.exp(before - highest);
      scratch.highest[r] = highest;
      scratch.total[r] = scratch.total[r] * keep + sum;
      if (before != highest && before != Float.NEGATIVE_INFINITY) {
        scale(keep, out, outOffset + r * outStride, headSize);
      }
    }
  }

  @Override
  public void scale(float factor, float[] x, int xOffset, int n) {
    for (int i = 0; i < n; i++) {
      x[xOffset + i] *= factor;
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
}
