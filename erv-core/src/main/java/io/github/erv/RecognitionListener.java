package io.github.erv;

import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.timeline.Gap;
import java.util.Optional;

/**
 * Receives what a {@link RecognitionSession} finds. Calls come from the session's own threads, one
 * at a time, for each subject in time order; a slow listener slows the session down. A listener
 * must not push to its own session, and one that throws ends it.
 */
@FunctionalInterface
public interface RecognitionListener {
  /**
   * How far a session has come.
   *
   * @param positionMicros media time up to which everything has been estimated
   * @param durationMicros how long the media lasts, or empty if that is not known
   */
  record Progress(long positionMicros, Optional<Long> durationMicros) {}

  /**
   * Takes the estimate of one subject for one hop.
   *
   * @param estimate as soon as every modality has said what it had to say
   */
  void estimate(EmotionEstimate estimate);

  /**
   * Takes a stretch of time in which a subject has no estimate, once it has ended.
   *
   * @param gap whole hops
   */
  default void gap(Gap gap) {}

  /**
   * Takes what an encoder said, before it is fused: every analysed picture, every step of speech.
   *
   * @param observation over the encoder's own labels
   */
  default void observation(Observation observation) {}

  /**
   * Takes a sentence that somebody should read: damaged media, input that came too late.
   *
   * @param message for people
   */
  default void warning(String message) {}

  /**
   * Takes how far the session has come, once for each hop.
   *
   * @param progress where it is
   */
  default void progress(Progress progress) {}

  /**
   * Takes what a recording's session has done, once it has been read to its end.
   *
   * @param statistics how much each encoder read, and how long that took
   */
  default void finished(SessionStatistics statistics) {}
}
