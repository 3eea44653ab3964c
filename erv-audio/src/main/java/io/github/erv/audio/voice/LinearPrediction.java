package io.github.erv.audio.voice;

import java.util.Arrays;

/**
 * Predictor coefficients from autocorrelations by the Levinson-Durbin recursion. Holds scratch:
 * used by one thread at a time.
 *
 * @see "Makhoul (1975), Linear prediction: a tutorial review, Proc. IEEE 63(4)"
 */
public final class LinearPrediction {
  private final int order;
  private final double[] before;

  /**
   * Creates a solver.
   *
   * @param order of the predictor, at least 1
   * @throws IllegalArgumentException if the order is below 1
   */
  public LinearPrediction(int order) {
    if (order < 1) {
      throw new IllegalArgumentException("the order must be at least 1, was " + order);
    }
    this.order = order;
    this.before = new double[order + 1];
  }

  /**
   * Writes the prediction error filter.
   *
   * @param autocorrelation at the lags 0 to order
   * @param filter receives 1, a(1) ... a(order): the error is {@code x(n) + sum a(i) x(n - i)}
   * @return the error's power; 0 for a signal of no power, whose filter is 1, 0 ...
   */
  public double solveInto(double[] autocorrelation, double[] filter) {
    Arrays.fill(filter, 0, order + 1, 0);
    filter[0] = 1;
    double error = autocorrelation[0];
    if (!(error > 0)) {
      return 0;
    }
    for (int i = 1; i <= order; i++) {
      double sum = autocorrelation[i];
      for (int j = 1; j < i; j++) {
        sum += filter[j] * autocorrelation[i - j];
      }
      double reflection = -sum / error;
      System.arraycopy(filter, 0, before, 0, i);
      filter[i] = reflection;
      for (int j = 1; j < i; j++) {
        filter[j] += reflection * before[i - j];
      }
      error *= 1 - reflection * reflection;
      if (!(error > 0)) {
        break; // perfectly predictable up to rounding
      }
    }
    return error;
  }
}
