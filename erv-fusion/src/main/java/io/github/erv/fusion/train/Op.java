package io.github.erv.fusion.train;

import static java.util.Objects.requireNonNull;

import io.github.erv.tensor.Kernels;

/**
 * An operation of a {@link Tape}, and its derivative. In formulas, d is the gradient of the loss
 * with respect to what follows it: {@code dy} comes in, {@code dx} is added to.
 */
enum Op {
  PARAMETER {
    @Override
    void forward(Tape tape, Node y) {
      float[] values = requireNonNull(y.weight).values;
      System.arraycopy(values, 0, y.value, 0, values.length);
    }

    @Override
    void backward(Tape tape, Node y) {
      Kernels.axpy(1, y.gradient, 0, tape.gradients(), requireNonNull(y.weight).offset, y.size());
    }
  },

  LINEAR {
    @Override
    void forward(Tape tape, Node y) {
      Node x = requireNonNull(y.a);
      Kernels.linear(
          x.value,
          0,
          requireNonNull(y.weight).values,
          requireNonNull(y.bias).values,
          y.value,
          0,
          x.rows,
          y.columns,
          x.columns,
          tape.scratch);
    }

    /** dx = dy W, dW = dyᵀ x, db = column sums of dy. */
    @Override
    void backward(Tape tape, Node y) {
      Node x = requireNonNull(y.a);
      Parameter w = requireNonNull(y.weight);
      float[] all = tape.gradients();
      int in = x.columns;
      int out = y.columns;
      if (x.op != null) { // nobody asks for the gradient of an input
        Kernels.gemm(
            1,
            y.gradient,
            0,
            out,
            false,
            w.values,
            0,
            in,
            false,
            null,
            true,
            x.gradient,
            0,
            in,
            x.rows,
            in,
            out,
            tape.scratch);
      }
      Kernels.gemm(
          1,
          y.gradient,
          0,
          out,
          true,
          x.value,
          0,
          in,
          false,
          null,
          true,
          all,
          w.offset,
          in,
          out,
          in,
          x.rows,
          tape.scratch);
      for (int r = 0; r < y.rows; r++) {
        Kernels.axpy(1, y.gradient, r * out, all, requireNonNull(y.bias).offset, out);
      }
    }
  },

  LAYER_NORM {
    private static final float EPSILON = 1e-5f;

    @Override
    void forward(Tape tape, Node y) {
      Kernels.layerNorm(
          requireNonNull(y.a).value,
          0,
          requireNonNull(y.weight).values,
          requireNonNull(y.bias).values,
          EPSILON,
          y.value,
          0,
          y.rows,
          y.columns);
    }

    /** With n = (x - mean) / s and g = dy gain: dx = (g - mean(g) - n mean(g n)) / s. */
    @Override
    void backward(Tape tape, Node y) {
      Node x = requireNonNull(y.a);
      Parameter gain = requireNonNull(y.weight);
      float[] all = tape.gradients();
      int columns = y.columns;
      for (int r = 0; r < y.rows; r++) {
        int at = r * columns;
        double mean = 0;
        for (int i = 0; i < columns; i++) {
          mean += x.value[at + i];
        }
        mean /= columns;
        double variance = 0;
        for (int i = 0; i < columns; i++) {
          variance += (x.value[at + i] - mean) * (x.value[at + i] - mean);
        }
        double scale = 1 / Math.sqrt(variance / columns + EPSILON);
        double meanG = 0;
        double meanGn = 0;
        for (int i = 0; i < columns; i++) {
          double n = (x.value[at + i] - mean) * scale;
          double dy = y.gradient[at + i];
          all[gain.offset + i] += (float) (dy * n);
          all[requireNonNull(y.bias).offset + i] += (float) dy;
          meanG += dy * gain.values[i];
          meanGn += dy * gain.values[i] * n;
        }
        meanG /= columns;
        meanGn /= columns;
        for (int i = 0; i < columns; i++) {
          double n = (x.value[at + i] - mean) * scale;
          x.gradient[at + i] +=
              (float) ((y.gradient[at + i] * gain.values[i] - meanG - n * meanGn) * scale);
        }
      }
    }
  },

  ADD {
    @Override
    void forward(Tape tape, Node y) {
      Node a = requireNonNull(y.a);
      Node b = requireNonNull(y.b);
      System.arraycopy(a.value, 0, y.value, 0, y.size());
      for (int r = 0; r < y.rows; r++) {
        Kernels.axpy(
            1, b.value, b.rows == 1 ? 0 : r * y.columns, y.value, r * y.columns, y.columns);
      }
    }

    @Override
    void backward(Tape tape, Node y) {
      Node a = requireNonNull(y.a);
      Node b = requireNonNull(y.b);
      Kernels.axpy(1, y.gradient, 0, a.gradient, 0, y.size());
      for (int r = 0; r < y.rows; r++) {
        Kernels.axpy(
            1, y.gradient, r * y.columns, b.gradient, b.rows == 1 ? 0 : r * y.columns, y.columns);
      }
    }
  },

  MULTIPLY {
    @Override
    void forward(Tape tape, Node y) {
      Kernels.multiply(
          requireNonNull(y.a).value, 0, requireNonNull(y.b).value, 0, y.value, 0, y.size());
    }

    @Override
    void backward(Tape tape, Node y) {
      Node a = requireNonNull(y.a);
      Node b = requireNonNull(y.b);
      for (int i = 0; i < y.size(); i++) {
        a.gradient[i] += y.gradient[i] * b.value[i];
        b.gradient[i] += y.gradient[i] * a.value[i];
      }
    }
  },

  SCALE {
    @Override
    void forward(Tape tape, Node y) {
      float[] x = requireNonNull(y.a).value;
      for (int i = 0; i < y.size(); i++) {
        y.value[i] = y.factor * x[i];
      }
    }

    @Override
    void backward(Tape tape, Node y) {
      Kernels.axpy(y.factor, y.gradient, 0, requireNonNull(y.a).gradient, 0, y.size());
    }
  },

  GELU {
    /** Density of the normal distribution at 0. */
    private static final float DENSITY = 0.3989423f;

    @Override
    void forward(Tape tape, Node y) {
      Kernels.gelu(requireNonNull(y.a).value, 0, y.value, 0, y.size());
    }

    /** dx = dy (Phi(x) + x phi(x)), where Phi(x) = y / x. */
    @Override
    void backward(Tape tape, Node y) {
      Node x = requireNonNull(y.a);
      for (int i = 0; i < y.size(); i++) {
        float v = x.value[i];
        float phi = Math.abs(v) > 1e-3f ? y.value[i] / v : 0.5f + DENSITY * v;
        x.gradient[i] += y.gradient[i] * (phi + v * DENSITY * (float) Math.exp(-0.5 * v * v));
      }
    }
  },

  TANH {
    @Override
    void forward(Tape tape, Node y) {
      Kernels.tanh(requireNonNull(y.a).value, 0, y.value, 0, y.size());
    }

    @Override
    void backward(Tape tape, Node y) {
      Node x = requireNonNull(y.a);
      for (int i = 0; i < y.size(); i++) {
        x.gradient[i] += y.gradient[i] * (1 - y.value[i] * y.value[i]);
      }
    }
  },

  SIGMOID {
    @Override
    void forward(Tape tape, Node y) {
      Kernels.sigmoid(requireNonNull(y.a).value, 0, y.value, 0, y.size());
    }

    @Override
    void backward(Tape tape, Node y) {
      Node x = requireNonNull(y.a);
      for (int i = 0; i < y.size(); i++) {
        x.gradient[i] += y.gradient[i] * y.value[i] * (1 - y.value[i]);
      }
    }
  },

  DROPOUT {
    @Override
    void forward(Tape tape, Node y) {
      float[] kept = y.saved(y.size());
      float scale = 1 / (1 - y.factor);
      for (int i = 0; i < y.size(); i++) {
        kept[i] = tape.uniform() < y.factor ? 0 : scale;
      }
      Kernels.multiply(requireNonNull(y.a).value, 0, kept, 0, y.value, 0, y.size());
    }

    @Override
    void backward(Tape tape, Node y) {
      Node x = requireNonNull(y.a);
      for (int i = 0; i < y.size(); i++) {
        x.gradient[i] += y.gradient[i] * y.saved[i];
      }
    }
  },

  ATTENTION {
    @Override
    void forward(Tape tape, Node y) {
      Node q = requireNonNull(y.a);
      Node k = requireNonNull(y.b);
      Node v = requireNonNull(y.c);
      int width = y.columns;
      int size = width / y.number;
      float scale = (float) (1 / Math.sqrt(size));
      if (!tape.remembers()) {
        Kernels.attention(
            q.value,
            0,
            width,
            k.value,
            0,
            width,
            v.value,
            0,
            width,
            null,
            0,
            0,
            y.value,
            0,
            width,
            q.rows,
            k.rows,
            y.number,
            size,
            scale,
            tape.scratch);
        return;
      }
      int pairs = q.rows * k.rows;
      float[] p = y.saved(pairs * (y.number + 1)); // and room for dp on the way back
      for (int h = 0; h < y.number; h++) {
        Kernels.gemm(
            scale,
            q.value,
            h * size,
            width,
            false,
            k.value,
            h * size,
            width,
            true,
            null,
            false,
            p,
            h * pairs,
            k.rows,
            q.rows,
            k.rows,
            size,
            tape.scratch);
        Kernels.softmax(p, h * pairs, p, h * pairs, q.rows, k.rows);
        Kernels.gemm(
            1,
            p,
            h * pairs,
            k.rows,
            false,
            v.value,
            h * size,
            width,
            false,
            null,
            false,
            y.value,
            h * size,
            width,
            q.rows,
            size,
            k.rows,
            tape.scratch);
      }
    }

    /** dv = pᵀ dy, dp = dy vᵀ, ds = p (dp - sum(p dp)), dq = scale ds k, dk = scale dsᵀ q. */
    @Override
    void backward(Tape tape, Node y) {
      Node q = requireNonNull(y.a);
      Node k = requireNonNull(y.b);
      Node v = requireNonNull(y.c);
      int width = y.columns;
      int size = width / y.number;
      float scale = (float) (1 / Math.sqrt(size));
      int pairs = q.rows * k.rows;
      float[] p = y.saved;
      int ds = pairs * y.number;
      for (int h = 0; h < y.number; h++) {
        Kernels.gemm(
            1,
            p,
            h * pairs,
            k.rows,
            true,
            y.gradient,
            h * size,
            width,
            false,
            null,
            true,
            v.gradient,
            h * size,
            width,
            k.rows,
            size,
            q.rows,
            tape.scratch);
        // dp lies in the same array as p, which gemm may not know: they do not overlap
        Kernels.gemm(
            1,
            y.gradient,
            h * size,
            width,
            false,
            v.value,
            h * size,
            width,
            true,
            null,
            false,
            p,
            ds,
            k.rows,
            q.rows,
            k.rows,
            size,
            tape.scratch);
        for (int i = 0; i < q.rows; i++) {
          softmaxBackward(p, h * pairs + i * k.rows, p, ds + i * k.rows, k.rows);
        }
        Kernels.gemm(
            scale,
            p,
            ds,
            k.rows,
            false,
            k.value,
            h * size,
            width,
            false,
            null,
            true,
            q.gradient,
            h * size,
            width,
            q.rows,
            size,
            k.rows,
            tape.scratch);
        Kernels.gemm(
            scale,
            p,
            ds,
            k.rows,
            true,
            q.value,
            h * size,
            width,
            false,
            null,
            true,
            k.gradient,
            h * size,
            width,
            k.rows,
            size,
            q.rows,
            tape.scratch);
      }
    }
  },

  ROTATE {
    /** Periods of the slowest and the fastest pair, in seconds. */
    private static final double SLOWEST = 100;

    private static final double FASTEST = 0.5;

    @Override
    void forward(Tape tape, Node y) {
      Node x = requireNonNull(y.a);
      Node seconds = requireNonNull(y.b);
      int half = y.columns / y.number / 2;
      float[] angles = y.saved(2 * y.rows * half);
      for (int r = 0; r < y.rows; r++) {
        for (int i = 0; i < half; i++) {
          double period = FASTEST * Math.pow(SLOWEST / FASTEST, half == 1 ? 0 : i / (half - 1.0));
          double angle = 2 * Math.PI * seconds.value[r] / period;
          angles[2 * (r * half + i)] = (float) Math.cos(angle);
          angles[2 * (r * half + i) + 1] = (float) Math.sin(angle);
        }
      }
      turn(y, x.value, y.value, 1, false);
    }

    @Override
    void backward(Tape tape, Node y) {
      turn(y, y.gradient, requireNonNull(y.a).gradient, -1, true);
    }

    private void turn(Node y, float[] from, float[] to, float direction, boolean add) {
      int half = y.columns / y.number / 2;
      for (int r = 0; r < y.rows; r++) {
        for (int h = 0; h < y.number; h++) {
          for (int i = 0; i < half; i++) {
            float cos = y.saved[2 * (r * half + i)];
            float sin = direction * y.saved[2 * (r * half + i) + 1];
            int first = r * y.columns + 2 * half * h + i;
            int second = first + half;
            float one = from[first] * cos - from[second] * sin;
            float two = from[first] * sin + from[second] * cos;
            to[first] = add ? to[first] + one : one;
            to[second] = add ? to[second] + two : two;
          }
        }
      }
    }
  },

  POOL {
    @Override
    void forward(Tape tape, Node y) {
      Node x = requireNonNull(y.a);
      float[] weights = y.saved(2 * x.rows);
      Kernels.softmax(requireNonNull(y.b).value, 0, weights, 0, 1, x.rows);
      Kernels.gemv(
          x.value, 0, x.columns, true, weights, 0, null, false, y.value, 0, x.columns, x.rows);
    }

    @Override
    void backward(Tape tape, Node y) {
      Node x = requireNonNull(y.a);
      Node scores = requireNonNull(y.b);
      int n = x.rows;
      for (int r = 0; r < n; r++) {
        Kernels.axpy(y.saved[r], y.gradient, 0, x.gradient, r * x.columns, x.columns);
        y.saved[n + r] = Kernels.dot(y.gradient, 0, x.value, r * x.columns, x.columns);
      }
      softmaxBackward(y.saved, 0, y.saved, n, n);
      Kernels.axpy(1, y.saved, n, scores.gradient, 0, n);
    }
  },

  ROWS {
    @Override
    void forward(Tape tape, Node y) {
      System.arraycopy(requireNonNull(y.a).value, y.number * y.columns, y.value, 0, y.size());
    }

    @Override
    void backward(Tape tape, Node y) {
      Kernels.axpy(1, y.gradient, 0, requireNonNull(y.a).gradient, y.number * y.columns, y.size());
    }
  },

  ABOVE {
    @Override
    void forward(Tape tape, Node y) {
      Node a = requireNonNull(y.a);
      Node b = requireNonNull(y.b);
      System.arraycopy(a.value, 0, y.value, 0, a.size());
      System.arraycopy(b.value, 0, y.value, a.size(), b.size());
    }

    @Override
    void backward(Tape tape, Node y) {
      Node a = requireNonNull(y.a);
      Node b = requireNonNull(y.b);
      Kernels.axpy(1, y.gradient, 0, a.gradient, 0, a.size());
      Kernels.axpy(1, y.gradient, a.size(), b.gradient, 0, b.size());
    }
  },

  BESIDE {
    @Override
    void forward(Tape tape, Node y) {
      Node a = requireNonNull(y.a);
      Node b = requireNonNull(y.b);
      for (int r = 0; r < y.rows; r++) {
        System.arraycopy(a.value, r * a.columns, y.value, r * y.columns, a.columns);
        System.arraycopy(b.value, r * b.columns, y.value, r * y.columns + a.columns, b.columns);
      }
    }

    @Override
    void backward(Tape tape, Node y) {
      Node a = requireNonNull(y.a);
      Node b = requireNonNull(y.b);
      for (int r = 0; r < y.rows; r++) {
        int at = r * y.columns;
        Kernels.axpy(1, y.gradient, at, a.gradient, r * a.columns, a.columns);
        Kernels.axpy(1, y.gradient, at + a.columns, b.gradient, r * b.columns, b.columns);
      }
    }
  },

  OUTER {
    @Override
    void forward(Tape tape, Node y) {
      Node a = requireNonNull(y.a);
      Node b = requireNonNull(y.b);
      int width = b.columns + 1;
      for (int i = 0; i < a.columns; i++) {
        for (int j = 0; j < b.columns; j++) {
          y.value[i * width + j] = a.value[i] * b.value[j];
        }
        y.value[i * width + b.columns] = a.value[i];
      }
    }

    @Override
    void backward(Tape tape, Node y) {
      Node a = requireNonNull(y.a);
      Node b = requireNonNull(y.b);
      int width = b.columns + 1;
      for (int i = 0; i < a.columns; i++) {
        int at = i * width;
        a.gradient[i] +=
            Kernels.dot(y.gradient, at, b.value, 0, b.columns) + y.gradient[at + b.columns];
        Kernels.axpy(a.value[i], y.gradient, at, b.gradient, 0, b.columns);
      }
    }
  },

  GRAPH_ATTENTION {
    private static final float SLOPE = 0.2f;

    @Override
    void forward(Tape tape, Node y) {
      Node source = requireNonNull(y.a);
      Node target = requireNonNull(y.b);
      float[] edges = requireNonNull(y.c).value;
      float[] a = requireNonNull(y.weight).values;
      int n = y.rows;
      int size = y.columns / y.number;
      float[] weights = y.saved(y.number * n * n + n);
      for (int h = 0; h < y.number; h++) {
        for (int i = 0; i < n; i++) {
          int row = (h * n + i) * n;
          for (int j = 0; j < n; j++) {
            float score = Float.NEGATIVE_INFINITY; // no edge
            if (edges[i * n + j] != 0) {
              score = 0;
              for (int d = h * size; d < (h + 1) * size; d++) {
                float z = source.value[j * y.columns + d] + target.value[i * y.columns + d];
                score += a[d] * (z > 0 ? z : SLOPE * z);
              }
            }
            weights[row + j] = score;
          }
          Kernels.softmax(weights, row, weights, row, 1, n);
          Kernels.gemv(
              source.value,
              h * size,
              y.columns,
              true,
              weights,
              row,
              null,
              false,
              y.value,
              i * y.columns + h * size,
              size,
              n);
        }
      }
    }

    @Override
    void backward(Tape tape, Node y) {
      Node source = requireNonNull(y.a);
      Node target = requireNonNull(y.b);
      float[] edges = requireNonNull(y.c).value;
      Parameter a = requireNonNull(y.weight);
      float[] all = tape.gradients();
      int n = y.rows;
      int width = y.columns;
      int size = width / y.number;
      int ds = y.number * n * n;
      for (int h = 0; h < y.number; h++) {
        for (int i = 0; i < n; i++) {
          int row = (h * n + i) * n;
          int at = i * width + h * size;
          for (int j = 0; j < n; j++) {
            int from = j * width + h * size;
            Kernels.axpy(y.saved[row + j], y.gradient, at, source.gradient, from, size);
            y.saved[ds + j] = Kernels.dot(y.gradient, at, source.value, from, size);
          }
          softmaxBackward(y.saved, row, y.saved, ds, n);
          for (int j = 0; j < n; j++) {
            float score = y.saved[ds + j];
            if (edges[i * n + j] == 0) {
              continue;
            }
            for (int d = h * size; d < (h + 1) * size; d++) {
              float z = source.value[j * width + d] + target.value[i * width + d];
              all[a.offset + d] += score * (z > 0 ? z : SLOPE * z);
              float dz = score * a.values[d] * (z > 0 ? 1 : SLOPE);
              source.gradient[j * width + d] += dz;
              target.gradient[i * width + d] += dz;
            }
          }
        }
      }
    }
  };

  abstract void forward(Tape tape, Node y);

  abstract void backward(Tape tape, Node y);

  /** Replaces dp by ds = p (dp - sum(p dp)), for one softmax p of n values. */
  private static void softmaxBackward(float[] p, int at, float[] dp, int dpAt, int n) {
    float sum = Kernels.dot(p, at, dp, dpAt, n);
    for (int i = 0; i < n; i++) {
      dp[dpAt + i] = p[at + i] * (dp[dpAt + i] - sum);
    }
  }
}
