package io.github.erv.training.voice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LogisticRegressionTest {
  /** The fit stops where a step would gain 1e-8 of the loss. */
  private static final double STOPPED = 2e-3;

  private final List<float[]> x = new ArrayList<>();
  private final List<double[]> targets = new ArrayList<>();
  private double[] weights = {};

  /** Three classes, whose logits are 2 a, -2 a + b and 0. */
  private LogisticRegression.Examples drawn(int n) {
    SplittableRandom random = new SplittableRandom(8);
    weights = random.doubles(n, 0.5, 2).toArray();
    for (int i = 0; i < n; i++) {
      float[] input = {(float) random.nextGaussian(), (float) random.nextGaussian()};
      double[] p = {2 * input[0], -2 * input[0] + input[1], 0};
      LogisticRegression.softmaxInPlace(p);
      x.add(input);
      targets.add(p);
    }
    return new LogisticRegression.Examples(x, targets, weights);
  }

  @Test
  void fit_ofTheLogitsOwnDistributions_findsTheirDifferences() {
    LogisticRegression fit = LogisticRegression.fit(drawn(400), 1e-7);
    for (int i = 0; i < 20; i++) {
      float[] input = x.get(i);
      double third = fit.logit(input, 2);
      assertEquals(2 * input[0], fit.logit(input, 0) - third, 0.02);
      assertEquals(-2 * input[0] + input[1], fit.logit(input, 1) - third, 0.02);
    }
  }

  @Test
  void fit_leavesNoSlopeOfThePenalisedLoss() {
    double penalty = 0.05;
    LogisticRegression fit = LogisticRegression.fit(drawn(200), penalty);
    double total = 0;
    for (double weight : weights) {
      total += weight;
    }
    for (int c = 0; c < 3; c++) {
      for (int j = 0; j <= 2; j++) {
        double slope = j == 2 ? 0 : penalty * fit.weights(c)[j];
        for (int i = 0; i < x.size(); i++) {
          double[] p = {fit.logit(x.get(i), 0), fit.logit(x.get(i), 1), fit.logit(x.get(i), 2)};
          LogisticRegression.softmaxInPlace(p);
          slope += weights[i] / total * (p[c] - targets.get(i)[c]) * (j == 2 ? 1 : x.get(i)[j]);
        }
        assertEquals(0, slope, STOPPED * 0.1, "class " + c + ", input " + j);
      }
    }
  }

  @Test
  void fit_ofInputsThatSayNothing_isTheLogarithmsOfTheParts() {
    LogisticRegression fit =
        LogisticRegression.fit(
            new LogisticRegression.Examples(
                List.of(new float[] {0}, new float[] {0}),
                List.of(new double[] {1, 0}, new double[] {0, 1}),
                new double[] {3, 1}),
            0.1);
    assertEquals(Math.log(3), fit.logit(new float[] {5}, 0) - fit.logit(new float[] {5}, 1), 1e-3);
  }

  @Test
  void fit_separableExamples_settlesAndTellsThem() {
    LogisticRegression fit =
        LogisticRegression.fit(
            new LogisticRegression.Examples(
                List.of(new float[] {-1}, new float[] {1}),
                List.of(new double[] {1, 0}, new double[] {0, 1}),
                new double[] {1, 1}),
            1e-3);
    assertTrue(fit.logit(new float[] {1}, 1) > fit.logit(new float[] {1}, 0) + 4);
    assertArrayEquals(new float[] {-fit.weights(0)[0]}, fit.weights(1), 1e-6f);
  }

  @Test
  void fit_examplesThatAreNotFinite_stops() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      LogisticRegression.Examples examples =
          new LogisticRegression.Examples(
              List.of(new float[] {bad}, new float[] {1}),
              List.of(new double[] {1, 0}, new double[] {0, 1}),
              new double[] {1, 1});
      assertThrows(ArithmeticException.class, () -> LogisticRegression.fit(examples, 0.1));
    }
    LogisticRegression.Examples examples =
        new LogisticRegression.Examples(
            List.of(new float[] {0}, new float[] {1}),
            List.of(new double[] {Double.NaN, 0}, new double[] {0, 1}),
            new double[] {1, 1});
    assertThrows(ArithmeticException.class, () -> LogisticRegression.fit(examples, 0.1));
  }
}
