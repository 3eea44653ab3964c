package io.github.erv.audio.egemaps;

import java.util.Arrays;

/** Computes functionals of rows of descriptors. Holds scratch. */
final class Functionals {
  private static final double FRAME_SECONDS = 0.010;

  /** Part of the range that an extremum must be off the turn before. */
  private static final double LEAST_TURN = 0.1;

  private static final double HIGHER_PEAK = 1.05;

  /** Frames of the longest stretch of voice or of none that does not count. */
  private static final int LONGEST_IGNORED = 2;

  private static final int[] MEANS_OF_ALL = {5, 6, 7, 8, 9};

  private final DescriptorStream stream;

  // of slopes or of stretches: count, sum, sum of squares, then count and sum of those that only
  // the mean takes up
  private final double[] rises = new double[5];
  private final double[] falls = new double[5];
  private int peaks;
  private float[] series = new float[0];
  private float[] sorted = new float[0];

  Functionals(DescriptorStream stream) {
    this.stream = stream;
  }

  void computeInto(long from, long to, float[] target, int offset) {
    int most = (int) (to - from);
    if (series.length < most) {
      series = new float[most];
      sorted = new float[most];
    }
    int at = offset;
    at = course(read(from, to, DescriptorStream.F0, true), target, at);
    at = course(read(from, to, DescriptorStream.LOUDNESS, false), target, at);
    double peaksPerSecond = peaks / (most * FRAME_SECONDS);
    for (int column : MEANS_OF_ALL) {
      at = moments(read(from, to, column, false), target, at);
    }
    for (int column = DescriptorStream.JITTER; column < DescriptorStream.ENERGY; column++) {
      int place = column - DescriptorStream.FORMANTS;
      // levels are there without voice too, and count then; frequencies and bandwidths do not
      boolean voicedOnly = place >= 0 && place % 3 < 2;
      int voiced = DescriptorStream.VOICED_FORMANTS + place / 3 * 2 + place % 3;
      at = moments(read(from, to, voicedOnly ? voiced : column, true), target, at);
    }
    long voiceTo = stream.toldFrames(to);
    for (int c = 0; c < DescriptorStream.VOICED_COUNT; c++) {
      at = moments(read(from, voiceTo, DescriptorStream.VOICED + c, true), target, at);
    }
    for (int c = 0; c < DescriptorStream.UNVOICED_COUNT; c++) {
      target[at++] = (float) mean(read(from, voiceTo, DescriptorStream.UNVOICED + c, true));
    }
    target[at++] = (float) peaksPerSecond;
    segments(from, voiceTo, target, at);
    at += 5;
    double energy = mean(read(from, to, DescriptorStream.ENERGY, false));
    target[at] = (float) (10 * Math.log10(Math.max(1e-20, energy)));
  }

  private int read(long from, long to, int column, boolean skipZeros) {
    int count = 0;
    for (long f = from; f < to; f++) {
      float value = stream.value(f, column);
      if (!(skipZeros && value == 0)) {
        series[count++] = value;
      }
    }
    return count;
  }

  private double mean(int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += series[i];
    }
    return count == 0 ? 0 : sum / count;
  }

  private double deviation(int count, double mean) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      double difference = series[i] - mean;
      sum += difference * difference;
    }
    return count == 0 ? 0 : Math.sqrt(sum / count);
  }

  /** Writes mean, and standard deviation over the mean. */
  private int moments(int count, float[] target, int at) {
    double mean = mean(count);
    target[at] = (float) mean;
    target[at + 1] = mean == 0 ? 0 : (float) (deviation(count, mean) / mean);
    return at + 2;
  }

  /** Writes the ten functionals of a course over time. */
  private int course(int count, float[] target, int offset) {
    int at = moments(count, target, offset);
    System.arraycopy(series, 0, sorted, 0, count);
    Arrays.sort(sorted, 0, count);
    float low = percentile(count, 0.2);
    float high = percentile(count, 0.8);
    target[at++] = low;
    target[at++] = percentile(count, 0.5);
    target[at++] = high;
    target[at++] = high - low;
    slopes(count, target, at);
    return at + 4;
  }

  private float percentile(int count, double part) {
    if (count == 0) {
      return 0;
    }
    double place = part * (count - 1);
    int below = (int) place;
    int above = Math.min(count - 1, below + 1);
    double weight = place - below;
    return (float) ((1 - weight) * sorted[below] + weight * sorted[above]);
  }

  /**
   * Mean and deviation of the slopes up to peaks, and of those down from them. What comes after the
   * last turn belongs to the mean of the one if that was a valley, of the other (falling, and
   * therefore below 0) if it was a peak; of the deviation it only shares the divisor.
   */
  private void slopes(int count, float[] target, int at) {
    Arrays.fill(rises, 0);
    Arrays.fill(falls, 0);
    peaks = 0;
    walkTurns(count);
    write(rises, target, at);
    write(falls, target, at + 2);
  }

  /** Writes mean and deviation of {count, sum, sum of squares, rest's count, rest}. */
  private static void write(double[] slopes, float[] target, int at) {
    double n = slopes[0] + slopes[3];
    if (n == 0) {
      return;
    }
    double mean = (slopes[1] + slopes[4]) / n;
    double squares = slopes[2] - 2 * mean * slopes[1] + slopes[0] * mean * mean;
    target[at] = (float) mean;
    target[at + 1] = (float) Math.sqrt(Math.max(0, squares / n));
  }

  /**
   * Walks from peak to valley to peak. A local extremum counts when it is off the turn before by
   * more than a tenth of the range; a further peak replaces one that no valley parts it from when
   * it is higher by a twentieth, a further valley when it is lower at all.
   */
  private void walkTurns(int count) {
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      min = Math.min(min, series[i]);
      max = Math.max(max, series[i]);
    }
    double least = LEAST_TURN * (max - min);
    int before = 0;
    int turn = 0;
    boolean up = false;
    boolean any = false;
    // the last but one value is never taken for an extremum
    for (int i = 1; i < count - 2; i++) {
      float value = series[i];
      boolean peak = value > series[i - 1] && value > series[i + 1];
      if (!peak && !(value < series[i - 1] && value < series[i + 1])) {
        continue;
      }
      if (any && peak == up) {
        if (peak ? value > HIGHER_PEAK * series[turn] : value < series[turn]) {
          turn = i;
        }
      } else if (peak ? value - series[turn] > least : series[turn] - value > least) {
        if (any) {
          add(before, turn, up);
        }
        before = any ? turn : 0;
        turn = i;
        up = peak;
        any = true;
      }
    }
    if (!any) {
      return;
    }
    add(before, turn, up);
    if (turn < count - 1) {
      double[] slopes = up ? falls : rises;
      slopes[3] = 1;
      slopes[4] = (series[count - 1] - series[turn]) / ((count - 1 - turn) * FRAME_SECONDS);
    }
  }

  private void add(int from, int to, boolean up) {
    double slope = Math.abs(series[to] - series[from]) / ((to - from) * FRAME_SECONDS);
    double[] slopes = up ? rises : falls;
    slopes[0]++;
    slopes[1] += slope;
    slopes[2] += slope * slope;
    if (up) {
      peaks++;
    }
  }

  /**
   * Number and lengths of voiced and unvoiced stretches. A length is the time from a stretch's
   * first frame to its last, and stretches of two frames or less do not count.
   */
  private void segments(long from, long to, float[] target, int at) {
    Arrays.fill(rises, 0);
    Arrays.fill(falls, 0);
    int length = 0;
    boolean before = false;
    for (long f = from; f <= to; f++) {
      boolean now = f < to && stream.value(f, DescriptorStream.F0) > 0;
      if (length > 0 && (f == to || now != before)) {
        if (length > LONGEST_IGNORED) {
          double seconds = (length - 1) * FRAME_SECONDS;
          double[] stretches = before ? rises : falls;
          stretches[0]++;
          stretches[1] += seconds;
          stretches[2] += seconds * seconds;
        }
        length = 0;
      }
      before = now;
      length++;
    }
    target[at] = (float) (rises[0] / (Math.max(1, to - from) * FRAME_SECONDS));
    write(rises, target, at + 1);
    write(falls, target, at + 3);
  }
}
