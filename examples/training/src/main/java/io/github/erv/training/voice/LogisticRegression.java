package io.github.erv.training.voice;

import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.dense.row.mult.VectorVectorMult_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;

/**
 * Multinomial logistic regression on soft targets, ridge-penalised: the same to the bit from the
 * same examples. Immutable.
 *
 * @see "Böhning (1992), Multinomial logistic regression algorithm, Annals of the Institute of
 *     Statistical Mathematics 44(1)"
 * @see "O'Donoghue and Candès (2015), Adaptive restart for accelerated gradient schemes,
 *     Foundations of Computational Mathematics 15(3)"
 */
final class LogisticRegression {
  /*
   * Minimises, with weights w that sum to 1 and no penalty on the biases,
   *
   *   sum_i w_i CE(t_i, softmax(W x_i)) + penalty / 2 |W|^2
   *
   * which is convex. No curvature of the cross-entropy exceeds X' diag(w) X / 2 a class (Böhning
   * 1992), so that a step by the inverse of that and the penalty never overshoots, needs no line
   * search, and costs one factorisation in all. Nesterov's momentum, which starts over where it
   * points uphill (O'Donoghue and Candès 2015), makes up for the bound's being loose.
   */

  private static final int ITERATIONS = 2_000;

  /** Of the loss, what a step by the bound would still gain. */
  private static final double GAIN = 1e-8;

  /** Shape (classes, inputs + 1), the bias last. */
  private final DMatrixRMaj weights;

  private LogisticRegression(DMatrixRMaj weights) {
    this.weights = weights;
  }

  /** Examples to fit to. */
  static final class Examples {
    private final DMatrixRMaj x;
    private final DMatrixRMaj targets;
    private final double[] weights;

    /** X' diag(w) X / 2. */
    private final DMatrixRMaj curvature;

    /**
     * Takes up examples.
     *
     * @param inputs of all, of the same length
     * @param targets distributions over the classes
     * @param weights not negative
     */
    Examples(List<float[]> inputs, List<double[]> targets, double[] weights) {
      int columns = inputs.get(0).length + 1;
      x = new DMatrixRMaj(inputs.size(), columns);
      this.targets = new DMatrixRMaj(targets.toArray(double[][]::new));
      this.weights = weights.clone();
      double total = 0;
      for (double weight : weights) {
        total += weight;
      }
      for (int i = 0; i < x.numRows; i++) {
        float[] input = inputs.get(i);
        for (int j = 0; j < input.length; j++) {
          x.set(i, j, input[j]);
        }
        x.set(i, columns - 1, 1);
        this.weights[i] /= total;
      }
      DMatrixRMaj rooted = x.copy();
      for (int i = 0; i < x.numRows; i++) {
        double root = Math.sqrt(this.weights[i] / 2);
        for (int j = 0; j < columns; j++) {
          rooted.set(i, j, rooted.get(i, j) * root);
        }
      }
      curvature = new DMatrixRMaj(columns, columns);
      CommonOps_DDRM.multInner(rooted, curvature);
    }
  }

  /**
   * Fits.
   *
   * @param examples at least one
   * @param penalty of the squared weights, positive
   * @throws ArithmeticException if an example or the fit is not finite
   */
  static LogisticRegression fit(Examples examples, double penalty) {
    int classes = examples.targets.numCols;
    int columns = examples.x.numCols;
    DMatrixRMaj bound = examples.curvature.copy();
    for (int j = 0; j < columns - 1; j++) {
      bound.add(j, j, penalty);
    }
    LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.chol(columns);
    if (!solver.setA(bound)) {
      throw new ArithmeticException("the examples are not finite");
    }
    DMatrixRMaj inverse = new DMatrixRMaj(columns, columns);
    solver.invert(inverse);
    DMatrixRMaj at = new DMatrixRMaj(classes, columns);
    DMatrixRMaj ahead = at.copy();
    DMatrixRMaj next = at.copy();
    DMatrixRMaj moved = at.copy();
    DMatrixRMaj step = at.copy();
    DMatrixRMaj gradient = at.copy();
    DMatrixRMaj errors = new DMatrixRMaj(examples.x.numRows, classes);
    double momentum = 1;
    for (int i = 0; i < ITERATIONS; i++) {
      gradientInto(examples, penalty, ahead, errors, gradient);
      CommonOps_DDRM.mult(gradient, inverse, step);
      double gain = VectorVectorMult_DDRM.innerProd(gradient, step) / 2;
      if (!Double.isFinite(gain)) {
        throw new ArithmeticException("the fit is not finite after " + i + " steps");
      }
      CommonOps_DDRM.subtract(ahead, step, next);
      if (gain < GAIN) {
        return new LogisticRegression(next);
      }
      CommonOps_DDRM.subtract(next, at, moved);
      boolean uphill = VectorVectorMult_DDRM.innerProd(gradient, moved) > 0;
      double faster = uphill ? 1 : (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
      CommonOps_DDRM.add(next, uphill ? 0 : (momentum - 1) / faster, moved, ahead);
      momentum = faster;
      at.setTo(next);
    }
    throw new ArithmeticException("the fit did not settle in " + ITERATIONS + " steps");
  }

  private static void gradientInto(
      Examples examples, double penalty, DMatrixRMaj at, DMatrixRMaj errors, DMatrixRMaj gradient) {
    CommonOps_DDRM.multTransB(examples.x, at, errors);
    double[] row = new double[errors.numCols];
    for (int i = 0; i < errors.numRows; i++) {
      for (int c = 0; c < row.length; c++) {
        row[c] = errors.get(i, c);
      }
      softmaxInPlace(row);
      for (int c = 0; c < row.length; c++) {
        errors.set(i, c, examples.weights[i] * (row[c] - examples.targets.get(i, c)));
      }
    }
    CommonOps_DDRM.multTransA(errors, examples.x, gradient);
    for (int c = 0; c < gradient.numRows; c++) {
      for (int j = 0; j < gradient.numCols - 1; j++) { // the last is the bias
        gradient.add(c, j, penalty * at.get(c, j));
      }
    }
  }

  static void softmaxInPlace(double[] z) {
    double most = Double.NEGATIVE_INFINITY;
    for (double value : z) {
      most = Math.max(most, value);
    }
    double sum = 0;
    for (int c = 0; c < z.length; c++) {
      z[c] = Math.exp(z[c] - most);
      sum += z[c];
    }
    for (int c = 0; c < z.length; c++) {
      z[c] /= sum;
    }
  }

  int classes() {
    return weights.numRows;
  }

  /** Shape (inputs) of one class. */
  float[] weights(int c) {
    float[] values = new float[weights.numCols - 1];
    for (int j = 0; j < values.length; j++) {
      values[j] = (float) weights.get(c, j);
    }
    return values;
  }

  float bias(int c) {
    return (float) weights.get(c, weights.numCols - 1);
  }

  /** What a class gets before the softmax. */
  double logit(float[] input, int c) {
    double sum = weights.get(c, weights.numCols - 1);
    for (int j = 0; j < input.length; j++) {
      sum += weights.get(c, j) * input[j];
    }
    return sum;
  }
}
