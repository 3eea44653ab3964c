package io.github.erv.examples.basics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.erv.Encoder;
import io.github.erv.EncoderSession;
import io.github.erv.Evidence;
import io.github.erv.Observation;
import io.github.erv.contract.EncoderContract;
import io.github.erv.media.AudioWindow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OwnEncoderTest extends EncoderContract<AudioWindow> {
  @Override
  protected Encoder<AudioWindow> encoder() {
    return new OwnEncoder();
  }

  @Override
  protected List<AudioWindow> inputs() {
    return List.of(window(0.1f, 0), window(0.2f, 10_000), window(0.3f, 20_000));
  }

  @Override
  protected List<AudioWindow> emptyInputs() {
    return List.of(window(0, 0), window(0, 10_000));
  }

  @ParameterizedTest
  @CsvSource({
    "0.00316228, -1", // -50 dB, as quiet as a voice gets
    "0.0316228, 0", // -30 dB, half way
    "0.316228, 1", // -10 dB
    "1, 1",
  })
  void encode_readsArousalFromTheLevel(float amplitude, float arousal) {
    Evidence.Present present = (Evidence.Present) encode(amplitude).evidence();

    assertEquals(arousal, present.affect().orElseThrow().arousal(), 1e-3);
  }

  @ParameterizedTest
  @ValueSource(floats = {0, 0.003f, Float.NaN, Float.POSITIVE_INFINITY})
  void encode_soundThatIsNone_isSilence(float amplitude) {
    assertEquals(new Evidence.Missing(Evidence.Reason.SILENCE), encode(amplitude).evidence());
  }

  private static Observation encode(float amplitude) {
    List<Observation> out = new ArrayList<>();
    try (OwnEncoder encoder = new OwnEncoder();
        EncoderSession<AudioWindow> session = encoder.open()) {
      session.encode(window(amplitude, 0), out::add);
    }
    assertEquals(1, out.size());
    return out.get(0);
  }

  private static AudioWindow window(float amplitude, long startMicros) {
    float[] samples = new float[160]; // 10 ms
    Arrays.fill(samples, amplitude);
    return AudioWindow.of(samples, 16_000, startMicros);
  }
}
