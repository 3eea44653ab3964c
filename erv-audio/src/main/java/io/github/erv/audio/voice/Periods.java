package io.github.erv.audio.voice;

/**
 * Follows the periods of voiced sound one after the other, and says how much they differ: jitter
 * and shimmer. A period is the lag at which two neighbouring stretches of that length resemble each
 * other most, by Pearson's correlation, within a tenth of what the pitch has one expect; the
 * parabola through the correlations around it gives the part of a sample. Where none of at least
 * 0.5 is a peak, one expected period is passed over.
 *
 * <p>It keeps its place from step to step: each period is found once, at the pace of the sound. A
 * step in which none is found keeps what the step before had. These rules, and how the values are
 * formed, were found by comparing with what openSMILE 3.0.2 prints; its periods are the same in
 * about half of the steps.
 *
 * <p>Nothing is allocated after construction. Used by one thread at a time.
 *
 * @see "Eyben et al. (2016), The Geneva Minimalistic Acoustic Parameter Set"
 */
public final class Periods {
  private static final double SEARCH = 0.1;

  /**
   * How far before a step the search may still be, in periods expected in the step before; rounding
   * adds two samples.
   */
  public static final double LOOK_BACK = 2 * (1 + SEARCH);

  private static final double LEAST_CORRELATION = 0.5;

  /** How far before a stretch the search begins, in samples. */
  private static final double LEAD = 1.5;

  /** A step that finds the search no farther than this into it looks for one period at least. */
  private static final int LATE = 10;

  private boolean voiced;
  private double position;
  private double lastPeriod;
  private double jitter;
  private double shimmer;

  /** Creates a follower that has heard nothing. */
  public Periods() {}

  /** Ends the voiced stretch: the next begins anew. */
  public void pause() {
    voiced = false;
    lastPeriod = 0;
    jitter = 0;
    shimmer = 0;
  }

  /**
   * Goes on through a voiced stretch. It reads from {@link #LOOK_BACK} before the step on, up to
   * the step's end or, where that is later, {@code 2.2 * expected + 10} samples after its begin.
   *
   * @param samples hold the sound
   * @param first which sample of the sound stands at index 0
   * @param from the sample at which this step begins
   * @param to the sample before which this step ends
   * @param expected length of a period in samples, at least 2
   * @throws IllegalArgumentException if the period is shorter
   */
  public void follow(float[] samples, long first, long from, long to, double expected) {
    if (!(expected >= 2)) {
      throw new IllegalArgumentException("a period needs at least 2 samples, had " + expected);
    }
    if (!voiced) {
      voiced = true;
      position = Math.max(0, from - LEAD);
    }
    double sumPeriods = 0;
    double sumChanges = 0;
    double sumAmplitudes = 0;
    double sumAmplitudeChanges = 0;
    int found = 0;
    int compared = 0;
    boolean due = position < from + LATE;
    while (due || position + 2 * Math.ceil((1 + SEARCH) * expected) <= to) {
      due = false;
      int start = (int) (position - first);
      double period = periodAt(samples, start, expected);
      if (period == 0) {
        position += expected;
        continue;
      }
      int length = (int) Math.round(period);
      double amplitude = peakToPeak(samples, start, length);
      double next = peakToPeak(samples, start + length, length);
      sumAmplitudes += 0.5 * (amplitude + next);
      sumAmplitudeChanges += Math.abs(next - amplitude);
      if (lastPeriod > 0) {
        sumChanges += Math.abs(period - lastPeriod);
        compared++;
      }
      sumPeriods += period;
      found++;
      lastPeriod = period;
      position += period;
    }
    if (compared > 0) {
      jitter = sumChanges / compared / (sumPeriods / found);
    }
    if (sumAmplitudes > 0) {
      double change = Math.min(1, sumAmplitudeChanges / sumAmplitudes);
      shimmer = 20 * Math.log10(1 + change);
    }
  }

  /** The length of the period that starts there; 0 if there is none. */
  private static double periodAt(float[] samples, int start, double expected) {
    int least = Math.max(2, (int) ((1 - SEARCH) * expected));
    int most = (int) ((1 + SEARCH) * expected);
    double best = LEAST_CORRELATION;
    double period = 0;
    double left = Double.POSITIVE_INFINITY; // an edge is no peak
    double middle = correlation(samples, start, least);
    for (int lag = least; lag < most; lag++) {
      double right = correlation(samples, start, lag + 1);
      if (lag > least && middle > left && middle >= right && middle > best) {
        best = middle;
        period = lag + 0.5 * (left - right) / (left - 2 * middle + right);
      }
      left = middle;
      middle = right;
    }
    return period;
  }

  /** Pearson's correlation of two neighbouring stretches of a length. */
  private static double correlation(float[] samples, int start, int length) {
    double a = 0;
    double b = 0;
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = start; i < start + length; i++) {
      double x = samples[i];
      double y = samples[i + length];
      a += x;
      b += y;
      ab += x * y;
      aa += x * x;
      bb += y * y;
    }
    double norm = Math.sqrt(Math.max(0, aa - a * a / length) * Math.max(0, bb - b * b / length));
    return norm > 0 ? (ab - a * b / length) / norm : 0;
  }

  private static double peakToPeak(float[] samples, int from, int width) {
    float min = samples[from];
    float max = min;
    for (int i = 1; i < width; i++) {
      min = Math.min(min, samples[from + i]);
      max = Math.max(max, samples[from + i]);
    }
    return max - min;
  }

  /**
   * Returns the local jitter.
   *
   * @return mean absolute difference of neighbouring periods over the mean period; 0 if unknown
   */
  public float jitter() {
    return (float) jitter;
  }

  /**
   * Returns the local shimmer.
   *
   * @return {@code 20 log10(1 + d)}, with d the mean absolute difference of neighbouring periods'
   *     peak-to-peak amplitudes over their mean, at most 1; 0 if unknown
   */
  public float shimmerDb() {
    return (float) shimmer;
  }
}
