package io.github.erv.metrics;

/**
 * How well distributions over classes agree with the class that was said. Immutable.
 *
 * @param confusion what was said by the most probable class read
 * @param top2 part of the items whose class was among the two most probable; NaN if there are none
 * @param nll mean negative logarithm, base e, of the probability of the class said, which counts as
 *     at least {@link ClassificationAccumulator#LEAST_PROBABILITY}
 * @param brier mean over the items of the squared distance between the distribution and the class
 *     said, summed over the classes: from 0 to 2 (Brier, 1950)
 * @param reliability how often readings of a confidence were right
 */
public record ClassificationScores(
    ConfusionMatrix confusion, double top2, double nll, double brier, Reliability reliability) {

  /**
   * Returns the number of items.
   *
   * @return at least 0
   */
  public long count() {
    return confusion.total();
  }
}
