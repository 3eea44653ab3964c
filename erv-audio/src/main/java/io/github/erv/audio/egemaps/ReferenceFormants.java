package io.github.erv.audio.egemaps;

import io.github.erv.audio.voice.LinearPrediction;
import io.github.erv.audio.voice.Resonances;
import java.util.Arrays;

/**
 * Formants as openSMILE 3.0.2 computes them for eGeMAPS, which are not those of the textbook (see
 * {@link io.github.erv.audio.voice.Formants} for these): found by comparing its output frame by
 * frame, and kept because the published models of the set rest on them.
 *
 * <ul>
 *   <li>The frame of 20 ms stands in the middle of its transform, between zeros. Of the transform
 *       turned back into a wave at 11 kHz only as many samples are taken as 20 ms have, so that the
 *       frame's last part is cut off (6 ms at 16 kHz).
 *   <li>Of the spectrum only that many bins less one are used that half the samples have (up to 3.4
 *       kHz at 16 kHz), and that at 0 Hz counts twice.
 *   <li>The resonances are those of a filter whose coefficients have the sign of the predictor's,
 *       not of the prediction error's; roots may lie outside the unit circle.
 * </ul>
 *
 * <p>Nothing is allocated after construction. Holds scratch: used by one thread at a time.
 */
final class ReferenceFormants {
  private static final int ORDER = 11;
  private static final double RATE_HZ = 11_000;
  private static final int SAMPLES = (int) (0.020 * RATE_HZ);
  private static final int HALF = SAMPLES / 2;

  private final int usedBins;
  // shape (usedBins, HALF): samples in pairs at the same distance from the middle of the wave
  private final float[] cosines;
  private final float[] sines;
  // of each bin, from the start of the frame to the middle of the wave
  private final float[] turnRe;
  private final float[] turnIm;

  private final float[] even = new float[HALF];
  private final float[] odd = new float[HALF];
  private final double[] wave = new double[SAMPLES];
  private final double[] autocorrelation = new double[ORDER + 1];
  private final double[] filter = new double[ORDER + 1];
  private final LinearPrediction predictor = new LinearPrediction(ORDER);
  private final Resonances resonances = new Resonances(ORDER, RATE_HZ);

  /** Creates an analysis of frames of one length, transformed with zeros after them. */
  ReferenceFormants(int frameLength, int fftSize, int sampleRateHz) {
    this.usedBins = Math.min(fftSize, SAMPLES) / 2 - 1;
    this.cosines = new float[usedBins * HALF];
    this.sines = new float[usedBins * HALF];
    this.turnRe = new float[usedBins];
    this.turnIm = new float[usedBins];
    int zerosBefore = (fftSize - frameLength) / 2;
    double middle = (SAMPLES - 1) / 2.0 / RATE_HZ - (double) zerosBefore / sampleRateHz;
    for (int k = 0; k < usedBins; k++) {
      double radians = 2 * Math.PI * (k + 1) * sampleRateHz / fftSize; // a second
      turnRe[k] = (float) Math.cos(radians * middle);
      turnIm[k] = (float) Math.sin(radians * middle);
      for (int i = 0; i < HALF; i++) {
        cosines[k * HALF + i] = (float) Math.cos(radians * (i + 0.5) / RATE_HZ);
        sines[k * HALF + i] = (float) Math.sin(radians * (i + 0.5) / RATE_HZ);
      }
    }
  }

  /**
   * Finds the formants of a frame, lowest first.
   *
   * @param spectrum real and imaginary parts in turn, from 0 Hz on
   * @param hertz receives their frequencies, 0 where none is left
   * @param bandwidthHz receives their bandwidths
   */
  int findInto(float[] spectrum, float[] hertz, float[] bandwidthHz) {
    resample(spectrum);
    for (int lag = 0; lag <= ORDER; lag++) {
      double sum = 0;
      for (int i = lag; i < SAMPLES; i++) {
        sum += wave[i] * wave[i - lag];
      }
      autocorrelation[lag] = sum;
    }
    if (!(predictor.solveInto(autocorrelation, filter) > 0)) {
      Arrays.fill(hertz, 0);
      Arrays.fill(bandwidthHz, 0);
      return 0;
    }
    for (int i = 1; i <= ORDER; i++) {
      filter[i] = -filter[i];
    }
    return resonances.findInto(filter, hertz, bandwidthHz);
  }

  /** Sets the wave, at half its height. */
  private void resample(float[] spectrum) {
    Arrays.fill(even, spectrum[0]);
    Arrays.fill(odd, 0);
    for (int k = 0; k < usedBins; k++) {
      float re = spectrum[2 * k + 2] * turnRe[k] - spectrum[2 * k + 3] * turnIm[k];
      float im = spectrum[2 * k + 2] * turnIm[k] + spectrum[2 * k + 3] * turnRe[k];
      int row = k * HALF;
      for (int i = 0; i < HALF; i++) {
        even[i] += re * cosines[row + i];
        odd[i] -= im * sines[row + i];
      }
    }
    for (int i = 0; i < HALF; i++) {
      wave[HALF + i] = even[i] + odd[i];
      wave[HALF - 1 - i] = even[i] - odd[i];
    }
  }
}
