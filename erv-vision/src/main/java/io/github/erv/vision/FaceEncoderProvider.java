package io.github.erv.vision;

import io.github.erv.Encoder;
import io.github.erv.media.Frame;
import io.github.erv.spi.EncoderProvider;

/** Offers {@link FaceEncoder#bundled} to recognisers that take what is on the class path. */
public final class FaceEncoderProvider implements EncoderProvider<Frame> {
  /** Creates the provider. */
  public FaceEncoderProvider() {}

  @Override
  public Class<Frame> input() {
    return Frame.class;
  }

  @Override
  public Encoder<Frame> create() {
    return FaceEncoder.bundled();
  }
}
