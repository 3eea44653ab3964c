package io.github.erv.media;

import java.nio.ByteBuffer;

/**
 * How a stored picture has to be turned to stand upright: first its axes are exchanged, or not,
 * then its columns and its rows are reversed, or not.
 *
 * @param transposed whether the upright picture's x runs along the stored picture's y
 * @param flippedX whether the upright picture's columns are reversed
 * @param flippedY whether the upright picture's rows are reversed
 */
record Orientation(boolean transposed, boolean flippedX, boolean flippedY) {
  /** As stored. */
  static final Orientation UPRIGHT = new Orientation(false, false, false);

  /** Pixels a side that are turned at once, so that both pictures stay in the cache. */
  private static final int TILE = 32;

  /**
   * Returns the orientation that a display matrix asks for. Angles between the quarters go to the
   * nearest.
   *
   * @param a how much of a stored step to the right goes to the right
   * @param b how much of a stored step to the right goes down
   * @param c how much of a stored step down goes to the right
   * @param d how much of a stored step down goes down
   */
  static Orientation of(int a, int b, int c, int d) {
    boolean transposed =
        Math.abs((long) b) + Math.abs((long) c) > Math.abs((long) a) + Math.abs((long) d);
    return transposed ? new Orientation(true, c < 0, b < 0) : new Orientation(false, a < 0, d < 0);
  }

  /**
   * Turns one plane.
   *
   * @param from stored pixels from the first byte on
   * @param stride bytes from one stored row to the next
   * @param columns stored pixels a row
   * @param rows stored rows
   * @param pixelBytes bytes a pixel
   * @param to receives the upright plane without padding
   * @param offset where it starts
   */
  void turnInto(
      ByteBuffer from, int stride, int columns, int rows, int pixelBytes, byte[] to, int offset) {
    int width = transposed ? rows : columns;
    int height = transposed ? columns : rows;
    int stepX = transposed ? stride : pixelBytes;
    int stepY = transposed ? pixelBytes : stride;
    int origin = 0;
    if (flippedX) {
      origin += (width - 1) * stepX;
      stepX = -stepX;
    }
    if (flippedY) {
      origin += (height - 1) * stepY;
      stepY = -stepY;
    }
    for (int top = 0; top < height; top += TILE) {
      int bottom = Math.min(top + TILE, height);
      for (int left = 0; left < width; left += TILE) {
        int right = Math.min(left + TILE, width);
        for (int y = top; y < bottom; y++) {
          int target = offset + (y * width + left) * pixelBytes;
          int source = origin + left * stepX + y * stepY;
          for (int x = left; x < right; x++) {
            for (int b = 0; b < pixelBytes; b++) {
              to[target++] = from.get(source + b);
            }
            source += stepX;
          }
        }
      }
    }
  }
}
