package io.github.erv.tensor;

import static java.util.Objects.checkFromIndexSize;

import org.jspecify.annotations.Nullable;

/**
 * Float kernels over row-major arrays.
 *
 * <p><b>Shapes.</b> {@code (rows, columns)} of a matrix whose stride is not a parameter are dense:
 * its stride is its number of columns. Parameters of a layer (bias, gain, shift, ...) start at
 * index 0 of their array. Sizes may be 0: there is nothing to do then, and a sum over nothing is 0.
 *
 * <p><b>Aliasing.</b> Element-wise kernels, softmax and the normalisations may write over their
 * input: {@code out} and {@code x} are then the same array at the same offset. Any other overlap of
 * what is written with what is read is refused.
 *
 * <p><b>Non-finite values.</b> NaN in an input gives NaN in each output that depends on it;
 * infinities are carried as IEEE arithmetic does. Exceptions are named where they are.
 *
 * <p><b>Results</b> are those of the same formula in real numbers up to float rounding. The order
 * of summation is not specified and differs between implementations and machines; it does not
 * depend on offsets or on earlier calls, so equal arguments give equal bits in one JVM.
 *
 * <p>All methods are thread-safe as far as callers do not share the arrays and the {@link Scratch}
 * they write to. Nothing is allocated once the JVM has compiled them; only {@code tanh}, {@code
 * gelu} and the recurrent steps leave a vector on the heap in some JVMs.
 *
 * <p><b>Errors.</b> {@link IndexOutOfBoundsException} if an array is shorter than its shape asks
 * for, {@link IllegalArgumentException} if a size is negative, a stride shorter than its row, or
 * memory overlaps that must not.
 */
public final class Kernels {
  private static final KernelSupport IMPL =
      KernelChoice.choose(System.getProperty(KernelChoice.PROPERTY, KernelChoice.AUTO));

  private Kernels() {}

  /**
   * Returns which implementation this JVM uses.
   *
   * @return "scalar" or "vector"
   */
  public static String implementation() {
    return IMPL.name();
  }

  /**
   * Returns the width of the vectors that this JVM's implementation works with.
   *
   * @return bits, 0 for plain Java
   */
  public static int vectorBits() {
    return IMPL.vectorBits();
  }

  /**
   * Returns the inner product of two vectors.
   *
   * @param a first vector, shape (n)
   * @param aOffset where it starts
   * @param b second vector, shape (n)
   * @param bOffset where it starts
   * @param n the vectors' length
   * @return the sum of the products, 0 for empty vectors
   */
  public static float dot(float[] a, int aOffset, float[] b, int bOffset, int n) {
    checkFromIndexSize(aOffset, n, a.length);
    checkFromIndexSize(bOffset, n, b.length);
    return IMPL.dot(a, aOffset, b, bOffset, n);
  }

  /**
   * Adds a multiple of a vector to another: {@code y += alpha x}.
   *
   * @param alpha the factor
   * @param x what is added, shape (n)
   * @param xOffset where it starts
   * @param y what it is added to, shape (n); may be {@code x} itself
   * @param yOffset where it starts
   * @param n the vectors' length
   */
  public static void axpy(float alpha, float[] x, int xOffset, float[] y, int yOffset, int n) {
    checkElementwise(x, xOffset, y, yOffset, n);
    IMPL.axpy(alpha, x, xOffset, y, yOffset, n);
  }

  /**
   * Multiplies element by element: {@code out = a b}.
   *
   * @param a first factor, shape (n)
   * @param aOffset where it starts
   * @param b second factor, shape (n)
   * @param bOffset where it starts
   * @param out receives the products, shape (n); may be {@code a} or {@code b}
   * @param outOffset where it starts
   * @param n number of elements
   */
  public static void multiply(
      float[] a, int aOffset, float[] b, int bOffset, float[] out, int outOffset, int n) {
    checkElementwise(a, aOffset, out, outOffset, n);
    checkElementwise(b, bOffset, out, outOffset, n);
    IMPL.multiply(a, aOffset, b, bOffset, out, outOffset, n);
  }

  /**
   * Multiplies a matrix and a vector: {@code y = op(A) x + bias}, or with {@code accumulate} {@code
   * y += op(A) x + bias}.
   *
   * @param a the matrix as it is stored: shape (rows, columns), or (columns, rows) if {@code
   *     aTransposed}
   * @param aOffset where it starts
   * @param aStride from one of its stored rows to the next
   * @param aTransposed whether op transposes
   * @param x the vector, shape (columns)
   * @param xOffset where it starts
   * @param bias shape (rows), or null for none
   * @param accumulate whether the result is added to what {@code y} holds
   * @param y receives the result, shape (rows)
   * @param yOffset where it starts
   * @param rows of op(A)
   * @param columns of op(A)
   */
  public static void gemv(
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
    if (aTransposed) {
      checkMatrix("a", a, aOffset, aStride, columns, rows);
    } else {
      checkMatrix("a", a, aOffset, aStride, rows, columns);
    }
    checkFromIndexSize(xOffset, columns, x.length);
    checkParameter("bias", bias, rows);
    checkFromIndexSize(yOffset, rows, y.length);
    int aRows = aTransposed ? columns : rows;
    checkApart("a", a, aOffset, extent(aStride, aRows), y, yOffset, rows);
    checkApart("x", x, xOffset, columns, y, yOffset, rows);
    IMPL.gemv(
        a, aOffset, aStride, aTransposed, x, xOffset, bias, accumulate, y, yOffset, rows, columns);
  }

  /**
   * Multiplies two dense matrices: {@code C = A B}.
   *
   * @param a shape (m, k), from index 0
   * @param b shape (k, n), from index 0
   * @param c receives the product, shape (m, n), from index 0
   * @param m rows of A and C
   * @param n columns of B and C
   * @param k columns of A, rows of B
   * @param scratch working memory
   */
  public static void gemm(float[] a, float[] b, float[] c, int m, int n, int k, Scratch scratch) {
    gemm(1, a, 0, k, false, b, 0, n, false, null, false, c, 0, n, m, n, k, scratch);
  }

  /**
   * Applies a linear layer to each row: {@code Y = X Wᵀ + bias}.
   *
   * @param x inputs, shape (rows, inputs)
   * @param xOffset where they start
   * @param weights shape (outputs, inputs), from index 0, as PyTorch's {@code Linear} keeps them
   * @param bias shape (outputs), or null for none
   * @param y receives the outputs, shape (rows, outputs)
   * @param yOffset where they start
   * @param rows of X and Y
   * @param outputs columns of Y
   * @param inputs columns of X
   * @param scratch working memory
   */
  public static void linear(
      float[] x,
      int xOffset,
      float[] weights,
      float @Nullable [] bias,
      float[] y,
      int yOffset,
      int rows,
      int outputs,
      int inputs,
      Scratch scratch) {
    gemm(
        1, x, xOffset, inputs, false, weights, 0, inputs, true, bias, false, y, yOffset, outputs,
        rows, outputs, inputs, scratch);
  }

  /**
   * Multiplies two matrices: {@code C = alpha op(A) op(B) + bias}, or with {@code accumulate}
   * {@code C += alpha op(A) op(B) + bias}. The bias is the same for each row of C.
   *
   * @param alpha factor of the product
   * @param a the first matrix as it is stored: shape (m, k), or (k, m) if {@code aTransposed}
   * @param aOffset where it starts
   * @param aStride from one of its stored rows to the next
   * @param aTransposed whether it is transposed first
   * @param b the second matrix as it is stored: shape (k, n), or (n, k) if {@code bTransposed}
   * @param bOffset where it starts
   * @param bStride from one of its stored rows to the next
   * @param bTransposed whether it is transposed first
   * @param bias shape (n), or null for none
   * @param accumulate whether the result is added to what C holds
   * @param c receives the result, shape (m, n)
   * @param cOffset where it starts
   * @param cStride from one row of C to the next; what lies between them is left alone
   * @param m rows of C
   * @param n columns of C
   * @param k length of the sums
   * @param scratch working memory
   */
  public static void gemm(
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
    int aRows = aTransposed ? k : m;
    int bRows = bTransposed ? n : k;
    checkMatrix("a", a, aOffset, aStride, aRows, aTransposed ? m : k);
    checkMatrix("b", b, bOffset, bStride, bRows, bTransposed ? k : n);
    checkParameter("bias", bias, n);
    checkMatrix("c", c, cOffset, cStride, m, n);
    checkMatricesApart(
        "a", a, aOffset, aStride, aRows, aTransposed ? m : k, c, cOffset, cStride, m, n);
    checkMatricesApart(
        "b", b, bOffset, bStride, bRows, bTransposed ? k : n, c, cOffset, cStride, m, n);
    IMPL.gemm(
        alpha,
        a,
        aOffset,
        aStride,
        aTransposed,
        b,
        bOffset,
        bStride,
        bTransposed,
        bias,
        accumulate,
        c,
        cOffset,
        cStride,
        m,
        n,
        k,
        scratch);
  }

  /**
   * Multiplies by a packed matrix: {@code C = A B + bias}, or with {@code accumulate} {@code C += A
   * B + bias}, with B and the bias as they were packed.
   *
   * @param a shape (m, {@link PackedMatrix#depth()})
   * @param aOffset where it starts
   * @param aStride from one of its rows to the next
   * @param b the second matrix
   * @param accumulate whether the result is added to what C holds
   * @param c receives the result, shape (m, {@link PackedMatrix#columns()})
   * @param cOffset where it starts
   * @param cStride from one row of C to the next; what lies between them is left alone
   * @param m rows of A and C
   * @param scratch working memory
   */
  public static void gemm(
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
    checkMatrix("a", a, aOffset, aStride, m, b.k);
    checkMatrix("c", c, cOffset, cStride, m, b.n);
    checkMatricesApart("a", a, aOffset, aStride, m, b.k, c, cOffset, cStride, m, b.n);
    IMPL.gemm(a, aOffset, aStride, b, accumulate, c, cOffset, cStride, m, scratch);
  }

  /** Checks what {@link PackedMatrix} hands out and packs it. */
  static PackedMatrix pack(
      float[] b,
      int bOffset,
      int bStride,
      boolean bTransposed,
      float @Nullable [] bias,
      int n,
      int k) {
    checkMatrix("b", b, bOffset, bStride, bTransposed ? n : k, bTransposed ? k : n);
    checkParameter("bias", bias, n);
    return IMPL.pack(b, bOffset, bStride, bTransposed, bias, n, k);
  }

  /**
   * Turns each row into probabilities: {@code out = exp(x) / sum(exp(x))}.
   *
   * <p>No input overflows. Negative infinity gets 0; a row of nothing else gets zeros. A row that
   * holds NaN or positive infinity becomes NaN.
   *
   * @param x logits, shape (rows, columns)
   * @param xOffset where they start
   * @param out receives the probabilities, same shape; may be {@code x}
   * @param outOffset where they start
   * @param rows number of rows
   * @param columns length of a row
   */
  public static void softmax(
      float[] x, int xOffset, float[] out, int outOffset, int rows, int columns) {
    checkRows(x, xOffset, out, outOffset, rows, columns);
    IMPL.softmax(x, xOffset, null, 0, 0, out, outOffset, rows, columns);
  }

  /**
   * Turns each row into probabilities under a mask: {@code out = softmax(x + mask)}.
   *
   * <p>A mask of 0 leaves a logit as it is, negative infinity takes it out, anything else is a
   * bias. A row that is wholly taken out becomes zeros, not NaN. What is taken out must not be NaN
   * or positive infinity all the same.
   *
   * @param x logits, shape (rows, columns)
   * @param xOffset where they start
   * @param mask added to the logits, shape (rows, columns), or (columns) if its stride is 0
   * @param maskOffset where it starts
   * @param maskStride from one row of the mask to the next, 0 for one that all rows share
   * @param out receives the probabilities, shape (rows, columns); may be {@code x}
   * @param outOffset where they start
   * @param rows number of rows
   * @param columns length of a row
   */
  public static void softmax(
      float[] x,
      int xOffset,
      float[] mask,
      int maskOffset,
      int maskStride,
      float[] out,
      int outOffset,
      int rows,
      int columns) {
    checkRows(x, xOffset, out, outOffset, rows, columns);
    checkMask(mask, maskOffset, maskStride, rows, columns);
    int maskExtent = maskStride == 0 ? columns : extent(maskStride, rows);
    checkApart("mask", mask, maskOffset, maskExtent, out, outOffset, rows * columns);
    IMPL.softmax(x, xOffset, mask, maskOffset, maskStride, out, outOffset, rows, columns);
  }

  /**
   * Returns the logarithm of a sum of exponentials: {@code log(sum(exp(x)))}, without overflow.
   *
   * @param x terms' logarithms, shape (n)
   * @param xOffset where they start
   * @param n number of terms
   * @return negative infinity if there are no terms or all are negative infinity
   */
  public static float logSumExp(float[] x, int xOffset, int n) {
    checkFromIndexSize(xOffset, n, x.length);
    return IMPL.logSumExp(x, xOffset, n);
  }

  /**
   * Normalises each row to mean 0 and variance 1, then scales and shifts its columns: {@code out =
   * (x - mean) / sqrt(variance + epsilon) gain + shift}, with the variance's divisor {@code
   * columns}.
   *
   * <p>A row that holds a value that is not finite becomes NaN.
   *
   * @param x shape (rows, columns)
   * @param xOffset where it starts
   * @param gain shape (columns)
   * @param shift shape (columns)
   * @param epsilon added to the variance, above 0
   * @param out receives the result, shape (rows, columns); may be {@code x}
   * @param outOffset where it starts
   * @param rows number of rows
   * @param columns length of a row
   * @see "Ba, Kiros &amp; Hinton (2016), Layer normalization, equation 4"
   */
  public static void layerNorm(
      float[] x,
      int xOffset,
      float[] gain,
      float[] shift,
      float epsilon,
      float[] out,
      int outOffset,
      int rows,
      int columns) {
    checkRows(x, xOffset, out, outOffset, rows, columns);
    checkParameter("gain", gain, columns);
    checkParameter("shift", shift, columns);
    checkEpsilon(epsilon);
    IMPL.layerNorm(x, xOffset, gain, shift, epsilon, out, outOffset, rows, columns);
  }

  /**
   * Normalises each column by moments that training found: {@code out = (x - mean) / sqrt(variance
   * + epsilon) gain + shift}.
   *
   * @param x shape (rows, columns)
   * @param xOffset where it starts
   * @param mean shape (columns)
   * @param variance shape (columns), not negative
   * @param gain shape (columns)
   * @param shift shape (columns)
   * @param epsilon added to the variances, above 0
   * @param out receives the result, shape (rows, columns); may be {@code x}
   * @param outOffset where it starts
   * @param rows number of rows
   * @param columns length of a row
   * @see "Ioffe &amp; Szegedy (2015), Batch normalization, algorithm 2"
   */
  public static void batchNorm(
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
    checkRows(x, xOffset, out, outOffset, rows, columns);
    checkParameter("mean", mean, columns);
    checkParameter("variance", variance, columns);
    checkParameter("gain", gain, columns);
    checkParameter("shift", shift, columns);
    checkEpsilon(epsilon);
    IMPL.batchNorm(x, xOffset, mean, variance, gain, shift, epsilon, out, outOffset, rows, columns);
  }

  /**
   * Rectifies: {@code out = max(x, 0)}.
   *
   * @param x shape (n)
   * @param xOffset where it starts
   * @param out receives the result, shape (n); may be {@code x}
   * @param outOffset where it starts
   * @param n number of elements
   */
  public static void relu(float[] x, int xOffset, float[] out, int outOffset, int n) {
    checkElementwise(x, xOffset, out, outOffset, n);
    IMPL.relu(x, xOffset, out, outOffset, n);
  }

  /**
   * Applies the Gaussian error linear unit: {@code out = x Phi(x)}, with Phi the normal
   * distribution function itself, not the approximation by tanh. Negative infinity gives 0.
   *
   * @param x shape (n)
   * @param xOffset where it starts
   * @param out receives the result, shape (n); may be {@code x}
   * @param outOffset where it starts
   * @param n number of elements
   * @see "Hendrycks &amp; Gimpel (2016), Gaussian error linear units"
   */
  public static void gelu(float[] x, int xOffset, float[] out, int outOffset, int n) {
    checkElementwise(x, xOffset, out, outOffset, n);
    IMPL.gelu(x, xOffset, out, outOffset, n);
  }

  /**
   * Applies the logistic function: {@code out = 1 / (1 + exp(-x))}.
   *
   * @param x shape (n)
   * @param xOffset where it starts
   * @param out receives the result in [0, 1], shape (n); may be {@code x}
   * @param outOffset where it starts
   * @param n number of elements
   */
  public static void sigmoid(float[] x, int xOffset, float[] out, int outOffset, int n) {
    checkElementwise(x, xOffset, out, outOffset, n);
    IMPL.sigmoid(x, xOffset, out, outOffset, n);
  }

  /**
   * Applies the hyperbolic tangent.
   *
   * @param x shape (n)
   * @param xOffset where it starts
   * @param out receives the result in [-1, 1], shape (n); may be {@code x}
   * @param outOffset where it starts
   * @param n number of elements
   */
  public static void tanh(float[] x, int xOffset, float[] out, int outOffset, int n) {
    checkElementwise(x, xOffset, out, outOffset, n);
    IMPL.tanh(x, xOffset, out, outOffset, n);
  }

  /**
   * Applies the exponential function. Results below the smallest normal float may be 0.
   *
   * @param x shape (n)
   * @param xOffset where it starts
   * @param out receives the result, shape (n); may be {@code x}
   * @param outOffset where it starts
   * @param n number of elements
   */
  public static void exp(float[] x, int xOffset, float[] out, int outOffset, int n) {
    checkElementwise(x, xOffset, out, outOffset, n);
    IMPL.exp(x, xOffset, out, outOffset, n);
  }

  /**
   * Computes scaled dot-product attention of several heads: for each head {@code out =
   * softmax(scale Q Kᵀ + mask) V}. Head h owns columns [h headSize, (h + 1) headSize) of Q, K, V
   * and the output.
   *
   * <p>The weights of all pairs are never held at once. A query whose keys are all taken out by the
   * mask gets zeros, and so do all queries if there are no keys. See {@link #softmax(float[], int,
   * float[], int, int, float[], int, int, int)} for what a mask means; it is shared by the heads.
   *
   * @param q queries, shape (queries, heads headSize)
   * @param qOffset where they start
   * @param qStride from one query to the next
   * @param k keys, shape (keys, heads headSize)
   * @param kOffset where they start
   * @param kStride from one key to the next
   * @param v values, shape (keys, heads headSize)
   * @param vOffset where they start
   * @param vStride from one value to the next
   * @param mask added to the scaled scores, shape (queries, keys), or (keys) if its stride is 0;
   *     null for none
   * @param maskOffset where it starts
   * @param maskStride from one query's mask to the next, 0 for one that all queries share
   * @param out receives the result, shape (queries, heads headSize)
   * @param outOffset where it starts
   * @param outStride from one query's result to the next
   * @param queries number of queries
   * @param keys number of keys and values
   * @param heads number of heads
   * @param headSize columns of a head
   * @param scale factor of the scores, usually {@code 1 / sqrt(headSize)}
   * @param scratch working memory
   * @see "Vaswani et al. (2017), Attention is all you need, equation 1 and section 3.2.2"
   */
  public static void attention(
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
    checkSize("heads", heads);
    checkSize("headSize", headSize);
    int width = Math.multiplyExact(heads, headSize);
    checkMatrix("q", q, qOffset, qStride, queries, width);
    checkMatrix("k", k, kOffset, kStride, keys, width);
    checkMatrix("v", v, vOffset, vStride, keys, width);
    checkMatrix("out", out, outOffset, outStride, queries, width);
    int outExtent = extent(outStride, queries);
    checkMatricesApart(
        "q", q, qOffset, qStride, queries, width, out, outOffset, outStride, queries, width);
    checkMatricesApart(
        "k", k, kOffset, kStride, keys, width, out, outOffset, outStride, queries, width);
    checkMatricesApart(
        "v", v, vOffset, vStride, keys, width, out, outOffset, outStride, queries, width);
    if (mask != null) {
      checkMask(mask, maskOffset, maskStride, queries, keys);
      int maskExtent = maskStride == 0 ? keys : extent(maskStride, queries);
      checkApart("mask", mask, maskOffset, maskExtent, out, outOffset, outExtent);
    }
    IMPL.attention(
        q,
        qOffset,
        qStride,
        k,
        kOffset,
        kStride,
        v,
        vOffset,
        vStride,
        mask,
        maskOffset,
        maskStride,
        out,
        outOffset,
        outStride,
        queries,
        keys,
        heads,
        headSize,
        scale,
        scratch);
  }

  /**
   * Computes bilinear products of two vectors: {@code out[o] = xᵀ W[o] y + bias[o]}.
   *
   * @param x first vector, shape (xSize)
   * @param xOffset where it starts
   * @param y second vector, shape (ySize)
   * @param yOffset where it starts
   * @param w shape (outputs, xSize, ySize), from index 0, as PyTorch's {@code Bilinear} keeps them
   * @param bias shape (outputs), or null for none
   * @param out receives the result, shape (outputs)
   * @param outOffset where it starts
   * @param outputs number of products
   * @param xSize length of the first vector
   * @param ySize length of the second vector
   */
  public static void bilinear(
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
    checkFromIndexSize(xOffset, xSize, x.length);
    checkFromIndexSize(yOffset, ySize, y.length);
    checkSize("outputs", outputs);
    int size = Math.multiplyExact(Math.multiplyExact(outputs, xSize), ySize);
    checkParameter("w", w, size);
    checkParameter("bias", bias, outputs);
    checkFromIndexSize(outOffset, outputs, out.length);
    checkApart("x", x, xOffset, xSize, out, outOffset, outputs);
    checkApart("y", y, yOffset, ySize, out, outOffset, outputs);
    checkApart("w", w, 0, size, out, outOffset, outputs);
    IMPL.bilinear(x, xOffset, y, yOffset, w, bias, out, outOffset, outputs, xSize, ySize);
  }

  /**
   * Returns the mean of each column in {@code out}. Weighted means, as attention pooling needs, are
   * a transposed {@link #gemv}.
   *
   * @param x shape (rows, columns)
   * @param xOffset where it starts
   * @param out receives the means, shape (columns); zeros if there are no rows
   * @param outOffset where they start
   * @param rows number of rows
   * @param columns number of columns
   */
  public static void meanPool(
      float[] x, int xOffset, float[] out, int outOffset, int rows, int columns) {
    checkPool(x, xOffset, out, outOffset, rows, columns);
    IMPL.meanPool(x, xOffset, out, outOffset, rows, columns);
  }

  /**
   * Returns the greatest value of each column in {@code out}.
   *
   * @param x shape (rows, columns)
   * @param xOffset where it starts
   * @param out receives the maxima, shape (columns); negative infinities if there are no rows
   * @param outOffset where they start
   * @param rows number of rows
   * @param columns number of columns
   */
  public static void maxPool(
      float[] x, int xOffset, float[] out, int outOffset, int rows, int columns) {
    checkPool(x, xOffset, out, outOffset, rows, columns);
    IMPL.maxPool(x, xOffset, out, outOffset, rows, columns);
  }

  /**
   * Takes one step of an LSTM, whose gates lie in PyTorch's order: input, forget, candidate,
   * output.
   *
   * <p>The caller has put the input's part {@code W x + b} into {@code gates}, for all steps at
   * once by one {@link #linear}; b is the sum of PyTorch's two biases. The step adds {@code R h},
   * leaves the activated gates there, as a backward pass wants them, and moves the state on: {@code
   * c = f c + i g}, {@code h = o tanh(c)}.
   *
   * @param gates the input's part, then the gates, shape (4, size)
   * @param gatesOffset where they start
   * @param recurrent weights R, shape (4 size, size), from index 0
   * @param hidden state h, shape (size), read and replaced
   * @param hiddenOffset where it starts
   * @param cell state c, shape (size), read and replaced
   * @param cellOffset where it starts
   * @param size of the state
   * @see "Gers, Schmidhuber &amp; Cummins (2000), Learning to forget; PyTorch 2, torch.nn.LSTM"
   */
  public static void lstmStep(
      float[] gates,
      int gatesOffset,
      float[] recurrent,
      float[] hidden,
      int hiddenOffset,
      float[] cell,
      int cellOffset,
      int size) {
    checkStep(gates, gatesOffset, recurrent, 4, hidden, hiddenOffset, size);
    checkFromIndexSize(cellOffset, size, cell.length);
    checkApart("gates", gates, gatesOffset, 4 * size, cell, cellOffset, size);
    checkApart("recurrent", recurrent, 0, recurrent.length, cell, cellOffset, size);
    checkApart("hidden", hidden, hiddenOffset, size, cell, cellOffset, size);
    IMPL.lstmStep(gates, gatesOffset, recurrent, hidden, hiddenOffset, cell, cellOffset, size);
  }

  /**
   * Takes one step of a GRU, whose gates lie in PyTorch's order: reset, update, candidate.
   *
   * <p>The caller has put the input's part {@code W x + b} into the first three rows of {@code
   * gates}, for all steps at once by one {@link #gemm} with a stride of 4 size. With u the
   * recurrent part {@code R h + bias}: {@code r = sigmoid(x_r + u_r)}, {@code z = sigmoid(x_z +
   * u_z)}, {@code n = tanh(x_n + r u_n)}, {@code h = (1 - z) n + z h}. The step leaves r, z, n and,
   * as a backward pass wants it, {@code u_n} in the four rows of {@code gates}.
   *
   * @param gates the input's part, then the gates, shape (4, size); the last row is only written
   * @param gatesOffset where they start
   * @param recurrent weights R, shape (3 size, size), from index 0
   * @param bias of the recurrent part, shape (3 size)
   * @param hidden state h, shape (size), read and replaced
   * @param hiddenOffset where it starts
   * @param size of the state
   * @see "Cho et al. (2014), Learning phrase representations using RNN encoder-decoder; PyTorch 2,
   *     torch.nn.GRU"
   */
  public static void gruStep(
      float[] gates,
      int gatesOffset,
      float[] recurrent,
      float[] bias,
      float[] hidden,
      int hiddenOffset,
      int size) {
    checkStep(gates, gatesOffset, recurrent, 3, hidden, hiddenOffset, size);
    checkParameter("bias", bias, 3 * size);
    IMPL.gruStep(gates, gatesOffset, recurrent, bias, hidden, hiddenOffset, size);
  }

  private static void checkSize(String name, int size) {
    if (size < 0) {
      throw new IllegalArgumentException(name + " must not be negative, was " + size);
    }
  }

  private static void checkEpsilon(float epsilon) {
    if (!(epsilon > 0)) {
      throw new IllegalArgumentException("epsilon must be above 0, was " + epsilon);
    }
  }

  /** A parameter array that is there must hold a size at least. */
  private static void checkParameter(String name, float @Nullable [] parameter, int size) {
    if (parameter != null && parameter.length < size) {
      throw new IndexOutOfBoundsException(
          name + " must hold " + size + " values, has " + parameter.length);
    }
  }

  private static void checkMatrix(
      String name, float[] array, int offset, int stride, int rows, int columns) {
    if (rows < 0 || columns < 0 || stride < columns) {
      throw new IllegalArgumentException(
          "%s cannot have shape (%d, %d) with stride %d".formatted(name, rows, columns, stride));
    }
    if (rows > 0
        && columns > 0
        && (offset < 0 || offset + (rows - 1L) * stride + columns > array.length)) {
      throw new IndexOutOfBoundsException(
          "%s of shape (%d, %d) with stride %d from index %d does not fit into %d values"
              .formatted(name, rows, columns, stride, offset, array.length));
    }
  }

  private static void checkMask(
      float[] mask, int maskOffset, int maskStride, int rows, int columns) {
    if (maskStride == 0) {
      checkMatrix("mask", mask, maskOffset, columns, 1, columns);
    } else {
      checkMatrix("mask", mask, maskOffset, maskStride, rows, columns);
    }
  }

  private static void checkElementwise(float[] x, int xOffset, float[] out, int outOffset, int n) {
    checkFromIndexSize(xOffset, n, x.length);
    checkFromIndexSize(outOffset, n, out.length);
    checkSameOrApart(x, xOffset, out, outOffset, n);
  }

  private static void checkRows(
      float[] x, int xOffset, float[] out, int outOffset, int rows, int columns) {
    checkMatrix("x", x, xOffset, columns, rows, columns);
    checkMatrix("out", out, outOffset, columns, rows, columns);
    checkSameOrApart(x, xOffset, out, outOffset, rows * columns);
  }

  private static void checkPool(
      float[] x, int xOffset, float[] out, int outOffset, int rows, int columns) {
    checkMatrix("x", x, xOffset, columns, rows, columns);
    checkFromIndexSize(outOffset, columns, out.length);
    checkApart("x", x, xOffset, rows * columns, out, outOffset, columns);
  }

  private static void checkStep(
      float[] gates,
      int gatesOffset,
      float[] recurrent,
      int recurrentGates,
      float[] hidden,
      int hiddenOffset,
      int size) {
    checkFromIndexSize(hiddenOffset, size, hidden.length);
    checkMatrix("gates", gates, gatesOffset, size, 4, size);
    checkMatrix("recurrent", recurrent, 0, size, Math.multiplyExact(recurrentGates, size), size);
    checkApart("gates", gates, gatesOffset, 4 * size, hidden, hiddenOffset, size);
    checkApart("recurrent", recurrent, 0, recurrent.length, gates, gatesOffset, 4 * size);
    checkApart("recurrent", recurrent, 0, recurrent.length, hidden, hiddenOffset, size);
  }

  private static int extent(int stride, int rows) {
    return (int) Math.min(Integer.MAX_VALUE, (long) stride * rows);
  }

  private static void checkSameOrApart(float[] x, int xOffset, float[] out, int outOffset, int n) {
    if (x == out && xOffset != outOffset && Math.abs((long) xOffset - outOffset) < n) {
      throw overlap("x", xOffset, n, outOffset, n);
    }
  }

  private static void checkApart(
      String name, float[] in, int inOffset, int inSize, float[] out, int outOffset, int outSize) {
    if (in == out
        && inSize > 0
        && outSize > 0
        && inOffset < (long) outOffset + outSize
        && outOffset < (long) inOffset + inSize) {
      throw overlap(name, inOffset, inSize, outOffset, outSize);
    }
  }

  /** Matrices of one stride in one array may lie side by side. */
  private static void checkMatricesApart(
      String name,
      float[] in,
      int inOffset,
      int inStride,
      int inRows,
      int inColumns,
      float[] out,
      int outOffset,
      int outStride,
      int outRows,
      int outColumns) {
    if (in == out && inColumns > 0 && outColumns > 0) {
      int apart = inStride == outStride ? Math.floorMod(outOffset - inOffset, inStride) : 0;
      if (apart < inColumns || apart + outColumns > inStride) {
        checkApart(
            name,
            in,
            inOffset,
            extent(inStride, inRows),
            out,
            outOffset,
            extent(outStride, outRows));
      }
    }
  }

  private static IllegalArgumentException overlap(
      String name, int inOffset, int inSize, int outOffset, int outSize) {
    return new IllegalArgumentException(
        "%s in [%d, %d) overlaps the output in [%d, %d) of the same array"
            .formatted(
                name, inOffset, (long) inOffset + inSize, outOffset, (long) outOffset + outSize));
  }
}
