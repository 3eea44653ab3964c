package io.github.erv.vision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.EncoderSession;
import io.github.erv.Evidence;
import io.github.erv.Modality;
import io.github.erv.Observation;
import io.github.erv.Subject;
import io.github.erv.media.AudioWindow;
import io.github.erv.media.Frame;
import io.github.erv.media.MediaReader;
import io.github.erv.media.MediaRequest;
import io.github.erv.media.MediaSink;
import io.github.erv.media.MediaSource;
import io.github.erv.media.TimeSpan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real recordings, found through the environment variable ERV_DATA; what is in them was looked at.
 */
@Tag("model")
class RecordingsIT {
  /** How far off an edge may be, in microseconds. */
  private static final long EDGE = 300_000;

  /** Speakers before the same wall. */
  private static final String[] GRID = {
    "bbaf2n.mpg",
    "brbk7n.mpg",
    "id2_vcd_swwp2s.mpg",
    "lbax4n.mpg",
    "lbbc2a.mpg",
    "lrwp9a.mpg",
    "lwbsza.mpg",
    "pwij3p.mpg",
    "sbia1a.mpg",
    "sbwe5n.mpg",
    "swiz3n.mpg"
  };

  private static Path data;

  @BeforeAll
  static void findData() {
    String folder = System.getenv("ERV_DATA");
    Assumptions.assumeTrue(
        folder != null, "skipped: ERV_DATA does not say where the recordings are");
    data = Path.of(folder);
  }

  /** What was said of a clip. */
  private static final class Said {
    int frames;
    int present;
    long lastMicros;
    final Map<Subject, List<Long>> seen = new TreeMap<>();

    void note(Observation observation) {
      if (observation.present()) {
        present++;
        seen.computeIfAbsent(observation.subject(), subject -> new ArrayList<>())
            .add(observation.span().startMicros());
      }
    }

    long first(int face) {
      return seen.get(Subject.face(face)).get(0);
    }

    long last(int face) {
      List<Long> times = seen.get(Subject.face(face));
      return times.get(times.size() - 1);
    }
  }

  private static Said read(double framesPerSecond, String... clips) {
    Said said = new Said();
    try (FaceEncoder encoder = FaceEncoder.bundled();
        EncoderSession<Frame> session = encoder.open()) {
      for (String clip : clips) {
        long start = said.frames == 0 ? 0 : said.lastMicros + 40_000;
        read(data.resolve("clips").resolve(clip), framesPerSecond, start, session, said);
      }
    }
    return said;
  }

  private static void read(
      Path clip, double framesPerSecond, long start, EncoderSession<Frame> session, Said said) {
    MediaRequest request = new MediaRequest(true, false, framesPerSecond, Optional.empty());
    MediaSink sink =
        new MediaSink() {
          @Override
          public void video(Frame frame) {
            said.frames++;
            said.lastMicros = start + frame.timestampMicros();
            session.encode(frame.at(said.lastMicros), said::note);
          }

          @Override
          public void audio(AudioWindow window) {}

          @Override
          public void lost(
              Modality modality, TimeSpan span, Evidence.Reason reason, String detail) {}

          @Override
          public void discontinuity(long timeMicros) {
            session.discontinuity(timeMicros);
          }
        };
    try (MediaReader reader = MediaSource.of(clip).open(request)) {
      while (reader.read(sink)) {
        // until the end
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bbaf2n.mpg",
        "brbk7n.mpg",
        "id2_vcd_swwp2s.mpg",
        "lbax4n.mpg",
        "lbbc2a.mpg",
        "lrwp9a.mpg",
        "lwbsza.mpg",
        "pwij3p.mpg",
        "sbia1a.mpg",
        "sbwe5n.mpg",
        "swiz3n.mpg",
        "latentsync_demo2_hevc_portrait.mp4",
        "pyfeat_pexels_silent_expressive.mp4"
      })
  void encode_oneSpeaker_isOneSubjectThroughout(String clip) {
    Said said = read(10, clip);
    assertEquals(1, said.seen.size(), clip + ": " + said.seen.keySet());
    assertTrue(said.present >= 0.95 * said.frames, clip + ": " + said.present);
  }

  @Test
  void encode_faceThatLeaves_endsThere() {
    Said said = read(10, "pyfeat_face_then_noface.mov");
    assertEquals(1, said.seen.size());
    assertEquals(0, said.first(1), EDGE);
    assertEquals(2_400_000, said.last(1), EDGE);
  }

  @Test
  void encode_faceThatEnters_beginsThere() {
    Said said = read(10, "pyfeat_noface_then_face.mov");
    assertEquals(1, said.seen.size());
    assertEquals(3_900_000, said.first(1), EDGE);
    assertEquals(said.lastMicros, said.last(1), EDGE);
  }

  @ParameterizedTest
  @ValueSource(doubles = {10, 1000})
  void encode_noFace_isNobody(double framesPerSecond) {
    assertEquals(Map.of(), read(framesPerSecond, "pyfeat_no_face.mp4").seen);
  }

  @ParameterizedTest
  @ValueSource(doubles = {10, 1000})
  void encode_stageWithCuts_isOneSubjectAShot(double framesPerSecond) {
    Said said = read(framesPerSecond, "short_hamilton_clip.mp4");
    // the recording starts late; in its last shot a second listener turns round for a moment
    assertTrue(said.seen.size() == 3 || said.seen.size() == 4, said.seen.keySet().toString());
    assertEquals(852_000, said.first(1), EDGE);
    assertEquals(1_500_000, said.last(1), EDGE);
    assertEquals(3_600_000, said.first(2), EDGE);
    assertEquals(7_850_000, said.last(2), EDGE);
    // the listener is seen from the side, and found when he turns
    assertTrue(said.first(3) > 7_850_000);
    assertEquals(said.lastMicros, said.last(3), EDGE);
  }

  @ParameterizedTest
  @ValueSource(doubles = {5, 10, 1000})
  void encode_speakersCutTogether_areOneSubjectEach(double framesPerSecond) {
    Said said = read(framesPerSecond, GRID);
    assertEquals(GRID.length, said.seen.size(), said.seen.keySet().toString());
    for (int i = 1; i < GRID.length; i++) {
      assertTrue(said.last(i) < said.first(i + 1), "face " + i);
      assertEquals(said.last(i), said.first(i + 1), EDGE);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "multi_face.jpg, 5",
    "single_face.jpg, 1",
    "0-f1-su-ph.jpg, 1",
    "0-f15-hao-ph.jpg, 1",
    "15-f13-anc-ph.jpg, 1",
    "45-m7-di-ph.jpg, 1",
    "Image_with_alpha.png, 1",
    "free-mountain-vector-01.jpg, 0"
  })
  void encode_still_findsEveryFace(String still, int faces) throws IOException {
    Frame frame = Frame.of(ImageIO.read(data.resolve("stills").resolve(still).toFile()));
    List<Observation> said = new ArrayList<>();
    try (FaceEncoder encoder = FaceEncoder.bundled();
        EncoderSession<Frame> session = encoder.open()) {
      session.encode(frame, said::add);
    }
    assertEquals(faces, said.stream().filter(Observation::present).count(), said.toString());
  }
}
