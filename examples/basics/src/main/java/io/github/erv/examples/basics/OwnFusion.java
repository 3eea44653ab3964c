package io.github.erv.examples.basics;

import io.github.erv.Cue;
import io.github.erv.EmotionRecognizer;
import io.github.erv.Evidence;
import io.github.erv.Fused;
import io.github.erv.FusionStrategy;
import io.github.erv.FusionWindow;
import io.github.erv.Modality;
import io.github.erv.Observation;
import io.github.erv.audio.SpeechEncoder;
import io.github.erv.emotion.LabelSet;
import io.github.erv.vision.FaceEncoder;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A fusion of one's own: believes the face unless it is turned away, and the voice otherwise.
 * {@code OwnFusionTest} holds it to the contract of all fusion.
 *
 * <pre>{@code
 * mvn -q -Pdemo -DskipTests package -pl examples/basics -am -Derv.main=OwnFusion -Derv.args=talk.mp4
 * }</pre>
 */
public final class OwnFusion {
  private static final double TURNED_DEGREES = 30; // from here on, half of a face is hard to see

  private OwnFusion() {}

  /**
   * Prints every estimate of a recording.
   *
   * @param args a recording; without one, the bundled sample
   * @throws IOException if the bundled sample cannot be copied
   */
  public static void main(String... args) throws IOException {
    Path file = args.length > 0 ? Path.of(args[0]) : Sample.video();
    try (EmotionRecognizer recognizer =
        EmotionRecognizer.builder(LabelSet.EKMAN_7)
            .video(FaceEncoder.bundled())
            .audio(SpeechEncoder.bundled())
            .fusion(FusionStrategy.of(OwnFusion::fuse))
            .build()) {
      recognizer.analyze(file).estimates().forEach(System.out::println);
    }
  }

  static void fuse(FusionWindow in, Fused out) {
    boolean face = in.pooled(Modality.FACE).isPresent();
    boolean voice = in.pooled(Modality.VOICE).isPresent();
    Modality believed = face && !(voice && turned(in)) ? Modality.FACE : Modality.VOICE;
    in.pooled(believed)
        .ifPresent(
            evidence -> {
              evidence.distribution().ifPresent(out::distribution);
              evidence.affect().ifPresent(out::affect);
              out.contribution(believed, 1, evidence.quality());
            });
  }

  private static boolean turned(FusionWindow in) {
    for (Observation seen : in.observations(Modality.FACE)) {
      if (seen.evidence() instanceof Evidence.Present face) {
        for (Cue cue : face.cues()) {
          if (cue.name().equals("head.yaw") && Math.abs(cue.value()) > TURNED_DEGREES) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
