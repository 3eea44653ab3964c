package io.github.erv.metrics;

import com.google.common.math.PairedStatsAccumulator;
import com.google.common.math.Stats;

/**
 * Gathers readings of a continuous dimension and their annotation, and scores them. A value that is
 * not finite makes every figure NaN. Used by one thread at a time.
 */
public final class RegressionAccumulator {
  private final PairedStatsAccumulator pairs = new PairedStatsAccumulator();
  private double squares;
  private long sameSign;

  /** Creates an accumulator of nothing. */
  public RegressionAccumulator() {}

  /**
   * Adds a pair.
   *
   * @param said the annotation
   * @param read what was read, in the same unit
   */
  public void add(double said, double read) {
    pairs.add(said, read);
    squares += (said - read) * (said - read);
    if (Math.signum(said) == Math.signum(read)) {
      sameSign++;
    }
  }

  /**
   * Returns the scores of what was added so far.
   *
   * @return an immutable value, all NaN if nothing was added
   */
  public RegressionScores scores() {
    long n = pairs.count();
    if (n == 0 || !Double.isFinite(squares)) {
      return new RegressionScores(n, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
    }
    Stats said = pairs.xStats();
    Stats read = pairs.yStats();
    double shift = said.mean() - read.mean();
    double denominator =
        said.populationVariance() + read.populationVariance() + shift * shift; // Lin (1989), eq. 1
    double covariance = n == 1 ? 0 : pairs.populationCovariance();
    double ccc = denominator > 0 ? 2 * covariance / denominator : squares == 0 ? 1 : 0;
    boolean varies = said.populationVariance() > 0 && read.populationVariance() > 0;
    return new RegressionScores(
        n,
        ccc,
        varies ? pairs.pearsonsCorrelationCoefficient() : Double.NaN,
        Math.sqrt(squares / n),
        (double) sameSign / n);
  }
}
