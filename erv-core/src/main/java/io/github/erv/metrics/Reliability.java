package io.github.erv.metrics;

import java.util.List;

/**
 * How often readings of a confidence were right: the reliability diagram and the expected
 * calibration error that follows from it.
 *
 * <p>The confidence is the probability of the class that was read. There are {@value #BINS} bins of
 * equal width over [0, 1]; bin i holds confidences in (i/{@value #BINS}, (i+1)/{@value #BINS}], the
 * first also 0.
 *
 * @param bins all of them, from the least confidence on
 * @see "Guo, Pleiss, Sun and Weinberger (2017), On calibration of modern neural networks, ICML,
 *     equations 2-3"
 */
public record Reliability(List<Bin> bins) {
  /** How many bins there are. */
  public static final int BINS = 15;

  /**
   * Readings of similar confidence.
   *
   * @param low confidences in here are greater than this
   * @param high and at most this
   * @param count how many there are
   * @param confidence their mean; NaN if there are none
   * @param accuracy the part of them that was right; NaN if there are none
   */
  public record Bin(double low, double high, long count, double confidence, double accuracy) {}

  public Reliability {
    bins = List.copyOf(bins);
  }

  /** Returns the bin that a confidence falls into. */
  static int bin(double confidence) {
    return Math.max(0, Math.min(BINS - 1, (int) Math.ceil(confidence * BINS) - 1));
  }

  /**
   * Returns the expected calibration error: the distance of accuracy and confidence, averaged over
   * the items.
   *
   * @return in [0, 1]; NaN if there are no items
   */
  public double ece() {
    double sum = 0;
    long total = 0;
    for (Bin bin : bins) {
      if (bin.count > 0) {
        sum += bin.count * Math.abs(bin.accuracy - bin.confidence);
        total += bin.count;
      }
    }
    return sum / total;
  }
}
