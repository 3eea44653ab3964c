package io.github.erv.vision.handcrafted;

import static io.github.erv.vision.handcrafted.LocalBinaryPatterns.edge;
import static io.github.erv.vision.handcrafted.LocalBinaryPatterns.requireIn;
import static java.util.Objects.checkFromIndexSize;

import io.github.erv.vision.handcrafted.LocalBinaryPatterns.Labelling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Local binary patterns on three planes through the last pictures: the plane of the picture, that
 * of a row over time, and that of a column over time. How a texture looks, and how it moves.
 *
 * <p>Counts slide along: {@link #add} takes a picture up and lets the oldest go, at the cost of one
 * picture. Pictures must be as far apart as those that a classifier was trained on. Used by one
 * thread at a time; nothing is allocated after construction.
 *
 * @see "Zhao, Pietikäinen (2007), Dynamic texture recognition using local binary patterns with an
 *     application to facial expressions, IEEE PAMI 29(6)"
 */
public final class LbpTop {
  private static final List<String> PLANES = List.of("xy", "xt", "yt");

  private final int width;
  private final int height;
  private final int columns;
  private final int rows;
  private final int reach;
  private final int depth;
  private final int labels;
  private final short[] table;
  private final Neighbourhood[] planes;

  /** The last pictures that a pattern spans, oldest first. */
  private final byte[] volume;

  /** Of the last pictures, the index in {@link #counts} of each pixel's labels on each plane. */
  private final int[][] counted;

  /** Of each pixel that counts, row by row, its cell. */
  private final int[] cells;

  private final int[] counts;
  private final int[] pixels;
  private long added;

  private LbpTop(
      Labelling labelling,
      int points,
      double radius,
      int timeRadius,
      int width,
      int height,
      int columns,
      int rows,
      int pictures) {
    this.width = width;
    this.height = height;
    this.columns = columns;
    this.rows = rows;
    reach = Neighbourhood.reach(radius);
    depth = 2 * timeRadius + 1;
    table = new short[1 << points];
    labels = LocalBinaryPatterns.fill(table, labelling, points);
    int plane = width * height;
    planes =
        new Neighbourhood[] {
          new Neighbourhood(points, radius, radius, 1, width),
          new Neighbourhood(points, radius, timeRadius, 1, plane),
          new Neighbourhood(points, radius, timeRadius, width, plane)
        };
    volume = new byte[depth * plane];
    counted = new int[pictures - depth + 1][PLANES.size() * inner(width) * inner(height)];
    counts = new int[size()];
    pixels = new int[columns * rows];
    cells = new int[inner(width) * inner(height)];
    for (int cell = 0; cell < pixels.length; cell++) {
      int row = cell / columns;
      int column = cell % columns;
      int bottom = Math.min(height - reach, edge(row + 1, rows, height));
      int right = Math.min(width - reach, edge(column + 1, columns, width));
      for (int y = Math.max(reach, edge(row, rows, height)); y < bottom; y++) {
        for (int x = Math.max(reach, edge(column, columns, width)); x < right; x++) {
          cells[(y - reach) * inner(width) + x - reach] = cell;
          pixels[cell]++;
        }
      }
    }
  }

  /**
   * Prepares for pictures of one size.
   *
   * @param labelling which patterns count as the same
   * @param points on each ellipse, 4 to 14; 8 is usual
   * @param radius in pixels, 1 to 16
   * @param timeRadius in pictures, 1 to 16
   * @param width of the pictures, more than twice the radius, at most 4096
   * @param height of the pictures, more than twice the radius, at most 4096
   * @param columns of cells that are counted apart, at most the width
   * @param rows of cells, at most the height
   * @param pictures over which patterns are counted, more than twice the time radius, at most 1000
   * @return counts of nothing yet
   * @throws IllegalArgumentException if a number is out of range
   */
  public static LbpTop of(
      Labelling labelling,
      int points,
      double radius,
      int timeRadius,
      int width,
      int height,
      int columns,
      int rows,
      int pictures) {
    LocalBinaryPatterns.requirePoints(points);
    int least = 2 * Neighbourhood.reach(Neighbourhood.requireRadius(radius)) + 1;
    requireIn(timeRadius, 1, 16, "the time radius");
    requireIn(width, least, LocalBinaryPatterns.MOST_SIDE, "the width");
    requireIn(height, least, LocalBinaryPatterns.MOST_SIDE, "the height");
    requireIn(columns, 1, width, "columns");
    requireIn(rows, 1, height, "rows");
    requireIn(pictures, 2 * timeRadius + 1, 1_000, "pictures");
    return new LbpTop(
        labelling, points, radius, timeRadius, width, height, columns, rows, pictures);
  }

  private int inner(int length) {
    return length - 2 * reach;
  }

  /**
   * Returns how many values there are.
   *
   * @return cells times three planes times labels
   */
  public int size() {
    return columns * rows * PLANES.size() * labels;
  }

  /**
   * Returns what the values stand for.
   *
   * @return row and column of the cell, plane and label, as in {@code r2.c0.xt.17}
   */
  public List<String> names() {
    List<String> names = new ArrayList<>(size());
    for (int cell = 0; cell < columns * rows; cell++) {
      for (String plane : PLANES) {
        for (int label = 0; label < labels; label++) {
          names.add("r" + cell / columns + ".c" + cell % columns + '.' + plane + '.' + label);
        }
      }
    }
    return names;
  }

  /** Forgets all pictures. */
  public void reset() {
    added = 0;
    Arrays.fill(counts, 0);
  }

  /**
   * Takes up the next picture.
   *
   * @param luma row by row, shape (height, width)
   * @throws IndexOutOfBoundsException if the array is too short
   */
  public void add(byte[] luma) {
    int plane = width * height;
    checkFromIndexSize(0, plane, luma.length);
    System.arraycopy(volume, plane, volume, 0, volume.length - plane);
    System.arraycopy(luma, 0, volume, volume.length - plane, plane);
    added++;
    if (added < depth) {
      return;
    }
    long middle = added - depth;
    int[] labelled = counted[(int) (middle % counted.length)];
    if (middle >= counted.length) {
      for (int index : labelled) {
        counts[index]--;
      }
    }
    int next = 0;
    int base = depth / 2 * plane;
    for (int y = reach; y < height - reach; y++) {
      for (int x = reach; x < width - reach; x++) {
        int histogram = cells[next / planes.length] * planes.length * labels;
        for (Neighbourhood around : planes) {
          int index = histogram + table[around.pattern(volume, base + y * width + x)];
          counts[index]++;
          labelled[next++] = index;
          histogram += labels;
        }
      }
    }
  }

  /**
   * Writes the share of each label on each plane in each cell over the last pictures.
   *
   * @param out receives {@link #size} values, shape (rows, columns, 3, labels); all 0 until there
   *     are more pictures than twice the time radius, and in a cell where no circle fits
   * @param offset where the first value goes
   * @throws IndexOutOfBoundsException if the array is too short
   */
  public void histogramsInto(float[] out, int offset) {
    checkFromIndexSize(offset, counts.length, out.length);
    long pictures = Math.min(counted.length, Math.max(0, added - depth + 1));
    int perCell = PLANES.size() * labels;
    for (int i = 0; i < counts.length; i++) {
      out[offset + i] = counts[i] / Math.max(1f, (float) pictures * pixels[i / perCell]);
    }
  }
}
