package io.github.erv;

import io.github.erv.media.TimeSpan;

/**
 * Something with a place in media time that an {@link Encoder} can read: a picture, a stretch of
 * sound, or a user's own kind of input, such as a recognised word.
 */
public interface TimedInput {
  /**
   * Returns when it happened.
   *
   * @return the span in presentation time; an instant for a picture
   */
  TimeSpan span();

  /**
   * Returns an input with the same content whose memory is its own. {@link RecognitionSession#push}
   * calls it before it returns, so that the caller may reuse its arrays at once.
   *
   * @return a copy, or this if it is immutable
   */
  TimedInput copy();
}
