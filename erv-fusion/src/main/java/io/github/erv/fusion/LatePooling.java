package io.github.erv.fusion;

import io.github.erv.Evidence;
import io.github.erv.FusionWindow;
import io.github.erv.Modality;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.LabelSet;
import io.github.erv.fusion.train.Example;
import io.github.erv.fusion.train.Trainable;
import io.github.erv.fusion.train.TrainedFusion;
import io.github.erv.fusion.train.Training;
import io.github.erv.tensor.Safetensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/*
 * Fitted: log weights per modality and class, and the log of the temperature, by the cross-entropy
 * of the pool. Only ratios of the weights of a class matter; they are given with a mean of 1. A
 * Gaussian prior of unit deviation holds the log weights of a modality's classes together, so that
 * a class of which little was seen takes what the others have.
 */

/** Fits the weights of {@link LateFusion}. */
record LatePooling(boolean linear) implements Trainable {
  static final String NAME = "late";
  static final String LINEAR = "late-linear";

  private static final String MODALITIES = "erv.modalities";
  private static final String WEIGHTS = "weights";
  private static final String TEMPERATURE = "temperature";

  /** Who said what with which quality, of those that said anything. */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never leaves
  private record Said(int[] modality, double[] quality, List<Distribution> distributions) {}

  @Override
  public String name() {
    return linear ? LINEAR : NAME;
  }

  @Override
  public TrainedFusion fit(List<Example> examples, Training training) {
    TrainingSet set = TrainingSet.of(examples, training);
    Heads.Fitted heads = Heads.fit(set);
    List<Modality> modalities = List.copyOf(set.modalities());
    int classes = set.labels().size();
    List<Said> said = new ArrayList<>();
    heads.heldOut().examples().forEach(each -> said.add(said(each.window(), modalities)));
    double[] fitted =
        Lbfgs.minimize(
            Lbfgs.numeric(at -> loss(at, said, set, modalities.size())),
            new double[modalities.size() * classes + 1]);
    float[] weights = new float[modalities.size() * classes];
    for (int e = 0; e < classes; e++) {
      double sum = 0;
      for (int m = 0; m < modalities.size(); m++) {
        sum += Math.exp(fitted[m * classes + e]);
      }
      for (int m = 0; m < modalities.size(); m++) {
        weights[m * classes + e] =
            (float) (Math.exp(fitted[m * classes + e]) * modalities.size() / sum);
      }
    }
    return of(
        set.labels(),
        heads.heads(),
        modalities,
        weights,
        (float) Math.exp(fitted[fitted.length - 1]));
  }

  private static Said said(FusionWindow window, List<Modality> modalities) {
    List<Integer> who = new ArrayList<>();
    List<Double> quality = new ArrayList<>();
    List<Distribution> distributions = new ArrayList<>();
    for (int m = 0; m < modalities.size(); m++) {
      Evidence.Present present = window.pooled(modalities.get(m)).orElse(null);
      if (present != null && present.distribution().filter(Distribution::informed).isPresent()) {
        who.add(m);
        quality.add((double) present.quality());
        distributions.add(present.distribution().orElseThrow());
      }
    }
    return new Said(
        who.stream().mapToInt(m -> m).toArray(),
        quality.stream().mapToDouble(q -> q).toArray(),
        distributions);
  }

  private double loss(double[] at, List<Said> said, TrainingSet set, int modalities) {
    int classes = set.labels().size();
    double temperature = Math.exp(at[at.length - 1]);
    double loss = 0;
    double total = 0;
    for (int i = 0; i < said.size(); i++) {
      Said each = said.get(i);
      int n = each.modality.length;
      if (n < 2) {
        continue; // one alone is returned as it is: nothing to learn
      }
      double readable = Arrays.stream(each.quality).sum();
      double[][] weight = new double[n][classes];
      for (int k = 0; k < n; k++) {
        for (int e = 0; e < classes; e++) {
          weight[k][e] =
              Math.exp(at[each.modality[k] * classes + e]) * (readable == 0 ? 1 : each.quality[k]);
        }
      }
      double[] p = LateFusion.pool(each.distributions, weight, linear, temperature, new double[n]);
      loss += set.weight()[i] * SoftmaxRegression.crossEntropy(set.target().get(i), p);
      total += set.weight()[i];
    }
    loss = total > 0 ? loss / total : 0;
    double strength = 1 / Math.max(1, total);
    for (int m = 0; m < modalities; m++) {
      double mean = 0;
      for (int e = 0; e < classes; e++) {
        mean += at[m * classes + e] / classes;
      }
      loss += 1e-6 * mean * mean; // a scale common to all modalities has no effect
      for (int e = 0; e < classes; e++) {
        double apart = at[m * classes + e] - mean;
        loss += strength / 2 * apart * apart;
      }
    }
    return loss;
  }

  private DecisionFusion of(
      LabelSet labels, Heads heads, List<Modality> modalities, float[] weights, float temperature) {
    return new DecisionFusion(
        name(),
        labels,
        heads,
        pool(labels, modalities, weights, temperature).build(),
        Safetensors.builder()
            .tensor(WEIGHTS, weights, modalities.size(), labels.size())
            .tensor(TEMPERATURE, new float[] {temperature}, 1)
            .metadata(
                MODALITIES,
                modalities.stream().map(Modality::name).collect(Collectors.joining(","))));
  }

  private LateFusion.Builder pool(
      LabelSet labels, List<Modality> modalities, float[] weights, float temperature) {
    LateFusion.Builder pool = LateFusion.builder().temperature(temperature);
    if (linear) {
      pool.linear();
    }
    for (int m = 0; m < modalities.size(); m++) {
      double mean = 0;
      for (int e = 0; e < labels.size(); e++) {
        double weight = weights[m * labels.size() + e];
        pool.weight(modalities.get(m), labels.get(e), weight);
        mean += weight / labels.size();
      }
      pool.weight(modalities.get(m), mean); // for a class that was not among those fitted
    }
    return pool;
  }

  private static List<Modality> modalities(Safetensors weights) {
    List<Modality> modalities = new ArrayList<>();
    for (String name : weights.requireMetadata(MODALITIES).split(",", -1)) {
      modalities.add(new Modality(name));
    }
    if (modalities.size() != new TreeSet<>(modalities).size()) {
      throw new IllegalArgumentException("the weights name a modality twice: " + modalities);
    }
    return modalities;
  }

  /** Makes the pool alone, without heads. */
  LateFusion.Builder pool(Safetensors weights) {
    LabelSet labels = DecisionFusion.labels(weights);
    List<Modality> modalities = modalities(weights);
    return pool(
        labels,
        modalities,
        weights.require(WEIGHTS, modalities.size(), labels.size()),
        weights.require(TEMPERATURE, 1)[0]);
  }

  @Override
  public TrainedFusion restore(Safetensors weights) {
    return DecisionFusion.restore(
        weights,
        labels -> {
          List<Modality> modalities = modalities(weights);
          return of(
              labels,
              Heads.restore(weights, labels),
              modalities,
              weights.require(WEIGHTS, modalities.size(), labels.size()),
              weights.require(TEMPERATURE, 1)[0]);
        });
  }
}
