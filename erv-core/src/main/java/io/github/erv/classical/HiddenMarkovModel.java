package io.github.erv.classical;

import static java.util.Objects.checkFromIndexSize;

import io.github.erv.error.ModelException;
import io.github.erv.tensor.Kernels;
import io.github.erv.tensor.Safetensors;
import java.util.Arrays;

/*
 * The log-density of a component, log w - sum(log(2 pi v) + (x - m)^2 / v) / 2, is linear in x and
 * x^2: one product of a matrix and a vector gives those of all components of all states. Frames are
 * centred on the mean of all components first, that little cancels.
 */

/**
 * A sequence of frames as the work of states that follow one another unseen, each with a mixture of
 * Gaussians of diagonal covariance. Everything is in logarithms; nothing underflows.
 *
 * <p>Frames must be finite. Immutable, thread-safe and shared; a {@link Session} belongs to one
 * thread. Fitted by {@link BaumWelch}.
 *
 * @see "Rabiner (1989), A tutorial on hidden Markov models and selected applications in speech
 *     recognition, Proceedings of the IEEE 77(2)"
 */
public final class HiddenMarkovModel {
  /** How far sums of probabilities may be off 1. */
  private static final double SLACK = 1e-3;

  private final int states;
  private final int mixtures;
  private final int features;
  private final float[] start;
  private final float[] transitions;
  private final float[] weights;
  private final float[] means;
  private final float[] variances;

  private final double[] logStart;

  /** Shape (to, from): read along what leads to a state. */
  private final double[] logTransitions;

  private final float[] centre;

  /** Shape (states · mixtures, 2 · features): of x, and of its squares. */
  private final float[] forms;

  private final float[] constants;

  private HiddenMarkovModel(
      float[] start, float[] transitions, float[] weights, float[] means, float[] variances) {
    states = start.length;
    mixtures = weights.length / states;
    features = means.length / weights.length;
    this.start = start;
    this.transitions = transitions;
    this.weights = weights;
    this.means = means;
    this.variances = variances;
    logStart = new double[states];
    logTransitions = new double[states * states];
    for (int to = 0; to < states; to++) {
      logStart[to] = Math.log(start[to]);
      for (int from = 0; from < states; from++) {
        logTransitions[to * states + from] = Math.log(transitions[from * states + to]);
      }
    }
    int components = states * mixtures;
    centre = new float[features];
    for (int f = 0; f < features; f++) {
      double sum = 0;
      for (int c = 0; c < components; c++) {
        sum += means[c * features + f];
      }
      centre[f] = (float) (sum / components);
    }
    forms = new float[components * 2 * features];
    constants = new float[components];
    for (int c = 0; c < components; c++) {
      double constant = Math.log(weights[c]);
      for (int f = 0; f < features; f++) {
        double mean = (double) means[c * features + f] - centre[f];
        double variance = variances[c * features + f];
        forms[c * 2 * features + f] = (float) (mean / variance);
        forms[c * 2 * features + features + f] = (float) (-0.5 / variance);
        constant -= 0.5 * (Math.log(2 * Math.PI * variance) + mean * mean / variance);
      }
      constants[c] = (float) constant;
    }
  }

  /**
   * Creates a model.
   *
   * @param start how probable each state is at first, shape (states)
   * @param transitions how probable the column's state is after the row's, shape (states, states)
   * @param weights of the components, shape (states, mixtures)
   * @param means of the components, shape (states, mixtures, features)
   * @param variances of the components, of the same shape, greater than 0
   * @return the model; all arrays are copied
   * @throws IllegalArgumentException if sizes do not fit together, probabilities do not sum to 1, a
   *     variance is not positive or a mean is not finite
   */
  public static HiddenMarkovModel of(
      float[] start, float[] transitions, float[] weights, float[] means, float[] variances) {
    int states = start.length;
    if (states == 0
        || transitions.length != states * states
        || weights.length == 0
        || weights.length % states != 0
        || means.length == 0
        || means.length % weights.length != 0
        || variances.length != means.length) {
      throw new IllegalArgumentException(
          ("%d states need as many rows of transitions and of weights, and each weight a mean and a"
                  + " variance; had %d transitions, %d weights, %d means, %d variances")
              .formatted(
                  states, transitions.length, weights.length, means.length, variances.length));
    }
    for (float mean : means) {
      if (!Float.isFinite(mean)) {
        throw new IllegalArgumentException("means must be finite, had " + mean);
      }
    }
    for (float variance : variances) {
      if (!(variance >= Float.MIN_NORMAL && variance <= Float.MAX_VALUE)) {
        throw new IllegalArgumentException(
            "variances must be finite and greater than 0, had " + variance);
      }
    }
    return new HiddenMarkovModel(
        probabilities(start, states, "start"),
        probabilities(transitions, states, "transitions"),
        probabilities(weights, weights.length / states, "weights"),
        means.clone(),
        variances.clone());
  }

  private static float[] probabilities(float[] rows, int columns, String name) {
    float[] copy = rows.clone();
    for (int row = 0; row < rows.length; row += columns) {
      double sum = 0;
      for (int c = row; c < row + columns; c++) {
        if (!(rows[c] >= 0)) {
          throw new IllegalArgumentException(name + " must be at least 0, had " + rows[c]);
        }
        sum += rows[c];
      }
      if (!(Math.abs(sum - 1) <= SLACK)) {
        throw new IllegalArgumentException(
            name + " must sum to 1, row " + row / columns + ": " + sum);
      }
      for (int c = row; c < row + columns; c++) {
        copy[c] = (float) (rows[c] / sum);
      }
    }
    return copy;
  }

  /**
   * Returns how many states there are.
   *
   * @return at least 1
   */
  public int states() {
    return states;
  }

  /**
   * Returns how many Gaussians each state has.
   *
   * @return at least 1
   */
  public int mixtures() {
    return mixtures;
  }

  /**
   * Returns how many numbers a frame has.
   *
   * @return at least 1
   */
  public int features() {
    return features;
  }

  /**
   * Returns how probable a state is at first.
   *
   * @param state its index
   * @return in [0, 1]
   */
  public float start(int state) {
    return start[state];
  }

  /**
   * Returns how probable a state is after another.
   *
   * @param from index of the one before
   * @param to index of the one after
   * @return in [0, 1]
   */
  public float transition(int from, int to) {
    checkFromIndexSize(to, 1, states);
    return transitions[from * states + to];
  }

  /**
   * Returns the weight of a Gaussian.
   *
   * @param state index of its state
   * @param mixture its index there
   * @return in [0, 1]
   */
  public float weight(int state, int mixture) {
    return weights[component(state, mixture)];
  }

  /**
   * Returns a mean.
   *
   * @param state index of the state
   * @param mixture index of the Gaussian there
   * @param feature index of the feature
   * @return finite
   */
  public float mean(int state, int mixture, int feature) {
    checkFromIndexSize(feature, 1, features);
    return means[component(state, mixture) * features + feature];
  }

  /**
   * Returns a variance.
   *
   * @param state index of the state
   * @param mixture index of the Gaussian there
   * @param feature index of the feature
   * @return greater than 0
   */
  public float variance(int state, int mixture, int feature) {
    checkFromIndexSize(feature, 1, features);
    return variances[component(state, mixture) * features + feature];
  }

  private int component(int state, int mixture) {
    checkFromIndexSize(mixture, 1, mixtures);
    return state * mixtures + mixture;
  }

  /**
   * Writes the model into a file under way.
   *
   * @param to receives tensors
   * @param prefix of their names, as in {@code hmm.}
   */
  public void writeInto(Safetensors.Builder to, String prefix) {
    to.tensor(prefix + "start", start, states);
    to.tensor(prefix + "transitions", transitions, states, states);
    to.tensor(prefix + "weights", weights, states, mixtures);
    to.tensor(prefix + "means", means, states, mixtures, features);
    to.tensor(prefix + "variances", variances, states, mixtures, features);
  }

  /**
   * Reads what {@link #writeInto} wrote.
   *
   * @param from a file
   * @param prefix of the tensors' names
   * @return the model
   * @throws ModelException if something is missing or off, saying what
   */
  public static HiddenMarkovModel read(Safetensors from, String prefix) {
    int[] shape = from.shape(prefix + "means");
    if (shape.length != 3) {
      throw new ModelException(
          "the tensor \"%smeans\" must have the shape (states, mixtures, features), has %s"
              .formatted(prefix, Arrays.toString(shape)));
    }
    try {
      return of(
          from.require(prefix + "start", shape[0]),
          from.require(prefix + "transitions", shape[0], shape[0]),
          from.require(prefix + "weights", shape[0], shape[1]),
          from.require(prefix + "means", shape),
          from.require(prefix + "variances", shape));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new ModelException(
          "the hidden Markov model \"" + prefix + "\" is damaged: " + e.getMessage(), e);
    }
  }

  /**
   * Opens a way to use the model.
   *
   * @return a session for one thread
   */
  public Session open() {
    return new Session();
  }

  /**
   * Working memory around a model. Used by one thread at a time; allocates nothing, but that its
   * memory grows with the longest sequence whose states were asked for.
   */
  public final class Session {
    private final float[] expanded = new float[2 * features];
    private final float[] components = new float[states * mixtures];
    private final double[] emission = new double[states];
    private double[] forward = new double[states];
    private double[] next = new double[states];
    private long frames;

    /** Of each frame and state: forward variables, emissions, and the best state before. */
    private double[] forwards = new double[0];

    private double[] emissions = new double[0];
    private int[] best = new int[0];

    private Session() {}

    /** Computes the log-density of a frame in each state. */
    private void emit(float[] values, int offset) {
      for (int f = 0; f < features; f++) {
        float value = values[offset + f] - centre[f];
        if (!Float.isFinite(value)) {
          throw new IllegalArgumentException(
              "frames must be finite, feature %d was %s".formatted(f, values[offset + f]));
        }
        expanded[f] = value;
        expanded[features + f] = value * value;
      }
      Kernels.gemv(
          forms,
          0,
          2 * features,
          false,
          expanded,
          0,
          constants,
          false,
          components,
          0,
          components.length,
          2 * features);
      for (int s = 0; s < states; s++) {
        double most = Double.NEGATIVE_INFINITY;
        for (int c = s * mixtures; c < (s + 1) * mixtures; c++) {
          most = components[c] > most ? components[c] : most; // infinitely far off may be NaN
        }
        double sum = 0;
        for (int c = s * mixtures; c < (s + 1) * mixtures; c++) {
          sum +=
              components[c] == most ? 1 : components[c] < most ? Math.exp(components[c] - most) : 0;
        }
        emission[s] = sum == 0 ? Double.NEGATIVE_INFINITY : most + Math.log(sum);
      }
    }

    /** Forgets all frames. */
    public void reset() {
      frames = 0;
    }

    /**
     * Takes up the next frame of a sequence.
     *
     * @param values hold the frame
     * @param offset where it starts
     * @throws IllegalArgumentException if a value is not finite
     * @throws IndexOutOfBoundsException if the array is too short
     */
    public void accept(float[] values, int offset) {
      checkFromIndexSize(offset, features, values.length);
      emit(values, offset);
      if (frames++ == 0) {
        for (int s = 0; s < states; s++) {
          next[s] = logStart[s] + emission[s];
        }
      } else {
        for (int s = 0; s < states; s++) {
          next[s] = logSum(logTransitions, s * states, forward, 0) + emission[s];
        }
      }
      double[] swap = forward;
      forward = next;
      next = swap;
    }

    /**
     * Returns the logarithm of the density of the frames accepted since the start or {@link
     * #reset}.
     *
     * @return 0 if there were none; minus infinity if the model cannot have made them
     */
    public double logLikelihood() {
      return frames == 0 ? 0 : logSum(forward, 0, forward, -1);
    }

    /**
     * Finds the path of states that most probably made a sequence (Viterbi). Frames accepted before
     * are forgotten.
     *
     * @param values frames, shape (count, features)
     * @param offset where they start
     * @param count how many, at least 1
     * @param path receives a state a frame
     * @return the logarithm of the joint density of frames and path
     * @throws IllegalArgumentException if a value is not finite or there is no frame
     * @throws IndexOutOfBoundsException if an array is too short
     */
    public double viterbi(float[] values, int offset, int count, int[] path) {
      requireSequence(values, offset, count);
      checkFromIndexSize(0, count, path.length);
      if (best.length < count * states) {
        best = new int[count * states];
      }
      frames = 0;
      for (int t = 0; t < count; t++) {
        emit(values, offset + t * features);
        for (int s = 0; s < states; s++) {
          double most = t == 0 ? logStart[s] : Double.NEGATIVE_INFINITY;
          for (int from = 0; t > 0 && from < states; from++) {
            double here = forward[from] + logTransitions[s * states + from];
            if (here > most) {
              most = here;
              best[t * states + s] = from;
            }
          }
          next[s] = most + emission[s];
        }
        double[] swap = forward;
        forward = next;
        next = swap;
      }
      int state = 0;
      for (int s = 1; s < states; s++) {
        state = forward[s] > forward[state] ? s : state;
      }
      double most = forward[state];
      for (int t = count - 1; t >= 0; t--) {
        path[t] = state;
        state = t == 0 ? state : best[t * states + state];
      }
      return most;
    }

    /**
     * Finds how probable each state is at each frame, given the whole sequence (forward-backward).
     * Frames accepted before are forgotten.
     *
     * @param values frames, shape (count, features)
     * @param offset where they start
     * @param count how many, at least 1
     * @param target receives probabilities, shape (count, states)
     * @return the logarithm of the density of the frames; if it is minus infinity the target is NaN
     * @throws IllegalArgumentException if a value is not finite or there is no frame
     * @throws IndexOutOfBoundsException if an array is too short
     */
    public double posteriorsInto(float[] values, int offset, int count, float[] target) {
      requireSequence(values, offset, count);
      checkFromIndexSize(0, count * states, target.length);
      if (forwards.length < count * states) {
        forwards = new double[count * states];
        emissions = new double[count * states];
      }
      reset();
      for (int t = 0; t < count; t++) {
        accept(values, offset + t * features);
        System.arraycopy(forward, 0, forwards, t * states, states);
        System.arraycopy(emission, 0, emissions, t * states, states);
      }
      double whole = logLikelihood();
      Arrays.fill(next, 0); // the backward variables
      for (int t = count - 1; t >= 0; t--) {
        for (int s = 0; s < states; s++) {
          target[t * states + s] = (float) Math.exp(forwards[t * states + s] + next[s] - whole);
        }
        for (int s = 0; s < states; s++) {
          emission[s] = next[s] + emissions[t * states + s];
        }
        for (int from = 0; from < states; from++) {
          double most = Double.NEGATIVE_INFINITY;
          for (int to = 0; to < states; to++) {
            most = Math.max(most, emission[to] + logTransitions[to * states + from]);
          }
          double sum = 0;
          for (int to = 0; to < states; to++) {
            double here = emission[to] + logTransitions[to * states + from];
            sum += here == Double.NEGATIVE_INFINITY ? 0 : Math.exp(here - most);
          }
          next[from] = most + Math.log(sum);
        }
      }
      return whole;
    }

    private void requireSequence(float[] values, int offset, int count) {
      if (count < 1) {
        throw new IllegalArgumentException("a sequence has at least one frame, had " + count);
      }
      checkFromIndexSize(offset, Math.multiplyExact(count, features), values.length);
    }

    /** log sum exp of a + b; b counts as 0 where its offset is negative. */
    private double logSum(double[] a, int aOffset, double[] b, int bOffset) {
      double most = Double.NEGATIVE_INFINITY;
      for (int s = 0; s < states; s++) {
        most = Math.max(most, a[aOffset + s] + (bOffset < 0 ? 0 : b[bOffset + s]));
      }
      if (most == Double.NEGATIVE_INFINITY) {
        return most;
      }
      double sum = 0;
      for (int s = 0; s < states; s++) {
        double here = a[aOffset + s] + (bOffset < 0 ? 0 : b[bOffset + s]);
        sum += here == most ? 1 : here == Double.NEGATIVE_INFINITY ? 0 : Math.exp(here - most);
      }
      return most + Math.log(sum);
    }
  }

  @Override
  public String toString() {
    return "HiddenMarkovModel[%d states, %d mixtures, %d features]"
        .formatted(states, mixtures, features);
  }
}
