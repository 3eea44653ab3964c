package io.github.erv.classical;

import java.util.Arrays;

/**
 * Makes probabilities of classes of those of pairs: the p that minimise the sum over pairs of (r_ji
 * p_i - r_ij p_j)², sum 1. Used by one thread at a time; allocates nothing.
 *
 * @see "Wu, Lin and Weng (2004), Probability estimates for multi-class classification by pairwise
 *     coupling, JMLR 5, algorithm 2"
 */
final class PairwiseCoupling {
  private final int classes;

  /** Shape (classes, classes): how probable the row's class is, of the two. */
  private final double[] pairs;

  private final double[] q;
  private final double[] p;
  private final double[] qp;
  private final int[] votes;

  PairwiseCoupling(int classes) {
    this.classes = classes;
    pairs = new double[classes * classes];
    q = new double[classes * classes];
    p = new double[classes];
    qp = new double[classes];
    votes = new int[classes];
  }

  int mostVotes(float[] decisions) {
    Arrays.fill(votes, 0);
    int pair = 0;
    for (int i = 0; i < classes; i++) {
      for (int j = i + 1; j < classes; j++) {
        votes[decisions[pair++] > 0 ? i : j]++;
      }
    }
    int best = 0;
    for (int c = 1; c < classes; c++) {
      best = votes[c] > votes[best] ? c : best;
    }
    return best;
  }

  void pair(int i, int j, double firstProbability) {
    pairs[i * classes + j] = firstProbability;
    pairs[j * classes + i] = 1 - firstProbability;
  }

  void couple() {
    for (int t = 0; t < classes; t++) {
      p[t] = 1.0 / classes;
      double diagonal = 0;
      for (int j = 0; j < classes; j++) {
        if (j != t) {
          double other = pairs[j * classes + t];
          diagonal += other * other;
          q[t * classes + j] = -other * pairs[t * classes + j];
        }
      }
      q[t * classes + t] = diagonal;
    }
    double close = 1e-9 / classes;
    for (int round = 0; round < 1_000; round++) {
      double pqp = product();
      double most = 0;
      for (int t = 0; t < classes; t++) {
        most = Math.max(most, Math.abs(qp[t] - pqp));
      }
      if (most < close) {
        return;
      }
      for (int t = 0; t < classes; t++) {
        double step = (pqp - qp[t]) / q[t * classes + t];
        p[t] += step;
        pqp = (pqp + step * (step * q[t * classes + t] + 2 * qp[t])) / ((1 + step) * (1 + step));
        for (int j = 0; j < classes; j++) {
          qp[j] = (qp[j] + step * q[t * classes + j]) / (1 + step);
          p[j] /= 1 + step;
        }
      }
    }
  }

  /** Computes Qp anew, that rounding does not add up, and returns pQp. */
  private double product() {
    double pqp = 0;
    for (int t = 0; t < classes; t++) {
      qp[t] = 0;
      for (int j = 0; j < classes; j++) {
        qp[t] += q[t * classes + j] * p[j];
      }
      pqp += p[t] * qp[t];
    }
    return pqp;
  }

  double probability(int c) {
    return p[c];
  }
}
