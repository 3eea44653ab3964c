package io.github.erv.fusion;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Minimises smooth functions of up to some thousand values: limited-memory BFGS with a backtracking
 * line search. The losses fitted with it are means over examples, so that limits on them need no
 * scale.
 *
 * @see "Nocedal and Wright (2006), Numerical Optimization, algorithms 7.4, 7.5 and 3.1"
 */
final class Lbfgs {
  private static final int MEMORY = 10;
  private static final int ITERATIONS = 300;

  /** A slope below which there is nothing left to gain. */
  private static final double FLAT = 1e-6;

  private static final double LEAST_GAIN = 1e-10;
  private static final double SUFFICIENT_DECREASE = 1e-4;

  /** Cube root of the rounding error of a double: the best step of a central difference. */
  private static final double STEP = 6e-6;

  private Lbfgs() {}

  /** A function with its gradient. */
  interface Objective {
    /**
     * Returns the value somewhere.
     *
     * @param at where, shape (n)
     * @param gradientOut receives the gradient, shape (n)
     * @return the value there
     */
    double value(double[] at, double[] gradientOut);
  }

  /** One step taken and how it changed the gradient. */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never leaves
  private record Pair(double[] step, double[] change, double rho) {}

  /** Adds a gradient by central differences, for functions of a few dozen values. */
  static Objective numeric(ToDoubleFunction<double[]> function) {
    return (at, gradientOut) -> {
      double[] x = at.clone();
      for (int i = 0; i < x.length; i++) {
        x[i] = at[i] + STEP;
        double above = function.applyAsDouble(x);
        x[i] = at[i] - STEP;
        gradientOut[i] = (above - function.applyAsDouble(x)) / (2 * STEP);
        x[i] = at[i];
      }
      return function.applyAsDouble(at);
    };
  }

  static double[] minimize(Objective objective, double[] start) {
    double[] x = start.clone();
    double[] gradient = new double[x.length];
    double value = objective.value(x, gradient);
    Deque<Pair> pairs = new ArrayDeque<>();
    for (int iteration = 0; iteration < ITERATIONS && largest(gradient) > FLAT; iteration++) {
      double[] direction = direction(gradient, pairs);
      double slope = dot(direction, gradient);
      double length = pairs.isEmpty() ? 1 / Math.max(1, Math.sqrt(dot(gradient, gradient))) : 1;
      double[] next = new double[x.length];
      double[] nextGradient = new double[x.length];
      double nextValue;
      while (true) {
        for (int i = 0; i < x.length; i++) {
          next[i] = x[i] + length * direction[i];
        }
        nextValue = objective.value(next, nextGradient);
        if (nextValue <= value + SUFFICIENT_DECREASE * length * slope) {
          break;
        }
        length /= 2;
        if (length < 1e-12) {
          return x; // no lower value along a direction of descent: rounding is all that is left
        }
      }
      double[] step = new double[x.length];
      double[] change = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        step[i] = next[i] - x[i];
        change[i] = nextGradient[i] - gradient[i];
      }
      double curvature = dot(step, change);
      if (curvature > 1e-14) { // keeps the approximation positive definite
        pairs.addLast(new Pair(step, change, 1 / curvature));
        if (pairs.size() > MEMORY) {
          pairs.removeFirst();
        }
      }
      double gain = value - nextValue;
      x = next;
      gradient = nextGradient;
      value = nextValue;
      if (gain < LEAST_GAIN * Math.max(1, Math.abs(value))) {
        break;
      }
    }
    return x;
  }

  /** The two-loop recursion: minus the approximate inverse Hessian times the gradient. */
  private static double[] direction(double[] gradient, Deque<Pair> pairs) {
    double[] q = gradient.clone();
    List<Pair> newestFirst = new ArrayList<>();
    pairs.descendingIterator().forEachRemaining(newestFirst::add);
    double[] alpha = new double[newestFirst.size()];
    for (int k = 0; k < alpha.length; k++) {
      Pair pair = newestFirst.get(k);
      alpha[k] = pair.rho * dot(pair.step, q);
      add(q, -alpha[k], pair.change);
    }
    if (alpha.length > 0) {
      Pair newest = newestFirst.get(0);
      double scale = 1 / (newest.rho * dot(newest.change, newest.change));
      for (int i = 0; i < q.length; i++) {
        q[i] *= scale;
      }
    }
    for (int k = alpha.length - 1; k >= 0; k--) {
      Pair pair = newestFirst.get(k);
      add(q, alpha[k] - pair.rho * dot(pair.change, q), pair.step);
    }
    for (int i = 0; i < q.length; i++) {
      q[i] = -q[i];
    }
    return q;
  }

  private static void add(double[] to, double factor, double[] what) {
    for (int i = 0; i < to.length; i++) {
      to[i] += factor * what[i];
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double largest(double[] values) {
    double largest = 0;
    for (double value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }
}
