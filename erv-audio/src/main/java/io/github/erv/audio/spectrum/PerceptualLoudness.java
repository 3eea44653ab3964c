package io.github.erv.audio.spectrum;

import static java.util.Objects.checkFromIndexSize;

/**
 * Loudness as in perceptual linear prediction: the power in each mel band is weighted by an
 * equal-loudness curve, compressed by an exponent of 0.33, and summed.
 *
 * <p>The curve is Makhoul and Cosell's approximation of the 40-phon contour, {@code w^4 (w^2 +
 * 56.8e6) / ((w^2 + 6.3e6)^2 (w^2 + 0.38e9))} with {@code w} in rad/s, and falls off above 5 kHz by
 * {@code 1 / (1 + w^7 / 1.7e31)}. Hermansky prints {@code w^6 + 9.58e26} there; the seventh power,
 * its constant and the overall scale are those of the loudness in openSMILE 3.0.2's eGeMAPS v02,
 * found by regression on what it printed.
 *
 * <p>Dimensionless, at least 0. Immutable and thread-safe; allocates nothing.
 *
 * @see "Hermansky (1990), Perceptual linear predictive (PLP) analysis of speech, J. Acoust. Soc.
 *     Am. 87(4), section II"
 */
public final class PerceptualLoudness {
  private static final double EXPONENT = 0.33;
  private static final double SCALE = 3.0321665e-4;

  private final int bands;
  private final float[] weights;

  /**
   * Creates a measure for bands spaced evenly on {@link MelScale#HTK}.
   *
   * @param bands how many, at least 1
   * @param lowHz lower edge of the first
   * @param highHz upper edge of the last
   */
  public PerceptualLoudness(int bands, double lowHz, double highHz) {
    this.bands = bands;
    this.weights = new float[bands];
    double low = MelScale.HTK.mel(lowHz);
    double step = (MelScale.HTK.mel(highHz) - low) / (bands + 1);
    for (int b = 0; b < bands; b++) {
      double hertz = MelScale.HTK.hertz(low + (b + 1) * step);
      weights[b] = (float) Math.pow(SCALE * equalLoudness(hertz), EXPONENT);
    }
  }

  /**
   * Returns how strongly a frequency is heard.
   *
   * @param hertz the frequency, at least 0
   * @return a power ratio, at least 0, below 1
   */
  public static double equalLoudness(double hertz) {
    double w = 2 * Math.PI * hertz;
    double w2 = w * w;
    double rise = w2 / (w2 + 6.3e6);
    return rise * rise * (w2 + 56.8e6) / (w2 + 0.38e9) / (1 + w2 * w2 * w2 * w / 1.7e31);
  }

  /**
   * Returns the loudness of one frame.
   *
   * @param power in each band, of samples in [-1, 1], unscaled, shape (bands)
   * @return at least 0
   * @throws IndexOutOfBoundsException if the array is too short
   */
  public float of(float[] power) {
    checkFromIndexSize(0, bands, power.length);
    double sum = 0;
    for (int b = 0; b < bands; b++) {
      sum += weights[b] * Math.pow(power[b], EXPONENT);
    }
    return (float) sum;
  }
}
