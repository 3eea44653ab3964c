package io.github.erv;

import java.util.function.Consumer;

/**
 * One run of an {@link Encoder} over a stream of inputs in time order. Used by one thread at a
 * time.
 *
 * @param <I> what it reads
 */
public interface EncoderSession<I> extends AutoCloseable {
  /**
   * Reads one input. Observations are given to {@code out} before this returns; their spans start
   * no earlier than the {@linkplain #watermarkMicros watermark} after the previous call.
   *
   * @param input valid until this returns
   * @param out receives any number of observations
   */
  void encode(I input, Consumer<Observation> out);

  /**
   * Returns the time up to which this session has said all it will say: no observation to come
   * starts before it. A session that holds input back, to gather a window or wait for a look ahead,
   * answers with a time before the end of its input.
   *
   * @param inputEndMicros where the last input ended
   * @return a time that never goes back, by default the end of the input
   */
  default long watermarkMicros(long inputEndMicros) {
    return inputEndMicros;
  }

  /**
   * Says what is still held back, at the end of the stream.
   *
   * @param out receives any number of observations
   */
  default void flush(Consumer<Observation> out) {}

  /**
   * Tells that the stream jumps or was cut: what comes next does not continue what was before.
   *
   * @param timeMicros where the next input starts
   */
  default void discontinuity(long timeMicros) {}

  /** Gives back scratch and native memory. Idempotent. */
  @Override
  void close();
}
