package io.github.erv.training.handcrafted;

import io.github.erv.classical.SupportVectorMachine;
import io.github.erv.classical.SupportVectorMachine.Scheme;
import io.github.erv.tensor.Kernels;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A linear machine that is learnt, one class against the rest: the solution of LIBLINEAR's {@code
 * L2R_L2LOSS_SVC_DUAL}, by the same dual coordinate descent.
 *
 * <p>LIBLINEAR, through Tribuo, keeps each of a hundred million values as an object, in more than 4
 * GB, and goes through them once for each class. Here they are rows of floats, gone through once
 * for all classes together.
 *
 * @see "Hsieh, Chang, Lin, Keerthi, Sundararajan (2008), A dual coordinate descent method for
 *     large-scale linear SVM, ICML, algorithm 1"
 */
final class LinearMachine {
  private static final int MOST_EPOCHS = 100;

  /** By how much projected gradients may differ at the end; LIBLINEAR's own. */
  private static final double TOLERANCE = 0.1;

  private final int classes;
  private final int features;

  /** Of each class, a weight a feature and the intercept, which counts as the weight of a 1. */
  private final float[] weights;

  private LinearMachine(int classes, int features) {
    this.classes = classes;
    this.features = features;
    weights = new float[classes * (features + 1)];
  }

  /**
   * Learns.
   *
   * @param rows features of each example, all of one length
   * @param labels the class of each
   * @param cost of an error, squared
   * @param seed draws the order of the examples
   */
  static LinearMachine fit(float[][] rows, int[] labels, int classes, double cost, long seed) {
    LinearMachine machine = new LinearMachine(classes, rows[0].length);
    double diagonal = 0.5 / cost;
    double[] squares = new double[rows.length];
    int[] order = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      squares[i] = Kernels.dot(rows[i], 0, rows[i], 0, machine.features) + 1 + diagonal;
      order[i] = i;
    }
    double[][] alphas = new double[classes][rows.length];
    boolean[] done = new boolean[classes];
    double[] least = new double[classes];
    double[] most = new double[classes];
    SplittableRandom random = new SplittableRandom(seed);
    for (int epoch = 0; epoch < MOST_EPOCHS; epoch++) {
      shuffle(order, random);
      Arrays.fill(least, Double.POSITIVE_INFINITY);
      Arrays.fill(most, Double.NEGATIVE_INFINITY);
      for (int i : order) {
        for (int c = 0; c < classes; c++) {
          if (done[c]) {
            continue;
          }
          int side = labels[i] == c ? 1 : -1;
          double alpha = alphas[c][i];
          double slope = side * machine.decision(c, rows[i]) - 1 + diagonal * alpha;
          double projected = alpha == 0 ? Math.min(slope, 0) : slope;
          least[c] = Math.min(least[c], projected);
          most[c] = Math.max(most[c], projected);
          if (projected != 0) {
            alphas[c][i] = Math.max(alpha - slope / squares[i], 0);
            machine.move(c, (float) (side * (alphas[c][i] - alpha)), rows[i]);
          }
        }
      }
      boolean all = true;
      for (int c = 0; c < classes; c++) {
        done[c] |= most[c] - least[c] <= TOLERANCE;
        all &= done[c];
      }
      if (all) {
        break;
      }
    }
    return machine;
  }

  private static void shuffle(int[] order, SplittableRandom random) {
    for (int i = order.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int swap = order[i];
      order[i] = order[other];
      order[other] = swap;
    }
  }

  private float decision(int c, float[] row) {
    int from = c * (features + 1);
    return Kernels.dot(weights, from, row, 0, features) + weights[from + features];
  }

  private void move(int c, float step, float[] row) {
    int from = c * (features + 1);
    Kernels.axpy(step, row, 0, weights, from, features);
    weights[from + features] += step;
  }

  /**
   * Returns the machine that reads faces.
   *
   * @param temperature by which decisions are divided
   * @param bias what is added then, a value a class
   */
  SupportVectorMachine machine(double temperature, double[] bias) {
    float[] scaled = new float[classes * features];
    float[] intercepts = new float[classes];
    for (int c = 0; c < classes; c++) {
      for (int f = 0; f < features; f++) {
        scaled[c * features + f] = (float) (weights[c * (features + 1) + f] / temperature);
      }
      intercepts[c] = (float) (weights[c * (features + 1) + features] / temperature + bias[c]);
    }
    return SupportVectorMachine.linear(Scheme.ONE_VS_REST, classes, scaled, intercepts).build();
  }
}
