package io.github.erv.audio;

import io.github.erv.Cue;
import io.github.erv.Evidence;
import io.github.erv.media.TimeSpan;
import java.util.List;

/** A model that was fed with speech and is ready to say what it expresses. */
interface VoiceReading {
  /**
   * Runs the model on what it was fed with.
   *
   * @param quality of that speech, in [0, 1]
   */
  Evidence.Present.Builder run(float quality);

  /**
   * Adds what was read and has no place of its own in the evidence.
   *
   * @param span of that speech
   * @param cues to add to
   */
  default void addCues(TimeSpan span, List<Cue> cues) {}
}
