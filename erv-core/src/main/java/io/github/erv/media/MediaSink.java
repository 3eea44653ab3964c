package io.github.erv.media;

import io.github.erv.Evidence;
import io.github.erv.Modality;

/** Receives what a {@link MediaReader} reads, on the thread that reads. */
public interface MediaSink {
  /**
   * Takes a frame.
   *
   * @param frame upright, valid until this returns; time never goes back
   */
  void video(Frame frame);

  /**
   * Takes a stretch of sound.
   *
   * @param window valid until this returns; time never goes back, and goes on without a hole unless
   *     the media has one
   */
  void audio(AudioWindow window);

  /**
   * Tells that a part of a stream cannot be read.
   *
   * @param modality {@link Modality#FACE} for the picture, {@link Modality#VOICE} for the sound
   * @param span the part, as far as it is known
   * @param reason {@link Evidence.Reason#DECODE_ERROR} or {@link Evidence.Reason#STREAM_ENDED}
   * @param detail a sentence for people: which stream of what, and why
   */
  void lost(Modality modality, TimeSpan span, Evidence.Reason reason, String detail);

  /**
   * Tells that the time stamps of a stream jumped and were joined up: what comes next does not
   * continue what was before.
   *
   * @param timeMicros where the next input starts, in unwrapped time
   */
  void discontinuity(long timeMicros);
}
