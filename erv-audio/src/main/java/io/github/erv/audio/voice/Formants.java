package io.github.erv.audio.voice;

import static java.util.Objects.checkFromIndexSize;

import java.util.Arrays;

/**
 * Frequencies and bandwidths of the vocal tract's resonances by linear prediction: the
 * autocorrelation of the frame at 11 kHz is the inverse transform of its power spectrum below 5.5
 * kHz, and each pair of conjugate roots of the predictor of order {@value #ORDER} is a resonance.
 *
 * <p>Nothing is allocated after construction. Holds scratch: used by one thread at a time.
 *
 * @see "Markel &amp; Gray (1976), Linear prediction of speech, chapter 7"
 */
public final class Formants {
  /** Order of the predictor. */
  public static final int ORDER = 11;

  private static final double RATE_HZ = 11_000;
  private static final double MIN_HZ = 50;
  private static final double MAX_HZ = 5_450;
  private static final int ITERATIONS = 60;

  private final int usedBins;
  private final double[] cosines;
  private final double[] autocorrelation = new double[ORDER + 1];
  private final double[] filter = new double[ORDER + 1];
  private final double[] rootRe = new double[ORDER];
  private final double[] rootIm = new double[ORDER];
  private final LinearPrediction predictor = new LinearPrediction(ORDER);

  /**
   * Creates an analysis for spectra of one size.
   *
   * @param fftSize length of the transform the spectrum comes from
   * @param sampleRateHz of the sound
   */
  public Formants(int fftSize, int sampleRateHz) {
    double binHz = (double) sampleRateHz / fftSize;
    this.usedBins = Math.min(fftSize / 2 + 1, (int) Math.floor(RATE_HZ / 2 / binHz) + 1);
    this.cosines = new double[(ORDER + 1) * usedBins];
    for (int lag = 0; lag <= ORDER; lag++) {
      for (int k = 0; k < usedBins; k++) {
        cosines[lag * usedBins + k] =
            (k == 0 ? 1 : 2) * Math.cos(2 * Math.PI * k * binHz * lag / RATE_HZ);
      }
    }
  }

  /**
   * Finds the formants of a frame, lowest first.
   *
   * @param power spectrum, shape (bins)
   * @param hertz receives their frequencies; its length is the most that are wanted; 0 where none
   *     is left
   * @param bandwidthHz receives their bandwidths at -3 dB
   * @return how many were found
   * @throws IndexOutOfBoundsException if an array is too short
   */
  public int findInto(float[] power, float[] hertz, float[] bandwidthHz) {
    checkFromIndexSize(0, usedBins, power.length);
    checkFromIndexSize(0, hertz.length, bandwidthHz.length);
    Arrays.fill(hertz, 0);
    Arrays.fill(bandwidthHz, 0);
    for (int lag = 0; lag <= ORDER; lag++) {
      double sum = 0;
      int row = lag * usedBins;
      for (int k = 0; k < usedBins; k++) {
        sum += cosines[row + k] * power[k];
      }
      autocorrelation[lag] = sum;
    }
    if (!(predictor.solveInto(autocorrelation, filter) > 0)) {
      return 0;
    }
    findRoots();
    int found = 0;
    for (int i = 0; i < ORDER; i++) {
      double frequency = Math.atan2(rootIm[i], rootRe[i]) * RATE_HZ / (2 * Math.PI);
      if (!(rootIm[i] > 1e-9 && frequency >= MIN_HZ && frequency <= MAX_HZ)) {
        continue;
      }
      double bandwidth = -Math.log(Math.hypot(rootRe[i], rootIm[i])) * RATE_HZ / Math.PI;
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

  /** All roots of the error filter at once, by the iteration of Weierstrass, Durand and Kerner. */
  private void findRoots() {
    for (int i = 0; i < ORDER; i++) {
      // a circle inside the unit circle, turned so that no start is real
      double angle = 2 * Math.PI * (i + 0.25) / ORDER;
      rootRe[i] = 0.9 * Math.cos(angle);
      rootIm[i] = 0.9 * Math.sin(angle);
    }
    for (int iteration = 0; iteration < ITERATIONS; iteration++) {
      double largest = 0;
      for (int i = 0; i < ORDER; i++) {
        double x = rootRe[i];
        double y = rootIm[i];
        double valueRe = 1;
        double valueIm = 0;
        double productRe = 1;
        double productIm = 0;
        for (int j = 0; j < ORDER; j++) {
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
