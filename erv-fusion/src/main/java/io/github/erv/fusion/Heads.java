package io.github.erv.fusion;

import io.github.erv.Evidence;
import io.github.erv.FusionWindow;
import io.github.erv.Modality;
import io.github.erv.Observation;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.LabelMapping;
import io.github.erv.emotion.LabelSet;
import io.github.erv.fusion.train.Example;
import io.github.erv.tensor.Safetensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Gives a distribution to modalities that bring only features, by a regression each: what fuses
 * decisions needs decisions. Immutable.
 */
final class Heads {
  /** For what needs no decisions. */
  static final Heads NONE = new Heads(LabelSet.EKMAN_7, Map.of());

  private static final String METADATA = "erv.heads";

  private final LabelSet labels;
  private final Map<Modality, SoftmaxRegression> of;

  private Heads(LabelSet labels, Map<Modality, SoftmaxRegression> of) {
    this.labels = labels;
    this.of = of;
  }

  /**
   * Heads, and the examples as heads see them that were fitted without the example's fold. What is
   * fitted on top must not see decisions that the heads were told.
   */
  record Fitted(Heads heads, TrainingSet heldOut) {}

  static Fitted fit(TrainingSet set) {
    Map<Modality, SoftmaxRegression> of = new TreeMap<>();
    List<Map<Modality, Distribution>> decided = new ArrayList<>();
    for (int i = 0; i < set.examples().size(); i++) {
      decided.add(new TreeMap<>());
    }
    for (Modality modality : set.modalities()) {
      List<Integer> rows = new ArrayList<>();
      List<double[]> x = new ArrayList<>();
      List<double[]> target = new ArrayList<>();
      for (int i = 0; i < set.examples().size(); i++) {
        double[] features = undecided(set.examples().get(i).window(), modality);
        if (features.length > 0) {
          rows.add(i);
          x.add(features);
          target.add(set.target().get(i));
        }
      }
      if (rows.isEmpty()) {
        continue;
      }
      SoftmaxRegression.Chosen chosen =
          SoftmaxRegression.choose(
              new SoftmaxRegression.Data(
                  x,
                  target,
                  rows.stream().mapToDouble(i -> set.weight()[i]).toArray(),
                  rows.stream().mapToInt(i -> set.fold()[i]).toArray()),
              null);
      of.put(modality, chosen.regression());
      for (int k = 0; k < rows.size(); k++) {
        decided
            .get(rows.get(k))
            .put(
                modality, distribution(set.labels(), chosen.heldOut().get(k), chosen.regression()));
      }
    }
    List<Example> seen = new ArrayList<>();
    for (int i = 0; i < decided.size(); i++) {
      Example example = set.examples().get(i);
      seen.add(
          new Example(with(example.window(), decided.get(i)), example.target(), example.group()));
    }
    return new Fitted(new Heads(set.labels(), of), set.withExamples(seen));
  }

  /** What a modality measured where it says no emotion; empty if there is nothing to read. */
  private static double[] undecided(FusionWindow window, Modality modality) {
    Evidence.Present present = window.pooled(modality).orElse(null);
    if (present == null || present.distribution().isPresent()) {
      return new double[0];
    }
    return features(modality, present);
  }

  /** The embedding in doubles. */
  static double[] features(Modality modality, Evidence.Present present) {
    float[] values = new float[present.embeddingSize()];
    present.copyEmbedding(values, 0);
    double[] features = new double[values.length];
    for (int j = 0; j < values.length; j++) {
      if (!Float.isFinite(values[j])) {
        throw new IllegalArgumentException(
            "feature " + j + " of " + modality + " must be finite, was " + values[j]);
      }
      features[j] = values[j];
    }
    return features;
  }

  static Distribution distribution(LabelSet labels, double[] p, SoftmaxRegression by) {
    boolean[] support = new boolean[p.length];
    for (int e = 0; e < p.length; e++) {
      support[e] = by.knows(e);
    }
    return distribution(labels, p, support);
  }

  static Distribution distribution(LabelSet labels, double[] p, boolean[] support) {
    float[] floats = new float[p.length];
    for (int e = 0; e < p.length; e++) {
      floats[e] = support[e] ? (float) p[e] : 0;
    }
    return Distribution.of(labels, floats, support);
  }

  /** Returns the window with a distribution wherever a modality has a head and needs it. */
  FusionWindow apply(FusionWindow window) {
    Map<Modality, Distribution> decided = new LinkedHashMap<>();
    of.forEach(
        (modality, head) -> {
          double[] features = undecided(window, modality);
          if (features.length > 0) {
            requireSize(modality, head.inputs(), features.length);
            Distribution own = distribution(labels, head.probabilities(features), head);
            decided.put(
                modality,
                window.labels().equals(labels)
                    ? own
                    : LabelMapping.between(labels, window.labels()).apply(own));
          }
        });
    return with(window, decided);
  }

  static void requireSize(Modality modality, int expected, int actual) {
    if (actual != expected) {
      throw new IllegalArgumentException(
          "the vector of "
              + modality
              + " must have the shape ["
              + expected
              + "], as it was trained, has ["
              + actual
              + "]");
    }
  }

  /** Replaces what some modalities saw by one observation that has decided. */
  private static FusionWindow with(FusionWindow window, Map<Modality, Distribution> decided) {
    if (decided.isEmpty()) {
      return window;
    }
    List<Observation> observations = new ArrayList<>();
    for (Modality modality : window.modalities()) {
      Distribution distribution = decided.get(modality);
      if (distribution == null) {
        observations.addAll(window.observations(modality));
      } else {
        Evidence.Present pooled = window.pooled(modality).orElseThrow();
        observations.add(
            Observation.of(
                modality,
                window.subject(),
                window.hop(),
                pooled.toBuilder().distribution(distribution).build()));
      }
    }
    return new FusionWindow(
        window.labels(),
        window.subject(),
        window.window(),
        window.hop(),
        window.modalities(),
        observations);
  }

  void save(Safetensors.Builder to) {
    List<String> names = new ArrayList<>();
    of.forEach(
        (modality, head) -> {
          names.add(modality.name());
          head.save(to, "head." + modality);
        });
    to.metadata(METADATA, String.join(",", names));
  }

  static Heads restore(Safetensors from, LabelSet labels) {
    Map<Modality, SoftmaxRegression> of = new TreeMap<>();
    Arrays.stream(from.requireMetadata(METADATA).split(",", -1))
        .filter(name -> !name.isEmpty())
        .map(Modality::new)
        .forEach(
            modality ->
                of.put(
                    modality, SoftmaxRegression.restore(from, "head." + modality, labels.size())));
    return new Heads(labels, of);
  }
}
