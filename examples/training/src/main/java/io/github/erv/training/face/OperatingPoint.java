package io.github.erv.training.face;

import io.github.erv.emotion.Distribution;
import io.github.erv.metrics.ClassificationAccumulator;
import io.github.erv.metrics.ClassificationScores;
import io.github.erv.metrics.ConfusionMatrix;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * What turns logits into probabilities: a temperature, then one value a class that is added.
 *
 * <p>Fitted in two steps on faces that were not trained on. Vector scaling (Guo et al., 2017, with
 * one temperature in place of a factor a class) makes the probabilities honest. Then logit
 * adjustment (Menon et al., 2021, Long-tail learning via logit adjustment) moves the decision
 * towards rare classes by a share of their negative log-frequency, as far as the accuracy may fall,
 * and the temperature is fitted anew.
 *
 * @param temperature by which logits are divided
 * @param bias added to the quotients, one value a class
 * @param adjustment the share of the negative log-frequency in the bias
 * @param accuracy on the faces it was fitted on
 * @param uar on the same faces
 */
public record OperatingPoint(
    double temperature, List<Double> bias, double adjustment, double accuracy, double uar) {
  private static final int STEPS = 2_000;

  /** Enough for one factor that starts near 1. */
  private static final int FACTOR_STEPS = 200;

  private static final double RATE = 0.3;

  /** Keeps the bias of a class that few held-out faces show near 0, as if by one more face. */
  private static final double BIAS_PENALTY = 0.5;

  private static final double ADJUSTMENT_STEP = 0.1;
  private static final double LARGEST_ADJUSTMENT = 1.0;

  /** Logits as they are. */
  public static final OperatingPoint PLAIN =
      new OperatingPoint(1, Collections.nCopies(FerPlus.LABELS.size(), 0.0), 0, 0, 0);

  /**
   * Returns operating points of growing adjustment, the first without any.
   *
   * @param logits of the held-out faces
   * @param faces of which those with a majority are used
   * @param frequency of the classes among the faces trained on
   */
  public static List<OperatingPoint> all(
      float[][] logits, List<FerPlus.Face> faces, double[] frequency) {
    List<float[]> some = new ArrayList<>();
    List<Integer> classes = new ArrayList<>();
    for (int i = 0; i < logits.length; i++) {
      if (faces.get(i).majority() >= 0) {
        some.add(logits[i]);
        classes.add(faces.get(i).majority());
      }
    }
    double[] start = new double[frequency.length + 1];
    double[] honest = fit(some, classes, start, true);
    double centre = 0;
    for (double f : frequency) {
      centre -= Math.log(f) / frequency.length;
    }
    List<OperatingPoint> points = new ArrayList<>();
    for (double share = 0; share <= LARGEST_ADJUSTMENT + 1e-9; share += ADJUSTMENT_STEP) {
      double[] moved = honest.clone();
      for (int c = 0; c < frequency.length; c++) {
        moved[c + 1] += share * (-Math.log(frequency[c]) - centre);
      }
      moved = fit(some, classes, moved, false);
      points.add(judged(logits, faces, moved, share));
    }
    return points;
  }

  /**
   * Returns the point of the best UAR whose accuracy is not lower than the first's by more than a
   * given share.
   */
  public static OperatingPoint choose(List<OperatingPoint> points, double cost) {
    OperatingPoint best = points.get(0);
    for (OperatingPoint point : points) {
      if (point.accuracy >= points.get(0).accuracy - cost && point.uar > best.uar) {
        best = point;
      }
    }
    return best;
  }

  private static OperatingPoint judged(
      float[][] logits, List<FerPlus.Face> faces, double[] parameters, double share) {
    List<Double> bias = new ArrayList<>();
    for (int c = 1; c < parameters.length; c++) {
      bias.add(parameters[c]);
    }
    double temperature = Math.exp(-parameters[0]);
    ConfusionMatrix matrix =
        new OperatingPoint(temperature, bias, share, 0, 0).scores(logits, faces).confusion();
    return new OperatingPoint(temperature, bias, share, matrix.accuracy(), matrix.uar());
  }

  /** Scores logits against the majorities of faces; faces without one are left out. */
  public ClassificationScores scores(float[][] logits, List<FerPlus.Face> faces) {
    ClassificationAccumulator scores = new ClassificationAccumulator(FerPlus.LABELS);
    for (int i = 0; i < logits.length; i++) {
      int majority = faces.get(i).majority();
      if (majority >= 0) {
        scores.add(
            FerPlus.LABELS.get(majority), Distribution.softmax(FerPlus.LABELS, apply(logits[i])));
      }
    }
    return scores.scores();
  }

  /** Returns accuracy, UAR, calibration error and recalls in words, as cards and logs have them. */
  public static String described(ClassificationScores scores) {
    ConfusionMatrix matrix = scores.confusion();
    StringBuilder recalls = new StringBuilder();
    for (int c = 0; c < FerPlus.LABELS.size(); c++) {
      recalls.append(
          String.format(
              Locale.ROOT,
              "%s%s %.0f of %d",
              c == 0 ? "" : ", ",
              FerPlus.LABELS.get(c),
              100 * matrix.recall(c),
              matrix.said(c)));
    }
    return String.format(
        Locale.ROOT,
        "accuracy %.1f %%, UAR %.1f %%, ECE %.3f, n = %d; recalls in %%: %s",
        100 * matrix.accuracy(),
        100 * matrix.uar(),
        scores.reliability().ece(),
        scores.count(),
        recalls);
  }

  /** Returns adjusted logits; their softmax are the probabilities. */
  float[] apply(float[] logits) {
    float[] scores = new float[logits.length];
    for (int c = 0; c < scores.length; c++) {
      scores[c] = (float) (logits[c] / temperature + bias.get(c));
    }
    return scores;
  }

  /**
   * Minimises the cross-entropy by gradient descent: over the log of the inverse temperature and
   * the biases, or over a factor of both, which leaves the decisions alone.
   */
  private static double[] fit(
      List<float[]> logits, List<Integer> classes, double[] start, boolean free) {
    double[] p = start.clone();
    int n = p.length - 1;
    double factor = 0; // log of the common factor
    float[] z = new float[n];
    for (int step = 0; step < (free ? STEPS : FACTOR_STEPS); step++) {
      double[] slope = new double[n + 1];
      double common = 0;
      double inverse = Math.exp(p[0]);
      double scale = Math.exp(factor);
      for (int i = 0; i < classes.size(); i++) {
        float[] x = logits.get(i);
        for (int c = 0; c < n; c++) {
          z[c] = (float) (scale * (x[c] * inverse + p[c + 1]));
        }
        double normaliser = logSumExp(z);
        for (int c = 0; c < n; c++) {
          double off = Math.exp(z[c] - normaliser) - (c == classes.get(i) ? 1 : 0);
          slope[0] += off * x[c] * inverse / classes.size();
          slope[c + 1] += off / classes.size();
          common += off * z[c] / classes.size();
        }
      }
      if (free) {
        p[0] -= RATE * slope[0];
        for (int c = 1; c <= n; c++) {
          p[c] -= RATE * (slope[c] + BIAS_PENALTY * p[c] / classes.size());
        }
      } else {
        factor -= RATE * common;
      }
    }
    if (!free) {
      p[0] += factor;
      for (int c = 1; c <= n; c++) {
        p[c] *= Math.exp(factor);
      }
    }
    return p;
  }

  static double logSumExp(float[] values) {
    double most = Double.NEGATIVE_INFINITY;
    for (float value : values) {
      most = Math.max(most, value);
    }
    double sum = 0;
    for (float value : values) {
      sum += Math.exp(value - most);
    }
    return most + Math.log(sum);
  }
}
