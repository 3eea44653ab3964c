package io.github.erv.vision.handcrafted;

import static io.github.erv.vision.handcrafted.LocalBinaryPatterns.edge;
import static io.github.erv.vision.handcrafted.LocalBinaryPatterns.requireIn;
import static java.util.Objects.checkFromIndexSize;
import static java.util.Objects.checkIndex;

import io.github.erv.error.NativeLibraryException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_video;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * How each pixel of one picture moves to the next, and what the motion is like cell by cell: by
 * polynomial expansion, with OpenCV.
 *
 * <p>Used by one thread at a time; nothing is allocated after construction. Native memory is given
 * back by {@link #close}.
 *
 * @see "Farnebäck (2003), Two-frame motion estimation based on polynomial expansion, SCIA"
 */
public final class OpticalFlow implements AutoCloseable {
  /** The release that natives are asked for when they are missing. */
  private static final String VERSION = "4.13.0-1.5.13";

  private static final String OPENBLAS = "0.3.31-1.5.13";

  private static final String MOST_MEMORY = "org.bytedeco.javacpp.maxPhysicalBytes";

  /** The expansion is fitted to five by five pixels, weighted as OpenCV advises for that size. */
  private static final int NEIGHBOURHOOD = 5;

  private static final double SIGMA = 1.1;

  private static final int LEVELS = 3;
  private static final int ITERATIONS = 3;

  /** Side of the window that is taken to move as one: about an eye on a face of 48 pixels. */
  private static final int WINDOW = 11;

  private static final List<String> STATISTICS =
      List.of("across", "down", "speed", "spread", "divergence", "curl");

  private final int width;
  private final int height;
  private final Mat before;
  private final Mat after;
  private final Mat flow;
  private final ByteBuffer beforePixels;
  private final ByteBuffer afterPixels;
  private final FloatBuffer motion;

  /** Displacements across and down, pixel after pixel. */
  private final float[] vectors;

  private boolean closed;

  private OpticalFlow(int width, int height) {
    this.width = width;
    this.height = height;
    before = new Mat(height, width, opencv_core.CV_8UC1);
    after = new Mat(height, width, opencv_core.CV_8UC1);
    flow = new Mat(height, width, opencv_core.CV_32FC2);
    beforePixels = before.createBuffer();
    afterPixels = after.createBuffer();
    motion = flow.createBuffer();
    vectors = new float[2 * width * height];
  }

  /**
   * Prepares for pictures of one size.
   *
   * @param width of the pictures, 16 to 4096
   * @param height of the pictures, 16 to 4096
   * @return something to close
   * @throws IllegalArgumentException if a size is out of range
   * @throws NativeLibraryException if OpenCV has no natives here
   */
  public static OpticalFlow of(int width, int height) {
    requireIn(width, 16, LocalBinaryPatterns.MOST_SIDE, "the width");
    requireIn(height, 16, LocalBinaryPatterns.MOST_SIDE, "the height");
    if (System.getProperty(MOST_MEMORY) == null) {
      // JavaCPP would refuse to allocate in a process that is large beside its Java heap
      System.setProperty(MOST_MEMORY, "0");
    }
    try {
      Loader.load(opencv_video.class);
      return new OpticalFlow(width, height);
    } catch (LinkageError e) {
      throw NativeLibraryException.missing(
          "OpenCV, which needs openblas " + OPENBLAS + " for the same platform,",
          "org.bytedeco",
          "opencv",
          VERSION,
          Loader.getPlatform(),
          e);
    }
  }

  /**
   * Follows every pixel from one picture to the next.
   *
   * @param from luma row by row, shape (height, width)
   * @param to the same
   * @throws IndexOutOfBoundsException if an array is too short
   * @throws IllegalStateException if this is closed
   */
  public void between(byte[] from, byte[] to) {
    if (closed) {
      throw new IllegalStateException("the optical flow is closed");
    }
    checkFromIndexSize(0, width * height, from.length);
    checkFromIndexSize(0, width * height, to.length);
    beforePixels.put(0, from, 0, width * height);
    afterPixels.put(0, to, 0, width * height);
    opencv_video.calcOpticalFlowFarneback(
        before, after, flow, 0.5, LEVELS, WINDOW, ITERATIONS, NEIGHBOURHOOD, SIGMA, 0);
    motion.get(0, vectors);
  }

  /**
   * Returns how far a pixel moved to the right between the last two pictures.
   *
   * @param x in the first picture
   * @param y in the first picture
   * @return in pixels
   */
  public float across(int x, int y) {
    return vectors[2 * (checkIndex(y, height) * width + checkIndex(x, width))];
  }

  /**
   * Returns how far a pixel moved down between the last two pictures.
   *
   * @param x in the first picture
   * @param y in the first picture
   * @return in pixels
   */
  public float down(int x, int y) {
    return vectors[2 * (checkIndex(y, height) * width + checkIndex(x, width)) + 1];
  }

  /**
   * Returns what the statistics of a grid stand for.
   *
   * @param columns of cells
   * @param rows of cells
   * @return row and column of the cell and the statistic, as in {@code r2.c0.speed}
   */
  public static List<String> names(int columns, int rows) {
    List<String> names = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        for (String statistic : STATISTICS) {
          names.add("r" + row + ".c" + column + '.' + statistic);
        }
      }
    }
    return names;
  }

  /**
   * Sums the motion up, cell by cell: means of the displacement across and down and of its length,
   * the standard deviation of the length, and means of divergence (what grows is positive) and curl
   * (what turns clockwise is positive).
   *
   * @param columns of cells, at most half the width
   * @param rows of cells, at most half the height
   * @param out receives the six statistics of each cell, shape (rows, columns, 6); the first four
   *     in pixels, the others in pixels a pixel; all for one step from picture to picture
   * @param offset where the first value goes
   * @throws IllegalArgumentException if there are too many cells, or none
   * @throws IndexOutOfBoundsException if the array is too short
   */
  public void statisticsInto(int columns, int rows, float[] out, int offset) {
    requireIn(columns, 1, width / 2, "columns");
    requireIn(rows, 1, height / 2, "rows");
    checkFromIndexSize(offset, columns * rows * STATISTICS.size(), out.length);
    int at = offset;
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        cellInto(
            edge(column, columns, width),
            edge(column + 1, columns, width),
            edge(row, rows, height),
            edge(row + 1, rows, height),
            out,
            at);
        at += STATISTICS.size();
      }
    }
  }

  private void cellInto(int left, int right, int top, int bottom, float[] out, int at) {
    double across = 0;
    double down = 0;
    double speed = 0;
    double squares = 0;
    double divergence = 0;
    double curl = 0;
    for (int y = top; y < bottom; y++) {
      int above = Math.max(0, y - 1);
      int below = Math.min(height - 1, y + 1);
      for (int x = left; x < right; x++) {
        int before = Math.max(0, x - 1);
        int behind = Math.min(width - 1, x + 1);
        double u = vectors[2 * (y * width + x)];
        double v = vectors[2 * (y * width + x) + 1];
        double square = u * u + v * v;
        across += u;
        down += v;
        speed += Math.sqrt(square);
        squares += square;
        int east = 2 * (y * width + behind);
        int west = 2 * (y * width + before);
        int south = 2 * (below * width + x);
        int north = 2 * (above * width + x);
        divergence +=
            (vectors[east] - vectors[west]) / (behind - before)
                + (vectors[south + 1] - vectors[north + 1]) / (below - above);
        curl +=
            (vectors[east + 1] - vectors[west + 1]) / (behind - before)
                - (vectors[south] - vectors[north]) / (below - above);
      }
    }
    double n = (double) (right - left) * (bottom - top);
    double mean = speed / n;
    out[at] = (float) (across / n);
    out[at + 1] = (float) (down / n);
    out[at + 2] = (float) mean;
    out[at + 3] = (float) Math.sqrt(Math.max(0, squares / n - mean * mean));
    out[at + 4] = (float) (divergence / n);
    out[at + 5] = (float) (curl / n);
  }

  /** Gives back native memory. Idempotent. */
  @Override
  public void close() {
    closed = true;
    flow.close();
    after.close();
    before.close();
  }
}
