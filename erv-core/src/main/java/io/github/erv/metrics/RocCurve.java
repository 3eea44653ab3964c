package io.github.erv.metrics;

import java.util.Arrays;
import java.util.Comparator;

/** How well a score tells two classes apart, whatever threshold is set. */
public final class RocCurve {
  private RocCurve() {}

  /**
   * Returns the area under the receiver operating characteristic: the probability that a positive
   * item has a higher score than a negative one, equal scores counting half.
   *
   * @param scores one an item, none NaN
   * @param positive which class each belongs to
   * @return in [0, 1]; NaN if one class has no items
   * @throws IllegalArgumentException if the lengths differ, or a score is NaN
   * @see "Hanley and McNeil (1982), The meaning and use of the area under a receiver operating
   *     characteristic (ROC) curve, Radiology 143"
   */
  public static double auc(double[] scores, boolean[] positive) {
    if (scores.length != positive.length) {
      throw new IllegalArgumentException(
          scores.length + " scores, but " + positive.length + " classes");
    }
    Integer[] order = new Integer[scores.length];
    for (int i = 0; i < order.length; i++) {
      if (Double.isNaN(scores[i])) {
        throw new IllegalArgumentException("score " + i + " is NaN");
      }
      order[i] = i;
    }
    Arrays.sort(order, Comparator.comparingDouble(i -> scores[i] + 0.0)); // -0 equals 0
    double ranks = 0;
    long positives = 0;
    for (int from = 0; from < order.length; ) {
      int to = from;
      long here = 0;
      while (to < order.length && scores[order[to]] == scores[order[from]]) {
        here += positive[order[to]] ? 1 : 0;
        to++;
      }
      ranks += here * (from + to + 1) / 2.0; // equals share their mean rank, counted from 1
      positives += here;
      from = to;
    }
    long negatives = scores.length - positives;
    return (ranks - positives * (positives + 1) / 2.0) / ((double) positives * negatives);
  }
}
