package io.github.erv.audio.voice;

import static java.util.Objects.checkFromIndexSize;

import java.util.Arrays;

/**
 * The resonances of an all-pole filter: each pair of conjugate roots of its denominator is one, at
 * the roots' angle and as wide as they are far from the unit circle. Roots outside of it count as
 * their mirror images inside.
 *
 * <p>Nothing is allocated after construction. Holds scratch: used by one thread at a time.
 *
 * @see "Markel &amp; Gray (1976), Linear prediction of speech, chapter 7"
 */
public final class Resonances {
  private static final double MIN_HZ = 50;
  private static final int ITERATIONS = 60;

  private final int order;
  private final double rateHz;
  private final double[] rootRe;
  private final double[] rootIm;

  /**
   * Creates a search for filters of one order.
   *
   * @param order of the filter, at least 1
   * @param rateHz samples a second of what it filters; resonances nearer than 50 Hz to 0 or to half
   *     of it are left out
   */
  public Resonances(int order, double rateHz) {
    this.order = order;
    this.rateHz = rateHz;
    this.rootRe = new double[order];
    this.rootIm = new double[order];
  }

  /**
   * Finds the resonances, lowest first.
   *
   * @param filter the denominator: 1, a(1) ... a(order), of the powers 0, -1 ... of z
   * @param hertz receives their frequencies; its length is the most that are wanted; 0 where none
   *     is left
   * @param bandwidthHz receives their bandwidths at -3 dB
   * @return how many were found
   * @throws IndexOutOfBoundsException if an array is too short
   */
  public int findInto(double[] filter, float[] hertz, float[] bandwidthHz) {
    checkFromIndexSize(0, order + 1, filter.length);
    checkFromIndexSize(0, hertz.length, bandwidthHz.length);
    Arrays.fill(hertz, 0);
    Arrays.fill(bandwidthHz, 0);
    findRoots(filter);
    int found = 0;
    for (int i = 0; i < order; i++) {
      double frequency = Math.atan2(rootIm[i], rootRe[i]) * rateHz / (2 * Math.PI);
      if (!(rootIm[i] > 1e-9 && frequency >= MIN_HZ && frequency <= rateHz / 2 - MIN_HZ)) {
        continue;
      }
      double radius = Math.hypot(rootRe[i], rootIm[i]);
      double bandwidth = Math.abs(Math.log(radius)) * rateHz / Math.PI;
      int at = found;
      if (found < hertz.length) {
        found++;
      } else if (hertz[--at] <= frequency) {
        continue;
      }
      while (at > 0 && hertz[at - 1] > frequency) {
        hertz[at] = hertz[at - 1];
        bandwidthHz[at] = bandwidthHz[at - 1];
        at--;
      }
      hertz[at] = (float) frequency;
      bandwidthHz[at] = (float) bandwidth;
    }
    return found;
  }

  /** All roots of the filter at once, by the iteration of Weierstrass, Durand and Kerner. */
  private void findRoots(double[] filter) {
    for (int i = 0; i < order; i++) {
      // a circle inside the unit circle, turned so that no start is real
      double angle = 2 * Math.PI * (i + 0.25) / order;
      rootRe[i] = 0.9 * Math.cos(angle);
      rootIm[i] = 0.9 * Math.sin(angle);
    }
    for (int iteration = 0; iteration < ITERATIONS; iteration++) {
      double largest = 0;
      for (int i = 0; i < order; i++) {
        double x = rootRe[i];
        double y = rootIm[i];
        double valueRe = 1;
        double valueIm = 0;
        double productRe = 1;
        double productIm = 0;
        for (int j = 0; j < order; j++) {
          double re = valueRe * x - valueIm * y + filter[j + 1];
          valueIm = valueRe * y + valueIm * x;
          valueRe = re;
          if (j != i) {
            double dx = x - rootRe[j];
            double dy = y - rootIm[j];
            re = productRe * dx - productIm * dy;
            productIm = productRe * dy + productIm * dx;
            productRe = re;
          }
        }
        double norm = productRe * productRe + productIm * productIm;
        if (norm == 0) {
          rootRe[i] += 1e-6; // two estimates met: part them
          largest = 1;
          continue;
        }
        double stepRe = (valueRe * productRe + valueIm * productIm) / norm;
        double stepIm = (valueIm * productRe - valueRe * productIm) / norm;
        rootRe[i] = x - stepRe;
        rootIm[i] = y - stepIm;
        largest = Math.max(largest, Math.abs(stepRe) + Math.abs(stepIm));
      }
      if (largest < 1e-7) {
        return;
      }
    }
  }
}
