package io.github.erv.audio;

import io.github.erv.media.AudioWindow;
import io.github.erv.spi.EncoderProvider;

/** Offers {@link SpeechEncoder#bundled} to whoever looks for encoders on the class path. */
public final class SpeechEncoderProvider implements EncoderProvider<AudioWindow> {
  /** Called by the service loader. */
  public SpeechEncoderProvider() {}

  @Override
  public Class<AudioWindow> input() {
    return AudioWindow.class;
  }

  @Override
  public SpeechEncoder create() {
    return SpeechEncoder.bundled();
  }
}
