package io.github.erv.audio.voice;

import static java.util.Objects.checkFromIndexSize;

import java.util.Arrays;

/**
 * Candidates for the fundamental frequency of one frame by sub-harmonic summation: the magnitude
 * spectrum is reduced to the surroundings of its peaks, smoothed, brought to an octave axis,
 * weighted by the ear's sensitivity, and added to itself shifted by the octaves of the harmonics,
 * each counting {@value #COMPRESSION} of the one below. Where harmonics meet, the sum has a peak.
 *
 * <p>Hermes leaves open on which grid the shifts fall and where the ear's weight begins. Here a
 * shift is rounded up only from 0.6 of a point on, and the weight is {@code 0.5 + atan(3 o) / pi}
 * with {@code o} octaves above the axis's lower end, which is how openSMILE 3.0.2 comes to its
 * figures.
 *
 * <p>The strength of a candidate is {@code 1 - mean / peak} of the sum, from 0 for a flat spectrum
 * to 1; values above about 0.7 mean voice. Nothing is allocated after construction. Holds scratch:
 * used by one thread at a time.
 *
 * @see "Hermes (1988), Measurement of pitch by subharmonic summation, J. Acoust. Soc. Am. 83(1)"
 */
public final class SubharmonicSummation {
  private static final double LOWEST_HZ = 25;
  private static final int HARMONICS = 15;
  private static final double COMPRESSION = 0.85;

  /** How far from a peak of the spectrum a bin may lie and still count. */
  private static final int PEAK_REACH = 2;

  private final int bins;
  private final int points;
  private final double octavesPerPoint;
  private final int firstPoint;
  private final int lastPoint;

  // cubic spline through the bins: elimination factors, and per point the interval and its weights
  private final float[] elimination;
  private final float[] curvature;
  private final int[] interval;
  private final float[] weight0;
  private final float[] weight1;
  private final float[] curve0;
  private final float[] curve1;

  private final float[] audibility;
  private final int[] shift;
  private final float[] strength;
  private final float[] peaks;
  private final float[] axis;
  private final float[] sum;

  /**
   * Creates an analysis for spectra of one size.
   *
   * @param fftSize length of the transform the spectrum comes from
   * @param sampleRateHz of the sound
   * @param minHz the lowest frequency sought, at least 25
   * @param maxHz the highest, above the lowest and below half the sample rate
   * @throws IllegalArgumentException if the frequencies are off
   */
  public SubharmonicSummation(int fftSize, int sampleRateHz, double minHz, double maxHz) {
    double nyquist = sampleRateHz / 2.0;
    if (!(minHz >= LOWEST_HZ && minHz < maxHz && maxHz < nyquist)) {
      throw new IllegalArgumentException(
          "frequencies sought must rise from %s to below %s Hz, were %s and %s"
              .formatted(LOWEST_HZ, nyquist, minHz, maxHz));
    }
    this.bins = fftSize / 2 + 1;
    this.points = bins;
    this.octavesPerPoint = log2(nyquist / LOWEST_HZ) / (points - 1);
    this.firstPoint = (int) Math.ceil(log2(minHz / LOWEST_HZ) / octavesPerPoint);
    this.lastPoint = (int) Math.floor(log2(maxHz / LOWEST_HZ) / octavesPerPoint);
    this.elimination = new float[bins];
    this.curvature = new float[bins];
    for (int k = 1; k < bins - 1; k++) {
      elimination[k] = 1 / (4 - elimination[k - 1]);
    }
    this.interval = new int[points];
    this.weight0 = new float[points];
    this.weight1 = new float[points];
    this.curve0 = new float[points];
    this.curve1 = new float[points];
    this.audibility = new float[points];
    double binHz = (double) sampleRateHz / fftSize;
    for (int p = 0; p < points; p++) {
      double octave = p * octavesPerPoint;
      double at = LOWEST_HZ * Math.pow(2, octave) / binHz;
      int k = Math.min(bins - 2, (int) at);
      double b = at - k;
      double a = 1 - b;
      interval[p] = k;
      weight0[p] = (float) a;
      weight1[p] = (float) b;
      curve0[p] = (float) ((a * a * a - a) / 6);
      curve1[p] = (float) ((b * b * b - b) / 6);
      audibility[p] = (float) (0.5 + Math.atan(3 * octave) / Math.PI);
    }
    this.shift = new int[HARMONICS];
    this.strength = new float[HARMONICS];
    for (int h = 0; h < HARMONICS; h++) {
      shift[h] = (int) Math.floor(log2(h + 1) / octavesPerPoint + 0.4);
      strength[h] = (float) Math.pow(COMPRESSION, h);
    }
    this.peaks = new float[bins];
    this.axis = new float[points];
    this.sum = new float[points];
  }

  private static double log2(double x) {
    return Math.log(x) / Math.log(2);
  }

  /**
   * Finds the strongest candidates.
   *
   * @param magnitude spectrum, shape (bins)
   * @param hertz receives their frequencies, strongest first; its length is the most that are
   *     wanted
   * @param voicing receives their strengths, in [0, 1)
   * @return how many there are
   * @throws IndexOutOfBoundsException if an array is too short
   */
  public int candidatesInto(float[] magnitude, float[] hertz, float[] voicing) {
    checkFromIndexSize(0, bins, magnitude.length);
    checkFromIndexSize(0, hertz.length, voicing.length);
    enhance(magnitude);
    interpolate(peaks);
    for (int p = 0; p < points; p++) {
      axis[p] *= audibility[p];
    }
    addHarmonics();
    return pick(hertz, voicing);
  }

  /** Leaves only what surrounds the spectrum's peaks, and smooths it. */
  private void enhance(float[] magnitude) {
    Arrays.fill(peaks, 0);
    int kept = 0;
    for (int k = 1; k < bins - 1; k++) {
      if (magnitude[k] > magnitude[k - 1] && magnitude[k] >= magnitude[k + 1]) {
        int to = Math.min(bins, k + PEAK_REACH + 1);
        int from = Math.max(kept, k - PEAK_REACH);
        System.arraycopy(magnitude, from, peaks, from, to - from);
        kept = to;
      }
    }
    float before = peaks[0];
    for (int k = 1; k < bins - 1; k++) {
      float at = peaks[k];
      peaks[k] = 0.25f * before + 0.5f * at + 0.25f * peaks[k + 1];
      before = at;
    }
  }

  /** Natural cubic spline on the bins, read at the points of the octave axis. */
  private void interpolate(float[] y) {
    float[] m = curvature;
    m[0] = 0;
    for (int k = 1; k < bins - 1; k++) {
      float right = 6 * (y[k - 1] - 2 * y[k] + y[k + 1]);
      m[k] = (right - m[k - 1]) * elimination[k];
    }
    m[bins - 1] = 0;
    for (int k = bins - 2; k > 0; k--) {
      m[k] -= elimination[k] * m[k + 1];
    }
    for (int p = 0; p < points; p++) {
      int k = interval[p];
      float value =
          weight0[p] * y[k] + weight1[p] * y[k + 1] + curve0[p] * m[k] + curve1[p] * m[k + 1];
      axis[p] = Math.max(0, value);
    }
  }

  private void addHarmonics() {
    System.arraycopy(axis, 0, sum, 0, points);
    for (int h = 1; h < HARMONICS; h++) {
      int by = shift[h];
      float s = strength[h];
      for (int p = 0; p < points - by; p++) {
        sum[p] += s * axis[p + by];
      }
    }
  }

  private int pick(float[] hertz, float[] voicing) {
    double total = 0;
    for (int p = 0; p < points; p++) {
      total += sum[p];
    }
    double mean = total / points;
    int found = 0;
    for (int p = Math.max(1, firstPoint); p <= Math.min(lastPoint, points - 2); p++) {
      float left = sum[p - 1];
      float peak = sum[p];
      float right = sum[p + 1];
      if (!(peak > left && peak >= right)) {
        continue;
      }
      double bend = left - 2.0 * peak + right;
      double apex = bend < 0 ? 0.5 * (left - right) / bend : 0;
      double height = peak - 0.25 * (left - right) * apex;
      float score = (float) (1 - mean / height);
      int at = found;
      if (found < hertz.length) {
        found++;
      } else if (voicing[--at] >= score) {
        continue;
      }
      while (at > 0 && voicing[at - 1] < score) {
        voicing[at] = voicing[at - 1];
        hertz[at] = hertz[at - 1];
        at--;
      }
      voicing[at] = score;
      hertz[at] = (float) (LOWEST_HZ * Math.pow(2, (p + apex) * octavesPerPoint));
    }
    return found;
  }
}
