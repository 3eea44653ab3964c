package io.github.erv.fusion;

import static java.util.Objects.requireNonNull;

import io.github.erv.Evidence;
import io.github.erv.Fused;
import io.github.erv.FusionSession;
import io.github.erv.FusionStrategy;
import io.github.erv.FusionWindow;
import io.github.erv.Modality;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.fusion.train.Example;
import io.github.erv.fusion.train.Trainable;
import io.github.erv.fusion.train.TrainedFusion;
import io.github.erv.fusion.train.Training;
import io.github.erv.tensor.Safetensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/*
 * With p_m what modality m says, U_m the classes it does not know, q_m the quality of what it saw
 * and r_m(e) how far m is to be believed when it says e, its masses are (discounting, Shafer 1976,
 * p. 252, one factor a class)
 *
 *   m_m({e} + U_m) = r_m(e) q_m p_m(e),     m_m(all) = 1 - the sum of these.
 *
 * "e, or something I do not know" is what somebody means who knows only some of the classes. The
 * conjunctive rule multiplies masses and intersects sets; what falls on the empty set is the
 * conflict k. Dempster's rule divides the rest by 1 - k; Yager's gives k to "all", so that those who
 * contradict one another leave ignorance. Both are taken over all modalities at once, so that their
 * order does not matter. The decision is the pignistic probability (Smets and Kennes 1994, eq. 3.2):
 * each set's mass divided evenly over its classes.
 *
 * Where everybody knows every class, the conjunctive rule has a closed form: with s_m(e) the mass of
 * {e} and t_m that of "all", m({e}) = prod_m (s_m(e) + t_m) - prod_m t_m and m(all) = prod_m t_m.
 */

/**
 * Dempster-Shafer combination of what the modalities conclude each by itself: every modality is
 * believed as far as it was reliable, per emotion, and as far as its evidence can be read; the rest
 * is ignorance, not probability. A modality that is wrong at random is outvoted where others agree,
 * and the conflict says how far they contradict one another. A modality that is present alone is
 * discounted too: less reliable means closer to even. Immutable and thread-safe.
 *
 * @see "Shafer (1976), A Mathematical Theory of Evidence; Yager (1987), On the Dempster-Shafer
 *     framework and new combination rules, Information Sciences 41; Smets and Kennes (1994), The
 *     transferable belief model, Artificial Intelligence 66; Mercier, Quost and Denoeux (2008),
 *     Refined modeling of sensor reliability in the belief function framework using contextual
 *     discounting, Information Fusion 9"
 */
public final class DempsterShaferFusion implements FusionStrategy {
  /** Where conflicting mass goes. */
  public enum Conflict {
    /** To what is left, in proportion: Dempster's rule. Total conflict leaves ignorance. */
    NORMALIZE,
    /** To ignorance: Yager's rule. */
    IGNORANCE
  }

  private static final double DEFAULT_RELIABILITY = 0.9;

  /** Classes are bits of a long. */
  private static final int MOST_CLASSES = 62;

  private final Map<Modality, Map<Emotion, Double>> reliabilities;
  private final Map<Modality, Double> defaults;
  private final Conflict conflict;

  private DempsterShaferFusion(Builder builder) {
    Map<Modality, Map<Emotion, Double>> copy = new TreeMap<>();
    builder.reliabilities.forEach((modality, of) -> copy.put(modality, Map.copyOf(of)));
    reliabilities = Map.copyOf(copy);
    defaults = Map.copyOf(builder.defaults);
    conflict = builder.conflict;
  }

  /**
   * Starts a combination in which every modality has the reliability 0.9 and conflict is normalised
   * away.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns how far a modality is believed when it says an emotion, where its evidence is perfect.
   *
   * @param modality any modality
   * @param emotion any emotion
   * @return in [0, 1]
   */
  public double reliability(Modality modality, Emotion emotion) {
    Double own = reliabilities.getOrDefault(modality, Map.of()).get(emotion);
    return own != null ? own : defaults.getOrDefault(modality, DEFAULT_RELIABILITY);
  }

  /** What one modality says, with its mass on each class and on "all". */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never leaves
  private record Source(
      Modality modality, Distribution said, double quality, double[] mass, double ignorance) {}

  /** Pignistic probabilities, and the mass that fell on the empty set. */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never leaves
  record Combined(double[] probabilities, double conflict) {}

  @Override
  public FusionSession open() {
    return this::fuse;
  }

  /**
   * Returns how far the modalities contradict one another in a window.
   *
   * @param window what they saw
   * @return the mass that the conjunctive rule leaves to no class, in [0, 1]; 0 with fewer than two
   *     modalities
   */
  public double conflict(FusionWindow window) {
    List<Source> sources = sources(window);
    return sources.size() < 2 ? 0 : combine(window.labels(), sources).conflict;
  }

  private List<Source> sources(FusionWindow in) {
    LabelSet labels = in.labels();
    List<Source> sources = new ArrayList<>();
    for (Modality modality : in.modalities()) {
      Evidence.Present present = in.pooled(modality).orElse(null);
      if (present == null || present.distribution().filter(Distribution::informed).isEmpty()) {
        continue;
      }
      Distribution said = present.distribution().get();
      double[] reliability = new double[labels.size()];
      for (int e = 0; e < reliability.length; e++) {
        reliability[e] = reliability(modality, labels.get(e)) * present.quality();
      }
      double[] mass = new double[labels.size()];
      double ignorance = discount(said, reliability, mass);
      sources.add(new Source(modality, said, present.quality(), mass, ignorance));
    }
    return sources;
  }

  /** Returns what is left to ignorance. */
  private static double discount(Distribution said, double[] reliability, double[] massOut) {
    double ignorance = 1;
    for (int e = 0; e < massOut.length; e++) {
      massOut[e] = reliability[e] * said.probability(e);
      ignorance -= massOut[e];
    }
    return Math.max(0, ignorance);
  }

  private Combined combine(LabelSet labels, List<Source> sources) {
    boolean all = true;
    double[][] mass = new double[sources.size()][];
    double[] ignorance = new double[sources.size()];
    for (int m = 0; m < mass.length; m++) {
      mass[m] = sources.get(m).mass;
      ignorance[m] = sources.get(m).ignorance;
      for (int e = 0; e < labels.size(); e++) {
        all &= sources.get(m).said.supports(e);
      }
    }
    return all
        ? closedForm(mass, ignorance, conflict)
        : bySets(sources.stream().map(Source::said).toList(), mass, ignorance, conflict);
  }

  /** Combines those that all know every class. */
  static Combined closedForm(double[][] mass, double[] ignorance, Conflict conflict) {
    double nobody = 1;
    for (double t : ignorance) {
      nobody *= t;
    }
    double[] single = new double[mass[0].length];
    double sum = nobody;
    for (int e = 0; e < single.length; e++) {
      double product = 1;
      for (int m = 0; m < mass.length; m++) {
        product *= mass[m][e] + ignorance[m];
      }
      single[e] = Math.max(0, product - nobody);
      sum += single[e];
    }
    double contradiction = Math.min(1, Math.max(0, 1 - sum));
    // total contradiction leaves nothing to normalise
    boolean normalize = conflict == Conflict.NORMALIZE && sum > 1e-12;
    double even = (normalize ? nobody : nobody + contradiction) / single.length;
    double total = normalize ? sum : sum + contradiction;
    for (int e = 0; e < single.length; e++) {
      single[e] = (single[e] + even) / total;
    }
    return new Combined(single, contradiction);
  }

  /** Combines any, set by set. */
  static Combined bySets(
      List<Distribution> said, double[][] mass, double[] ignorance, Conflict conflict) {
    int classes = mass[0].length;
    if (classes > MOST_CLASSES) {
      throw new IllegalArgumentException(
          "at most " + MOST_CLASSES + " classes can be combined, were " + classes);
    }
    long all = (1L << classes) - 1;
    SortedMap<Long, Double> combined = new TreeMap<>();
    combined.put(all, 1.0);
    for (int m = 0; m < mass.length; m++) {
      long unknown = 0;
      for (int e = 0; e < classes; e++) {
        unknown |= said.get(m).supports(e) ? 0 : 1L << e;
      }
      SortedMap<Long, Double> next = new TreeMap<>();
      for (Map.Entry<Long, Double> entry : combined.entrySet()) {
        next.merge(entry.getKey(), entry.getValue() * ignorance[m], Double::sum);
        for (int e = 0; e < classes; e++) {
          if (mass[m][e] > 0) {
            long both = entry.getKey() & (1L << e | unknown);
            next.merge(both, entry.getValue() * mass[m][e], Double::sum);
          }
        }
      }
      combined = next;
    }
    Double empty = combined.remove(0L);
    double contradiction = empty == null ? 0 : Math.min(1, empty);
    boolean normalize = conflict == Conflict.NORMALIZE && contradiction < 1 - 1e-12;
    if (!normalize) {
      combined.merge(all, contradiction, Double::sum);
    }
    double[] probabilities = new double[classes];
    double total = 0;
    for (Map.Entry<Long, Double> entry : combined.entrySet()) {
      long set = entry.getKey();
      total += entry.getValue();
      for (int e = 0; e < classes; e++) {
        if ((set >> e & 1) == 1) {
          probabilities[e] += entry.getValue() / Long.bitCount(set);
        }
      }
    }
    for (int e = 0; e < classes; e++) {
      probabilities[e] /= total;
    }
    return new Combined(probabilities, contradiction);
  }

  private void fuse(FusionWindow in, Fused out) {
    LabelSet labels = in.labels();
    List<Source> sources = sources(in);
    if (!sources.isEmpty()) {
      double[] probabilities = combine(labels, sources).probabilities;
      boolean[] support = new boolean[labels.size()];
      double known = 0;
      for (int e = 0; e < support.length; e++) {
        for (Source source : sources) {
          support[e] |= source.said.supports(e);
        }
        known += support[e] ? probabilities[e] : 0;
      }
      if (known < 1e-6) { // contradiction leaves only what nobody knows: nothing is known
        known = 0;
        for (int e = 0; e < support.length; e++) {
          probabilities[e] = 1;
          known += support[e] ? 1 : 0;
        }
      }
      for (int e = 0; e < support.length; e++) {
        probabilities[e] /= known;
      }
      out.distribution(Heads.distribution(labels, probabilities, support));
      contributions(sources, out);
    }
    LateFusion.affect(in, out);
  }

  /** Shares are the committed masses; reliability is what was committed, conflict aside. */
  private static void contributions(List<Source> sources, Fused out) {
    double total = 0;
    for (Source source : sources) {
      total += 1 - source.ignorance;
    }
    for (Source source : sources) {
      double committed = 1 - source.ignorance;
      double share = total > 0 ? committed / total : 1.0 / sources.size();
      out.contribution(source.modality, share, Math.min(1, Math.max(0, committed)));
    }
  }

  /** Collects reliabilities. Not thread-safe. */
  public static final class Builder {
    private final Map<Modality, Map<Emotion, Double>> reliabilities = new TreeMap<>();
    private final Map<Modality, Double> defaults = new TreeMap<>();
    private Conflict conflict = Conflict.NORMALIZE;

    private Builder() {}

    /**
     * Sets how far a modality is believed whatever it says, 0.9 by default.
     *
     * @param modality any modality
     * @param value in [0, 1]
     * @return this
     */
    public Builder reliability(Modality modality, double value) {
      defaults.put(requireNonNull(modality), requireShare(value));
      return this;
    }

    /**
     * Sets how far a modality is believed when it says one emotion.
     *
     * @param modality any modality
     * @param emotion any emotion
     * @param value in [0, 1]
     * @return this
     */
    public Builder reliability(Modality modality, Emotion emotion, double value) {
      reliabilities
          .computeIfAbsent(requireNonNull(modality), key -> new LinkedHashMap<>())
          .put(requireNonNull(emotion), requireShare(value));
      return this;
    }

    /**
     * Sets where conflicting mass goes, {@link Conflict#NORMALIZE} by default.
     *
     * @param value the rule
     * @return this
     */
    public Builder conflict(Conflict value) {
      conflict = requireNonNull(value);
      return this;
    }

    private static double requireShare(double value) {
      if (!(value >= 0 && value <= 1)) {
        throw new IllegalArgumentException("a reliability must be in [0, 1], was " + value);
      }
      return value;
    }

    /**
     * Returns the strategy.
     *
     * @return a strategy with these reliabilities
     */
    public DempsterShaferFusion build() {
      return new DempsterShaferFusion(this);
    }
  }

  /** Fits reliabilities, by the cross-entropy of the pignistic probabilities. */
  record Family() implements Trainable {
    static final String NAME = "dempster-shafer";
    private static final String MODALITIES = "erv.modalities";
    private static final String RELIABILITY = "reliability";

    @Override
    public String name() {
      return NAME;
    }

    @Override
    public TrainedFusion fit(List<Example> examples, Training training) {
      TrainingSet set = TrainingSet.of(examples, training);
      Heads.Fitted heads = Heads.fit(set);
      List<Modality> modalities = List.copyOf(set.modalities());
      int classes = set.labels().size();
      double[] start = new double[modalities.size() * classes];
      Arrays.fill(start, Math.log(DEFAULT_RELIABILITY / (1 - DEFAULT_RELIABILITY)));
      double[] fitted =
          Lbfgs.minimize(Lbfgs.numeric(at -> loss(at, heads.heldOut(), modalities)), start);
      float[] reliability = new float[fitted.length];
      for (int i = 0; i < fitted.length; i++) {
        reliability[i] = (float) logistic(fitted[i]);
      }
      return of(set.labels(), heads.heads(), modalities, reliability);
    }

    private static double logistic(double x) {
      return 1 / (1 + Math.exp(-x));
    }

    private static double loss(double[] at, TrainingSet set, List<Modality> modalities) {
      int classes = set.labels().size();
      double loss = 0;
      double total = 0;
      double[] reliability = new double[classes];
      for (int i = 0; i < set.weight().length; i++) {
        FusionWindow window = set.examples().get(i).window();
        List<Source> sources = new ArrayList<>();
        for (int m = 0; m < modalities.size(); m++) {
          Evidence.Present present = window.pooled(modalities.get(m)).orElse(null);
          if (present == null || present.distribution().filter(Distribution::informed).isEmpty()) {
            continue;
          }
          for (int e = 0; e < classes; e++) {
            reliability[e] = logistic(at[m * classes + e]) * present.quality();
          }
          double[] mass = new double[classes];
          Distribution said = present.distribution().get();
          double ignorance = discount(said, reliability, mass);
          sources.add(new Source(modalities.get(m), said, present.quality(), mass, ignorance));
        }
        if (!sources.isEmpty()) {
          double[] p = NORMALIZING.combine(set.labels(), sources).probabilities;
          loss += set.weight()[i] * SoftmaxRegression.crossEntropy(set.target().get(i), p);
          total += set.weight()[i];
        }
      }
      loss = total > 0 ? loss / total : 0;
      double strength = 1 / Math.max(1, total);
      for (int m = 0; m < modalities.size(); m++) {
        double mean = 0;
        for (int e = 0; e < classes; e++) {
          mean += at[m * classes + e] / classes;
        }
        // a wide prior on the mean, a narrower one on how far the classes are apart
        loss += strength / 2 * mean * mean / 25;
        for (int e = 0; e < classes; e++) {
          double apart = at[m * classes + e] - mean;
          loss += strength / 2 * apart * apart;
        }
      }
      return loss;
    }

    private static final DempsterShaferFusion NORMALIZING = builder().build();

    private static DecisionFusion of(
        LabelSet labels, Heads heads, List<Modality> modalities, float[] reliability) {
      Builder builder = builder();
      for (int m = 0; m < modalities.size(); m++) {
        double mean = 0;
        for (int e = 0; e < labels.size(); e++) {
          double value = reliability[m * labels.size() + e];
          builder.reliability(modalities.get(m), labels.get(e), value);
          mean += value / labels.size();
        }
        builder.reliability(modalities.get(m), Math.min(1, mean));
      }
      return new DecisionFusion(
          NAME,
          labels,
          heads,
          builder.build(),
          Safetensors.builder()
              .tensor(RELIABILITY, reliability, modalities.size(), labels.size())
              .metadata(
                  MODALITIES,
                  modalities.stream().map(Modality::name).collect(Collectors.joining(","))));
    }

    @Override
    public TrainedFusion restore(Safetensors weights) {
      return DecisionFusion.restore(
          weights,
          labels -> {
            List<Modality> modalities = new ArrayList<>();
            for (String name : weights.requireMetadata(MODALITIES).split(",", -1)) {
              modalities.add(new Modality(name));
            }
            return of(
                labels,
                Heads.restore(weights, labels),
                modalities,
                weights.require(RELIABILITY, modalities.size(), labels.size()));
          });
    }
  }
}
