package io.github.erv.fusion.train;

import io.github.erv.FusionStrategy;
import io.github.erv.emotion.LabelSet;
import io.github.erv.onnx.Provenance;
import io.github.erv.tensor.Safetensors;
import java.io.IOException;
import java.nio.file.Path;

/** A strategy whose weights were fitted. Immutable and thread-safe. */
public interface TrainedFusion extends FusionStrategy {
  /** The weights' metadata that names the family. */
  String FAMILY = "erv.family";

  /**
   * Returns the name of its family.
   *
   * @return as in {@code cross-attention}
   */
  String family();

  /**
   * Returns the classes it was fitted to.
   *
   * @return in the order of its output
   */
  LabelSet labels();

  /**
   * Returns everything from which the strategy can be made again: tensors, and in the metadata the
   * {@value #FAMILY} and whatever else {@link Trainable#restore} needs.
   *
   * @return the weights
   */
  Safetensors weights();

  /**
   * Saves the weights as {@code name.safetensors} and beside them their card {@code
   * name.card.json}, without which they do not load.
   *
   * @param file where the weights go; what lies there is replaced
   * @param provenance what has to be known of them
   * @throws IOException if a file cannot be written
   */
  default void save(Path file, Provenance provenance) throws IOException {
    provenance.write(file, weights(), "fusion: " + family(), labels(), "window", -1);
  }
}
