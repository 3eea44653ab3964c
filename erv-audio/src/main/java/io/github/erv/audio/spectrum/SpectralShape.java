package io.github.erv.audio.spectrum;

import static java.util.Objects.checkFromIndexSize;

/**
 * How the power of one frame is spread over frequency. Band edges fall on bins: a band holds the
 * bins whose frequency lies within it.
 *
 * <p>Levels are floored at {@value #FLOOR_DB} dB so that digital silence gives numbers. Immutable
 * and thread-safe; allocates nothing. Spectra with values that are not finite give results that are
 * not.
 *
 * @see "Eyben et al. (2016), The Geneva Minimalistic Acoustic Parameter Set (GeMAPS) for voice
 *     research and affective computing, IEEE Trans. Affective Computing 7(2), section 3"
 */
public final class SpectralShape {
  /** The least level of a bin or band, in dB. */
  public static final double FLOOR_DB = -200;

  private static final float FLOOR = 1e-20f;
  private static final double DB_PER_NEPER = 10 / Math.log(10);

  private final double binHz;
  private final int bins;

  /**
   * Creates measures for spectra of one size.
   *
   * @param fftSize length of the transform the spectrum comes from, at least 2
   * @param sampleRateHz of the sound
   */
  public SpectralShape(int fftSize, int sampleRateHz) {
    this.binHz = (double) sampleRateHz / fftSize;
    this.bins = fftSize / 2 + 1;
  }

  private int binFrom(double hertz) {
    return Math.min(bins, (int) Math.ceil(hertz / binHz - 1e-9));
  }

  /**
   * Returns the alpha ratio: the level of 1-5 kHz over that of the frequencies below 1 kHz.
   *
   * @param power spectrum, shape (bins)
   * @return dB
   * @throws IndexOutOfBoundsException if the array is too short
   */
  public float alphaRatio(float[] power) {
    checkFromIndexSize(0, bins, power.length);
    int middle = binFrom(1_000);
    double low = sum(power, 0, middle);
    double high = sum(power, middle, binAfter(5_000));
    return (float) (levelDb(high) - levelDb(low));
  }

  private int binAfter(double hertz) {
    return Math.min(bins, (int) Math.floor(hertz / binHz + 1e-9) + 1);
  }

  private static double sum(float[] power, int from, int to) {
    double sum = 0;
    for (int k = from; k < to; k++) {
      sum += power[k];
    }
    return sum;
  }

  private static double levelDb(double power) {
    return DB_PER_NEPER * Math.log(Math.max(FLOOR, power));
  }

  /**
   * Returns the Hammarberg index: the level of the strongest bin below 2 kHz over that of the
   * strongest from 2 to 5 kHz.
   *
   * @param power spectrum, shape (bins)
   * @return dB
   * @throws IndexOutOfBoundsException if the array is too short
   * @see "Hammarberg et al. (1980), Perceptual and acoustic correlates of abnormal voice qualities,
   *     Acta Otolaryngologica 90"
   */
  public float hammarbergIndex(float[] power) {
    checkFromIndexSize(0, bins, power.length);
    int middle = binFrom(2_000);
    float low = max(power, 0, middle);
    float high = max(power, middle, binAfter(5_000));
    return (float) (levelDb(low) - levelDb(high));
  }

  private static float max(float[] power, int from, int to) {
    float max = 0;
    for (int k = from; k < to; k++) {
      max = Math.max(max, power[k]);
    }
    return max;
  }

  /**
   * Returns the slope of the level over frequency within a band.
   *
   * <p>A least-squares line in all but one respect: as in openSMILE, which this agrees with, the
   * count of bins in the normal equations is one less than the number of bins summed over. A level
   * that is the same everywhere therefore has a slope, of about its value over minus half the
   * band's width.
   *
   * @param levelsDb of the bins, shape (bins), see {@link #levelsInto}
   * @param lowHz lower edge
   * @param highHz upper edge
   * @return dB/Hz; 0 if the band holds fewer than three bins
   * @throws IndexOutOfBoundsException if the array is too short
   */
  public float slope(float[] levelsDb, double lowHz, double highHz) {
    checkFromIndexSize(0, bins, levelsDb.length);
    int from = binFrom(lowHz);
    int to = binAfter(highHz);
    int n = to - from - 1;
    if (n < 2) {
      return 0;
    }
    double sumX = 0;
    double sumXx = 0;
    double sumY = 0;
    double sumXy = 0;
    for (int k = from; k < to; k++) {
      double x = k * binHz;
      sumX += x;
      sumXx += x * x;
      sumY += levelsDb[k];
      sumXy += x * levelsDb[k];
    }
    return (float) ((n * sumXy - sumX * sumY) / (n * sumXx - sumX * sumX));
  }

  /**
   * Writes the level of every bin.
   *
   * @param power spectrum, shape (bins)
   * @param hertz up to which levels are wanted; the rest of the target is left alone
   * @param levelsDb receives shape (bins)
   * @throws IndexOutOfBoundsException if an array is too short
   */
  public void levelsInto(float[] power, double hertz, float[] levelsDb) {
    checkFromIndexSize(0, bins, power.length);
    checkFromIndexSize(0, bins, levelsDb.length);
    int to = binAfter(hertz);
    for (int k = 0; k < to; k++) {
      levelsDb[k] = (float) levelDb(power[k]);
    }
  }

  /**
   * Returns the spectral flux: the root of the mean squared difference between two magnitude
   * spectra below 5 kHz, unnormalised.
   *
   * @param magnitude spectrum, shape (bins)
   * @param before the magnitude spectrum of the frame before, shape (bins)
   * @return at least 0
   * @throws IndexOutOfBoundsException if an array is too short
   */
  public float flux(float[] magnitude, float[] before) {
    checkFromIndexSize(0, bins, magnitude.length);
    checkFromIndexSize(0, bins, before.length);
    int to = binFrom(5_000);
    double sum = 0;
    for (int k = 0; k < to; k++) {
      double difference = magnitude[k] - before[k];
      sum += difference * difference;
    }
    return (float) Math.sqrt(sum / to);
  }
}
