package io.github.erv.audio.voice;

import static java.util.Objects.checkFromIndexSize;

/**
 * The fundamental frequency of one frame from how little the sound differs from itself a period
 * later: {@link #measure} decides as YIN does, {@link #candidatesInto} leaves the decision open as
 * probabilistic YIN does, for a {@link PitchPath} to take.
 *
 * <p>The difference function is normalised by its mean over all shorter lags, which takes away the
 * dip at lag 0; its first deep dip, rather than its deepest, is the period, so that twice the
 * period is not preferred. Probabilistic YIN asks what {@code deep} means: each dip gets the
 * probability that a threshold drawn from a beta distribution with mean 0.1 makes it the first.
 *
 * <p>A frame needs {@link #frameLength} samples. Silence, constants and samples that are not finite
 * have no pitch. Nothing is allocated after construction. Holds scratch: used by one thread at a
 * time.
 *
 * @see "de Cheveigne &amp; Kawahara (2002), YIN, a fundamental frequency estimator for speech and
 *     music, J. Acoust. Soc. Am. 111(4)"
 * @see "Mauch &amp; Dixon (2014), pYIN: a fundamental frequency estimator using probabilistic
 *     threshold distributions, ICASSP"
 */
public final class Yin {
  /** The paper's threshold. */
  public static final float THRESHOLD = 0.1f;

  /**
   * The voicing cutoff of a {@link PitchPath} through probabilistic candidates: twice what the
   * deepest dip of any sound gets. The paper's own path compares a candidate's probability with
   * what is left for no voice, spread over some hundred pitches, and is as ready to hear voice.
   */
  public static final double PROBABLE = 0.02;

  /** The second parameter of the beta distribution of thresholds, whose first is 2. */
  private static final double BETA = 18;

  /** How likely the deepest dip is the period although no threshold makes it so. */
  private static final double DEEPEST_ANYWAY = 0.01;

  private final int sampleRateHz;
  private final int minLag;
  private final int maxLag;
  private final float[] difference;
  private float aperiodicity = 1;

  /**
   * Creates a detector.
   *
   * @param sampleRateHz of the sound
   * @param minHz the lowest frequency sought, greater than 0
   * @param maxHz the highest, above the lowest and at most a quarter of the sample rate
   * @throws IllegalArgumentException if the frequencies are off
   */
  public Yin(int sampleRateHz, double minHz, double maxHz) {
    if (!(minHz > 0 && minHz < maxHz && maxHz <= sampleRateHz / 4.0)) {
      throw new IllegalArgumentException(
          "frequencies sought must rise from above 0 to at most %s Hz, were %s and %s"
              .formatted(sampleRateHz / 4.0, minHz, maxHz));
    }
    this.sampleRateHz = sampleRateHz;
    this.minLag = (int) Math.floor(sampleRateHz / maxHz);
    this.maxLag = (int) Math.ceil(sampleRateHz / minHz);
    this.difference = new float[maxLag + 2];
  }

  /**
   * Returns how many samples are looked at: a window as long as the longest period, and one that is
   * up to a period later.
   *
   * @return at least 2
   */
  public int frameLength() {
    return 2 * maxLag + 1;
  }

  /**
   * Returns the fundamental frequency of a frame by YIN.
   *
   * @param samples hold the frame
   * @param offset where it starts
   * @param threshold how deep a dip must be, see {@link #THRESHOLD}; higher finds more voice
   * @return Hz; 0 if no dip is deep enough
   * @throws IndexOutOfBoundsException if the array is too short
   */
  public float measure(float[] samples, int offset, float threshold) {
    differ(samples, offset);
    aperiodicity = 1;
    float hertz = 0;
    for (int lag = minLag; lag <= maxLag; lag++) {
      if (dips(lag)) {
        aperiodicity = Math.min(aperiodicity, difference[lag]);
        if (difference[lag] < threshold) {
          aperiodicity = difference[lag];
          hertz = hertz(lag);
          break;
        }
      }
    }
    return hertz;
  }

  /**
   * Returns how much of the measured frame's power does not repeat from period to period.
   *
   * @return about 0 to 1; of the deepest dip if the frame has no pitch
   */
  public float aperiodicity() {
    return aperiodicity;
  }

  /**
   * Finds the most probable fundamental frequencies of a frame by probabilistic YIN.
   *
   * @param samples hold the frame
   * @param offset where it starts
   * @param hertz receives the frequencies, most probable first; its length is the most that are
   *     wanted
   * @param probability receives their probabilities; they and that of no voice add up to 1
   * @return how many there are
   * @throws IndexOutOfBoundsException if an array is too short
   */
  public int candidatesInto(float[] samples, int offset, float[] hertz, float[] probability) {
    checkFromIndexSize(0, hertz.length, probability.length);
    differ(samples, offset);
    float deepest = 1;
    for (int lag = minLag; lag <= maxLag; lag++) {
      if (dips(lag)) {
        deepest = Math.min(deepest, difference[lag]);
      }
    }
    int found = 0;
    float before = 1;
    for (int lag = minLag; lag <= maxLag; lag++) {
      float dip = difference[lag];
      if (!(dips(lag) && dip < before)) {
        continue;
      }
      // first below every threshold between its own depth and that of the deepest before it
      double weight = thresholdsBelow(before) - thresholdsBelow(dip);
      if (dip == deepest) {
        weight += DEEPEST_ANYWAY * thresholdsBelow(dip);
      }
      before = dip;
      int at = found;
      if (found < hertz.length) {
        found++;
      } else if (at == 0 || probability[--at] >= weight) {
        continue;
      }
      while (at > 0 && probability[at - 1] < weight) {
        probability[at] = probability[at - 1];
        hertz[at] = hertz[at - 1];
        at--;
      }
      probability[at] = (float) weight;
      hertz[at] = hertz(lag);
    }
    return found;
  }

  /** Cumulative distribution of the thresholds, beta with parameters 2 and {@value #BETA}. */
  private static double thresholdsBelow(double x) {
    double bounded = Math.max(0, Math.min(1, x));
    return 1 - Math.pow(1 - bounded, BETA) * (1 + BETA * bounded);
  }

  /** The normalised difference at all lags, equation 8 of YIN. */
  private void differ(float[] samples, int offset) {
    checkFromIndexSize(offset, frameLength(), samples.length);
    difference[0] = 1;
    double total = 0;
    for (int lag = 1; lag <= maxLag + 1; lag++) {
      float sum = 0;
      for (int i = offset; i < offset + maxLag; i++) {
        float d = samples[i] - samples[i + lag];
        sum += d * d;
      }
      total += sum;
      // written so that what is not finite has no dip
      difference[lag] = total > 0 && total < Double.MAX_VALUE ? (float) (sum * lag / total) : 1;
    }
  }

  private boolean dips(int lag) {
    return difference[lag] < difference[lag - 1] && difference[lag] <= difference[lag + 1];
  }

  /** The frequency of the lag at which the parabola through a dip is lowest. */
  private float hertz(int lag) {
    double left = difference[lag - 1];
    double right = difference[lag + 1];
    double bend = left - 2.0 * difference[lag] + right;
    double apex = bend > 0 ? 0.5 * (left - right) / bend : 0;
    return (float) (sampleRateHz / (lag + apex));
  }
}
