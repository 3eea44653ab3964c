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

  private final int usedBins;
  private final double[] cosines;
  private final double[] autocorrelation = new double[ORDER + 1];
  private final double[] filter = new double[ORDER + 1];
  private final LinearPrediction predictor = new LinearPrediction(ORDER);
  private final Resonances resonances = new Resonances(ORDER, RATE_HZ);

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
    for (int lag = 0; lag <= ORDER; lag++) {
      double sum = 0;
      int row = lag * usedBins;
      for (int k = 0; k < usedBins; k++) {
        sum += cosines[row + k] * power[k];
      }
      autocorrelation[lag] = sum;
    }
    if (!(predictor.solveInto(autocorrelation, filter) > 0)) {
      Arrays.fill(hertz, 0);
      Arrays.fill(bandwidthHz, 0, hertz.length, 0);
      return 0;
    }
    return resonances.findInto(filter, hertz, bandwidthHz);
  }
}
