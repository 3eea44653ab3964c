package io.github.erv.vision.handcrafted;

import static java.util.Objects.checkFromIndexSize;
import static java.util.Objects.checkIndex;
import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Local binary patterns: which of the points on a circle around a pixel are at least as bright as
 * it is. What they count does not change when light gets stronger or weaker.
 *
 * <p>The points between pixels are interpolated. A pixel counts if its whole circle lies in the
 * picture. Labels are numbered as by {@code skimage.feature.local_binary_pattern} 0.19 with the
 * methods {@code nri_uniform} and {@code uniform}. Immutable and thread-safe; nothing is allocated
 * after construction.
 *
 * @see "Ojala, Pietikäinen, Mäenpää (2002), Multiresolution gray-scale and rotation invariant
 *     texture classification with local binary patterns, IEEE PAMI 24(7)"
 * @see "Ahonen, Hadid, Pietikäinen (2006), Face description with local binary patterns, IEEE PAMI
 *     28(12), for the grid"
 */
public final class LocalBinaryPatterns {
  /** Which patterns count as the same. */
  public enum Labelling {
    /**
     * Patterns with at most two changes between 0 and 1 around the circle, each by itself, and all
     * others together: n (n - 1) + 3 labels.
     */
    UNIFORM,
    /**
     * As {@link #UNIFORM}, but only by how many points are brighter, whichever way they lie: n + 2
     * labels.
     */
    UNIFORM_ROTATION_INVARIANT,
    /**
     * Patterns that turn into one another, in the order of the least number each can be read as: 36
     * labels for 8 points.
     */
    ROTATION_INVARIANT
  }

  static final int MOST_SIDE = 4_096;

  private final int width;
  private final int height;
  private final int reach;
  private final Neighbourhood circle;
  private final int labels;

  /** The label of each pattern. */
  private final short[] table;

  private LocalBinaryPatterns(
      Labelling labelling, int points, double radius, int width, int height) {
    this.width = width;
    this.height = height;
    reach = Neighbourhood.reach(radius);
    circle = new Neighbourhood(points, radius, radius, 1, width);
    table = new short[1 << points];
    labels = fill(table, labelling, points);
  }

  /**
   * Prepares for pictures of one size.
   *
   * @param labelling which patterns count as the same
   * @param points on the circle, 4 to 14; 8 is usual
   * @param radius in pixels, 1 to 16
   * @param width of the pictures, more than twice the radius, at most 4096
   * @param height of the pictures, more than twice the radius, at most 4096
   * @return what counts
   * @throws IllegalArgumentException if a number is out of range
   */
  public static LocalBinaryPatterns of(
      Labelling labelling, int points, double radius, int width, int height) {
    requireNonNull(labelling, "labelling");
    requirePoints(points);
    int least = 2 * Neighbourhood.reach(Neighbourhood.requireRadius(radius)) + 1;
    requireIn(width, least, MOST_SIDE, "the width");
    requireIn(height, least, MOST_SIDE, "the height");
    return new LocalBinaryPatterns(labelling, points, radius, width, height);
  }

  static int requirePoints(int points) {
    return requireIn(points, 4, 14, "points");
  }

  static int requireIn(int value, int least, int most, String what) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s must be from %d to %d, was %d".formatted(what, least, most, value));
    }
    return value;
  }

  /**
   * Numbers the patterns.
   *
   * @param table receives the label of each
   * @return how many labels there are
   */
  static int fill(short[] table, Labelling labelling, int points) {
    return switch (labelling) {
      case UNIFORM -> uniform(table, points);
      case UNIFORM_ROTATION_INVARIANT -> counted(table, points);
      case ROTATION_INVARIANT -> turned(table, points);
    };
  }

  private static int uniform(short[] table, int points) {
    int other = points * (points - 1) + 2;
    for (int pattern = 0; pattern < table.length; pattern++) {
      int ones = Integer.bitCount(pattern);
      int label;
      if (changes(pattern, points) > 2) {
        label = other;
      } else if (ones == 0) {
        label = 0;
      } else if (ones == points) {
        label = other - 1;
      } else {
        int firstOne = Integer.numberOfTrailingZeros(pattern);
        int firstZero = Integer.numberOfTrailingZeros(~pattern);
        int turn = firstOne == 0 ? ones - firstZero : points - firstOne;
        label = 1 + (ones - 1) * points + turn;
      }
      table[pattern] = (short) label;
    }
    return other + 1;
  }

  private static int counted(short[] table, int points) {
    for (int pattern = 0; pattern < table.length; pattern++) {
      table[pattern] =
          (short) (changes(pattern, points) > 2 ? points + 1 : Integer.bitCount(pattern));
    }
    return points + 2;
  }

  private static int turned(short[] table, int points) {
    int count = 0;
    for (int pattern = 0; pattern < table.length; pattern++) {
      int least = pattern;
      for (int turn = 1; turn < points; turn++) {
        least = Math.min(least, turned(pattern, turn, points));
      }
      // the least of a class comes before all others
      table[pattern] = least == pattern ? (short) count++ : table[least];
    }
    return count;
  }

  private static int turned(int pattern, int turn, int points) {
    return (pattern >>> turn | pattern << (points - turn)) & ((1 << points) - 1);
  }

  private static int changes(int pattern, int points) {
    return Integer.bitCount(pattern ^ turned(pattern, 1, points));
  }

  /**
   * Returns how many labels there are.
   *
   * @return the length of a histogram
   */
  public int labels() {
    return labels;
  }

  /**
   * Labels a pixel.
   *
   * @param luma row by row, shape (height, width)
   * @param x at least the radius away from either side
   * @param y at least the radius away from top and bottom
   * @return in [0, {@link #labels})
   * @throws IndexOutOfBoundsException if the circle leaves the picture
   */
  public int label(byte[] luma, int x, int y) {
    checkIndex(x - reach, width - 2 * reach);
    checkIndex(y - reach, height - 2 * reach);
    checkFromIndexSize(0, width * height, luma.length);
    return table[circle.pattern(luma, y * width + x)];
  }

  /**
   * Returns what the histograms of a grid stand for.
   *
   * @param columns of cells
   * @param rows of cells
   * @return row and column of the cell and the label, as in {@code r2.c0.17}
   */
  public List<String> names(int columns, int rows) {
    List<String> names = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        for (int label = 0; label < labels; label++) {
          names.add("r" + row + ".c" + column + '.' + label);
        }
      }
    }
    return names;
  }

  /**
   * Counts the labels in each cell of a grid.
   *
   * @param luma row by row, shape (height, width)
   * @param columns of cells; cells are as wide as one another, give or take a pixel
   * @param rows of cells
   * @param out receives the share of each label in each cell, shape (rows, columns, labels); all 0
   *     in a cell where no circle fits
   * @param offset where the first value goes
   * @throws IllegalArgumentException if there are more cells than pixels either way, or none
   * @throws IndexOutOfBoundsException if an array is too short
   */
  public void histogramsInto(byte[] luma, int columns, int rows, float[] out, int offset) {
    requireIn(columns, 1, width, "columns");
    requireIn(rows, 1, height, "rows");
    checkFromIndexSize(0, width * height, luma.length);
    checkFromIndexSize(offset, columns * rows * labels, out.length);
    Arrays.fill(out, offset, offset + columns * rows * labels, 0);
    for (int row = 0; row < rows; row++) {
      int top = Math.max(reach, edge(row, rows, height));
      int bottom = Math.min(height - reach, edge(row + 1, rows, height));
      for (int column = 0; column < columns; column++) {
        int left = Math.max(reach, edge(column, columns, width));
        int right = Math.min(width - reach, edge(column + 1, columns, width));
        float share = 1f / Math.max(1, (bottom - top) * (right - left));
        int histogram = offset + (row * columns + column) * labels;
        for (int y = top; y < bottom; y++) {
          for (int x = left; x < right; x++) {
            out[histogram + table[circle.pattern(luma, y * width + x)]] += share;
          }
        }
      }
    }
  }

  /** Returns the first pixel of a cell. */
  static int edge(int cell, int cells, int length) {
    return cell * length / cells;
  }
}
