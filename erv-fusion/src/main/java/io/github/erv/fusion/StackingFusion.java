package io.github.erv.fusion;

import io.github.erv.Evidence;
import io.github.erv.Fused;
import io.github.erv.FusionSession;
import io.github.erv.FusionStrategy;
import io.github.erv.FusionWindow;
import io.github.erv.Modality;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.LabelMapping;
import io.github.erv.emotion.LabelSet;
import io.github.erv.fusion.train.Example;
import io.github.erv.fusion.train.Trainable;
import io.github.erv.fusion.train.TrainedFusion;
import io.github.erv.fusion.train.Training;
import io.github.erv.tensor.Safetensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/*
 * What modality m says goes in as centred log-ratios over the classes it knows,
 *
 *   x_m(e) = q_m (log p_m(e) - mean over known e' of log p_m(e')),   0 where it does not know e,
 *
 * so that no information is 0, and what cannot be read moves nothing. For the modalities S that are
 * present, p = softmax(b + sum over m in S of W_m x_m), with a ridge penalty around W_m = I / |S|,
 * b = 0: with no data that is the log-linear pool of equal weights, and data have to argue for
 * anything else.
 */

/**
 * Stacked generalisation: a logistic regression on what the modalities conclude each by itself,
 * which learns whom to believe about what, and undoes confusions that a modality makes always
 * alike. One regression for every subset of the modalities. Where what a modality concludes is
 * itself learnt from its features, the regression is fitted to conclusions about examples that were
 * held out. Immutable and thread-safe.
 *
 * @see "Wolpert (1992), Stacked generalization, Neural Networks 5; Ting and Witten (1999), Issues
 *     in stacked generalization, JAIR 10 (on probabilities, with logistic regression)"
 */
final class StackingFusion implements FusionStrategy {
  private static final double FLOOR = 1e-4;

  private final LabelSet labels;
  private final SubsetRegression regression;

  StackingFusion(LabelSet labels, SubsetRegression regression) {
    this.labels = labels;
    this.regression = regression;
  }

  @Override
  public FusionSession open() {
    return this::fuse;
  }

  private void fuse(FusionWindow in, Fused out) {
    SubsetRegression.fuse(regression.predict(logRatios(in, labels)), labels, in, out);
  }

  /** What every modality says that says anything. */
  private static Map<Modality, double[]> logRatios(FusionWindow window, LabelSet labels) {
    Map<Modality, double[]> ratios = new TreeMap<>();
    for (Modality modality : window.modalities()) {
      Evidence.Present present = window.pooled(modality).orElse(null);
      double[] x = present == null ? null : logRatios(present, labels);
      if (x != null) {
        ratios.put(modality, x);
      }
    }
    return ratios;
  }

  /** Centred log-ratios, or null if nothing is said of any of the classes. */
  static double @Nullable [] logRatios(Evidence.Present present, LabelSet labels) {
    Distribution said = present.distribution().orElse(null);
    if (said != null && !said.labels().equals(labels)) {
      said = LabelMapping.between(said.labels(), labels).apply(said);
    }
    if (said == null || !said.informed()) {
      return null;
    }
    double[] x = new double[labels.size()];
    double mean = 0;
    int known = 0;
    for (int e = 0; e < x.length; e++) {
      if (said.supports(e)) {
        x[e] = Math.log(Math.max(FLOOR, said.probability(e)));
        mean += x[e];
        known++;
      }
    }
    for (int e = 0; e < x.length; e++) {
      x[e] = said.supports(e) ? present.quality() * (x[e] - mean / known) : 0;
    }
    return x;
  }

  /** Fits it. */
  record Family() implements Trainable {
    static final String NAME = "stacking";

    @Override
    public String name() {
      return NAME;
    }

    @Override
    public TrainedFusion fit(List<Example> examples, Training training) {
      TrainingSet set = TrainingSet.of(examples, training);
      Heads.Fitted heads = Heads.fit(set);
      List<Map<Modality, double[]>> vectors = new ArrayList<>();
      heads
          .heldOut()
          .examples()
          .forEach(each -> vectors.add(logRatios(each.window(), set.labels())));
      return of(
          set.labels(), heads.heads(), SubsetRegression.fit(set, vectors, Family::equalWeights));
    }

    /** The weights of the log-linear pool, shape (classes, modalities x classes + 1). */
    private static double[] equalWeights(int inputs, int classes) {
      int modalities = inputs / classes;
      int row = inputs + 1;
      double[] weights = new double[classes * row];
      for (int e = 0; e < classes; e++) {
        for (int m = 0; m < modalities; m++) {
          weights[e * row + m * classes + e] = 1.0 / modalities;
        }
      }
      return weights;
    }

    private static DecisionFusion of(LabelSet labels, Heads heads, SubsetRegression regression) {
      Safetensors.Builder weights = Safetensors.builder();
      regression.save(weights);
      return new DecisionFusion(
          NAME, labels, heads, new StackingFusion(labels, regression), weights);
    }

    @Override
    public TrainedFusion restore(Safetensors weights) {
      return DecisionFusion.restore(
          weights,
          labels -> {
            SubsetRegression regression = SubsetRegression.restore(weights, labels);
            regression.requireInputs(modality -> labels.size());
            return of(labels, Heads.restore(weights, labels), regression);
          });
    }
  }
}
