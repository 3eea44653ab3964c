package io.github.erv;

import io.github.erv.emotion.LabelSet;
import java.util.List;

/**
 * One modality's model: turns inputs into {@link Observation}s.
 *
 * <p>An encoder is immutable, thread-safe and shared; what it needs to remember between inputs
 * lives in the sessions it opens, one for each thread. Implementations can be held against {@code
 * io.github.erv.contract.EncoderContract} in the test-jar of erv-core.
 *
 * @param <I> what it reads
 */
public interface Encoder<I> extends AutoCloseable {
  /**
   * Returns what it looks at or listens to.
   *
   * @return the modality of all its observations
   */
  Modality modality();

  /**
   * Returns the classes it knows.
   *
   * @return the labels of all its distributions
   */
  LabelSet labels();

  /**
   * Returns the length of its embeddings.
   *
   * @return the number of values, 0 if it gives none
   */
  int embeddingSize();

  /**
   * Returns the models it reads with, for the record that every estimate carries.
   *
   * @return name and version of each, as in {@code "ferplus-resnet 1.0"}; immutable
   */
  default List<String> models() {
    return List.of();
  }

  /**
   * Returns what a reader of its estimates has to know, as that a model is experimental. Every time
   * line repeats it among its warnings.
   *
   * @return sentences, each naming its model as {@link #models} does; immutable
   */
  default List<String> notes() {
    return List.of();
  }

  /**
   * Opens a session with its own scratch, tracker state and running baseline.
   *
   * @return a session for use by one thread at a time
   * @throws IllegalStateException if this encoder is closed
   */
  EncoderSession<I> open();

  /** Gives back this encoder's share of its native models. Idempotent. */
  @Override
  void close();
}
