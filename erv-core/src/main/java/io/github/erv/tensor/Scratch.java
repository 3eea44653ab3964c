package io.github.erv.tensor;

/**
 * Working memory of the kernels: whoever calls them keeps one, so that no call allocates.
 *
 * <p>Its size, about 300 KB, does not depend on the sizes of the problems it serves. What it holds
 * means nothing between two calls. Used by one thread at a time.
 */
public final class Scratch {
  /** Queries that attention takes up at once. */
  static final int QUERIES = 64;

  /** Keys that attention takes up at once, and the stride of the scores. */
  static final int KEYS = 128;

  /** Part of the right-hand matrix that a product takes up at once, as its kernels want it. */
  final PackedMatrix block = PackedMatrix.block();

  /** Part of a transposed left-hand matrix, row-major. */
  final float[] left = new float[VectorBlocks.ROWS * VectorBlocks.DEPTH];

  /** Outputs at the edge of a matrix, where whole vectors would write beyond it. */
  final float[] tile = new float[VectorBlocks.MOST_TILE];

  /** A row of a product under way. */
  final float[] sum = new float[ScalarKernels.COLUMNS];

  /** Attention's scores, then weights, shape (QUERIES, KEYS). */
  final float[] scores = new float[QUERIES * KEYS];

  /** Of each query, the highest score so far. */
  final float[] highest = new float[QUERIES];

  /** Of each query, the sum of its weights so far, relative to the highest score. */
  final float[] total = new float[QUERIES];

  /** Creates working memory for any kernel and any size. */
  public Scratch() {}
}
