package io.github.erv.audio;

import io.github.erv.Evidence;

/** A model that was fed with speech and is ready to say what it expresses. */
interface VoiceReading {
  /**
   * Runs the model on what it was fed with.
   *
   * @param quality of that speech, in [0, 1]
   */
  Evidence.Present.Builder run(float quality);
}
