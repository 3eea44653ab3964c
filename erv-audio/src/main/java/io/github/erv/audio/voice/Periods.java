package io.github.erv.audio.voice;

/**
 * The periods of a voiced stretch of sound, one after the other, and how much they differ: jitter
 * and shimmer. The length of a period is the lag at which two neighbouring stretches of about the
 * expected length resemble each other most.
 *
 * <p>Nothing is allocated after construction. Used by one thread at a time.
 */
public final class Periods {
  private static final double SEARCH = 0.1;
  private static final double LEAST_CORRELATION = 0.5;

  private double jitter;
  private double shimmer;

  /**
   * Follows the periods of a frame.
   *
   * @param samples hold the frame
   * @param offset where it starts
   * @param length how many samples
   * @param expected length of a period in samples
   * @return how many periods were found
   */
  public int measure(float[] samples, int offset, int length, double expected) {
    jitter = 0;
    shimmer = 0;
    int least = Math.max(2, (int) Math.floor((1 - SEARCH) * expected));
    int most = (int) Math.ceil((1 + SEARCH) * expected);
    int count = 0;
    double position = 0;
    double lastPeriod = 0;
    double lastAmplitude = 0;
    double sumPeriods = 0;
    double sumJitter = 0;
    double sumShimmer = 0;
    int compared = 0;
    while (position + 2 * most < length) {
      int start = offset + (int) Math.round(position);
      int width = (int) Math.round(expected);
      double best = -1;
      int bestLag = 0;
      for (int lag = least; lag <= most; lag++) {
        double c = correlation(samples, start, start + lag, width);
        if (c > best) {
          best = c;
          bestLag = lag;
        }
      }
      if (best < LEAST_CORRELATION) {
        position += expected;
        lastPeriod = 0;
        continue;
      }
      double left = correlation(samples, start, start + bestLag - 1, width);
      double right = correlation(samples, start, start + bestLag + 1, width);
      double bend = left - 2 * best + right;
      double period =
          bestLag + (left <= best && right <= best && bend < 0 ? 0.5 * (left - right) / bend : 0);
      double amplitude = peakToPeak(samples, start, width);
      if (lastPeriod > 0) {
        sumJitter += Math.abs(period - lastPeriod);
        if (amplitude > 0 && lastAmplitude > 0) {
          sumShimmer += Math.abs(20 * Math.log10(amplitude / lastAmplitude));
        }
        compared++;
      }
      sumPeriods += period;
      count++;
      lastPeriod = period;
      lastAmplitude = amplitude;
      position += period;
    }
    if (compared > 0) {
      jitter = sumJitter / compared / (sumPeriods / count);
      shimmer = sumShimmer / compared;
    }
    return count;
  }

  private static double correlation(float[] samples, int a, int b, int width) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < width; i++) {
      double x = samples[a + i];
      double y = samples[b + i];
      ab += x * y;
      aa += x * x;
      bb += y * y;
    }
    double norm = Math.sqrt(aa * bb);
    return norm > 0 ? ab / norm : 0;
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
   * Returns the local jitter of the measured frame.
   *
   * @return mean absolute difference of neighbouring periods over the mean period; 0 if unknown
   */
  public float jitter() {
    return (float) jitter;
  }

  /**
   * Returns the local shimmer of the measured frame.
   *
   * @return mean absolute difference of neighbouring periods' peak-to-peak amplitudes, dB; 0 if
   *     unknown
   */
  public float shimmerDb() {
    return (float) shimmer;
  }
}
