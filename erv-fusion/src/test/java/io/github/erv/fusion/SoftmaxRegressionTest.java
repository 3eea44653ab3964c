package io.github.erv.fusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SoftmaxRegressionTest {
  /** Where the slope is below 1e-6 and the curvature of the bias near 0.1. */
  private static final double CONVERGED = 1e-4;

  private static SoftmaxRegression.Data data(
      SplittableRandom random, int n, int inputs, int classes) {
    List<double[]> x = new ArrayList<>();
    List<double[]> target = new ArrayList<>();
    double[] weight = new double[n];
    int[] fold = new int[n];
    for (int i = 0; i < n; i++) {
      double[] features = new double[inputs];
      for (int j = 0; j < inputs; j++) {
        features[j] = 3 + 2 * random.nextGaussian();
      }
      double[] t = new double[classes];
      double sum = 0;
      for (int e = 0; e < classes; e++) {
        t[e] = random.nextDouble();
        sum += t[e];
      }
      for (int e = 0; e < classes; e++) {
        t[e] /= sum;
      }
      x.add(features);
      target.add(t);
      weight[i] = random.nextDouble(0.1, 2);
      fold[i] = i % 3;
    }
    return new SoftmaxRegression.Data(x, target, weight, fold);
  }

  @Test
  void minimize_rosenbrock_findsTheMinimum() {
    double[] x =
        Lbfgs.minimize(
            Lbfgs.numeric(
                at -> {
                  double a = 1 - at[0];
                  double b = at[1] - at[0] * at[0];
                  return a * a + 100 * b * b;
                }),
            new double[] {-1.2, 1});
    assertArrayEquals(new double[] {1, 1}, x, 1e-3);
  }

  @Property(tries = 30)
  void minimize_quadratic_solvesTheEquations(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] target = random.doubles(12, -5, 5).toArray();
    double[] curvature = random.doubles(12, 0.1, 10).toArray();
    double[] x =
        Lbfgs.minimize(
            (at, gradient) -> {
              double sum = 0;
              for (int i = 0; i < at.length; i++) {
                gradient[i] = curvature[i] * (at[i] - target[i]);
                sum += gradient[i] * (at[i] - target[i]) / 2;
              }
              return sum;
            },
            new double[12]);
    // the value may stop within 1e-10 of its least, at a curvature of at least 0.1
    assertArrayEquals(target, x, 1e-3);
  }

  /** At the maximum of likelihood, expected classes are observed classes: the score is 0. */
  @Property(tries = 30)
  void fit_anyData_predictsTheObservedFrequencies(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 4) int inputs,
      @ForAll @IntRange(min = 2, max = 4) int classes) {
    SoftmaxRegression.Data data = data(new SplittableRandom(seed), 40, inputs, classes);
    SoftmaxRegression regression = SoftmaxRegression.fit(data, 0.1, null);
    double[] observed = new double[classes];
    double[] expected = new double[classes];
    double total = 0;
    for (int i = 0; i < 40; i++) {
      double[] p = regression.probabilities(data.x().get(i));
      for (int e = 0; e < classes; e++) {
        observed[e] += data.weight()[i] * data.target().get(i)[e];
        expected[e] += data.weight()[i] * p[e];
      }
      total += data.weight()[i];
    }
    for (int e = 0; e < classes; e++) {
      assertEquals(observed[e] / total, expected[e] / total, CONVERGED);
    }
  }

  @Test
  void fit_strongPrior_keepsIt() {
    SoftmaxRegression.Data data = data(new SplittableRandom(5), 40, 2, 2);
    double[] prior = {1, -1, 0, -1, 1, 0};
    SoftmaxRegression regression = SoftmaxRegression.fit(data, 1e6, prior);
    double[] x = {0.3, -0.2};
    assertEquals(1, (regression.logit(0, x, 0, 2) - regression.logit(1, x, 0, 2)), 1e-4);
  }

  @Test
  void fit_classWithoutTarget_staysUnknown() {
    SoftmaxRegression.Data data =
        new SoftmaxRegression.Data(
            List.of(new double[] {0}, new double[] {1}),
            List.of(new double[] {1, 0, 0}, new double[] {0, 0, 1}),
            new double[] {1, 1},
            new int[] {0, 1});
    SoftmaxRegression regression = SoftmaxRegression.fit(data, 0.01, null);
    assertTrue(!regression.knows(1));
    double[] p = regression.probabilities(new double[] {0.9});
    assertEquals(0, p[1]);
    assertEquals(1, p[0] + p[2], 1e-12);
    assertTrue(p[2] > 0.5);
  }

  @Test
  void fit_constantInput_isLeftAlone() {
    SplittableRandom random = new SplittableRandom(6);
    SoftmaxRegression.Data data = data(random, 30, 1, 2);
    List<double[]> constant = new ArrayList<>();
    data.x().forEach(x -> constant.add(new double[] {x[0], 4.2}));
    SoftmaxRegression regression =
        SoftmaxRegression.fit(
            new SoftmaxRegression.Data(constant, data.target(), data.weight(), data.fold()),
            0.01,
            null);
    assertEquals(0, regression.logit(0, new double[] {0, 1e6}, 1, 2));
  }
}
