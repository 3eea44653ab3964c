package io.github.erv.examples.basics;

import io.github.erv.EmotionRecognizer;
import io.github.erv.audio.SpeechEncoder;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.emotion.LabelSet;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Listens to a WAV file. Needs {@code io.github.erv:erv-audio} and nothing else: no OpenCV, no
 * FFmpeg, no natives to choose.
 *
 * <pre>{@code
 * mvn -q -Pdemo -DskipTests package -pl examples/basics -am -Derv.main=VoiceOnly -Derv.args=speech.wav
 * }</pre>
 */
public final class VoiceOnly {
  private VoiceOnly() {}

  /**
   * Prints every estimate of a voice.
   *
   * @param args a WAV file; without one, the bundled speech
   * @throws IOException if the bundled speech cannot be copied
   */
  public static void main(String... args) throws IOException {
    Path file = args.length > 0 ? Path.of(args[0]) : Sample.speech();
    try (EmotionRecognizer recognizer =
        EmotionRecognizer.builder(LabelSet.EKMAN_7).audio(SpeechEncoder.bundled()).build()) {
      for (EmotionEstimate estimate : recognizer.analyze(file).estimates()) {
        System.out.println(estimate);
      }
    }
  }
}
