package io.github.erv.metrics;

import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import java.util.ArrayList;
import java.util.List;

/**
 * Gathers what was said and what was read, and scores it. A class outside a reading's support has
 * probability 0 here: where it was said, the reading is wrong. Used by one thread at a time.
 */
public final class ClassificationAccumulator {
  /** A class said counts as read with at least this probability where logarithms are taken. */
  public static final double LEAST_PROBABILITY = 1e-7;

  private final LabelSet labels;
  private final long[][] counts;
  private final long[] binCounts = new long[Reliability.BINS];
  private final long[] binRight = new long[Reliability.BINS];
  private final double[] binConfidence = new double[Reliability.BINS];
  private long total;
  private long amongTwo;
  private double logLoss;
  private double squares;

  /**
   * Creates an accumulator of nothing.
   *
   * @param labels the classes that may be said or read
   */
  public ClassificationAccumulator(LabelSet labels) {
    this.labels = labels;
    counts = new long[labels.size()][labels.size()];
  }

  /**
   * Adds an item.
   *
   * @param said what people said
   * @param read what was read, over the labels; equals are read as the first of them
   * @throws IllegalArgumentException if the labels lack what was said, the distribution is over
   *     others, or says nothing
   */
  public void add(Emotion said, Distribution read) {
    int index = labels.indexOf(said);
    if (index < 0) {
      throw new IllegalArgumentException(labels + " does not hold " + said);
    }
    if (!read.labels().equals(labels)) {
      throw new IllegalArgumentException(
          "scores are over " + labels + ", the distribution is over " + read.labels());
    }
    if (!read.informed()) {
      throw new IllegalArgumentException("an uninformed distribution cannot be scored");
    }
    int top = labels.indexOf(read.top());
    total++;
    counts[index][top]++;
    double p = read.probability(index);
    logLoss -= Math.log(Math.max(p, LEAST_PROBABILITY));
    int before = 0;
    for (int i = 0; i < labels.size(); i++) {
      double q = read.probability(i);
      double off = i == index ? 1 - q : q;
      squares += off * off;
      if (i != index && read.supports(i) && (q > p || (q == p && i < index))) {
        before++;
      }
    }
    if (before < 2 && read.supports(index)) {
      amongTwo++;
    }
    int bin = Reliability.bin(read.topProbability());
    binCounts[bin]++;
    binConfidence[bin] += read.topProbability();
    if (top == index) {
      binRight[bin]++;
    }
  }

  /**
   * Returns the scores of what was added so far.
   *
   * @return an immutable value
   */
  public ClassificationScores scores() {
    List<Reliability.Bin> bins = new ArrayList<>(Reliability.BINS);
    for (int i = 0; i < Reliability.BINS; i++) {
      bins.add(
          new Reliability.Bin(
              (double) i / Reliability.BINS,
              (double) (i + 1) / Reliability.BINS,
              binCounts[i],
              binConfidence[i] / binCounts[i],
              (double) binRight[i] / binCounts[i]));
    }
    return new ClassificationScores(
        ConfusionMatrix.of(labels, counts),
        (double) amongTwo / total,
        logLoss / total,
        squares / total,
        new Reliability(bins));
  }
}
