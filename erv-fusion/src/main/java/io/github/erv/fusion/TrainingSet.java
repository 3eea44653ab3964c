package io.github.erv.fusion;

import io.github.erv.Evidence;
import io.github.erv.FusionWindow;
import io.github.erv.Modality;
import io.github.erv.Observation;
import io.github.erv.emotion.LabelSet;
import io.github.erv.fusion.train.Example;
import io.github.erv.fusion.train.Fold;
import io.github.erv.fusion.train.Target;
import io.github.erv.fusion.train.Training;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Examples that can be fitted to, checked, with their targets as numbers.
 *
 * @param target shape (classes) each, summing to 1
 * @param weight one an example
 * @param fold in which of a few folds each example is held out; groups stay together
 */
record TrainingSet(
    List<Example> examples,
    LabelSet labels,
    SortedSet<Modality> modalities,
    List<double[]> target,
    double[] weight,
    int[] fold) {
  private static final int FOLDS = 5;

  static TrainingSet of(List<Example> examples, Training training) {
    if (examples.isEmpty()) {
      throw new IllegalArgumentException("there are no examples to fit to");
    }
    LabelSet labels = examples.get(0).window().labels();
    SortedSet<Modality> modalities = new TreeSet<>();
    Map<Modality, Integer> sizes = new TreeMap<>();
    List<double[]> targets = new ArrayList<>();
    double[] mass = new double[labels.size()];
    for (Example example : examples) {
      FusionWindow window = example.window();
      if (!window.labels().equals(labels)) {
        throw new IllegalArgumentException(
            "examples are over several label sets: " + labels + " and " + window.labels());
      }
      if (example.target().getClass() != examples.get(0).target().getClass()) {
        throw new IllegalArgumentException("examples have targets of several kinds");
      }
      for (Modality modality : window.modalities()) {
        for (Observation observation : window.observations(modality)) {
          if (observation.evidence() instanceof Evidence.Present present) {
            modalities.add(modality);
            requireFinite(modality, present, sizes);
          }
        }
      }
      double[] target = target(example.target(), labels, training.labelSmoothing());
      targets.add(target);
      for (int e = 0; e < mass.length; e++) {
        mass[e] += target[e];
      }
    }
    requireClasses(targets, labels);
    if (modalities.isEmpty()) {
      throw new IllegalArgumentException("no example has a modality that is present");
    }
    double[] weight = new double[examples.size()];
    int classes = 0;
    for (double m : mass) {
      classes += m > 0 ? 1 : 0;
    }
    for (int i = 0; i < weight.length; i++) {
      double w = 0;
      for (int e = 0; e < mass.length; e++) {
        double t = targets.get(i)[e];
        w += t == 0 ? 0 : training.balanced() ? t * weight.length / (classes * mass[e]) : t;
      }
      weight[i] = w;
    }
    return new TrainingSet(
        List.copyOf(examples),
        labels,
        modalities,
        targets,
        weight,
        folds(examples, training.seed()));
  }

  private static void requireFinite(
      Modality modality, Evidence.Present present, Map<Modality, Integer> sizes) {
    float[] values = new float[present.embeddingSize()];
    present.copyEmbedding(values, 0);
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "feature " + i + " of " + modality + " must be finite, was " + values[i]);
      }
    }
    Integer size = values.length == 0 ? null : sizes.putIfAbsent(modality, values.length);
    if (size != null && size != values.length) {
      throw new IllegalArgumentException(
          modality + " has vectors of shape [" + size + "] and of shape [" + values.length + "]");
    }
  }

  private static double[] target(Target target, LabelSet labels, double smoothing) {
    double[] t = new double[labels.size()];
    if (target instanceof Target.Label label) {
      Arrays.fill(t, smoothing / t.length);
      t[labels.indexOf(label.emotion())] += 1 - smoothing;
    } else if (target instanceof Target.Votes votes) {
      if (!votes.distribution().informed()) {
        throw new IllegalArgumentException("an example has votes for none of the classes");
      }
      for (int e = 0; e < t.length; e++) {
        t[e] = votes.distribution().probability(e);
      }
    } else {
      throw new IllegalArgumentException(
          "decision-level fusion and CCA are fitted to classes or votes, not to valence and"
              + " arousal");
    }
    return t;
  }

  private static void requireClasses(List<double[]> targets, LabelSet labels) {
    Set<Integer> tops = new HashSet<>();
    for (double[] target : targets) {
      int top = 0;
      for (int e = 1; e < target.length; e++) {
        top = target[e] > target[top] ? e : top;
      }
      tops.add(top);
    }
    if (tops.size() < 2) {
      throw new IllegalArgumentException(
          "all examples are of one class, "
              + labels.get(tops.iterator().next())
              + "; two are needed");
    }
  }

  /** Few groups give few folds; a single group is no group. */
  private static int[] folds(List<Example> examples, long seed) {
    Set<String> groups = new HashSet<>();
    for (Example example : examples) {
      groups.add(example.group());
    }
    boolean grouped = groups.size() > 1 && !groups.contains("");
    IdentityHashMap<Example, Integer> index = new IdentityHashMap<>();
    List<Example> divided = new ArrayList<>();
    for (int i = 0; i < examples.size(); i++) {
      Example example = examples.get(i);
      Example own = new Example(example.window(), example.target(), grouped ? example.group() : "");
      index.put(own, i);
      divided.add(own);
    }
    int k = Math.min(FOLDS, grouped ? groups.size() : examples.size());
    int[] fold = new int[examples.size()];
    int number = 0;
    for (Fold each : Fold.byGroup(divided, k, seed)) {
      for (Example example : each.test()) {
        fold[index.getOrDefault(example, 0)] = number;
      }
      number++;
    }
    return fold;
  }

  /** The same examples, seen differently. */
  TrainingSet withExamples(List<Example> others) {
    return new TrainingSet(List.copyOf(others), labels, modalities, target, weight, fold);
  }
}
