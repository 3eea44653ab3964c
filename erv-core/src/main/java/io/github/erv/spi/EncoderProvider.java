package io.github.erv.spi;

import io.github.erv.Encoder;
import io.github.erv.TimedInput;

/**
 * Offers an encoder to {@link io.github.erv.EmotionRecognizer#create}, through {@link
 * java.util.ServiceLoader}.
 *
 * @param <I> what the encoder reads
 */
public interface EncoderProvider<I extends TimedInput> {
  /**
   * Returns what the encoder reads.
   *
   * @return the class of its inputs
   */
  Class<I> input();

  /**
   * Creates the encoder with bundled models.
   *
   * @return an encoder to close
   */
  Encoder<I> create();
}
