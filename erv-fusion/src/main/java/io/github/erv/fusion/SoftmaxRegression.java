package io.github.erv.fusion;

import io.github.erv.tensor.Safetensors;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/*
 * Loss: sum_i w_i CE(t_i, softmax(W x_i + b)) / sum_i w_i + l2/2 |W - W0|^2, convex. Without a
 * prior W0 = 0 and the inputs are standardised while fitting, which is folded into W and b after.
 * A class that no target holds has no logit: it stays unknown.
 */

/** Multinomial logistic regression on soft targets, ridge-penalised. Immutable. */
final class SoftmaxRegression {
  /** Strengths of the penalty to choose from, from weak to strong; of a mean loss. */
  private static final double[] PENALTIES = {1e-3, 1e-2, 1e-1, 1};

  private final int inputs;
  private final int classes;

  /** Shape (classes, inputs + 1), the bias last. */
  private final double[] weights;

  private final boolean[] known;

  private SoftmaxRegression(int inputs, int classes, double[] weights, boolean[] known) {
    this.inputs = inputs;
    this.classes = classes;
    this.weights = weights;
    this.known = known;
  }

  /** Inputs with what is true of them. */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never leaves
  record Data(List<double[]> x, List<double[]> target, double[] weight, int[] fold) {
    Data without(int excluded) {
      return select(excluded, false);
    }

    Data only(int wanted) {
      return select(wanted, true);
    }

    private Data select(int number, boolean inside) {
      List<double[]> xs = new ArrayList<>();
      List<double[]> targets = new ArrayList<>();
      List<Integer> rows = new ArrayList<>();
      for (int i = 0; i < fold.length; i++) {
        if (fold[i] == number == inside) {
          xs.add(x.get(i));
          targets.add(target.get(i));
          rows.add(i);
        }
      }
      return new Data(
          xs,
          targets,
          rows.stream().mapToDouble(i -> weight[i]).toArray(),
          rows.stream().mapToInt(i -> fold[i]).toArray());
    }

    int folds() {
      int most = 0;
      for (int f : fold) {
        most = Math.max(most, f + 1);
      }
      return most;
    }
  }

  /** A regression, what those fitted without an input's fold say of it, and their loss. */
  record Chosen(SoftmaxRegression regression, List<double[]> heldOut, double loss) {}

  /**
   * Fits with the penalty whose held-out loss is lowest.
   *
   * @param data at least one row; several folds
   * @param prior the weights to shrink to, shape (classes, inputs + 1), or null for none
   */
  static Chosen choose(Data data, double @Nullable [] prior) {
    double best = Double.POSITIVE_INFINITY;
    double bestPenalty = 0;
    List<double[]> bestHeldOut = List.of();
    for (double penalty : PENALTIES) {
      double[][] heldOut = new double[data.fold.length][];
      double loss = 0;
      for (int f = 0; f < data.folds(); f++) {
        Data rest = data.without(f);
        if (rest.x.isEmpty()) {
          continue;
        }
        SoftmaxRegression regression = fit(rest, penalty, prior);
        for (int i = 0; i < data.fold.length; i++) {
          if (data.fold[i] == f) {
            heldOut[i] = regression.probabilities(data.x.get(i));
            loss += data.weight[i] * crossEntropy(data.target.get(i), heldOut[i]);
          }
        }
      }
      if (loss < best) {
        best = loss;
        bestPenalty = penalty;
        bestHeldOut = List.of(heldOut);
      }
    }
    return new Chosen(fit(data, bestPenalty, prior), bestHeldOut, best);
  }

  static double crossEntropy(double[] target, double[] p) {
    double sum = 0;
    for (int e = 0; e < p.length; e++) {
      if (target[e] > 0) {
        sum -= target[e] * Math.log(Math.max(1e-12, p[e]));
      }
    }
    return sum;
  }

  static SoftmaxRegression fit(Data data, double penalty, double @Nullable [] prior) {
    int inputs = data.x.get(0).length;
    int classes = data.target.get(0).length;
    int row = inputs + 1;
    boolean[] known = new boolean[classes];
    double total = 0;
    double[] mean = new double[inputs];
    double[] scale = new double[inputs];
    for (int i = 0; i < data.weight.length; i++) {
      total += data.weight[i];
      for (int e = 0; e < classes; e++) {
        known[e] |= data.weight[i] * data.target.get(i)[e] > 0;
      }
    }
    standardize(data, total, prior != null, mean, scale);
    double[][] x = new double[data.weight.length][row];
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < inputs; j++) {
        x[i][j] = (data.x.get(i)[j] - mean[j]) * scale[j];
      }
      x[i][inputs] = 1;
    }
    double[] start = prior != null ? prior : new double[classes * row];
    double sum = total;
    double[] w =
        Lbfgs.minimize(
            (at, gradient) -> loss(at, gradient, x, data, sum, known, penalty, start), start);
    for (int e = 0; e < classes; e++) {
      for (int j = 0; j < inputs; j++) {
        w[e * row + j] *= scale[j];
        w[e * row + inputs] -= w[e * row + j] * mean[j];
      }
    }
    return new SoftmaxRegression(inputs, classes, w, known);
  }

  private static void standardize(
      Data data, double total, boolean asItIs, double[] mean, double[] scale) {
    for (int j = 0; j < mean.length; j++) {
      double first = 0;
      double second = 0;
      for (int i = 0; i < data.weight.length; i++) {
        first += data.weight[i] * data.x.get(i)[j];
      }
      first /= total;
      for (int i = 0; i < data.weight.length; i++) {
        double d = data.x.get(i)[j] - first;
        second += data.weight[i] * d * d;
      }
      double deviation = Math.sqrt(second / total);
      mean[j] = asItIs ? 0 : first;
      // a constant says nothing; its deviation is rounding
      scale[j] = asItIs ? 1 : deviation > 1e-9 * Math.max(1, Math.abs(first)) ? 1 / deviation : 0;
    }
  }

  private static double loss(
      double[] w,
      double[] gradient,
      double[][] x,
      Data data,
      double total,
      boolean[] known,
      double penalty,
      double[] prior) {
    int classes = known.length;
    int row = w.length / classes;
    double loss = 0;
    for (int k = 0; k < w.length; k++) {
      // the bias is hardly held back: only so far that separable classes have a minimum
      double strength = k % row == row - 1 ? 1e-6 : penalty;
      double d = w[k] - prior[k];
      loss += strength / 2 * d * d;
      gradient[k] = strength * d;
    }
    double[] p = new double[classes];
    for (int i = 0; i < x.length; i++) {
      double weight = data.weight[i] / total;
      double[] target = data.target.get(i);
      for (int e = 0; e < classes; e++) {
        p[e] = 0;
        for (int j = 0; j < row; j++) {
          p[e] += w[e * row + j] * x[i][j];
        }
      }
      softmax(p, known);
      loss += weight * crossEntropy(target, p);
      for (int e = 0; e < classes; e++) {
        double error = known[e] ? weight * (p[e] - target[e]) : 0;
        for (int j = 0; error != 0 && j < row; j++) {
          gradient[e * row + j] += error * x[i][j];
        }
      }
    }
    return loss;
  }

  /** Turns logits into probabilities, in place; a class that is not known gets 0. */
  static void softmax(double[] z, boolean[] known) {
    double most = Double.NEGATIVE_INFINITY;
    for (int e = 0; e < z.length; e++) {
      most = known[e] ? Math.max(most, z[e]) : most;
    }
    double sum = 0;
    for (int e = 0; e < z.length; e++) {
      z[e] = known[e] ? Math.exp(z[e] - most) : 0;
      sum += z[e];
    }
    for (int e = 0; e < z.length; e++) {
      z[e] /= sum;
    }
  }

  int inputs() {
    return inputs;
  }

  boolean knows(int e) {
    return known[e];
  }

  double[] probabilities(double[] x) {
    double[] z = new double[classes];
    for (int e = 0; e < classes; e++) {
      z[e] = weights[e * (inputs + 1) + inputs] + logit(e, x, 0, inputs);
    }
    softmax(z, known);
    return z;
  }

  /** What a range of the inputs adds to the logit of a class. */
  double logit(int e, double[] x, int from, int until) {
    double sum = 0;
    for (int j = from; j < until; j++) {
      sum += weights[e * (inputs + 1) + j] * x[j];
    }
    return sum;
  }

  /** Adds {@code <name>.weight} (classes, inputs), {@code <name>.bias} and {@code <name>.known}. */
  void save(Safetensors.Builder to, String name) {
    float[] w = new float[classes * inputs];
    float[] bias = new float[classes];
    float[] knows = new float[classes];
    for (int e = 0; e < classes; e++) {
      for (int j = 0; j < inputs; j++) {
        w[e * inputs + j] = (float) weights[e * (inputs + 1) + j];
      }
      bias[e] = (float) weights[e * (inputs + 1) + inputs];
      knows[e] = known[e] ? 1 : 0;
    }
    to.tensor(name + ".weight", w, classes, inputs);
    to.tensor(name + ".bias", bias, classes);
    to.tensor(name + ".known", knows, classes);
  }

  static SoftmaxRegression restore(Safetensors from, String name, int classes) {
    int[] shape = from.shape(name + ".weight");
    int inputs = shape.length == 2 ? shape[1] : 0; // any other shape is refused on the next line
    float[] w = from.require(name + ".weight", classes, inputs);
    float[] bias = from.require(name + ".bias", classes);
    float[] knows = from.require(name + ".known", classes);
    double[] weights = new double[classes * (inputs + 1)];
    boolean[] known = new boolean[classes];
    for (int e = 0; e < classes; e++) {
      for (int j = 0; j < inputs; j++) {
        weights[e * (inputs + 1) + j] = w[e * inputs + j];
      }
      weights[e * (inputs + 1) + inputs] = bias[e];
      known[e] = knows[e] > 0;
    }
    return new SoftmaxRegression(inputs, classes, weights, known);
  }
}
