package io.github.erv.fusion.train;

import io.github.erv.tensor.Safetensors;
import java.util.List;

/**
 * A family of fusion with its hyper-parameters: what can be fitted to examples. Implementations are
 * immutable and thread-safe.
 */
public interface Trainable {
  /**
   * Returns the name by which tools know the family.
   *
   * @return as in {@code cross-attention}
   */
  String name();

  /**
   * Fits the family to examples. The same examples, options and seed give the same weights, however
   * many threads there are.
   *
   * @param examples at least one of each of two classes, or rated positions; one label set
   * @param training how
   * @return a strategy to use or to save
   * @throws IllegalArgumentException if the examples are empty, of one class only, of several
   *     kinds, contain values that are not finite, or disagree in sizes, saying which
   */
  TrainedFusion fit(List<Example> examples, Training training);

  /**
   * Makes the strategy of weights that were fitted before. Hyper-parameters come with the weights.
   *
   * @param weights what {@link TrainedFusion#weights} returned
   * @return the strategy
   * @throws io.github.erv.error.ModelException if a tensor is missing, superfluous or of another
   *     shape, naming it and both shapes
   */
  TrainedFusion restore(Safetensors weights);
}
