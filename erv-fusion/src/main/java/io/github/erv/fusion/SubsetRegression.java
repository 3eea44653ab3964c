package io.github.erv.fusion;

import static java.util.Objects.requireNonNull;

import io.github.erv.Evidence;
import io.github.erv.Fused;
import io.github.erv.FusionWindow;
import io.github.erv.Modality;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.LabelMapping;
import io.github.erv.emotion.LabelSet;
import io.github.erv.tensor.Safetensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/*
 * One regression for every subset of the modalities, fitted to the examples in which all of them
 * are present: reduced models, which lose nothing to guesses about what is missing.
 */

/**
 * Logistic regression on the vectors of whatever modalities are present. Immutable.
 *
 * @see "Saar-Tsechansky and Provost (2007), Handling missing values when applying classification
 *     models, Journal of Machine Learning Research 8, section 3.3 (reduced-feature models)"
 */
final class SubsetRegression {
  /** 63 regressions; more modalities than anybody has streams for. */
  private static final int MOST_MODALITIES = 6;

  private static final String SUBSETS = "erv.subsets";

  private final Map<List<Modality>, SoftmaxRegression> of;
  private final int classes;

  private SubsetRegression(Map<List<Modality>, SoftmaxRegression> of, int classes) {
    this.of = of;
    this.classes = classes;
  }

  /**
   * What was concluded.
   *
   * @param regression the one that was used
   * @param probabilities shape (classes)
   * @param shares how far each modality used moved the logits apart, summing to 1
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never leaves
  record Prediction(
      SoftmaxRegression regression, double[] probabilities, Map<Modality, Double> shares) {}

  /** Weights to shrink to. */
  interface Prior {
    /** Returns weights of shape (classes, inputs + 1). */
    double[] of(int inputs, int classes);
  }

  /** How well examples in which all are present are predicted by what was fitted without them. */
  static double heldOutLoss(TrainingSet set, List<Map<Modality, double[]>> vectors) {
    TreeSet<Modality> all = new TreeSet<>();
    vectors.forEach(each -> all.addAll(each.keySet()));
    SoftmaxRegression.Data data = data(set, vectors, List.copyOf(all));
    return SoftmaxRegression.choose(
            data, new double[set.labels().size() * (data.x().get(0).length + 1)])
        .loss();
  }

  /**
   * Fits a regression for each subset that some two classes were seen with.
   *
   * @param set the examples' targets
   * @param vectors for each example, the vectors of the modalities that are present
   * @param prior weights to shrink to
   */
  static SubsetRegression fit(TrainingSet set, List<Map<Modality, double[]>> vectors, Prior prior) {
    TreeSet<Modality> seen = new TreeSet<>();
    vectors.forEach(each -> seen.addAll(each.keySet()));
    List<Modality> all = List.copyOf(seen);
    if (all.size() > MOST_MODALITIES) {
      throw new IllegalArgumentException(
          "at most " + MOST_MODALITIES + " modalities can be fused, were " + all);
    }
    Map<List<Modality>, SoftmaxRegression> of = new TreeMap<>(SubsetRegression::compare);
    for (int bits = 1; bits < 1 << all.size(); bits++) {
      List<Modality> subset = new ArrayList<>();
      for (int m = 0; m < all.size(); m++) {
        if ((bits >> m & 1) == 1) {
          subset.add(all.get(m));
        }
      }
      SoftmaxRegression.Data data = data(set, vectors, subset);
      if (classes(data) >= 2) {
        of.put(
            List.copyOf(subset),
            SoftmaxRegression.choose(data, prior.of(data.x().get(0).length, set.labels().size()))
                .regression());
      }
    }
    if (of.isEmpty()) {
      throw new IllegalArgumentException(
          "no modality is present in examples of two classes, so there is nothing to fit");
    }
    return new SubsetRegression(of, set.labels().size());
  }

  private static SoftmaxRegression.Data data(
      TrainingSet set, List<Map<Modality, double[]>> vectors, List<Modality> subset) {
    List<double[]> x = new ArrayList<>();
    List<double[]> target = new ArrayList<>();
    List<Integer> rows = new ArrayList<>();
    for (int i = 0; i < vectors.size(); i++) {
      if (vectors.get(i).keySet().containsAll(subset)) {
        x.add(joined(vectors.get(i), subset));
        target.add(set.target().get(i));
        rows.add(i);
      }
    }
    return new SoftmaxRegression.Data(
        x,
        target,
        rows.stream().mapToDouble(i -> set.weight()[i]).toArray(),
        rows.stream().mapToInt(i -> set.fold()[i]).toArray());
  }

  private static long classes(SoftmaxRegression.Data data) {
    return data.target().stream()
        .map(
            target -> {
              int top = 0;
              for (int e = 1; e < target.length; e++) {
                top = target[e] > target[top] ? e : top;
              }
              return top;
            })
        .distinct()
        .count();
  }

  private static double[] joined(Map<Modality, double[]> vectors, List<Modality> subset) {
    return subset.stream().flatMapToDouble(m -> Arrays.stream(vector(vectors, m))).toArray();
  }

  private static double[] vector(Map<Modality, double[]> vectors, Modality modality) {
    return requireNonNull(vectors.get(modality));
  }

  /** The largest subsets first. */
  private static int compare(List<Modality> one, List<Modality> other) {
    int order = Integer.compare(other.size(), one.size());
    return order != 0 ? order : name(one).compareTo(name(other));
  }

  private static String name(List<Modality> subset) {
    return subset.stream().map(Modality::name).collect(Collectors.joining("+"));
  }

  /**
   * Concludes from what is present.
   *
   * @return null if no subset of it was fitted
   */
  @Nullable Prediction predict(Map<Modality, double[]> vectors) {
    for (Map.Entry<List<Modality>, SoftmaxRegression> entry : of.entrySet()) {
      List<Modality> subset = entry.getKey();
      SoftmaxRegression regression = entry.getValue();
      if (vectors.keySet().containsAll(subset)) {
        double[] x = joined(vectors, subset);
        return new Prediction(
            regression, regression.probabilities(x), shares(regression, subset, vectors, x));
      }
    }
    return null;
  }

  /** Says in the window's labels what was predicted, with shares and the mean affect. */
  static void fuse(@Nullable Prediction prediction, LabelSet labels, FusionWindow in, Fused out) {
    if (prediction == null) {
      return;
    }
    Distribution own = Heads.distribution(labels, prediction.probabilities, prediction.regression);
    Distribution mapped =
        in.labels().equals(labels) ? own : LabelMapping.between(labels, in.labels()).apply(own);
    if (mapped.informed()) {
      out.distribution(mapped);
    }
    prediction.shares.forEach(
        (modality, share) ->
            out.contribution(
                modality, share, in.pooled(modality).map(Evidence.Present::quality).orElse(0f)));
    LateFusion.affect(in, out);
  }

  private Map<Modality, Double> shares(
      SoftmaxRegression regression,
      List<Modality> subset,
      Map<Modality, double[]> vectors,
      double[] x) {
    Map<Modality, Double> shares = new TreeMap<>();
    double total = 0;
    int from = 0;
    for (Modality modality : subset) {
      int until = from + vector(vectors, modality).length;
      double[] moved = new double[classes];
      double mean = 0;
      for (int e = 0; e < classes; e++) {
        moved[e] = regression.logit(e, x, from, until);
        mean += moved[e] / classes;
      }
      double apart = 0;
      for (double each : moved) {
        apart += Math.abs(each - mean);
      }
      shares.put(modality, apart);
      total += apart;
      from = until;
    }
    double sum = total;
    shares.replaceAll((modality, apart) -> sum > 0 ? apart / sum : 1.0 / subset.size());
    return shares;
  }

  /**
   * Holds the regressions against the sizes of the vectors they will get.
   *
   * @throws IllegalArgumentException if one wants others, naming both shapes
   */
  void requireInputs(ToIntFunction<Modality> size) {
    of.forEach(
        (subset, regression) -> {
          int expected = subset.stream().mapToInt(size).sum();
          if (regression.inputs() != expected) {
            throw new IllegalArgumentException(
                "the tensor \""
                    + name(subset)
                    + ".weight\" must have the shape ["
                    + classes
                    + ", "
                    + expected
                    + "], has ["
                    + classes
                    + ", "
                    + regression.inputs()
                    + "]");
          }
        });
  }

  void save(Safetensors.Builder to) {
    of.forEach((subset, regression) -> regression.save(to, name(subset)));
    to.metadata(
        SUBSETS, of.keySet().stream().map(SubsetRegression::name).collect(Collectors.joining(",")));
  }

  static SubsetRegression restore(Safetensors from, LabelSet labels) {
    Map<List<Modality>, SoftmaxRegression> of = new TreeMap<>(SubsetRegression::compare);
    for (String name : from.requireMetadata(SUBSETS).split(",", -1)) {
      List<Modality> subset = Arrays.stream(name.split("\\+", -1)).map(Modality::new).toList();
      of.put(subset, SoftmaxRegression.restore(from, name, labels.size()));
    }
    return new SubsetRegression(of, labels.size());
  }
}
