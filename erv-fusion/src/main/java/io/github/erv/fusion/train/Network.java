package io.github.erv.fusion.train;

/**
 * The layers of a fusion, written once for use and for training. Immutable once trained, and
 * thread-safe: what changes is on the tape.
 */
@FunctionalInterface
public interface Network {
  /**
   * Computes the outputs for one window.
   *
   * @param tape on which every layer is called
   * @param in the window; at least one modality is present
   * @return shape (1, outputs): logits of the classes, or valence and arousal before their tanh
   */
  Node outputs(Tape tape, Streams in);
}
