package io.github.erv.classical;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/*
 * In double precision, and apart from the model's own evaluation: there speed counts, here that the
 * likelihood does not fall. Variances are floored in the maximisation itself: about its weighted mean
 * the expected likelihood of a Gaussian has one maximum over the variance, so the floor is the best of
 * what lies above it, and the law holds with it.
 */

/**
 * Fits a {@link HiddenMarkovModel} to sequences by expectation and maximisation. What a transition
 * starts with as impossible stays so. The same sequences and seed give the same model. Immutable
 * and thread-safe.
 *
 * @see "Baum, Petrie, Soules and Weiss (1970), A maximization technique occurring in the
 *     statistical analysis of probabilistic functions of Markov chains, Annals of Mathematical
 *     Statistics 41(1)"
 */
public final class BaumWelch {
  /** Which states may follow one another. */
  public enum Topology {
    /** A sequence starts in the first state; each is followed by itself or the next. */
    LEFT_RIGHT,
    /** Any state may be first and follow any. */
    ERGODIC
  }

  /** Rounds of k-means before the first expectation. */
  private static final int CLUSTER_ROUNDS = 10;

  /** A Gaussian that explains less than this of a frame stays where it is. */
  private static final double LEAST_OCCUPANCY = 1e-6;

  private final Topology topology;
  private final int states;
  private final int mixtures;
  private final double varianceFloor;
  private final int iterations;
  private final double tolerance;
  private final long seed;

  private BaumWelch(Builder builder) {
    topology = builder.topology;
    states = builder.states;
    mixtures = builder.mixtures;
    varianceFloor = builder.varianceFloor;
    iterations = builder.iterations;
    tolerance = builder.tolerance;
    seed = builder.seed;
  }

  /**
   * Starts from one Gaussian a state.
   *
   * @param topology which states may follow one another
   * @param states how many, 1 to 1,000
   * @return a builder
   */
  public static Builder builder(Topology topology, int states) {
    return new Builder(topology, states);
  }

  /** Options of a fit. Not thread-safe. */
  public static final class Builder {
    private final Topology topology;
    private final int states;
    private int mixtures = 1;
    private double varianceFloor = 0.01;
    private int iterations = 50;
    private double tolerance = 1e-4;
    private long seed = 1;

    private Builder(Topology topology, int states) {
      this.topology = topology;
      this.states = requireCount(states, 1_000, "states");
    }

    private static int requireCount(int value, int most, String name) {
      if (value < 1 || value > most) {
        throw new IllegalArgumentException(
            "%s must be from 1 to %d, were %d".formatted(name, most, value));
      }
      return value;
    }

    /**
     * Sets how many Gaussians a state has.
     *
     * @param count 1 to 1,000
     * @return this
     */
    public Builder mixtures(int count) {
      mixtures = requireCount(count, 1_000, "mixtures");
      return this;
    }

    /**
     * Sets how small a variance may become, as a part of the feature's variance over all frames.
     *
     * @param part greater than 0, at most 1; 0.01 at the start
     * @return this
     */
    public Builder varianceFloor(double part) {
      if (!(part > 0 && part <= 1)) {
        throw new IllegalArgumentException("variance floor must be in (0, 1], was " + part);
      }
      varianceFloor = part;
      return this;
    }

    /**
     * Sets when to stop at the latest.
     *
     * @param most rounds, 1 to 100,000; 50 at the start
     * @return this
     */
    public Builder iterations(int most) {
      iterations = requireCount(most, 100_000, "iterations");
      return this;
    }

    /**
     * Sets when to stop before that.
     *
     * @param gain of log-likelihood a frame, at least 0: a round that gains less is the last;
     *     0.0001 at the start
     * @return this
     */
    public Builder tolerance(double gain) {
      if (!(gain >= 0)) {
        throw new IllegalArgumentException("tolerance must be at least 0, was " + gain);
      }
      tolerance = gain;
      return this;
    }

    /**
     * Sets from what the first means are drawn.
     *
     * @param value any
     * @return this
     */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /**
     * Returns the fit.
     *
     * @return what was set
     */
    public BaumWelch build() {
      return new BaumWelch(this);
    }
  }

  /**
   * What came of a fit.
   *
   * @param model the last one
   * @param logLikelihoods of all sequences, before each round and after the last: none is less than
   *     the one before
   */
  public record Fit(HiddenMarkovModel model, List<Double> logLikelihoods) {
    public Fit {
      logLikelihoods = List.copyOf(logLikelihoods);
    }
  }

  /**
   * Fits a model.
   *
   * @param sequences at least one, each of shape (frames, features) with at least one frame
   * @param features numbers a frame, at least 1
   * @return the model
   * @throws IllegalArgumentException if there is no sequence, one is not of whole frames, or a
   *     value is not finite
   */
  public Fit fit(List<float[]> sequences, int features) {
    Data data = new Data(sequences, features);
    Estimate estimate = new Estimate(data);
    List<Double> logLikelihoods = new ArrayList<>();
    for (int round = 0; ; round++) {
      estimate.expect();
      double gain =
          round == 0
              ? Double.POSITIVE_INFINITY
              : estimate.logLikelihood - logLikelihoods.get(round - 1);
      logLikelihoods.add(estimate.logLikelihood);
      if (round == iterations || gain < tolerance * data.frames) {
        return new Fit(estimate.model(), logLikelihoods);
      }
      estimate.maximise();
    }
  }

  /** The sequences, and how much each feature varies in them. */
  private final class Data {
    final List<float[]> sequences;
    final int features;
    final int frames;
    final int longest;
    final double[] mean;
    final double[] variance;
    final double[] floor;

    Data(List<float[]> sequences, int features) {
      if (sequences.isEmpty() || features < 1) {
        throw new IllegalArgumentException(
            "there must be a sequence and a feature, were %d and %d"
                .formatted(sequences.size(), features));
      }
      this.sequences = sequences;
      this.features = features;
      mean = new double[features];
      variance = new double[features];
      floor = new double[features];
      int all = 0;
      int most = 0;
      for (float[] sequence : sequences) {
        if (sequence.length == 0 || sequence.length % features != 0) {
          throw new IllegalArgumentException(
              "sequences must be of whole frames of %d features, one has %d values"
                  .formatted(features, sequence.length));
        }
        for (int i = 0; i < sequence.length; i++) {
          if (!Float.isFinite(sequence[i])) {
            throw new IllegalArgumentException("frames must be finite, one has " + sequence[i]);
          }
          mean[i % features] += sequence[i];
        }
        all = Math.addExact(all, sequence.length / features);
        most = Math.max(most, sequence.length / features);
      }
      frames = all;
      longest = most;
      for (int f = 0; f < features; f++) {
        mean[f] /= frames;
      }
      for (float[] sequence : sequences) {
        for (int i = 0; i < sequence.length; i++) {
          double off = sequence[i] - mean[i % features];
          variance[i % features] += off * off;
        }
      }
      for (int f = 0; f < features; f++) {
        variance[f] = variance[f] / frames;
        // a feature that never changes has some variance yet, as float can tell values apart
        floor[f] = Math.max(varianceFloor * variance[f], 1e-8 * (1e-8 + mean[f] * mean[f]));
        variance[f] = Math.max(variance[f], floor[f]);
      }
    }
  }

  /** The model under way, and what is expected of it. */
  private final class Estimate {
    private final Data data;
    private final int features;
    private final double[] start = new double[states];
    private final double[] transitions = new double[states * states];
    private final double[] weights = new double[states * mixtures];
    private final double[] means;
    private final double[] variances;
    private final double[] constants = new double[states * mixtures];
    private final double[] logStart = new double[states];
    private final double[] logTransitions = new double[states * states];

    // what a round expects, summed over frames
    private final double[] starts = new double[states];
    private final double[] passages = new double[states * states];
    private final double[] occupancies = new double[states * mixtures];
    private final double[] sums;
    private final double[] squares;
    private double logLikelihood;

    // of one sequence, shape (frames, states) or (frames, states * mixtures)
    private final double[] components;
    private final double[] emissions;
    private final double[] forward;
    private final double[] backward;
    private final double[] terms = new double[Math.max(states, mixtures)];

    Estimate(Data data) {
      this.data = data;
      features = data.features;
      means = new double[weights.length * features];
      variances = new double[weights.length * features];
      sums = new double[weights.length * features];
      squares = new double[weights.length * features];
      components = new double[Math.multiplyExact(data.longest, weights.length)];
      emissions = new double[data.longest * states];
      forward = new double[data.longest * states];
      backward = new double[data.longest * states];
      begin();
    }

    HiddenMarkovModel model() {
      return HiddenMarkovModel.of(
          floats(start), floats(transitions), floats(weights), floats(means), floats(variances));
    }

    private static float[] floats(double[] values) {
      float[] floats = new float[values.length];
      for (int i = 0; i < values.length; i++) {
        floats[i] = (float) values[i];
      }
      return floats;
    }

    // ---- the first model

    private void begin() {
      SplittableRandom random = new SplittableRandom(seed);
      int[] all = new int[data.frames];
      float[][] frames = new float[data.frames][];
      int[] stateOf = new int[data.frames];
      int at = 0;
      for (float[] sequence : data.sequences) {
        int length = sequence.length / features;
        for (int t = 0; t < length; t++, at++) {
          frames[at] = Arrays.copyOfRange(sequence, t * features, (t + 1) * features);
          stateOf[at] = (int) ((long) t * states / length); // equal parts
          all[at] = at;
        }
      }
      if (topology == Topology.ERGODIC) {
        int[] clusters = cluster(frames, all, states, random);
        System.arraycopy(clusters, 0, stateOf, 0, clusters.length);
        Arrays.fill(start, 1.0 / states);
        count(stateOf);
      } else {
        start[0] = 1;
        double mean = (double) data.frames / data.sequences.size() / states;
        double stay = Math.max(0.5, Math.min(0.99, 1 - 1 / mean));
        for (int s = 0; s < states; s++) {
          boolean last = s == states - 1;
          transitions[s * states + s] = last ? 1 : stay;
          if (!last) {
            transitions[s * states + s + 1] = 1 - stay;
          }
        }
      }
      for (int s = 0; s < states; s++) {
        int state = s;
        int[] own = Arrays.stream(all).filter(i -> stateOf[i] == state).toArray();
        beginState(s, frames, own.length == 0 ? all : own, random);
      }
      prepare();
    }

    /** Transitions as seen, each once more: none is impossible. */
    private void count(int[] stateOf) {
      Arrays.fill(transitions, 1);
      int at = 0;
      for (float[] sequence : data.sequences) {
        int length = sequence.length / features;
        for (int t = 1; t < length; t++) {
          transitions[stateOf[at + t - 1] * states + stateOf[at + t]]++;
        }
        at += length;
      }
      for (int s = 0; s < states; s++) {
        normalise(transitions, s * states, states);
      }
    }

    private void beginState(int state, float[][] frames, int[] own, SplittableRandom random) {
      int[] mixtureOf = cluster(frames, own, mixtures, random);
      for (int m = 0; m < mixtures; m++) {
        int c = state * mixtures + m;
        int count = 0;
        for (int i = 0; i < own.length; i++) {
          if (mixtureOf[i] == m) {
            count++;
            for (int f = 0; f < features; f++) {
              means[c * features + f] += frames[own[i]][f];
            }
          }
        }
        for (int f = 0; f < features; f++) {
          int at = c * features + f;
          means[at] = count == 0 ? data.mean[f] : means[at] / count;
          for (int i = 0; i < own.length; i++) {
            if (mixtureOf[i] == m) {
              double off = frames[own[i]][f] - means[at];
              variances[at] += off * off;
            }
          }
          variances[at] =
              count < 2 ? data.variance[f] : Math.max(data.floor[f], variances[at] / count);
        }
        weights[c] = count + 1;
      }
      normalise(weights, state * mixtures, mixtures);
    }

    /** Clusters some frames by k-means from a seeded start that prefers what is far apart. */
    private int[] cluster(float[][] frames, int[] own, int clusters, SplittableRandom random) {
      int[] of = new int[own.length];
      if (clusters == 1) {
        return of;
      }
      double[][] centres = new double[clusters][features];
      double[] nearest = new double[own.length];
      Arrays.fill(nearest, Double.MAX_VALUE);
      int chosen = random.nextInt(own.length);
      for (int k = 0; k < clusters; k++) {
        for (int f = 0; f < features; f++) {
          centres[k][f] = frames[own[chosen]][f];
        }
        double total = 0;
        for (int i = 0; i < own.length; i++) {
          nearest[i] = Math.min(nearest[i], distance(frames[own[i]], centres[k]));
          total += nearest[i];
        }
        double left = random.nextDouble() * total;
        chosen = 0;
        while (chosen < own.length - 1 && (left -= nearest[chosen]) > 0) {
          chosen++;
        }
      }
      for (int round = 0; round < CLUSTER_ROUNDS; round++) {
        int[] counts = new int[clusters];
        double[][] next = new double[clusters][features];
        for (int i = 0; i < own.length; i++) {
          int best = 0;
          double least = Double.MAX_VALUE;
          for (int k = 0; k < clusters; k++) {
            double here = distance(frames[own[i]], centres[k]);
            if (here < least) {
              least = here;
              best = k;
            }
          }
          of[i] = best;
          counts[best]++;
          for (int f = 0; f < features; f++) {
            next[best][f] += frames[own[i]][f];
          }
        }
        for (int k = 0; k < clusters; k++) {
          for (int f = 0; f < features && counts[k] > 0; f++) {
            centres[k][f] = next[k][f] / counts[k];
          }
        }
      }
      return of;
    }

    private double distance(float[] frame, double[] centre) {
      double sum = 0;
      for (int f = 0; f < features; f++) {
        double off = frame[f] - centre[f];
        sum += off * off / data.variance[f];
      }
      return sum;
    }

    private void prepare() {
      Arrays.setAll(logStart, s -> Math.log(start[s]));
      Arrays.setAll(logTransitions, i -> Math.log(transitions[i]));
      for (int c = 0; c < weights.length; c++) {
        double constant = Math.log(weights[c]);
        for (int f = 0; f < features; f++) {
          constant -= 0.5 * Math.log(2 * Math.PI * variances[c * features + f]);
        }
        constants[c] = constant;
      }
    }

    // ---- expectation

    void expect() {
      Arrays.fill(starts, 0);
      Arrays.fill(passages, 0);
      Arrays.fill(occupancies, 0);
      Arrays.fill(sums, 0);
      Arrays.fill(squares, 0);
      logLikelihood = 0;
      for (float[] sequence : data.sequences) {
        expect(sequence, sequence.length / features);
      }
    }

    private void expect(float[] sequence, int frames) {
      emit(sequence, frames);
      for (int t = 0; t < frames; t++) {
        for (int s = 0; s < states; s++) {
          double before = logStart[s];
          if (t > 0) {
            for (int from = 0; from < states; from++) {
              terms[from] = forward[(t - 1) * states + from] + logTransitions[from * states + s];
            }
            before = logSum(states);
          }
          forward[t * states + s] = before + emissions[t * states + s];
        }
      }
      System.arraycopy(forward, (frames - 1) * states, terms, 0, states);
      double whole = logSum(states);
      logLikelihood += whole;
      for (int t = frames - 1; t >= 0; t--) {
        for (int from = 0; from < states; from++) {
          double after = 0;
          if (t < frames - 1) {
            for (int to = 0; to < states; to++) {
              double step =
                  logTransitions[from * states + to]
                      + emissions[(t + 1) * states + to]
                      + backward[(t + 1) * states + to];
              terms[to] = step;
              passages[from * states + to] += Math.exp(forward[t * states + from] + step - whole);
            }
            after = logSum(states);
          }
          backward[t * states + from] = after;
        }
      }
      for (int t = 0; t < frames; t++) {
        for (int s = 0; s < states; s++) {
          double here = Math.exp(forward[t * states + s] + backward[t * states + s] - whole);
          starts[s] += t == 0 ? here : 0;
          if (here > 0) {
            gather(sequence, t, s, here);
          }
        }
      }
    }

    private void emit(float[] sequence, int frames) {
      for (int t = 0; t < frames; t++) {
        for (int s = 0; s < states; s++) {
          for (int m = 0; m < mixtures; m++) {
            int c = s * mixtures + m;
            double sum = 0;
            for (int f = 0; f < features; f++) {
              double off = sequence[t * features + f] - means[c * features + f];
              sum += off * off / variances[c * features + f];
            }
            terms[m] = constants[c] - 0.5 * sum;
            components[t * weights.length + c] = terms[m];
          }
          emissions[t * states + s] = logSum(mixtures);
        }
      }
    }

    /** Sums are about the present mean, so that little cancels. */
    private void gather(float[] sequence, int t, int s, double here) {
      for (int m = 0; m < mixtures; m++) {
        int c = s * mixtures + m;
        double part =
            here * Math.exp(components[t * weights.length + c] - emissions[t * states + s]);
        occupancies[c] += part;
        for (int f = 0; f < features; f++) {
          double off = sequence[t * features + f] - means[c * features + f];
          sums[c * features + f] += part * off;
          squares[c * features + f] += part * off * off;
        }
      }
    }

    /** Log of the sum of the exponentials of the first terms. */
    private double logSum(int n) {
      double most = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < n; i++) {
        most = Math.max(most, terms[i]);
      }
      if (most == Double.NEGATIVE_INFINITY) {
        return most;
      }
      double sum = 0;
      for (int i = 0; i < n; i++) {
        sum += terms[i] == most ? 1 : Math.exp(terms[i] - most);
      }
      return most + Math.log(sum);
    }

    // ---- maximisation

    void maximise() {
      System.arraycopy(starts, 0, start, 0, states);
      normalise(start, 0, states);
      for (int s = 0; s < states; s++) {
        replace(passages, transitions, s * states, states);
        replace(occupancies, weights, s * mixtures, mixtures);
      }
      for (int c = 0; c < weights.length; c++) {
        if (occupancies[c] >= LEAST_OCCUPANCY) {
          for (int f = 0; f < features; f++) {
            int at = c * features + f;
            double off = sums[at] / occupancies[c];
            means[at] += off;
            variances[at] = Math.max(data.floor[f], squares[at] / occupancies[c] - off * off);
          }
        }
      }
      prepare();
    }

    /** Takes over what was expected, unless that was nothing. */
    private static void replace(double[] expected, double[] row, int offset, int n) {
      double sum = 0;
      for (int i = offset; i < offset + n; i++) {
        sum += expected[i];
      }
      if (sum >= LEAST_OCCUPANCY) {
        System.arraycopy(expected, offset, row, offset, n);
        normalise(row, offset, n);
      }
    }

    private static void normalise(double[] row, int offset, int n) {
      double sum = 0;
      for (int i = offset; i < offset + n; i++) {
        sum += row[i];
      }
      for (int i = offset; i < offset + n; i++) {
        row[i] /= sum;
      }
    }
  }
}
