package io.github.erv.audio.voice;

import static java.util.Objects.checkFromIndexSize;

import org.jtransforms.fft.FloatFFT_1D;

/**
 * The ratio of the energy that repeats from period to period to the energy that does not, from the
 * autocorrelation at the period: {@code 10 log10(r / (1 - r))} dB with {@code r} its peak near the
 * period over its value at lag 0.
 *
 * <p>Nothing is allocated after construction. Holds scratch: used by one thread at a time.
 *
 * @see "Boersma (1993), Accurate short-term analysis of the fundamental frequency and the
 *     harmonics-to-noise ratio of a sampled sound, Proc. Institute of Phonetic Sciences 17"
 */
public final class HarmonicsToNoise {
  private final int fftSize;
  private final int sampleRateHz;
  private final float[] autocorrelation;
  private final FloatFFT_1D fft;

  /**
   * Creates a measure for spectra of one size.
   *
   * @param fftSize length of the transform the spectrum comes from
   * @param sampleRateHz of the sound
   */
  public HarmonicsToNoise(int fftSize, int sampleRateHz) {
    this.fftSize = fftSize;
    this.sampleRateHz = sampleRateHz;
    this.autocorrelation = new float[fftSize];
    this.fft = new FloatFFT_1D(fftSize);
  }

  /**
   * Returns the ratio of one voiced frame.
   *
   * @param magnitude spectrum, shape (bins)
   * @param f0Hz fundamental frequency
   * @return dB, limited to [-100, 100]
   * @throws IndexOutOfBoundsException if the array is too short
   */
  public float of(float[] magnitude, double f0Hz) {
    int half = fftSize / 2;
    checkFromIndexSize(0, half + 1, magnitude.length);
    // packed as the transform wants it: a real even spectrum
    autocorrelation[0] = magnitude[0] * magnitude[0];
    autocorrelation[1] = magnitude[half] * magnitude[half];
    for (int k = 1; k < half; k++) {
      autocorrelation[2 * k] = magnitude[k] * magnitude[k];
      autocorrelation[2 * k + 1] = 0;
    }
    fft.realInverse(autocorrelation, false);
    double period = sampleRateHz / f0Hz;
    int from = Math.max(1, (int) Math.floor(0.8 * period));
    int to = Math.min(half - 1, (int) Math.ceil(1.2 * period));
    float peak = 0;
    for (int lag = from; lag <= to; lag++) {
      peak = Math.max(peak, autocorrelation[lag]);
    }
    double rest = autocorrelation[0] - peak;
    if (!(peak > 0)) {
      return -100;
    }
    if (!(rest > 0)) {
      return 100;
    }
    return (float) Math.max(-100, Math.min(100, 10 * Math.log10(peak / rest)));
  }
}
