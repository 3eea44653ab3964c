package io.github.erv.audio.spectrum;

import static java.util.Objects.checkFromIndexSize;

/**
 * Mel-frequency cepstral coefficients of the power in mel bands: an orthonormal cosine transform of
 * its natural logarithm, weighted by a lifter.
 *
 * <p>{@code c(k) = (1 + L/2 sin(pi k / L)) sqrt(2/B) sum(b) ln(max(power(b), floor)) cos(pi k (b +
 * 1/2) / B)}, as in the Hidden Markov Model Toolkit. There the samples are 16-bit integers: a floor
 * of 1 on that scale is {@code 1 / 32767^2} for samples in [-1, 1], and all coefficients but the
 * zeroth, which no scale changes, are the same.
 *
 * <p>Immutable and thread-safe; applying it allocates nothing. NaN power counts as the floor.
 *
 * @see "Davis &amp; Mermelstein (1980), Comparison of parametric representations for monosyllabic
 *     word recognition, IEEE Trans. ASSP 28(4); Young et al. (2006), The HTK book 3.4, section 5.6"
 */
public final class Mfcc {
  private final int bands;
  private final int count;
  private final float floor;

  /** Transform and lifter, shape (count, bands). */
  private final float[] basis;

  /**
   * Creates a transform.
   *
   * @param bands mel bands that go in, at least 1
   * @param first number of the first coefficient that comes out, 0 for the mean of the logarithms
   * @param count how many come out, at least 1
   * @param lifter the lifter's length, 0 for none
   * @param floor the least power in a band, greater than 0
   * @throws IllegalArgumentException if a number is off
   */
  public Mfcc(int bands, int first, int count, int lifter, double floor) {
    if (bands < 1 || first < 0 || count < 1 || first + count > bands || lifter < 0) {
      throw new IllegalArgumentException(
          "%d bands have coefficients 0 to %d, wanted %d from %d with a lifter of %d"
              .formatted(bands, bands - 1, count, first, lifter));
    }
    if (!(floor > 0 && floor <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "the floor must be finite and greater than 0, was " + floor);
    }
    this.bands = bands;
    this.count = count;
    this.floor = (float) floor;
    this.basis = new float[count * bands];
    for (int c = 0; c < count; c++) {
      int k = first + c;
      double lift = lifter == 0 ? 1 : 1 + lifter / 2.0 * Math.sin(Math.PI * k / lifter);
      double norm = Math.sqrt((k == 0 ? 1.0 : 2.0) / bands);
      for (int b = 0; b < bands; b++) {
        basis[c * bands + b] = (float) (lift * norm * Math.cos(Math.PI * k * (b + 0.5) / bands));
      }
    }
  }

  /**
   * Returns how many coefficients come out.
   *
   * @return at least 1
   */
  public int count() {
    return count;
  }

  /**
   * Writes the coefficients of one frame.
   *
   * @param power in each band, shape (bands)
   * @param logs receives the floored natural logarithm of the power, shape (bands); may be the same
   *     array
   * @param target receives {@link #count} values
   * @param offset where the first goes
   * @throws IndexOutOfBoundsException if an array is too short
   */
  public void applyInto(float[] power, float[] logs, float[] target, int offset) {
    checkFromIndexSize(0, bands, power.length);
    checkFromIndexSize(0, bands, logs.length);
    for (int b = 0; b < bands; b++) {
      logs[b] = (float) Math.log(power[b] > floor ? power[b] : floor);
    }
    transformInto(logs, 0, target, offset);
  }

  /**
   * Writes the coefficients of a frame whose logarithms are known, as from {@link LogMel}.
   *
   * @param logs natural logarithm of the power in each band
   * @param logsOffset where the first is
   * @param target receives {@link #count} values
   * @param offset where the first goes
   * @throws IndexOutOfBoundsException if an array is too short
   */
  public void transformInto(float[] logs, int logsOffset, float[] target, int offset) {
    checkFromIndexSize(logsOffset, bands, logs.length);
    checkFromIndexSize(offset, count, target.length);
    for (int c = 0; c < count; c++) {
      float sum = 0;
      for (int b = 0; b < bands; b++) {
        sum += basis[c * bands + b] * logs[logsOffset + b];
      }
      target[offset + c] = sum;
    }
  }
}
