package io.github.erv.audio;

import io.github.erv.Encoder;
import io.github.erv.contract.EncoderContract;
import io.github.erv.media.AudioWindow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

class SpeechEncoderContractTest extends EncoderContract<AudioWindow> {
  @Override
  protected Encoder<AudioWindow> encoder() {
    return SpeechEncoder.bundled();
  }

  @Override
  protected List<AudioWindow> inputs() {
    return windows(Speech.samples());
  }

  @Override
  protected List<AudioWindow> emptyInputs() {
    return windows(Speech.noise(30_000, 0.2, 1));
  }

  private static List<AudioWindow> windows(float[] samples) {
    List<AudioWindow> windows = new ArrayList<>();
    for (int at = 0; at + 1_000 <= samples.length; at += 1_000) {
      float[] block = Arrays.copyOfRange(samples, at, at + 1_000);
      windows.add(AudioWindow.of(block, 16_000, 60_000 + AudioWindow.micros(at, 16_000)));
    }
    return windows;
  }
}
