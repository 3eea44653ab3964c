package io.github.erv.vision.handcrafted;

import java.util.Arrays;

/**
 * Points on an ellipse around a pixel, and how each is interpolated between the four pixels around
 * it. Immutable and thread-safe.
 *
 * <p>Weights are whole numbers that add up to exactly {@link #ONE}, so that a point on even ground
 * is as bright as its middle to the last bit; with floating point, rounding would decide half of
 * the comparisons there.
 */
final class Neighbourhood {
  private static final int SHIFT = 16;
  private static final int ONE = 1 << SHIFT;

  private final int points;

  /** Where the taps of each point begin; has one more entry than there are points. */
  private final int[] first;

  private final int[] offsets;
  private final int[] weights;

  /**
   * Places the points, the first on the axis u, then towards negative v.
   *
   * @param points how many
   * @param radiusU along the axis u, in pixels
   * @param radiusV along the axis v
   * @param strideU how far apart neighbours along u lie in the array
   * @param strideV the same along v
   */
  Neighbourhood(int points, double radiusU, double radiusV, int strideU, int strideV) {
    this.points = points;
    first = new int[points + 1];
    int[] offset = new int[4 * points];
    int[] weight = new int[4 * points];
    int taps = 0;
    for (int p = 0; p < points; p++) {
      double angle = 2 * Math.PI * p / points;
      double u = rounded(radiusU * Math.cos(angle));
      double v = rounded(-radiusV * Math.sin(angle));
      int left = (int) Math.floor(u);
      int top = (int) Math.floor(v);
      int across = (int) Math.round((u - left) * ONE);
      int down = (int) Math.round((v - top) * ONE);
      int both = (int) Math.round((double) across * down / ONE);
      int[] parts = {ONE - across - down + both, across - both, down - both, both};
      for (int corner = 0; corner < 4; corner++) {
        if (parts[corner] != 0) {
          offset[taps] = (left + corner % 2) * strideU + (top + corner / 2) * strideV;
          weight[taps++] = parts[corner];
        }
      }
      first[p + 1] = taps;
    }
    offsets = Arrays.copyOf(offset, taps);
    weights = Arrays.copyOf(weight, taps);
  }

  /** What is within rounding of a pixel lies on it. */
  private static double rounded(double value) {
    return Math.rint(value * 1e5) / 1e5;
  }

  /**
   * Returns the pattern around a pixel.
   *
   * @param pixels luma
   * @param at index of the pixel; the ellipse must lie inside
   * @return bit p is set if point p is at least as bright as the pixel
   */
  int pattern(byte[] pixels, int at) {
    int middle = (pixels[at] & 255) << SHIFT;
    int pattern = 0;
    int tap = 0;
    for (int p = 0; p < points; p++) {
      int sum = 0;
      for (int end = first[p + 1]; tap < end; tap++) {
        sum += weights[tap] * (pixels[at + offsets[tap]] & 255);
      }
      // the sign bit says darker
      pattern |= (~(sum - middle) >>> 31) << p;
    }
    return pattern;
  }

  /** Returns how far the ellipse reaches, in whole pixels. */
  static int reach(double radius) {
    return (int) Math.ceil(rounded(radius));
  }

  /** Checks what goes into a neighbourhood. */
  static double requireRadius(double radius) {
    if (!(radius >= 1 && radius <= 16)) {
      throw new IllegalArgumentException("a radius must be from 1 to 16 pixels, was " + radius);
    }
    return radius;
  }
}
