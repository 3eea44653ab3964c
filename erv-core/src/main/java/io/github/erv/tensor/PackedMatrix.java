package io.github.erv.tensor;

import org.jspecify.annotations.Nullable;

/**
 * The right-hand matrix of a product, such as a layer's weights, in the order in which the kernels
 * read it. Packing once what is multiplied often spares each {@link Kernels#gemm(float[], int, int,
 * PackedMatrix, boolean, float[], int, int, int, Scratch) product} the work.
 *
 * <p>Holds a copy: later changes of the arrays it was made from do not reach it. Immutable and
 * thread-safe.
 */
public final class PackedMatrix {
  final int n;
  final int k;

  // A product takes up blocks of the matrix, columns outermost. Each block starts with a row of
  // what its outputs start from: the bias, or zeros.

  /** Blocks for vectors: panels of a few vectors' width, each row-major. Else empty. */
  final float[] panels;

  /** Rows of the blocks, each an array of its own, for plain Java. Else empty. */
  final float[][] rows;

  PackedMatrix(int n, int k, float[] panels, float[][] rows) {
    this.n = n;
    this.k = k;
    this.panels = panels;
    this.rows = rows;
  }

  /** Memory for one block of either kind. */
  static PackedMatrix block() {
    return new PackedMatrix(
        0,
        0,
        new float[(VectorBlocks.DEPTH + 1) * VectorBlocks.COLUMNS],
        new float[ScalarKernels.DEPTH + 1][ScalarKernels.COLUMNS]);
  }

  /**
   * Packs the weights of a linear layer: products with it are {@code X Wᵀ + bias}.
   *
   * @param weights shape (outputs, inputs), as PyTorch's {@code Linear} keeps them
   * @param bias shape (outputs), or null for none
   * @param outputs columns of the product
   * @param inputs length of the sums
   * @return the packed matrix
   * @throws IndexOutOfBoundsException if an array is shorter than its shape
   */
  public static PackedMatrix linear(
      float[] weights, float @Nullable [] bias, int outputs, int inputs) {
    return of(weights, 0, inputs, true, bias, outputs, inputs);
  }

  /**
   * Packs a matrix: products with it are {@code A op(B) + bias}.
   *
   * @param b the matrix as it is stored: shape (k, n), or (n, k) if {@code bTransposed}
   * @param bOffset where it starts
   * @param bStride from one of its stored rows to the next
   * @param bTransposed whether op transposes
   * @param bias shape (n), or null for none
   * @param n columns of the product
   * @param k length of the sums
   * @return the packed matrix
   * @throws IndexOutOfBoundsException if an array is shorter than its shape
   * @throws IllegalArgumentException if a size is negative, or the stride shorter than a row
   */
  public static PackedMatrix of(
      float[] b,
      int bOffset,
      int bStride,
      boolean bTransposed,
      float @Nullable [] bias,
      int n,
      int k) {
    return Kernels.pack(b, bOffset, bStride, bTransposed, bias, n, k);
  }

  /**
   * Returns the number of columns of a product with this matrix.
   *
   * @return n
   */
  public int columns() {
    return n;
  }

  /**
   * Returns the number of rows of the matrix, the length of the sums.
   *
   * @return k
   */
  public int depth() {
    return k;
  }
}
