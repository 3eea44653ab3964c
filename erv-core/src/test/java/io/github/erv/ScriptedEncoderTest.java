package io.github.erv;

import io.github.erv.contract.EncoderContract;
import io.github.erv.contract.ScriptedEncoder;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.media.AudioWindow;
import io.github.erv.media.TimeSpan;
import java.util.List;
import java.util.function.Consumer;

/** The contract holds for an encoder that is as simple as can be, and has state. */
class ScriptedEncoderTest extends EncoderContract<AudioWindow> {
  /** Reads the level of the first sample. */
  private static final class Loudness implements ScriptedEncoder.Script<AudioWindow> {
    private long spokenMicros = Long.MIN_VALUE;

    @Override
    public void encode(AudioWindow window, Consumer<Observation> out) {
      float level = Math.abs(window.sample(0, 0));
      TimeSpan span = window.span();
      out.accept(
          Observation.of(
              Modality.VOICE,
              Subject.VOICE,
              span,
              level == 0
                  ? new Evidence.Missing(Evidence.Reason.SILENCE)
                  : Evidence.Present.of(
                      Distribution.certain(LabelSet.EKMAN_6, Emotion.ANGER), level)));
      spokenMicros = span.endMicros();
    }

    @Override
    public long watermarkMicros(long inputEndMicros) {
      return spokenMicros;
    }
  }

  @Override
  protected Encoder<AudioWindow> encoder() {
    return ScriptedEncoder.opening(Modality.VOICE, LabelSet.EKMAN_6, Loudness::new);
  }

  @Override
  protected List<AudioWindow> inputs() {
    return List.of(window(0.5f, 0), window(0.25f, 1000), window(0, 2000));
  }

  @Override
  protected List<AudioWindow> emptyInputs() {
    return List.of(window(0, 0), window(0, 1000));
  }

  private static AudioWindow window(float level, long startMicros) {
    return AudioWindow.of(new float[] {level, level, level, level}, 4000, startMicros);
  }
}
