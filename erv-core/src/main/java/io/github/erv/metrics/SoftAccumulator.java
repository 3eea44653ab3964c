package io.github.erv.metrics;

import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.LabelSet;

/** Gathers how people voted and what was read, and scores it. Used by one thread at a time. */
public final class SoftAccumulator {
  private final LabelSet labels;
  private long count;
  private double crossEntropy;
  private double entropy;
  private double distance;
  private double agreement;
  private double ceiling;
  private double pairs;
  private long paired;

  /**
   * Creates an accumulator of nothing.
   *
   * @param labels the classes that may be voted for or read
   */
  public SoftAccumulator(LabelSet labels) {
    this.labels = labels;
  }

  /**
   * Adds an item.
   *
   * @param votes shape (labels), how many people chose each class, none negative, not all 0
   * @param read what was read, over the labels
   * @throws IllegalArgumentException if the votes or the distribution are off
   */
  public void add(double[] votes, Distribution read) {
    if (votes.length != labels.size() || !read.labels().equals(labels)) {
      throw new IllegalArgumentException(
          "scores are over %s, there are %d votes and a distribution over %s"
              .formatted(labels, votes.length, read.labels()));
    }
    if (!read.informed()) {
      throw new IllegalArgumentException("an uninformed distribution cannot be scored");
    }
    double voters = 0;
    double most = 0;
    double same = 0;
    for (double vote : votes) {
      if (!(vote >= 0 && vote <= Double.MAX_VALUE)) {
        throw new IllegalArgumentException("votes must be finite and at least 0, were " + vote);
      }
      voters += vote;
      most = Math.max(most, vote);
      same += vote * (vote - 1);
    }
    if (voters == 0) {
      throw new IllegalArgumentException("an item must have votes");
    }
    double divergence = 0;
    for (int i = 0; i < votes.length; i++) {
      double p = votes[i] / voters;
      double q = read.probability(i);
      if (p > 0) {
        crossEntropy -= p * Math.log(Math.max(q, ClassificationAccumulator.LEAST_PROBABILITY));
        entropy -= p * Math.log(p);
      }
      divergence += towards(p, (p + q) / 2) / 2 + towards(q, (p + q) / 2) / 2;
    }
    distance += Math.sqrt(Math.max(0, Math.min(1, divergence / Math.log(2))));
    agreement += votes[labels.indexOf(read.top())] / voters;
    ceiling += most / voters;
    if (voters > 1) {
      pairs += same / (voters * (voters - 1));
      paired++;
    }
    count++;
  }

  private static double towards(double p, double middle) {
    return p > 0 ? p * Math.log(p / middle) : 0;
  }

  /**
   * Returns the scores of what was added so far.
   *
   * @return an immutable value
   */
  public SoftScores scores() {
    return new SoftScores(
        count,
        crossEntropy / count,
        entropy / count,
        distance / count,
        agreement / count,
        ceiling / count,
        pairs / paired);
  }
}
