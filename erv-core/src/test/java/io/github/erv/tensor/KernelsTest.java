package io.github.erv.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The kernels against the same formulas in double arithmetic. */
class KernelsTest {
  private static final int[] SIZES = {0, 1, 3, 4, 7, 8, 15, 16, 17, 31, 33, 64, 127, 257, 1024};
  private static final double ULP = Math.ulp(1f);

  /** What the exponential may be off, relatively: its argument's reduction, sums, two products. */
  private static final double EXP_ERROR = 3 * ULP;

  /** Exponentials below it may be 0. */
  private static final double EXP_FLUSHED = 0x1p-125;

  private final SplittableRandom random = new SplittableRandom(20250101);
  private final Scratch scratch = new Scratch();

  private float[] uniform(int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextDouble(-1, 1);
    }
    return x;
  }

  private static void assertClose(double expected, float actual, double bound, String where) {
    assertTrue(
        expected == actual || Math.abs(expected - actual) <= bound,
        () -> where + ": expected " + expected + " within " + bound + ", was " + actual);
  }

  @Test
  void dot_isTheSumOfProducts() {
    for (int n : SIZES) {
      for (int offset = 0; offset < 3; offset++) {
        float[] a = uniform(offset + n);
        float[] b = uniform(2 * offset + n);
        double exact = 0;
        double magnitude = 0;
        for (int i = 0; i < n; i++) {
          double term = (double) a[offset + i] * b[2 * offset + i];
          exact += term;
          magnitude += Math.abs(term);
        }
        // worst-case error of a float sum of n terms
        assertClose(exact, Kernels.dot(a, offset, b, 2 * offset, n), n * ULP * magnitude, "n=" + n);
      }
    }
  }

  @Test
  void axpyAndMultiply_alsoInPlace_touchOnlyTheirRange() {
    for (int n : SIZES) {
      float[] x = uniform(n + 3);
      float[] y = uniform(n + 5);
      float[] sum = y.clone();
      Kernels.axpy(0.5f, x, 1, sum, 2, n);
      float[] product = y.clone();
      Kernels.multiply(x, 1, product, 2, product, 2, n);
      float[] square = x.clone();
      Kernels.multiply(square, 1, square, 1, square, 1, n);
      float[] more = x.clone();
      Kernels.axpy(2, more, 1, more, 1, n);
      for (int i = 0; i < y.length; i++) {
        if (i < 2 || i >= n + 2) {
          assertEquals(y[i], sum[i]);
          assertEquals(y[i], product[i]);
        } else {
          assertClose(0.5 * x[i - 1] + y[i], sum[i], 2 * ULP, "n=" + n);
          assertEquals(x[i - 1] * y[i], product[i]);
          assertEquals(x[i - 1] * x[i - 1], square[i - 1]);
          assertClose(3.0 * x[i - 1], more[i - 1], 3 * ULP, "n=" + n);
        }
      }
      assertEquals(x[n + 1], square[n + 1]);
      assertEquals(x[n + 2], more[n + 2]);
    }
  }

  /** A product as its definition has it, and the sum of its terms' magnitudes. */
  private record Product(double value, double magnitude) {}

  private static Product product(
      float[] a, int aOffset, int aStep, float[] b, int bOffset, int bStep, int k) {
    double value = 0;
    double magnitude = 0;
    for (int p = 0; p < k; p++) {
      double term = (double) a[aOffset + p * aStep] * b[bOffset + p * bStep];
      value += term;
      magnitude += Math.abs(term);
    }
    return new Product(value, magnitude);
  }

  @Test
  void gemv_withEveryOption_agreesWithItsDefinition() {
    int[] sizes = {0, 1, 3, 5, 16, 17, 40, 65, 130};
    for (int rows : sizes) {
      for (int columns : sizes) {
        for (int options = 0; options < 8; options++) {
          boolean transposed = (options & 1) != 0;
          boolean accumulate = (options & 2) != 0;
          float[] bias = (options & 4) != 0 ? uniform(rows) : null;
          int stride = (transposed ? rows : columns) + 2;
          float[] a = uniform((transposed ? columns : rows) * stride + 1);
          float[] x = uniform(columns + 1);
          float[] y = uniform(rows + 2);
          float[] out = y.clone();
          Kernels.gemv(a, 1, stride, transposed, x, 1, bias, accumulate, out, 1, rows, columns);
          for (int r = 0; r < rows; r++) {
            Product exact =
                product(
                    a,
                    1 + r * (transposed ? 1 : stride),
                    transposed ? stride : 1,
                    x,
                    1,
                    1,
                    columns);
            double start = (accumulate ? y[1 + r] : 0) + (bias == null ? 0.0 : bias[r]);
            assertClose(
                exact.value + start,
                out[1 + r],
                (columns + 3) * ULP * (exact.magnitude + 2),
                rows + "x" + columns + " options " + options);
          }
          assertEquals(y[0], out[0]);
          assertEquals(y[rows + 1], out[rows + 1]);
        }
      }
    }
  }

  @Property(tries = 300)
  void gemm_withEveryOption_agreesWithItsDefinition(
      @ForAll @IntRange(max = 40) int m,
      @ForAll @IntRange(max = 90) int n,
      @ForAll @IntRange(max = 90) int k,
      @ForAll @IntRange(max = 63) int options) {
    checkGemm(m, n, k, options);
  }

  @ParameterizedTest
  @CsvSource({
    "1,257,129",
    "3,64,128",
    "4,64,128",
    "5,300,300",
    "130,257,129",
    "66,16,256",
    "66,65,257",
    "64,128,64",
    "1,1,1",
    "2,33,0",
    "0,5,5",
    "5,0,5",
    "70,256,130"
  })
  void gemm_acrossBlocks_agreesWithItsDefinition(int m, int n, int k) {
    for (int options = 0; options < 64; options++) {
      checkGemm(m, n, k, options);
    }
  }

  private void checkGemm(int m, int n, int k, int options) {
    boolean aTransposed = (options & 1) != 0;
    boolean bTransposed = (options & 2) != 0;
    boolean accumulate = (options & 4) != 0;
    float[] bias = (options & 8) != 0 ? uniform(n) : null;
    float alpha = (options & 16) != 0 ? 1 : -0.75f;
    int gap = (options & 32) != 0 ? 0 : 3;
    int aStride = (aTransposed ? m : k) + gap;
    int bStride = (bTransposed ? k : n) + gap;
    int cStride = n + gap;
    float[] a = uniform((aTransposed ? k : m) * aStride + gap);
    float[] b = uniform((bTransposed ? n : k) * bStride + gap);
    float[] c = uniform(m * cStride + gap);
    float[] out = c.clone();
    Kernels.gemm(
        alpha,
        a,
        gap,
        aStride,
        aTransposed,
        b,
        gap,
        bStride,
        bTransposed,
        bias,
        accumulate,
        out,
        gap,
        cStride,
        m,
        n,
        k,
        scratch);
    float[] packed = c.clone();
    if (alpha == 1 && !aTransposed) {
      PackedMatrix matrix = PackedMatrix.of(b, gap, bStride, bTransposed, bias, n, k);
      Kernels.gemm(a, gap, aStride, matrix, accumulate, packed, gap, cStride, m, scratch);
    }
    String where = "%dx%dx%d options %d".formatted(m, n, k, options);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        Product exact =
            product(
                a,
                gap + i * (aTransposed ? 1 : aStride),
                aTransposed ? aStride : 1,
                b,
                gap + j * (bTransposed ? bStride : 1),
                bTransposed ? 1 : bStride,
                k);
        int at = gap + i * cStride + j;
        double start = (accumulate ? c[at] : 0) + (bias == null ? 0.0 : bias[j]);
        double bound = (k + 4) * ULP * (exact.magnitude + 2);
        assertClose(alpha * exact.value + start, out[at], bound, where);
        if (alpha == 1 && !aTransposed) {
          assertClose(exact.value + start, packed[at], bound, where + " packed");
        }
      }
    }
    for (int i = 0; i < c.length; i++) {
      int column = (i - gap) % Math.max(1, cStride);
      if (i < gap || column >= n) {
        assertEquals(c[i], out[i], where + " wrote between rows at " + i);
        assertEquals(c[i], packed[i], where + " packed wrote between rows at " + i);
      }
    }
  }

  @Test
  void linearAndDenseGemm_areShortFormsOfGemm() {
    float[] x = uniform(5 * 7);
    float[] weights = uniform(3 * 7);
    float[] bias = uniform(3);
    float[] expected = new float[15];
    Kernels.gemm(
        1, x, 0, 7, false, weights, 0, 7, true, bias, false, expected, 0, 3, 5, 3, 7, scratch);
    float[] actual = new float[16];
    Kernels.linear(x, 0, weights, bias, actual, 1, 5, 3, 7, scratch);
    assertArrayEquals(expected, Arrays.copyOfRange(actual, 1, 16));

    float[] b = uniform(7 * 3);
    Kernels.gemm(1, x, 0, 7, false, b, 0, 3, false, null, false, expected, 0, 3, 5, 3, 7, scratch);
    float[] dense = new float[15];
    Kernels.gemm(x, b, dense, 5, 3, 7, scratch);
    assertArrayEquals(expected, dense);
  }

  @Test
  void packedMatrix_keepsItsOwnCopy() {
    float[] weights = {1, 2};
    PackedMatrix packed = PackedMatrix.linear(weights, null, 1, 2);
    weights[0] = Float.NaN;
    float[] y = new float[1];
    Kernels.gemm(new float[] {3, 4}, 0, 2, packed, false, y, 0, 1, 1, scratch);
    assertEquals(11, y[0]);
    assertEquals(1, packed.columns());
    assertEquals(2, packed.depth());
  }

  @Test
  void gemm_nan_staysInItsRowAndColumn() {
    int m = 9;
    int n = 70;
    int k = 20;
    float[] a = uniform(m * k);
    float[] b = uniform(k * n);
    a[8 * k + 3] = Float.NaN;
    b[5 * n + 69] = Float.POSITIVE_INFINITY;
    float[] c = new float[m * n];
    Kernels.gemm(a, b, c, m, n, k, scratch);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        float value = c[i * n + j];
        assertEquals(i == 8, Float.isNaN(value), "at " + i + "," + j);
        if (i != 8) {
          assertEquals(j == 69, Float.isInfinite(value), "at " + i + "," + j);
        }
      }
    }
  }

  private interface Elementwise {
    void apply(float[] x, int xOffset, float[] out, int outOffset, int n);
  }

  private void checkElementwise(
      Elementwise kernel, DoubleUnaryOperator exact, DoubleUnaryOperator bound, double reach) {
    for (int n : SIZES) {
      float[] x = uniform(n + 2);
      for (int i = 0; i < x.length; i++) {
        x[i] *= (float) (reach * Math.pow(10, -3 * random.nextDouble()));
      }
      float[] out = new float[n + 3];
      out[n + 2] = 42;
      kernel.apply(x, 1, out, 2, n);
      float[] inPlace = x.clone();
      kernel.apply(inPlace, 1, inPlace, 1, n);
      for (int i = 0; i < n; i++) {
        assertClose(
            exact.applyAsDouble(x[1 + i]),
            out[2 + i],
            bound.applyAsDouble(x[1 + i]),
            "of " + x[1 + i] + ", n=" + n);
        assertEquals(out[2 + i], inPlace[1 + i]);
      }
      assertEquals(42, out[n + 2]);
      assertEquals(x[n + 1], inPlace[n + 1]);
    }
  }

  /** Applies a kernel to values among others, in the middle of vectors and at their end. */
  private static float[] applied(Elementwise kernel, float... values) {
    float[] x = new float[64 + values.length];
    System.arraycopy(values, 0, x, 0, values.length);
    System.arraycopy(values, 0, x, 64, values.length);
    kernel.apply(x, 0, x, 0, x.length);
    float[] shorter = values.clone();
    kernel.apply(shorter, 0, shorter, 0, shorter.length);
    float[] first = Arrays.copyOf(x, values.length);
    assertArrayEquals(first, Arrays.copyOfRange(x, 64, x.length));
    for (int i = 0; i < values.length; i++) {
      if (Float.isNaN(first[i])) {
        assertTrue(Float.isNaN(shorter[i]), "of " + values[i] + " alone");
      } else {
        assertClose(first[i], shorter[i], 8 * ULP, "of " + values[i] + " alone");
      }
    }
    return first;
  }

  @Test
  void exp_isWithinThreeUnits() {
    checkElementwise(Kernels::exp, Math::exp, x -> EXP_ERROR * Math.exp(x) + EXP_FLUSHED, 88.7);
    float inf = Float.POSITIVE_INFINITY;
    assertArrayEquals(
        new float[] {1, 0, inf, Float.NaN, 0, inf, 0},
        applied(Kernels::exp, 0, -inf, inf, Float.NaN, -104, 88.8f, -1e30f));
  }

  @Test
  void exp_ofNanWithAnyPayload_isNan() {
    float[] x = new float[33];
    for (int i = 0; i < x.length; i++) {
      x[i] = Float.intBitsToFloat(0x7fc00001 + 37 * i);
    }
    Kernels.exp(x, 0, x, 0, x.length);
    for (float value : x) {
      assertTrue(Float.isNaN(value));
    }
  }

  @Test
  void sigmoid_isWithinFiveUnits() {
    checkElementwise(
        Kernels::sigmoid,
        x -> 1 / (1 + Math.exp(-x)),
        x -> (EXP_ERROR + 2 * ULP) / (1 + Math.exp(-x)) + EXP_FLUSHED,
        100);
    float inf = Float.POSITIVE_INFINITY;
    assertArrayEquals(
        new float[] {0.5f, 0, 1, Float.NaN, 0, 1},
        applied(Kernels::sigmoid, 0, -inf, inf, Float.NaN, -1e30f, 1e30f));
  }

  @Test
  void tanh_isWithinSixUnitsRelatively() {
    checkElementwise(Kernels::tanh, Math::tanh, x -> 6 * ULP * Math.abs(Math.tanh(x)), 12);
    float inf = Float.POSITIVE_INFINITY;
    assertArrayEquals(
        new float[] {0, -0f, -1, 1, Float.NaN, 1e-30f, 1},
        applied(Kernels::tanh, 0, -0f, -inf, inf, Float.NaN, 1e-30f, 50));
  }

  /** The normal distribution function: erf by its series of positive terms. */
  private static double phi(double x) {
    double z = Math.abs(x) / Math.sqrt(2);
    double term = z;
    double sum = z;
    for (int i = 1; term > 1e-18 * sum; i++) {
      term *= 2 * z * z / (2 * i + 1);
      sum += term;
    }
    double erf = 2 / Math.sqrt(Math.PI) * Math.exp(-z * z) * sum;
    return x < 0 ? (1 - erf) / 2 : (1 + erf) / 2;
  }

  @Test
  void gelu_isTheExactOne() {
    // the fit of erfc and the result's rounding, and the exponent x^2 / 2 that is rounded too
    checkElementwise(
        Kernels::gelu,
        x -> x * phi(x),
        x -> ULP * Math.abs(x) * (3 + (x * x + 8) * Math.exp(-x * x / 2)),
        9);
    float inf = Float.POSITIVE_INFINITY;
    assertArrayEquals(
        new float[] {0, 0, inf, Float.NaN, 1e30f, 0},
        applied(Kernels::gelu, 0, -inf, inf, Float.NaN, 1e30f, -1e30f));
  }

  @Test
  void relu_keepsWhatIsPositive() {
    checkElementwise(Kernels::relu, x -> Math.max(x, 0), x -> 0, 10);
    float inf = Float.POSITIVE_INFINITY;
    assertArrayEquals(
        new float[] {0, inf, Float.NaN, 0, 3}, applied(Kernels::relu, -inf, inf, Float.NaN, -3, 3));
  }

  private static double[] softmax(double[] logits) {
    double highest = Arrays.stream(logits).max().orElse(0);
    double[] p = Arrays.stream(logits).map(x -> Math.exp(x - highest)).toArray();
    double sum = Arrays.stream(p).sum();
    return highest == Double.NEGATIVE_INFINITY
        ? new double[logits.length]
        : Arrays.stream(p).map(x -> x / sum).toArray();
  }

  @Test
  void softmax_masked_agreesWithDoubleArithmetic() {
    int rows = 3;
    for (int columns : SIZES) {
      for (int kind = 0; kind < 3; kind++) { // no mask, one for all rows, one a row
        float[] x = uniform(rows * columns + 2);
        for (int i = 0; i < x.length; i++) {
          x[i] *= 30;
        }
        int stride = kind == 2 ? columns + 1 : 0;
        float[] mask = uniform(rows * (columns + 1) + 1);
        for (int i = 0; i < mask.length; i++) {
          mask[i] = kind == 0 ? 0 : random.nextInt(3) == 0 ? Float.NEGATIVE_INFINITY : mask[i];
        }
        float[] out = new float[rows * columns + 1];
        float[] inPlace = x.clone();
        if (kind == 0) {
          Kernels.softmax(x, 2, out, 1, rows, columns);
          Kernels.softmax(inPlace, 2, inPlace, 2, rows, columns);
        } else {
          Kernels.softmax(x, 2, mask, 1, stride, out, 1, rows, columns);
          Kernels.softmax(inPlace, 2, mask, 1, stride, inPlace, 2, rows, columns);
        }
        for (int r = 0; r < rows; r++) {
          double[] logits = new double[columns];
          for (int c = 0; c < columns; c++) {
            logits[c] = (double) x[2 + r * columns + c] + mask[1 + r * stride + c];
          }
          double[] p = softmax(logits);
          for (int c = 0; c < columns; c++) {
            // exponents are rounded sums of up to 31, twice; the sum has as many terms as columns
            double bound = p[c] * (4 * 31 + 8 + columns) * ULP + EXP_FLUSHED;
            assertClose(p[c], out[1 + r * columns + c], bound, "columns=" + columns);
            assertEquals(out[1 + r * columns + c], inPlace[2 + r * columns + c]);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "7", "16", "30", "65"})
  void softmax_nonFinite_isAsDocumented(int columns) {
    float inf = Float.POSITIVE_INFINITY;
    float[] x = new float[4 * columns];
    Arrays.fill(x, 0, columns, -inf);
    x[2 * columns - 1] = Float.NaN;
    x[2 * columns] = inf;
    Arrays.fill(x, 3 * columns, 4 * columns, 1e38f);
    Kernels.softmax(x, 0, x, 0, 4, columns);
    for (int c = 0; c < columns; c++) {
      assertEquals(0, x[c]);
      assertTrue(Float.isNaN(x[columns + c]));
      assertTrue(Float.isNaN(x[2 * columns + c]));
      assertEquals(1f / columns, x[3 * columns + c], 2 * ULP);
    }
  }

  @Property(tries = 100)
  void softmax_shiftedLogits_sumToOneAndStayTheSame(
      @ForAll @IntRange(min = 1, max = 100) int n, @ForAll @IntRange(min = -40, max = 40) int by) {
    float[] x = uniform(n);
    float[] shifted = new float[n];
    double sum = 0;
    for (int i = 0; i < n; i++) {
      x[i] = Math.round(x[i] * 1024) / 64f; // so that shifting rounds nothing
      shifted[i] = x[i] + by;
    }
    Kernels.softmax(x, 0, x, 0, 1, n);
    Kernels.softmax(shifted, 0, shifted, 0, 1, n);
    for (float p : x) {
      sum += p;
    }
    assertArrayEquals(x, shifted);
    assertEquals(1, sum, n * ULP);
  }

  @Test
  void logSumExp_agreesWithDoubleArithmetic() {
    for (int n : SIZES) {
      float[] x = uniform(n + 1);
      double sum = 0;
      for (int i = 0; i < n; i++) {
        x[1 + i] = 500 + 20 * x[1 + i];
        sum += Math.exp(x[1 + i] - 500.0);
      }
      // the sum's relative error is an absolute one of its logarithm, which is rounded at 500
      assertClose(
          500 + Math.log(sum),
          Kernels.logSumExp(x, 1, n),
          n == 0 ? 0 : (n + 50) * ULP + 600 * ULP,
          "n=" + n);
    }
    float[] x = new float[40];
    Arrays.fill(x, Float.NEGATIVE_INFINITY);
    assertEquals(Float.NEGATIVE_INFINITY, Kernels.logSumExp(x, 0, 40));
    x[39] = 3;
    assertEquals(3, Kernels.logSumExp(x, 0, 40));
    x[3] = Float.POSITIVE_INFINITY;
    assertEquals(Float.POSITIVE_INFINITY, Kernels.logSumExp(x, 0, 40));
    x[5] = Float.NaN;
    assertTrue(Float.isNaN(Kernels.logSumExp(x, 0, 40)));
  }

  @Test
  void norms_agreeWithDoubleArithmetic_alsoInPlace() {
    int rows = 3;
    float epsilon = 1e-5f;
    for (int columns : SIZES) {
      float[] x = uniform(rows * columns + 1);
      for (int i = 0; i < x.length; i++) {
        x[i] = 5 + x[i];
      }
      float[] gain = uniform(columns);
      float[] shift = uniform(columns);
      float[] mean = uniform(columns);
      float[] variance = uniform(columns);
      for (int c = 0; c < columns; c++) {
        variance[c] = 1 + variance[c];
      }
      float[] layer = new float[x.length + 1];
      Kernels.layerNorm(x, 1, gain, shift, epsilon, layer, 2, rows, columns);
      float[] layerInPlace = x.clone();
      Kernels.layerNorm(layerInPlace, 1, gain, shift, epsilon, layerInPlace, 1, rows, columns);
      float[] batch = new float[x.length + 1];
      Kernels.batchNorm(x, 1, mean, variance, gain, shift, epsilon, batch, 2, rows, columns);
      float[] batchInPlace = x.clone();
      Kernels.batchNorm(
          batchInPlace, 1, mean, variance, gain, shift, epsilon, batchInPlace, 1, rows, columns);
      for (int r = 0; r < rows; r++) {
        double m = 0;
        for (int c = 0; c < columns; c++) {
          m += x[1 + r * columns + c] / (double) columns;
        }
        double v = 0;
        for (int c = 0; c < columns; c++) {
          v += Math.pow(x[1 + r * columns + c] - m, 2) / columns;
        }
        double deviation = Math.sqrt(v + epsilon);
        // the mean, at most 6, is a sum of as many terms as columns; its error moves every value
        double relative = (columns + 8) * ULP;
        for (int c = 0; c < columns; c++) {
          int at = r * columns + c;
          double normal = (x[1 + at] - m) / deviation;
          assertClose(
              normal * gain[c] + shift[c],
              layer[2 + at],
              relative * (6 / deviation + Math.abs(normal) * (1 + 6 / deviation) + 1),
              "layer, columns=" + columns);
          assertEquals(layer[2 + at], layerInPlace[1 + at]);
          double scaled =
              (x[1 + at] - mean[c]) * (gain[c] / Math.sqrt((double) variance[c] + epsilon));
          assertClose(
              scaled + shift[c],
              batch[2 + at],
              4 * ULP * (Math.abs(scaled) + 1),
              "batch, columns=" + columns);
          assertEquals(batch[2 + at], batchInPlace[1 + at]);
        }
      }
    }
  }

  @Test
  void layerNorm_nanAndConstantRows() {
    float[] x = new float[2 * 20];
    x[3] = Float.NaN;
    Arrays.fill(x, 20, 40, 7);
    float[] ones = new float[20];
    Arrays.fill(ones, 1);
    Kernels.layerNorm(x, 0, ones, new float[20], 1e-5f, x, 0, 2, 20);
    for (int c = 0; c < 20; c++) {
      assertTrue(Float.isNaN(x[c]));
      assertEquals(0, x[20 + c]);
    }
  }

  @Property(tries = 120)
  void attention_agreesWithItsDefinition(
      @ForAll @IntRange(max = 70) int queries,
      @ForAll @IntRange(max = 140) int keys,
      @ForAll @IntRange(max = 4) int heads,
      @ForAll @IntRange(max = 36) int headSize,
      @ForAll @IntRange(max = 2) int kind) {
    checkAttention(queries, keys, heads, headSize, kind);
  }

  @ParameterizedTest
  @CsvSource({"65,257,2,32,0", "65,257,1,40,2", "3,1000,1,8,1", "130,128,1,64,2", "50,30,4,32,0"})
  void attention_acrossBlocks_agreesWithItsDefinition(
      int queries, int keys, int heads, int headSize, int kind) {
    checkAttention(queries, keys, heads, headSize, kind);
  }

  private void checkAttention(int queries, int keys, int heads, int headSize, int kind) {
    int width = heads * headSize;
    int stride = width + 3;
    float[] q = uniform(queries * stride + 1);
    float[] k = uniform(keys * stride + 2);
    float[] v = uniform(keys * stride + 3);
    for (int i = 0; i < q.length; i++) {
      q[i] *= 6;
    }
    int maskStride = kind == 2 ? keys + 1 : 0;
    float[] mask = uniform(Math.max(1, queries) * (keys + 1) + 1);
    for (int i = 0; i < mask.length; i++) {
      mask[i] = kind == 0 ? 0 : random.nextInt(3) == 0 ? Float.NEGATIVE_INFINITY : mask[i];
    }
    if (kind != 0 && keys > 0) {
      Arrays.fill(mask, 1, 1 + keys, Float.NEGATIVE_INFINITY); // a query without keys
    }
    float scale = headSize == 0 ? 1 : (float) (1 / Math.sqrt(headSize));
    float[] out = new float[queries * stride + 4];
    Arrays.fill(out, 42);
    Kernels.attention(
        q,
        1,
        stride,
        k,
        2,
        stride,
        v,
        3,
        stride,
        kind == 0 ? null : mask,
        1,
        maskStride,
        out,
        4,
        stride,
        queries,
        keys,
        heads,
        headSize,
        scale,
        scratch);
    for (int i = 0; i < queries; i++) {
      for (int h = 0; h < heads; h++) {
        double[] scores = new double[keys];
        double scoreError = 0;
        double spread = 0;
        for (int j = 0; j < keys; j++) {
          Product dot =
              product(
                  q,
                  1 + i * stride + h * headSize,
                  1,
                  k,
                  2 + j * stride + h * headSize,
                  1,
                  headSize);
          scores[j] = scale * dot.value + mask[1 + i * maskStride + j];
          scoreError = Math.max(scoreError, (headSize + 4) * ULP * (scale * dot.magnitude + 2));
          spread = Math.max(spread, Math.abs(scale * dot.value) + 1);
        }
        double[] p = softmax(scores);
        for (int c = 0; c < headSize; c++) {
          double exact = 0;
          double magnitude = 0;
          for (int j = 0; j < keys; j++) {
            double term = p[j] * v[3 + j * stride + h * headSize + c];
            exact += term;
            magnitude += Math.abs(term);
          }
          // errors of scores are relative errors of weights and of their sum, then two sums
          double bound =
              magnitude * (2 * scoreError + (2 * keys + 4 * spread + 16) * ULP) + EXP_FLUSHED;
          assertClose(
              exact,
              out[4 + i * stride + h * headSize + c],
              bound,
              "%d queries, %d keys, %d heads of %d".formatted(queries, keys, heads, headSize));
        }
      }
      for (int gap = width; gap < stride && 4 + i * stride + gap < out.length; gap++) {
        assertEquals(42, out[4 + i * stride + gap]);
      }
    }
  }

  @Property(tries = 50)
  void attention_ofOneKey_returnsItsValue(@ForAll @IntRange(min = 1, max = 40) int size) {
    float[] q = uniform(2 * size);
    float[] k = uniform(size);
    float[] v = uniform(size);
    float[] out = new float[2 * size];
    Kernels.attention(
        q, 0, size, k, 0, size, v, 0, size, null, 0, 0, out, 0, size, 2, 1, 1, size, 1, scratch);
    assertArrayEquals(v, Arrays.copyOf(out, size));
    assertArrayEquals(v, Arrays.copyOfRange(out, size, 2 * size));
  }

  @Test
  void attention_nanScore_spoilsItsQueryAlone() {
    float[] q = uniform(3 * 8);
    q[8] = Float.NaN;
    float[] k = uniform(200 * 8);
    float[] out = new float[3 * 8];
    Kernels.attention(q, 0, 8, k, 0, 8, k, 0, 8, null, 0, 0, out, 0, 8, 3, 200, 1, 8, 1, scratch);
    for (int i = 0; i < out.length; i++) {
      assertEquals(i / 8 == 1, Float.isNaN(out[i]));
    }
  }

  @Test
  void matrices_mayLieSideBySideInOneArray() {
    int rows = 5;
    int width = 6;
    float[] both = uniform(rows * 2 * width);
    float[] w = uniform(width * width);
    float[] left = new float[rows * width];
    for (int r = 0; r < rows; r++) {
      System.arraycopy(both, r * 2 * width, left, r * width, width);
    }
    float[] expected = new float[rows * width];
    Kernels.gemm(left, w, expected, rows, width, width, scratch);
    Kernels.gemm(
        1, both, 0, 2 * width, false, w, 0, width, false, null, false, both, width, 2 * width, rows,
        width, width, scratch);
    for (int r = 0; r < rows; r++) {
      int to = r * 2 * width + width;
      assertArrayEquals(
          Arrays.copyOfRange(expected, r * width, (r + 1) * width),
          Arrays.copyOfRange(both, to, to + width));
    }
  }

  @Test
  void bilinear_agreesWithItsDefinition() {
    for (int xSize : new int[] {0, 1, 7, 33}) {
      for (int ySize : new int[] {0, 1, 16, 35}) {
        int outputs = 3;
        float[] x = uniform(xSize + 1);
        float[] y = uniform(ySize + 2);
        float[] w = uniform(outputs * xSize * ySize);
        float[] bias = uniform(outputs);
        float[] out = new float[outputs + 1];
        Kernels.bilinear(x, 1, y, 2, w, bias, out, 1, outputs, xSize, ySize);
        for (int o = 0; o < outputs; o++) {
          double exact = bias[o];
          double magnitude = 1;
          for (int i = 0; i < xSize; i++) {
            for (int j = 0; j < ySize; j++) {
              double term = (double) x[1 + i] * w[(o * xSize + i) * ySize + j] * y[2 + j];
              exact += term;
              magnitude += Math.abs(term);
            }
          }
          assertClose(exact, out[1 + o], (xSize + ySize + 2) * ULP * magnitude, "output " + o);
        }
      }
    }
  }

  @Test
  void pools_agreeWithTheirDefinition() {
    for (int rows : new int[] {0, 1, 5}) {
      for (int columns : SIZES) {
        float[] x = uniform(rows * columns + 1);
        float[] mean = new float[columns + 1];
        float[] max = new float[columns + 2];
        Kernels.meanPool(x, 1, mean, 1, rows, columns);
        Kernels.maxPool(x, 1, max, 2, rows, columns);
        for (int c = 0; c < columns; c++) {
          double sum = 0;
          float highest = Float.NEGATIVE_INFINITY;
          for (int r = 0; r < rows; r++) {
            sum += x[1 + r * columns + c];
            highest = Math.max(highest, x[1 + r * columns + c]);
          }
          assertClose(rows == 0 ? 0 : sum / rows, mean[1 + c], (rows + 2) * ULP, "mean");
          assertEquals(highest, max[2 + c]);
        }
      }
    }
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** Sums of products of a row of weights and a state, both within [-1, 1]. */
  private static double[] recurrentPart(float[] weights, float[] state, int offset, int rows) {
    int size = state.length - offset;
    double[] part = new double[rows];
    for (int r = 0; r < rows; r++) {
      part[r] = product(weights, r * size, 1, state, offset, 1, size).value;
    }
    return part;
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "5", "16", "37", "64"})
  void lstmStep_agreesWithItsEquations(int size) {
    float[] gates = uniform(4 * size + 3);
    float[] recurrent = uniform(4 * size * size);
    float[] hidden = uniform(size + 1);
    float[] cell = uniform(size + 2);
    double[] part = recurrentPart(recurrent, hidden, 1, 4 * size);
    float[] given = gates.clone();
    float[] before = cell.clone();
    Kernels.lstmStep(gates, 3, recurrent, hidden, 1, cell, 2, size);
    // slopes are at most 1: what is off before a gate is off at most as much behind it
    double bound = (size + 20) * ULP * (size + 2);
    for (int i = 0; i < size; i++) {
      double in = sigmoid(given[3 + i] + part[i]);
      double forget = sigmoid(given[3 + size + i] + part[size + i]);
      double candidate = Math.tanh(given[3 + 2 * size + i] + part[2 * size + i]);
      double output = sigmoid(given[3 + 3 * size + i] + part[3 * size + i]);
      double next = forget * before[2 + i] + in * candidate;
      assertClose(in, gates[3 + i], bound, "input gate");
      assertClose(forget, gates[3 + size + i], bound, "forget gate");
      assertClose(candidate, gates[3 + 2 * size + i], bound, "candidate");
      assertClose(output, gates[3 + 3 * size + i], bound, "output gate");
      assertClose(next, cell[2 + i], 3 * bound, "cell");
      assertClose(output * Math.tanh(next), hidden[1 + i], 4 * bound, "hidden");
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "5", "16", "37", "64"})
  void gruStep_agreesWithItsEquations(int size) {
    float[] gates = uniform(4 * size + 3);
    float[] recurrent = uniform(3 * size * size);
    float[] bias = uniform(3 * size);
    float[] hidden = uniform(size + 1);
    double[] part = recurrentPart(recurrent, hidden, 1, 3 * size);
    float[] given = gates.clone();
    float[] before = hidden.clone();
    Kernels.gruStep(gates, 3, recurrent, bias, hidden, 1, size);
    double bound = (size + 20) * ULP * (size + 2);
    for (int i = 0; i < size; i++) {
      double reset = sigmoid(given[3 + i] + part[i] + bias[i]);
      double update = sigmoid(given[3 + size + i] + part[size + i] + bias[size + i]);
      double inner = part[2 * size + i] + bias[2 * size + i];
      double candidate = Math.tanh(given[3 + 2 * size + i] + reset * inner);
      assertClose(reset, gates[3 + i], bound, "reset gate");
      assertClose(update, gates[3 + size + i], bound, "update gate");
      assertClose(inner, gates[3 + 3 * size + i], bound, "inner part");
      // the reset gate's error counts as often as the inner part is large
      double behind = bound * (2 + Math.abs(inner));
      assertClose(candidate, gates[3 + 2 * size + i], behind, "candidate");
      assertClose(
          (1 - update) * candidate + update * before[1 + i],
          hidden[1 + i],
          behind + 2 * bound,
          "hidden");
    }
  }
}
