package io.github.erv.examples.basics;

import io.github.erv.EmotionRecognizer;
import io.github.erv.Evidence.Reason;
import io.github.erv.Modality;
import io.github.erv.Overflow;
import io.github.erv.RecognitionSession;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.emotion.LabelSet;
import io.github.erv.media.AudioWindow;
import io.github.erv.media.Frame;
import io.github.erv.media.MediaReader;
import io.github.erv.media.MediaRequest;
import io.github.erv.media.MediaSink;
import io.github.erv.media.MediaSource;
import io.github.erv.media.TimeSpan;
import io.github.erv.vision.FaceEncoder;
import java.util.Optional;

/**
 * Reads the faces before a camera, live, until it is stopped with Ctrl-C. Nothing is kept.
 *
 * <pre>{@code
 * mvn -q -Pdemo -DskipTests package -pl examples/basics -am -Derv.main=Webcam -Derv.args=/dev/video0
 * }</pre>
 */
public final class Webcam {
  private static final MediaRequest TEN_PICTURES_A_SECOND =
      new MediaRequest(true, false, 10, Optional.empty());

  private Webcam() {}

  /**
   * Prints every estimate as soon as it is made.
   *
   * @param args what the system calls the camera; without it, the first one
   */
  public static void main(String... args) {
    MediaSource camera = args.length > 0 ? MediaSource.camera(args[0]) : MediaSource.camera(0);
    try (EmotionRecognizer recognizer =
            EmotionRecognizer.builder(LabelSet.EKMAN_7)
                .video(FaceEncoder.bundled())
                .overflow(Overflow.DROP_OLDEST) // rather miss a picture than lag behind
                .build();
        RecognitionSession live = recognizer.open(Webcam::show);
        MediaReader reader = camera.open(TEN_PICTURES_A_SECOND)) {
      Pictures pictures = new Pictures(live);
      while (reader.read(pictures)) {}
    }
  }

  private static void show(EmotionEstimate estimate) {
    System.out.println(estimate);
  }

  /** Passes on what the camera sees. */
  private record Pictures(RecognitionSession live) implements MediaSink {
    @Override
    public void video(Frame frame) {
      live.push(frame);
    }

    @Override
    public void audio(AudioWindow window) {}

    @Override
    public void lost(Modality modality, TimeSpan span, Reason reason, String detail) {
      System.err.println("no picture for " + span + ": " + detail);
    }

    @Override
    public void discontinuity(long timeMicros) {
      live.discontinuity(timeMicros);
    }
  }
}
