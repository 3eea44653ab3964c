package io.github.erv.examples.basics;

import io.github.erv.Evidence.Reason;
import io.github.erv.Modality;
import io.github.erv.Region;
import io.github.erv.Subject;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.media.AudioWindow;
import io.github.erv.media.Frame;
import io.github.erv.media.MediaReader;
import io.github.erv.media.MediaRequest;
import io.github.erv.media.MediaSink;
import io.github.erv.media.MediaSource;
import io.github.erv.media.TimeSpan;
import io.github.erv.report.KeyFrame;
import io.github.erv.timeline.EmotionTimeline;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Pictures for a report: of each person and emotion, the moment in which it was clearest. */
final class KeyFrames {
  private static final int SIDE = 160;

  private KeyFrames() {}

  /**
   * Reads the pictures from a recording, which is opened once more for each.
   *
   * @param timeline what it expresses
   * @param source the recording
   * @return square pictures of faces
   */
  static List<KeyFrame> of(EmotionTimeline timeline, MediaSource source) {
    List<KeyFrame> pictures = new ArrayList<>();
    for (Subject subject : timeline.subjects()) {
      Map<Emotion, EmotionEstimate> clearest = new LinkedHashMap<>();
      for (EmotionEstimate estimate : timeline.estimates(subject)) {
        if (estimate.region().isPresent() && !estimate.abstained()) {
          clearest.merge(
              estimate.emotion(), estimate, (a, b) -> a.confidence() >= b.confidence() ? a : b);
        }
      }
      for (EmotionEstimate estimate : clearest.values()) {
        Frame frame = lastFrame(source, estimate.span());
        if (frame != null) {
          BufferedImage face = crop(frame.toImage(), estimate.region().orElseThrow());
          pictures.add(KeyFrame.of(subject, frame.timestampMicros(), face));
        }
      }
    }
    return pictures;
  }

  /** Returns the last frame, because a region is where the face was last seen in a span. */
  private static @Nullable Frame lastFrame(MediaSource source, TimeSpan span) {
    MediaRequest pictures =
        new MediaRequest(true, false, Double.POSITIVE_INFINITY, Optional.of(span));
    Last last = new Last();
    try (MediaReader reader = source.open(pictures)) {
      while (reader.read(last)) {}
    }
    return last.frame;
  }

  private static final class Last implements MediaSink {
    private @Nullable Frame frame;

    @Override
    public void video(Frame next) {
      frame = next.copy();
    }

    @Override
    public void audio(AudioWindow window) {}

    @Override
    public void lost(Modality modality, TimeSpan span, Reason reason, String detail) {}

    @Override
    public void discontinuity(long timeMicros) {}
  }

  private static BufferedImage crop(BufferedImage picture, Region face) {
    int half = Math.round(0.75f * Math.max(face.width(), face.height()));
    int x = Math.round(face.x() + face.width() / 2);
    int y = Math.round(face.y() + face.height() / 2);
    BufferedImage square = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D graphics = square.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    graphics.drawImage(picture, 0, 0, SIDE, SIDE, x - half, y - half, x + half, y + half, null);
    graphics.dispose();
    return square;
  }
}
