package io.github.erv.vision.handcrafted;

import static io.github.erv.vision.handcrafted.LocalBinaryPatterns.requireIn;
import static java.util.Objects.checkFromIndexSize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Histograms of oriented gradients: which way edges run, cell by cell, and how strongly compared to
 * their surroundings.
 *
 * <p>Gradients are central differences, zero at the edge of the picture. Each pixel votes with the
 * length of its gradient for the bin its direction falls in, in the cell it lies in. Blocks of
 * cells, one starting in every cell, are divided by their Euclidean length, clipped at 0.2 and
 * divided again (L2-Hys). The values are those of {@code skimage.feature.hog} 0.19 with {@code
 * block_norm="L2-Hys"}, in the same order. Pixels beyond the last whole cell vote for nothing.
 *
 * <p>Used by one thread at a time; nothing is allocated after construction.
 *
 * @see "Dalal, Triggs (2005), Histograms of oriented gradients for human detection, CVPR"
 */
public final class HistogramOfOrientedGradients {
  private static final float CLIP = 0.2f;
  private static final double EPSILON = 1e-5;

  /** Differences of bytes. */
  private static final int MOST = 255;

  /** By how many bins there are; never written again. */
  private static final Map<Integer, byte[]> TABLES = new ConcurrentHashMap<>();

  private final int width;
  private final int height;
  private final int cell;
  private final int block;
  private final int bins;
  private final int columns;
  private final int rows;

  /** The bin of each gradient that points down or right, by rows of equal y. */
  private final byte[] bin;

  private final float[] cells;

  private HistogramOfOrientedGradients(int width, int height, int cell, int block, int bins) {
    this.width = width;
    this.height = height;
    this.cell = cell;
    this.block = block;
    this.bins = bins;
    columns = width / cell;
    rows = height / cell;
    cells = new float[columns * rows * bins];
    bin = TABLES.computeIfAbsent(bins, HistogramOfOrientedGradients::table);
  }

  private static byte[] table(int bins) {
    byte[] table = new byte[(MOST + 1) * (2 * MOST + 1)];
    for (int y = 0; y <= MOST; y++) {
      for (int x = -MOST; x <= MOST; x++) {
        // straight left is straight right
        double degrees = y == 0 ? 0 : Math.toDegrees(Math.atan2(y, x));
        table[index(x, y)] = (byte) (degrees / (180.0 / bins));
      }
    }
    return table;
  }

  /**
   * Prepares for pictures of one size.
   *
   * @param width of the pictures, at least one block
   * @param height of the pictures, at least one block
   * @param cell side of a cell in pixels, at least 2; 6 or 8 is usual
   * @param block side of a block in cells, at least 1; 2 is usual
   * @param bins directions in half a turn, 2 to 90; 9 is usual
   * @return what counts
   * @throws IllegalArgumentException if a number is out of range
   */
  public static HistogramOfOrientedGradients of(
      int width, int height, int cell, int block, int bins) {
    requireIn(cell, 2, 1_024, "a cell's side");
    requireIn(block, 1, 64, "a block's side");
    requireIn(bins, 2, 90, "bins");
    requireIn(width, cell * block, LocalBinaryPatterns.MOST_SIDE, "the width");
    requireIn(height, cell * block, LocalBinaryPatterns.MOST_SIDE, "the height");
    return new HistogramOfOrientedGradients(width, height, cell, block, bins);
  }

  private static int index(int x, int y) {
    return y * (2 * MOST + 1) + x + MOST;
  }

  /**
   * Returns how many values there are.
   *
   * @return blocks times cells in a block times bins
   */
  public int size() {
    return (columns - block + 1) * (rows - block + 1) * block * block * bins;
  }

  /**
   * Returns what the values stand for.
   *
   * @return as in {@code b3.4.c0.1.60deg}: row and column of the block, row and column of the cell
   *     in it, and where the bin begins; edges run at right angles to it
   */
  public List<String> names() {
    List<String> names = new ArrayList<>(size());
    for (int row = 0; row <= rows - block; row++) {
      for (int column = 0; column <= columns - block; column++) {
        for (int part = 0; part < block * block; part++) {
          for (int b = 0; b < bins; b++) {
            names.add(
                "b%d.%d.c%d.%d.%ddeg"
                    .formatted(row, column, part / block, part % block, 180 * b / bins));
          }
        }
      }
    }
    return names;
  }

  /**
   * Describes a picture.
   *
   * @param luma row by row, shape (height, width)
   * @param out receives {@link #size} values in [0, 1]: by row and column of the block, row and
   *     column of the cell in it, and bin; the first bin begins at gradients that point right, and
   *     they turn clockwise
   * @param offset where the first value goes
   * @throws IndexOutOfBoundsException if an array is too short
   */
  public void into(byte[] luma, float[] out, int offset) {
    checkFromIndexSize(0, width * height, luma.length);
    checkFromIndexSize(offset, size(), out.length);
    Arrays.fill(cells, 0);
    vote(luma);
    int at = offset;
    for (int row = 0; row <= rows - block; row++) {
      for (int column = 0; column <= columns - block; column++) {
        for (int part = 0; part < block; part++) {
          int from = ((row + part) * columns + column) * bins;
          System.arraycopy(cells, from, out, at + part * block * bins, block * bins);
        }
        normalise(out, at);
        at += block * block * bins;
      }
    }
  }

  private void vote(byte[] luma) {
    float share = 1f / (cell * cell);
    for (int y = 0; y < rows * cell; y++) {
      boolean inside = y > 0 && y < height - 1;
      for (int x = 0; x < columns * cell; x++) {
        int at = y * width + x;
        int across = x > 0 && x < width - 1 ? (luma[at + 1] & 255) - (luma[at - 1] & 255) : 0;
        int down = inside ? (luma[at + width] & 255) - (luma[at - width] & 255) : 0;
        float length = (float) Math.sqrt(across * across + down * down);
        int b = bin[down < 0 ? index(-across, -down) : index(across, down)];
        cells[(y / cell * columns + x / cell) * bins + b] += length * share;
      }
    }
  }

  private void normalise(float[] out, int from) {
    int to = from + block * block * bins;
    for (int pass = 0; pass < 2; pass++) {
      double squares = EPSILON * EPSILON;
      for (int i = from; i < to; i++) {
        squares += out[i] * out[i];
      }
      float scale = (float) (1 / Math.sqrt(squares));
      for (int i = from; i < to; i++) {
        out[i] = pass == 0 ? Math.min(CLIP, out[i] * scale) : out[i] * scale;
      }
    }
  }
}
