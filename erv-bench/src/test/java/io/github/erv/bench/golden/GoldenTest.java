package io.github.erv.bench.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.Gson;
import io.github.erv.EmotionRecognizer;
import io.github.erv.Modality;
import io.github.erv.Observation;
import io.github.erv.RecognitionListener;
import io.github.erv.Subject;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.media.MediaSource;
import io.github.erv.timeline.EmotionTimeline;
import io.github.erv.timeline.Gap;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds the main job on real recordings against what a person sees and hears in them: the files in
 * {@code golden/}, written by hand from contact sheets, scene cuts as FFmpeg finds them, and levels
 * of the sound. The recordings lie outside the project, where ERV_DATA says.
 */
class GoldenTest {
  /** Edges lie on a grid of hops of 0.25 s, and pictures are 0.1 s apart. */
  private static final double EDGE_SECONDS = 0.3;

  /** Level says where words are, not where a voice fades: speech edges are worth less. */
  private static final double SPEECH_EDGE_SECONDS = 0.5;

  private static final double LEAST_TRACKED = 0.95;

  /**
   * What there is to see and hear, in seconds.
   *
   * @param people from when to when each person's face is there, in order of appearance
   * @param more whether others come after them whose faces may be read or not: an audience in the
   *     dark, in profile
   * @param nobody when no face is there that could be read
   * @param speech when somebody speaks; between words there may be less; null if it cannot be told
   *     from song
   */
  record Golden(
      String file,
      double end,
      List<List<Double>> people,
      boolean more,
      List<List<Double>> nobody,
      @Nullable List<List<Double>> speech) {
    @Override
    public String toString() {
      return file;
    }
  }

  private static EmotionRecognizer recognizer;

  static Stream<Golden> goldens() throws IOException {
    List<Golden> goldens = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/golden"))) {
      for (Path file : files.sorted().toList()) {
        try (Reader reader = Files.newBufferedReader(file)) {
          goldens.add(new Gson().fromJson(reader, Golden.class));
        }
      }
    }
    return goldens.stream();
  }

  @BeforeAll
  static void create() {
    assumeTrue(System.getenv("ERV_DATA") != null, "ERV_DATA is not set: no recordings to hold");
    recognizer = EmotionRecognizer.create();
  }

  @AfterAll
  static void close() {
    if (recognizer != null) {
      recognizer.close();
    }
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void analyze_recording_matchesWhatIsSeenAndHeard(Golden golden) {
    Path file = Path.of(System.getenv("ERV_DATA")).resolve(golden.file);
    Seen seen = new Seen();

    EmotionTimeline timeline = recognizer.analyze(MediaSource.of(file), seen);

    seen.people(golden, timeline);
    edges(golden, timeline);
    if (golden.speech != null) {
      seen.speech(golden.speech);
    }
  }

  private static void edges(Golden golden, EmotionTimeline timeline) {
    List<Gap> gaps = timeline.gaps(Subject.SCENE);
    if (!golden.more) {
      assertEquals(golden.nobody.size(), gaps.size(), "times without a face: " + gaps);
    }
    for (int i = 0; i < golden.nobody.size(); i++) {
      double from = gaps.get(i).span().startMicros() / 1e6;
      double to = gaps.get(i).span().endMicros() / 1e6;
      assertEquals(golden.nobody.get(i).get(0), from, EDGE_SECONDS, gaps.toString());
      assertEquals(golden.nobody.get(i).get(1), to, EDGE_SECONDS, gaps.toString());
    }
  }

  /** What the encoders say on the way. */
  private static final class Seen implements RecognitionListener {
    private final TreeSet<Long> frames = new TreeSet<>();
    private final Map<Subject, List<Long>> faces = new TreeMap<>();
    private final List<Observation> voice = new ArrayList<>();

    @Override
    public void estimate(EmotionEstimate estimate) {}

    @Override
    public void observation(Observation observation) {
      if (observation.modality().equals(Modality.FACE)) {
        frames.add(observation.span().startMicros());
        if (observation.present()) {
          faces
              .computeIfAbsent(observation.subject(), subject -> new ArrayList<>())
              .add(observation.span().startMicros());
        }
      } else if (observation.present()) {
        voice.add(observation);
      }
    }

    void people(Golden golden, EmotionTimeline timeline) {
      long people =
          timeline.subjects().stream().filter(subject -> !subject.equals(Subject.VOICE)).count();
      assertEquals(faces.size(), people, "people: " + timeline.subjects());
      if (!golden.more) {
        assertEquals(golden.people.size(), people, "people: " + faces.keySet());
      }
      List<List<Long>> byAppearance = new ArrayList<>(faces.values());
      byAppearance.sort((a, b) -> Long.compare(a.get(0), b.get(0)));
      for (int i = 0; i < golden.people.size(); i++) {
        double from = golden.people.get(i).get(0);
        double to = golden.people.get(i).get(1);
        List<Long> times = byAppearance.get(i);
        long there = frames.stream().filter(t -> t >= from * 1e6 && t <= to * 1e6).count();
        long tracked = times.stream().filter(t -> t >= from * 1e6 && t <= to * 1e6).count();
        assertTrue(
            tracked >= LEAST_TRACKED * there, "tracked " + tracked + " of " + there + " frames");
        assertEquals(from, times.get(0) / 1e6, EDGE_SECONDS, "first seen");
        assertEquals(to, times.get(times.size() - 1) / 1e6, EDGE_SECONDS, "last seen");
      }
    }

    void speech(List<List<Double>> speech) {
      for (Observation heard : voice) {
        double middle = (heard.span().startMicros() + heard.span().endMicros()) / 2e6;
        assertTrue(
            speech.stream()
                .anyMatch(
                    stretch ->
                        middle >= stretch.get(0) - SPEECH_EDGE_SECONDS
                            && middle <= stretch.get(1) + SPEECH_EDGE_SECONDS),
            "speech at " + middle + " s, where there is none");
      }
      for (List<Double> stretch : speech) {
        double from = stretch.get(0) + SPEECH_EDGE_SECONDS;
        double to = stretch.get(1) - SPEECH_EDGE_SECONDS;
        for (double t = from; t <= to; t += 0.25) {
          double time = t;
          assertTrue(
              voice.stream().anyMatch(heard -> heard.span().contains(Math.round(time * 1e6))),
              "no speech at " + time + " s, where there is some");
        }
      }
    }
  }
}
