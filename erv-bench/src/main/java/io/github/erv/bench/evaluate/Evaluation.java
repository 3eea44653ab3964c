package io.github.erv.bench.evaluate;

import static java.util.Objects.requireNonNull;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.github.erv.emotion.Affect;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelMapping;
import io.github.erv.emotion.LabelSet;
import io.github.erv.metrics.Bootstrap;
import io.github.erv.metrics.ClassificationAccumulator;
import io.github.erv.metrics.ClassificationScores;
import io.github.erv.metrics.ConfusionMatrix;
import io.github.erv.metrics.Interval;
import io.github.erv.metrics.RegressionAccumulator;
import io.github.erv.metrics.RegressionScores;
import io.github.erv.metrics.Reliability;
import io.github.erv.metrics.RocCurve;
import io.github.erv.metrics.SoftAccumulator;
import io.github.erv.metrics.SoftScores;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Scores readings against a manifest, as JSON. All rates are fractions in [0, 1]; what is not
 * defined is null; intervals are 95 %.
 *
 * <p>The classes are those of the model and those of the manifest. One that the model does not know
 * stays in every figure, and can only be read wrongly.
 */
final class Evaluation {
  private final Manifest manifest;
  private final LabelSet labels;
  private final List<Emotion> voted;
  private final Set<Emotion> present;
  private final boolean restrict;
  private final String by;
  private final String cluster;
  private final long seed;

  /**
   * @param known the model's labels
   * @param restrict whether readings are renormalised to the labels present
   * @param by column of groups, or empty
   * @param cluster column whose equal values are drawn together for intervals, or empty
   */
  Evaluation(
      Manifest manifest, LabelSet known, boolean restrict, String by, String cluster, long seed) {
    this.manifest = manifest;
    this.restrict = restrict;
    this.by = by;
    this.cluster = cluster;
    this.seed = seed;
    voted = manifest.voted(known);
    present = new LinkedHashSet<>();
    for (Item item : manifest.items()) {
      item.label().ifPresent(present::add);
    }
    if (present.isEmpty()) {
      present.addAll(voted);
    }
    Set<Emotion> all = new LinkedHashSet<>(known.emotions());
    for (Emotion emotion : Manifest.CANONICAL) {
      if (present.contains(emotion) || voted.contains(emotion)) {
        all.add(emotion);
      }
    }
    if (restrict) {
      all.retainAll(present);
      if (all.size() < 2) {
        throw new IllegalArgumentException(
            "--restrict needs at least two labels in the manifest, there is " + all);
      }
    }
    labels = LabelSet.of(List.copyOf(all));
  }

  LabelSet labels() {
    return labels;
  }

  /** An item beside what was read of it, over the labels of the evaluation. */
  private record Pair(Item item, @Nullable Distribution read, Reading reading) {}

  JsonObject score(List<Reading> readings) {
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < readings.size(); i++) {
      Reading reading = readings.get(i);
      pairs.add(new Pair(manifest.items().get(i), over(reading.distribution()), reading));
    }
    JsonObject json = new JsonObject();
    counts(pairs, json);
    classification(pairs, json, true);
    if (!voted.isEmpty()) {
      soft(pairs).ifPresent(value -> json.add("soft", value));
    }
    regression(pairs, json);
    if (!by.isEmpty()) {
      groups(pairs, json);
    }
    return json;
  }

  private @Nullable Distribution over(@Nullable Distribution read) {
    if (read == null) {
      return null;
    }
    if (!restrict) {
      return LabelMapping.between(read.labels(), labels).apply(read);
    }
    // by name alone: calm is not counted as neutral because it is not asked for
    float[] p = new float[labels.size()];
    boolean[] support = new boolean[p.length];
    double kept = 0;
    for (int i = 0; i < p.length; i++) {
      support[i] = read.supports(labels.get(i));
      p[i] = read.probability(labels.get(i));
      kept += p[i];
    }
    if (kept == 0) {
      return null;
    }
    for (int i = 0; i < p.length; i++) {
      p[i] = (float) (p[i] / kept);
    }
    return Distribution.of(labels, p, support);
  }

  private static void counts(List<Pair> pairs, JsonObject json) {
    Map<String, Integer> missed = new TreeMap<>();
    JsonArray unreadable = new JsonArray();
    int evaluated = 0;
    for (Pair pair : pairs) {
      if (pair.read != null) {
        evaluated++;
      } else {
        String reason = pair.reading.missed();
        missed.merge(reason == null ? "NO_LABEL_LEFT" : reason, 1, Integer::sum);
        if (Reading.UNREADABLE.equals(reason)) {
          unreadable.add(pair.item + ": " + pair.reading.detail());
        }
      }
    }
    json.addProperty("n", pairs.size());
    json.addProperty("evaluated", evaluated);
    json.addProperty("missed", pairs.size() - evaluated);
    JsonObject reasons = new JsonObject();
    missed.forEach(reasons::addProperty);
    json.add("missedBy", reasons);
    json.add("unreadable", unreadable);
  }

  private void classification(List<Pair> all, JsonObject json, boolean whole) {
    List<Pair> labelled = all.stream().filter(pair -> pair.item.label().isPresent()).toList();
    List<Pair> pairs = labelled.stream().filter(pair -> pair.read != null).toList();
    ClassificationAccumulator accumulator = new ClassificationAccumulator(labels);
    int classes = labels.size();
    int[] said = new int[pairs.size()];
    int[] read = new int[pairs.size()];
    for (int i = 0; i < said.length; i++) {
      Pair pair = pairs.get(i);
      Distribution distribution = requireNonNull(pair.read);
      accumulator.add(pair.item.label().orElseThrow(), distribution);
      said[i] = labels.indexOf(pair.item.label().orElseThrow());
      read[i] = labels.indexOf(distribution.top());
    }
    ClassificationScores scores = accumulator.scores();
    ConfusionMatrix confusion = scores.confusion();
    List<Interval> intervals =
        bootstrap(pairs)
            .intervals(
                times -> {
                  long[][] counts = new long[classes][classes];
                  for (int i = 0; i < said.length; i++) {
                    counts[said[i]][read[i]] += times[i];
                  }
                  return figures(ConfusionMatrix.of(labels, counts));
                });
    long right = 0;
    for (int i = 0; i < classes; i++) {
      right += confusion.count(i, i);
    }
    json.addProperty("labelled", labelled.size());
    add(json, "accuracy", confusion.accuracy(), intervals.get(0));
    number(json, "accuracyAll", (double) right / labelled.size());
    add(json, "uar", confusion.uar(), intervals.get(1));
    if (!whole) {
      number(json, "macroF1", confusion.macroF1());
      number(json, "ece", scores.reliability().ece());
      return;
    }
    long[] missed = new long[classes];
    for (Pair pair : labelled) {
      if (pair.read == null) {
        missed[labels.indexOf(pair.item.label().orElseThrow())]++;
      }
    }
    double recalls = 0;
    int saidClasses = 0;
    for (int i = 0; i < classes; i++) {
      if (confusion.said(i) + missed[i] > 0) {
        recalls += (double) confusion.count(i, i) / (confusion.said(i) + missed[i]);
        saidClasses++;
      }
    }
    number(json, "uarAll", recalls / saidClasses);
    add(json, "macroF1", confusion.macroF1(), intervals.get(2));
    number(json, "kappa", confusion.kappa());
    number(json, "top2", scores.top2());
    number(json, "nll", scores.nll());
    number(json, "brier", scores.brier());
    number(json, "ece", scores.reliability().ece());
    json.add("reliability", reliability(scores.reliability()));
    JsonArray names = new JsonArray();
    JsonArray matrix = new JsonArray();
    JsonObject perClass = new JsonObject();
    for (int i = 0; i < classes; i++) {
      names.add(labels.get(i).name());
      JsonArray row = new JsonArray();
      for (int j = 0; j < classes; j++) {
        row.add(confusion.count(i, j));
      }
      matrix.add(row);
      JsonObject one = new JsonObject();
      one.addProperty("n", confusion.said(i) + missed[i]);
      one.addProperty("missed", missed[i]);
      add(one, "recall", confusion.recall(i), intervals.get(3 + i));
      add(one, "precision", confusion.precision(i), intervals.get(3 + classes + i));
      number(one, "f1", confusion.f1(i));
      number(one, "auc", auc(pairs, i));
      perClass.add(labels.get(i).name(), one);
    }
    json.add("labels", names);
    json.add("confusion", matrix);
    json.add("perClass", perClass);
  }

  private static double[] figures(ConfusionMatrix confusion) {
    int classes = confusion.labels().size();
    double[] out = new double[3 + 2 * classes];
    out[0] = confusion.accuracy();
    out[1] = confusion.uar();
    out[2] = confusion.macroF1();
    for (int i = 0; i < classes; i++) {
      out[3 + i] = confusion.recall(i);
      out[3 + classes + i] = confusion.precision(i);
    }
    return out;
  }

  private double auc(List<Pair> pairs, int index) {
    double[] scores = new double[pairs.size()];
    boolean[] positive = new boolean[scores.length];
    for (int i = 0; i < scores.length; i++) {
      Distribution read = pairs.get(i).read;
      scores[i] = read == null ? 0 : read.probability(index);
      positive[i] = pairs.get(i).item.label().orElseThrow().equals(labels.get(index));
    }
    return RocCurve.auc(scores, positive);
  }

  private Bootstrap bootstrap(List<Pair> pairs) {
    return cluster.isEmpty()
        ? Bootstrap.of(pairs.size(), seed)
        : Bootstrap.clustered(pairs.stream().map(pair -> pair.item.field(cluster)).toList(), seed);
  }

  private static JsonArray reliability(Reliability reliability) {
    JsonArray bins = new JsonArray();
    for (Reliability.Bin bin : reliability.bins()) {
      JsonObject one = new JsonObject();
      number(one, "low", bin.low());
      number(one, "high", bin.high());
      one.addProperty("n", bin.count());
      number(one, "confidence", bin.confidence());
      number(one, "accuracy", bin.accuracy());
      bins.add(one);
    }
    return bins;
  }

  /** Scores against votes; items in which nobody voted for one of the labels are left out. */
  private Optional<JsonObject> soft(List<Pair> pairs) {
    SoftAccumulator accumulator = new SoftAccumulator(labels);
    for (Pair pair : pairs) {
      double[] votes = new double[labels.size()];
      double sum = 0;
      for (Emotion emotion : voted) {
        double vote = manifest.number(pair.item, Manifest.VOTES + emotion.name());
        int index = labels.indexOf(emotion);
        if (index >= 0 && vote > 0) {
          votes[index] = vote;
          sum += vote;
        }
      }
      if (pair.read != null && sum > 0) {
        accumulator.add(votes, pair.read);
      }
    }
    SoftScores scores = accumulator.scores();
    if (scores.count() == 0) {
      return Optional.empty();
    }
    JsonObject json = new JsonObject();
    json.addProperty("n", scores.count());
    number(json, "crossEntropy", scores.crossEntropy());
    number(json, "voteEntropy", scores.entropy());
    number(json, "jensenShannon", scores.jensenShannon());
    number(json, "agreement", scores.agreement());
    number(json, "agreementCeiling", scores.agreementCeiling());
    number(json, "humanAgreement", scores.humanAgreement());
    return Optional.of(json);
  }

  private void regression(List<Pair> pairs, JsonObject json) {
    Map<String, ToDoubleFunction<Affect>> dimensions = new LinkedHashMap<>();
    dimensions.put("valence", Affect::valence);
    dimensions.put("arousal", Affect::arousal);
    JsonObject all = new JsonObject();
    dimensions.forEach(
        (name, of) -> {
          if (!manifest.has(name)) {
            return;
          }
          RegressionAccumulator accumulator = new RegressionAccumulator();
          for (Pair pair : pairs) {
            double said = manifest.number(pair.item, name);
            Affect affect = pair.reading.affect();
            if (affect != null && !Double.isNaN(said)) {
              accumulator.add(said, of.applyAsDouble(affect));
            }
          }
          RegressionScores scores = accumulator.scores();
          JsonObject one = new JsonObject();
          one.addProperty("n", scores.count());
          number(one, "ccc", scores.ccc());
          number(one, "pearson", scores.pearson());
          number(one, "rmse", scores.rmse());
          number(one, "signAgreement", scores.signAgreement());
          all.add(name, one);
        });
    if (!all.isEmpty()) {
      json.add("regression", all);
    }
  }

  private void groups(List<Pair> pairs, JsonObject json) {
    Map<String, List<Pair>> members = new TreeMap<>();
    for (Pair pair : pairs) {
      members.computeIfAbsent(pair.item.field(by), group -> new ArrayList<>()).add(pair);
    }
    JsonObject groups = new JsonObject();
    members.forEach(
        (group, list) -> {
          JsonObject one = new JsonObject();
          counts(list, one);
          one.remove("unreadable");
          classification(list, one, false);
          groups.add(group, one);
        });
    json.addProperty("by", by);
    json.add("groups", groups);
    JsonObject gap = new JsonObject();
    for (String figure : List.of("accuracy", "accuracyAll", "uar")) {
      double best = Double.NEGATIVE_INFINITY;
      double worst = Double.POSITIVE_INFINITY;
      String worstGroup = "";
      for (String group : groups.keySet()) {
        var value = groups.getAsJsonObject(group).get(figure);
        if (!value.isJsonNull()) {
          best = Math.max(best, value.getAsDouble());
          if (value.getAsDouble() < worst) {
            worst = value.getAsDouble();
            worstGroup = group;
          }
        }
      }
      number(gap, figure, best - worst);
      gap.addProperty(figure + "Worst", worstGroup);
    }
    json.add("worstGroupGap", gap);
  }

  private static void add(JsonObject json, String name, double value, Interval interval) {
    number(json, name, value);
    if (Double.isNaN(interval.low())) {
      json.add(name + "Interval", JsonNull.INSTANCE);
    } else {
      JsonArray ends = new JsonArray();
      ends.add(rounded(interval.low()));
      ends.add(rounded(interval.high()));
      json.add(name + "Interval", ends);
    }
  }

  static void number(JsonObject json, String name, double value) {
    if (Double.isFinite(value)) {
      json.addProperty(name, rounded(value));
    } else {
      json.add(name, JsonNull.INSTANCE);
    }
  }

  private static double rounded(double value) {
    return Math.round(value * 1e6) / 1e6;
  }
}
