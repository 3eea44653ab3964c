package io.github.erv.fusion;

import io.github.erv.FusionSession;
import io.github.erv.FusionStrategy;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.ModelException;
import io.github.erv.fusion.train.TrainedFusion;
import io.github.erv.tensor.Safetensors;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Heads that decide for each modality by itself, and a strategy that fuses the decisions. */
final class DecisionFusion implements TrainedFusion {
  private static final String LABELS = "erv.labels";

  private final String family;
  private final LabelSet labels;
  private final Heads heads;
  private final FusionStrategy fusing;
  private final Safetensors weights;

  /**
   * @param weights what the fusing strategy is made of; labels and heads are added
   */
  DecisionFusion(
      String family,
      LabelSet labels,
      Heads heads,
      FusionStrategy fusing,
      Safetensors.Builder weights) {
    this.family = family;
    this.labels = labels;
    this.heads = heads;
    this.fusing = fusing;
    heads.save(weights);
    this.weights =
        weights
            .metadata(TrainedFusion.FAMILY, family)
            .metadata(
                LABELS,
                labels.emotions().stream().map(Emotion::name).collect(Collectors.joining(",")))
            .build();
  }

  static LabelSet labels(Safetensors weights) {
    return LabelSet.of(
        Arrays.stream(weights.requireMetadata(LABELS).split(",", -1)).map(Emotion::new).toList());
  }

  /**
   * Makes a strategy again, refusing weights of another family, names that are none, and tensors
   * that nobody asked for.
   *
   * @param weights what was saved
   * @param make makes the strategy of the labels
   */
  static DecisionFusion restore(Safetensors weights, Function<LabelSet, DecisionFusion> make) {
    DecisionFusion restored;
    try {
      restored = make.apply(labels(weights));
    } catch (IllegalArgumentException e) {
      throw new ModelException("the weights do not fit together: " + e.getMessage(), e);
    }
    String family = weights.requireMetadata(TrainedFusion.FAMILY);
    if (!family.equals(restored.family)) {
      throw new ModelException(
          "the weights are of the family " + family + ", expected " + restored.family);
    }
    Set<String> superfluous = new TreeSet<>(weights.names());
    superfluous.removeAll(restored.weights.names());
    if (!superfluous.isEmpty()) {
      throw new ModelException(
          "the weights have tensors that " + family + " does not know: " + superfluous);
    }
    return restored;
  }

  @Override
  public String family() {
    return family;
  }

  @Override
  public LabelSet labels() {
    return labels;
  }

  @Override
  public Safetensors weights() {
    return weights;
  }

  @Override
  public FusionSession open() {
    FusionSession session = fusing.open();
    return (in, out) -> session.fuse(heads.apply(in), out);
  }
}
