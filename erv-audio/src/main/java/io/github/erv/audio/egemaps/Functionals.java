package io.github.erv.audio.egemaps;

import java.util.Arrays;

/** Computes functionals of rows of descriptors. Holds scratch. */
final class Functionals {
  private static final double FRAME_SECONDS = 0.010;

  /** Part of the range that the values must rise by before a peak counts. */
  private static final double PEAK_RISE = 0.1;

  private static final int[] MEANS_OF_ALL = {5, 6, 7, 8, 9};

  private final DescriptorStream stream;

  /** Per direction: count, sum and sum of squares of slopes; then the number of peaks. */
  private final double[] sums = new double[7];

  /** The rise from the last low to the end of the series. */
  private double tailSlope;

  private boolean hasTail;
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
    double peaks = peaksPerSecond(most);
    for (int column : MEANS_OF_ALL) {
      at = moments(read(from, to, column, false), target, at);
    }
    for (int column = DescriptorStream.JITTER; column < DescriptorStream.ENERGY; column++) {
      at = moments(read(from, to, column, true), target, at);
    }
    long voiceTo = Math.max(from + 1, Math.min(to, stream.voiceFrames()));
    for (int c = 0; c < DescriptorStream.VOICED_COUNT; c++) {
      at = moments(read(from, voiceTo, DescriptorStream.VOICED + c, true), target, at);
    }
    for (int c = 0; c < DescriptorStream.UNVOICED_COUNT; c++) {
      target[at++] = (float) mean(read(from, voiceTo, DescriptorStream.UNVOICED + c, true));
    }
    target[at++] = (float) peaks;
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

  /** Mean and deviation of the slopes up to peaks, and of those down from them. */
  private void slopes(int count, float[] target, int at) {
    Arrays.fill(sums, 0);
    hasTail = false;
    walkPeaks(count);
    for (int direction = 0; direction < 2; direction++) {
      double n = sums[3 * direction];
      if (n > 0) {
        double mean = sums[3 * direction + 1] / n;
        double variance = sums[3 * direction + 2] / n - mean * mean;
        // the rise after the last low enters the mean but, as found on the reference, not the
        // deviation
        boolean tail = direction == 0 && hasTail;
        target[at + 2 * direction] = (float) (tail ? (sums[1] + tailSlope) / (n + 1) : mean);
        target[at + 2 * direction + 1] = (float) Math.sqrt(Math.max(0, variance));
      }
    }
  }

  private void walkPeaks(int count) {
    if (count < 3) {
      return;
    }
    float min = series[0];
    float max = series[0];
    for (int i = 1; i < count; i++) {
      min = Math.min(min, series[i]);
      max = Math.max(max, series[i]);
    }
    double rise = PEAK_RISE * (max - min);
    // alternates between the last low and the last high; a turn counts once it has gone back by
    // the rise
    int lowAt = 0;
    int highAt = 0;
    boolean up = true;
    for (int i = 1; i < count; i++) {
      if (up) {
        if (series[i] > series[highAt]) {
          highAt = i;
        } else if (series[highAt] - series[i] >= rise) {
          if (series[highAt] - series[lowAt] >= rise && highAt > lowAt) {
            add(sums, 0, (series[highAt] - series[lowAt]) / ((highAt - lowAt) * FRAME_SECONDS));
            sums[6]++;
          }
          up = false;
          lowAt = i;
        }
      } else if (series[i] < series[lowAt]) {
        lowAt = i;
      } else if (series[i] - series[lowAt] >= rise) {
        add(sums, 1, (series[highAt] - series[lowAt]) / ((lowAt - highAt) * FRAME_SECONDS));
        up = true;
        highAt = i;
      }
    }
    if (sums[6] > 0) {
      if (!up) {
        add(sums, 1, (series[highAt] - series[lowAt]) / ((lowAt - highAt) * FRAME_SECONDS));
      }
      int last = count - 1;
      if (lowAt < last) {
        tailSlope = (series[last] - series[lowAt]) / ((last - lowAt) * FRAME_SECONDS);
        hasTail = true;
      }
    }
  }

  private static void add(double[] sums, int direction, double slope) {
    sums[3 * direction]++;
    sums[3 * direction + 1] += slope;
    sums[3 * direction + 2] += slope * slope;
  }

  private double peaksPerSecond(int frames) {
    return sums[6] / (frames * FRAME_SECONDS);
  }

  private void segments(long from, long to, float[] target, int at) {
    double[] voiced = new double[3];
    double[] unvoiced = new double[3];
    int length = 0;
    boolean before = stream.value(from, DescriptorStream.F0) > 0;
    for (long f = from; f <= to; f++) {
      boolean now = f < to && stream.value(f, DescriptorStream.F0) > 0;
      if (f == to || now != before) {
        double seconds = length * FRAME_SECONDS;
        double[] sums = before ? voiced : unvoiced;
        sums[0]++;
        sums[1] += seconds;
        sums[2] += seconds * seconds;
        length = 0;
        before = now;
      }
      length++;
    }
    target[at] = (float) (voiced[0] / ((to - from) * FRAME_SECONDS));
    write(voiced, target, at + 1);
    write(unvoiced, target, at + 3);
  }

  private static void write(double[] sums, float[] target, int at) {
    if (sums[0] > 0) {
      double mean = sums[1] / sums[0];
      target[at] = (float) mean;
      target[at + 1] = (float) Math.sqrt(Math.max(0, sums[2] / sums[0] - mean * mean));
    }
  }
}
