package io.github.erv.tensor;

/** Sizes of the blocks that vector products take up, known without the Vector API. */
final class VectorBlocks {
  /** Longest part of the sums: a panel of four 64-byte vectors and this depth is 32 KiB, as L1. */
  static final int DEPTH = 128;

  /** Most columns; a multiple of any panel's width. */
  static final int COLUMNS = 256;

  /** Rows of a transposed left-hand matrix. */
  static final int ROWS = 64;

  /** Most outputs of the innermost kernel: four rows of four 64-byte vectors. */
  static final int MOST_TILE = 4 * 4 * 16;

  private VectorBlocks() {}
}
