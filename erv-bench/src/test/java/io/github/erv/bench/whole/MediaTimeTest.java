package io.github.erv.bench.whole;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.EmotionRecognizer;
import io.github.erv.Region;
import io.github.erv.Subject;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.media.MediaSource;
import io.github.erv.timeline.EmotionTimeline;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Where and when the portrait is in the sample, however the container says it. The picture pans, so
 * that a place is also a time.
 */
class MediaTimeTest {
  private static final Subject FACE = Subject.face(1);

  /** A few pixels: the pictures are compressed once more, in another orientation. */
  private static final double PLACE_PIXELS = 5;

  @TempDir static Path folder;
  private static EmotionRecognizer recognizer;
  private static EmotionTimeline original;

  @BeforeAll
  static void analyzeOriginal() {
    recognizer = EmotionRecognizer.create();
    original = recognizer.analyze(MediaSource.of(Footage.SAMPLE));
    List<EmotionEstimate> face = original.estimates(FACE);
    double moved = distance(region(face.get(0)), region(face.get(face.size() - 1)));
    assertTrue(moved > 4 * PLACE_PIXELS, "the face moves by " + moved + " px only");
  }

  @AfterAll
  static void close() {
    recognizer.close();
  }

  @ParameterizedTest
  @CsvSource({"0, null", "90, transpose=clock", "180, 'hflip,vflip'", "270, transpose=cclock"})
  void analyze_turnedPixels_findsTheFaceWhereItIs(int degrees, String filter) {
    Path turned =
        Footage.ofSample(
            folder.resolve("turned-" + degrees + ".mp4"),
            List.of(),
            "-vf",
            filter,
            "-c:v",
            "mpeg4",
            "-q:v",
            "2",
            "-c:a",
            "copy");
    Path marked =
        Footage.make(
            folder.resolve("marked-" + degrees + ".mp4"),
            "-display_rotation:v:0",
            String.valueOf(degrees),
            "-i",
            turned.toString(),
            "-c",
            "copy");

    sameAs(recognizer.analyze(marked), 0, "turned by " + degrees);
  }

  @Test
  void analyze_startOffset_movesEverything() {
    // whole hops, and whole cells of a tenth of a second, so that the same pictures are read
    Path late =
        Footage.ofSample(
            folder.resolve("late.mp4"), List.of("-itsoffset", "3.5"), "-c", "copy", "-copyts");

    sameAs(recognizer.analyze(late), 3_500_000, "3.5 s late");
  }

  @Test
  void analyze_variableFrameRate_keepsTimes() {
    // 25 frames/s for a second, then 5 for the next
    Path variable =
        Footage.ofSample(
            folder.resolve("variable.mp4"),
            List.of(),
            "-vf",
            "select=lt(mod(n\\,50)\\,25)+not(mod(n\\,5))",
            "-fps_mode",
            "vfr",
            "-c:v",
            "mpeg4",
            "-q:v",
            "2",
            "-c:a",
            "copy");

    sameAs(recognizer.analyze(variable), 0, "variable frame rate");
  }

  /** The same people at the same times and places. */
  private static void sameAs(EmotionTimeline timeline, long laterMicros, String what) {
    assertEquals(Set.of(FACE, Subject.VOICE), timeline.subjects(), what);
    List<EmotionEstimate> expected = original.estimates(FACE);
    List<EmotionEstimate> face = timeline.estimates(FACE);
    assertEquals(expected.size(), face.size(), what + ": " + timeline.gaps());
    double furthest = 0;
    for (int i = 0; i < face.size(); i++) {
      assertEquals(
          expected.get(i).span().startMicros() + laterMicros,
          face.get(i).span().startMicros(),
          what);
      furthest = Math.max(furthest, distance(region(expected.get(i)), region(face.get(i))));
    }
    System.out.printf(
        Locale.ROOT,
        "MediaTimeTest: %s: %d estimates of the face, at most %.1f px off%n",
        what,
        face.size(),
        furthest);
    assertTrue(furthest < PLACE_PIXELS, what + ": " + furthest + " px off");
    assertEquals(
        seconds(original.estimates(Subject.VOICE), laterMicros),
        seconds(timeline.estimates(Subject.VOICE), 0),
        what);
  }

  private static List<Double> seconds(List<EmotionEstimate> estimates, long laterMicros) {
    return estimates.stream().map(e -> (e.span().startMicros() + laterMicros) / 1e6).toList();
  }

  private static Region region(EmotionEstimate estimate) {
    return estimate.region().orElseThrow();
  }

  private static double distance(Region a, Region b) {
    return Math.hypot(
        a.x() + a.width() / 2 - b.x() - b.width() / 2,
        a.y() + a.height() / 2 - b.y() - b.height() / 2);
  }
}
