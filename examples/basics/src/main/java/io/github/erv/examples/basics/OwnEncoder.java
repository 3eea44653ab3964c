package io.github.erv.examples.basics;

import io.github.erv.Cue;
import io.github.erv.EmotionRecognizer;
import io.github.erv.Encoder;
import io.github.erv.EncoderSession;
import io.github.erv.Evidence;
import io.github.erv.Modality;
import io.github.erv.Observation;
import io.github.erv.Subject;
import io.github.erv.emotion.Affect;
import io.github.erv.emotion.LabelSet;
import io.github.erv.media.AudioWindow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * An encoder of one's own: reads arousal from how loud the sound is, which is crude but not
 * nonsense, since people speak up when they are excited. {@code OwnEncoderTest} holds it to the
 * contract of all encoders.
 *
 * <pre>{@code
 * mvn -q -Pdemo -DskipTests package -pl examples/basics -am -Derv.main=OwnEncoder -Derv.args=talk.wav
 * }</pre>
 */
public final class OwnEncoder implements Encoder<AudioWindow> {
  private static final double SILENT_DB = -50; // below this, nobody speaks into the microphone
  private static final double LOUD_DB = -10; // above this, a voice shouts or clips

  private volatile boolean closed;

  /** Creates the encoder; it has no model to load. */
  public OwnEncoder() {}

  /**
   * Prints how aroused a voice sounds.
   *
   * @param args a recording; without one, the bundled speech
   * @throws IOException if the bundled speech cannot be copied
   */
  public static void main(String... args) throws IOException {
    Path file = args.length > 0 ? Path.of(args[0]) : Sample.speech();
    try (EmotionRecognizer recognizer =
        EmotionRecognizer.builder(LabelSet.EKMAN_7).audio(new OwnEncoder()).build()) {
      recognizer
          .analyze(file)
          .estimates()
          .forEach(e -> System.out.println(e.span() + " " + e.affect().orElseThrow()));
    }
  }

  @Override
  public Modality modality() {
    return Modality.VOICE;
  }

  @Override
  public LabelSet labels() {
    return LabelSet.EKMAN_7; // of distributions, of which it gives none
  }

  @Override
  public int embeddingSize() {
    return 0;
  }

  @Override
  public EncoderSession<AudioWindow> open() {
    requireOpen(closed, "encoder");
    return new Loudness();
  }

  @Override
  public void close() {
    closed = true;
  }

  private static void requireOpen(boolean closed, String what) {
    if (closed) {
      throw new IllegalStateException("the loudness " + what + " is closed");
    }
  }

  private static final class Loudness implements EncoderSession<AudioWindow> {
    private boolean closed;

    @Override
    public void encode(AudioWindow window, Consumer<Observation> out) {
      requireOpen(closed, "session");
      float[] mono = new float[window.frames()];
      window.mixDownInto(mono, 0);
      double energy = 0;
      for (float sample : mono) {
        energy += sample * sample;
      }
      double level = 10 * Math.log10(energy / mono.length + 1e-10);
      double loudness = (level - SILENT_DB) / (LOUD_DB - SILENT_DB);
      Evidence evidence =
          level < SILENT_DB
              ? new Evidence.Missing(Evidence.Reason.SILENCE)
              : Evidence.Present.builder(1)
                  .affect(new Affect(0, (float) Math.min(1, 2 * loudness - 1), 0))
                  .cues(List.of(new Cue("voice.level", level, "dB", window.span())))
                  .build();
      out.accept(Observation.of(Modality.VOICE, Subject.VOICE, window.span(), evidence));
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
