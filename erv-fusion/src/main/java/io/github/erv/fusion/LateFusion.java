package io.github.erv.fusion;

import static java.util.Objects.requireNonNull;

import io.github.erv.Evidence;
import io.github.erv.Fused;
import io.github.erv.FusionSession;
import io.github.erv.FusionStrategy;
import io.github.erv.FusionWindow;
import io.github.erv.Modality;
import io.github.erv.emotion.Affect;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/*
 * Each modality is first averaged over the window (FusionWindow.pooled). With posteriors p_m, the
 * weight w_m(e) of modality m for emotion e and the quality q_m of what it saw, the share of m is
 *
 *   a_m(e) = w_m(e) q_m / sum_k w_k(e) q_k          (shares sum to 1 for each emotion)
 *
 * and the pool is p(e) ~ prod_m p_m(e)^a_m(e): a weighted geometric mean. One modality alone is
 * returned as it is, whatever its quality; the quality then shows in the reliability.
 *
 * A class that m does not know is no information. Its probability is taken from those who do know
 * it, u(e) = their weighted mean, and what m says of the classes it knows is scaled down to the
 * rest: p_m(e) (1 - sum of u over what m does not know). So a voice model that has never heard of
 * surprise leaves a surprised face its surprise. A class nobody knows stays outside the support.
 *
 * Modalities of which none leaves the others anything, since they know no class in common, cannot
 * be multiplied; each then keeps what it says in proportion to its share: p(e) ~ sum_m a_m(e) p_m(e).
 *
 * The linear pool is p(e) ~ sum_m a_m(e) p_m(e) with p_m filled up in the same way. Either pool of
 * calibrated posteriors need not be calibrated: what two or more made together is raised to the
 * power of 1 / temperature.
 */

/**
 * Late (decision-level) fusion: a reliability-weighted pool, log-linear unless it is made linear,
 * of what the modalities conclude each by itself. Modalities that are missing drop out; each one's
 * share in the result and its reliability are recorded. Affect is the mean of what models of the
 * dimensions said, with the same weights. Immutable and thread-safe; every session may be used by
 * one thread at a time.
 *
 * @see "Genest and Zidek (1986), Combining probability distributions: a critique and an annotated
 *     bibliography, Statistical Science 1, section 3.3 (logarithmic opinion pools) and 3.1 (linear
 *     opinion pools)"
 */
public final class LateFusion implements FusionStrategy {
  /** The least probability that counts, so that one modality's 0 is no veto. */
  private static final double FLOOR = 1e-4;

  /** Every modality with the same weight. */
  static final LateFusion EQUAL = builder().build();

  private final Map<Modality, Map<Emotion, Double>> weights;
  private final Map<Modality, Double> defaults;
  private final boolean linear;
  private final double temperature;
  private final List<String> models;

  private LateFusion(Builder builder) {
    Map<Modality, Map<Emotion, Double>> copy = new TreeMap<>();
    builder.weights.forEach((modality, of) -> copy.put(modality, Map.copyOf(of)));
    weights = Map.copyOf(copy);
    defaults = Map.copyOf(builder.defaults);
    linear = builder.linear;
    temperature = builder.temperature;
    models = List.copyOf(builder.models);
  }

  /**
   * Starts a pool in which every modality has the weight 1.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the weight of a modality for an emotion, before it is scaled by quality.
   *
   * @param modality any modality
   * @param emotion any emotion
   * @return at least 0; the modality's own default where the emotion has no weight of its own
   */
  public double weight(Modality modality, Emotion emotion) {
    Double own = weights.getOrDefault(modality, Map.of()).get(emotion);
    return own != null ? own : defaults.getOrDefault(modality, 1.0);
  }

  /**
   * Tells how modalities are pooled.
   *
   * @return true for the linear pool, false for the log-linear one
   */
  public boolean linear() {
    return linear;
  }

  /**
   * Returns the temperature of what several modalities made together.
   *
   * @return greater than 0; above 1 flattens, 1 leaves the pool as it is
   */
  public double temperature() {
    return temperature;
  }

  @Override
  public List<String> models() {
    return models;
  }

  @Override
  public FusionSession open() {
    return this::fuse;
  }

  /** What one modality says, over the whole window. */
  private record Voter(Modality modality, Evidence.Present evidence) {}

  private static List<Voter> voters(FusionWindow in) {
    List<Voter> voters = new ArrayList<>();
    for (Modality modality : in.modalities()) {
      in.pooled(modality).ifPresent(evidence -> voters.add(new Voter(modality, evidence)));
    }
    return voters;
  }

  /** Where nothing can be read at all, everybody counts alike rather than nobody. */
  private static double offset(List<Voter> voters) {
    double readable = 0;
    for (Voter voter : voters) {
      readable += voter.evidence.quality();
    }
    return readable == 0 ? 1 : 0;
  }

  /** Pools the affects alone, for strategies that fuse distributions in another way. */
  static void affect(FusionWindow in, Fused out) {
    List<Voter> voters = voters(in);
    EQUAL.affect(voters, offset(voters), out);
  }

  private void fuse(FusionWindow in, Fused out) {
    List<Voter> voters = voters(in);
    double offset = offset(voters);
    List<Voter> informed =
        voters.stream()
            .filter(
                voter -> voter.evidence.distribution().filter(Distribution::informed).isPresent())
            .toList();
    double[] share = new double[informed.size()];
    if (!informed.isEmpty()) {
      out.distribution(pool(in.labels(), informed, offset, share));
    }
    affect(voters, offset, out);
    contributions(voters, informed, share, offset, out);
  }

  /** Pools distributions, and gives each voter's mean share over the pooled probabilities. */
  private Distribution pool(LabelSet labels, List<Voter> voters, double offset, double[] shareOut) {
    int classes = labels.size();
    int n = voters.size();
    if (n == 1) {
      shareOut[0] = 1;
      return voters.get(0).evidence.distribution().orElseThrow();
    }
    List<Distribution> said = new ArrayList<>();
    double[][] weight = new double[n][classes];
    boolean[] support = new boolean[classes];
    for (int m = 0; m < n; m++) {
      Voter voter = voters.get(m);
      said.add(voter.evidence.distribution().orElseThrow());
      for (int e = 0; e < classes; e++) {
        weight[m][e] = weight(voter.modality, labels.get(e)) * (voter.evidence.quality() + offset);
        support[e] |= said.get(m).supports(e);
      }
    }
    double[] pooled = pool(said, weight, linear, temperature, shareOut);
    float[] probabilities = new float[classes];
    for (int e = 0; e < classes; e++) {
      probabilities[e] = (float) pooled[e];
    }
    return Distribution.of(labels, probabilities, support);
  }

  /**
   * Pools what two or more said.
   *
   * @param said over one label set; each informed
   * @param weight shape (voters, classes), at least 0; turned into shares
   * @param shareOut receives each voter's mean share over the pooled probabilities
   * @return probabilities, shape (classes)
   */
  static double[] pool(
      List<Distribution> said,
      double[][] weight,
      boolean linear,
      double temperature,
      double[] shareOut) {
    int n = said.size();
    int classes = weight[0].length;
    double[][] p = new double[n][classes];
    boolean[] support = new boolean[classes];
    for (int e = 0; e < classes; e++) {
      double total = 0;
      double known = 0;
      double mean = 0;
      for (int m = 0; m < n; m++) {
        total += weight[m][e];
        if (said.get(m).supports(e)) {
          support[e] = true;
          known += weight[m][e];
          mean += weight[m][e] * said.get(m).probability(e);
        }
      }
      for (int m = 0; m < n; m++) {
        // weights may all be 0 for a class: then everybody counts alike
        weight[m][e] = total > 0 ? weight[m][e] / total : 1.0 / n;
        p[m][e] = known > 0 ? mean / known : 0; // what those say who know the class
      }
    }
    double mostLeft = 0;
    for (int m = 0; m < n; m++) {
      double left = 1;
      for (int e = 0; e < classes; e++) {
        left -= said.get(m).supports(e) ? 0 : p[m][e];
      }
      mostLeft = Math.max(mostLeft, left);
      for (int e = 0; e < classes; e++) {
        if (said.get(m).supports(e)) {
          p[m][e] = said.get(m).probability(e) * Math.max(0, left);
        }
      }
    }
    double[] pooled = new double[classes];
    double sum = 0;
    for (int e = 0; e < classes; e++) {
      double log = 0;
      double filled = 0;
      double mean = 0;
      for (int m = 0; m < n; m++) {
        if (!linear) {
          log += weight[m][e] * Math.log(Math.max(FLOOR, p[m][e]));
        }
        filled += weight[m][e] * p[m][e];
        mean += weight[m][e] * said.get(m).probability(e);
      }
      boolean common = mostLeft > FLOOR;
      double value = !common ? mean : linear ? filled : Math.exp(log);
      pooled[e] = !support[e] ? 0 : temperature == 1 ? value : Math.pow(value, 1 / temperature);
      sum += pooled[e];
    }
    for (int e = 0; e < classes; e++) {
      pooled[e] /= sum;
      for (int m = 0; m < n; m++) {
        shareOut[m] += weight[m][e] * pooled[e];
      }
    }
    return pooled;
  }

  private void affect(List<Voter> voters, double offset, Fused out) {
    double weight = 0;
    double[] sum = new double[3];
    for (Voter voter : voters) {
      Affect affect = voter.evidence.affect().orElse(null);
      if (affect != null) {
        double w = overall(voter, offset);
        weight += w;
        sum[0] += w * affect.valence();
        sum[1] += w * affect.arousal();
        sum[2] += w * affect.dominance();
      }
    }
    if (weight > 0) {
      out.affect(
          new Affect(
              (float) (sum[0] / weight), (float) (sum[1] / weight), (float) (sum[2] / weight)));
    }
  }

  private double overall(Voter voter, double offset) {
    return defaults.getOrDefault(voter.modality, 1.0) * (voter.evidence.quality() + offset);
  }

  private void contributions(
      List<Voter> voters, List<Voter> informed, double[] share, double offset, Fused out) {
    Map<Voter, Double> shares = new LinkedHashMap<>();
    if (!informed.isEmpty()) {
      for (int m = 0; m < share.length; m++) {
        shares.put(informed.get(m), share[m]);
      }
    } else { // nobody named an emotion: the shares are those in the affect
      double total = 0;
      for (Voter voter : voters) {
        if (voter.evidence.affect().isPresent()) {
          total += overall(voter, offset);
        }
      }
      for (Voter voter : voters) {
        if (voter.evidence.affect().isPresent()) {
          shares.put(voter, total > 0 ? overall(voter, offset) / total : 0);
        }
      }
    }
    shares.forEach(
        (voter, value) ->
            out.contribution(
                voter.modality, Math.min(1, Math.max(0, value)), voter.evidence.quality()));
  }

  /** Collects weights. Not thread-safe. */
  public static final class Builder {
    private final Map<Modality, Map<Emotion, Double>> weights = new TreeMap<>();
    private final Map<Modality, Double> defaults = new TreeMap<>();
    private boolean linear;
    private double temperature = 1;
    private List<String> models = List.of();

    private Builder() {}

    /**
     * Makes the pool linear: a mean of probabilities, which keeps what any one modality sees where
     * the log-linear pool asks for agreement.
     *
     * @return this
     */
    public Builder linear() {
      linear = true;
      return this;
    }

    /**
     * Sets the temperature of what several modalities make together, 1 by default. One modality
     * alone is returned as it is.
     *
     * @param value finite, greater than 0; above 1 flattens
     * @return this
     */
    public Builder temperature(double value) {
      if (!(value > 0 && value <= Double.MAX_VALUE)) {
        throw new IllegalArgumentException(
            "the temperature must be finite and greater than 0, was " + value);
      }
      temperature = value;
      return this;
    }

    /** Sets what estimates name as the source of the weights. */
    Builder models(List<String> value) {
      models = value;
      return this;
    }

    /**
     * Sets the weight of a modality for every emotion that has none of its own, 1 by default.
     *
     * @param modality any modality
     * @param weight finite, at least 0
     * @return this
     */
    public Builder weight(Modality modality, double weight) {
      defaults.put(requireNonNull(modality), requireWeight(weight));
      return this;
    }

    /**
     * Sets the weight of a modality for one emotion.
     *
     * @param modality any modality
     * @param emotion any emotion
     * @param weight finite, at least 0
     * @return this
     */
    public Builder weight(Modality modality, Emotion emotion, double weight) {
      weights
          .computeIfAbsent(requireNonNull(modality), key -> new LinkedHashMap<>())
          .put(requireNonNull(emotion), requireWeight(weight));
      return this;
    }

    private static double requireWeight(double weight) {
      if (!(weight >= 0 && weight <= Double.MAX_VALUE)) {
        throw new IllegalArgumentException("a weight must be finite and >= 0, was " + weight);
      }
      return weight;
    }

    /**
     * Returns the strategy.
     *
     * @return a strategy with these weights
     */
    public LateFusion build() {
      return new LateFusion(this);
    }
  }
}
