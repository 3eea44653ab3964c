package io.github.erv;

import static io.github.erv.Cast.FACE_1;
import static io.github.erv.Cast.FACE_1_COVERED;
import static io.github.erv.Cast.FACE_2;
import static io.github.erv.Cast.HOP;
import static io.github.erv.Cast.NOBODY;
import static io.github.erv.Cast.SILENCE;
import static io.github.erv.Cast.SPEECH;
import static io.github.erv.Cast.UNHEARD;
import static io.github.erv.Cast.UNSEEN;
import static io.github.erv.Cast.both;
import static io.github.erv.Cast.frames;
import static io.github.erv.Cast.interleaved;
import static io.github.erv.Cast.sounds;
import static io.github.erv.Evidence.Reason.DECODE_ERROR;
import static io.github.erv.Evidence.Reason.NO_FACE;
import static io.github.erv.Evidence.Reason.NO_INPUT;
import static io.github.erv.Evidence.Reason.NO_STREAM;
import static io.github.erv.Evidence.Reason.OCCLUDED;
import static io.github.erv.Modality.FACE;
import static io.github.erv.Modality.VOICE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.contract.ScriptedEncoder;
import io.github.erv.contract.Transcript;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.InferenceException;
import io.github.erv.media.AudioWindow;
import io.github.erv.media.Frame;
import io.github.erv.media.MediaSource;
import io.github.erv.media.TimeSpan;
import io.github.erv.timeline.EmotionTimeline;
import io.github.erv.timeline.Gap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What comes out of recordings: hops, gaps, who speaks, and that it is always the same. */
@Timeout(60)
class PipelineTest {
  private static final Subject FACE_ONE = Subject.face(1);
  private static final Subject FACE_TWO = Subject.face(2);

  @AfterEach
  void noThreadIsLeft() {
    assertEquals(List.of(), Cast.threads());
  }

  private static EmotionTimeline analyze(EmotionRecognizer.Builder builder, MediaSource source) {
    try (EmotionRecognizer recognizer = builder.build()) {
      return recognizer.analyze(source);
    }
  }

  @SafeVarargs
  private static EmotionTimeline analyze(List<TimedInput>... streams) {
    return analyze(both(), FakeMedia.of(interleaved(streams)).withVideo().withAudio());
  }

  /** The hops in which a subject has an estimate. */
  private static List<Long> hops(EmotionTimeline timeline, Subject subject) {
    List<Long> hops = new ArrayList<>();
    for (EmotionEstimate estimate : timeline.estimates(subject)) {
      assertEquals(HOP, estimate.span().lengthMicros());
      assertEquals(0, Math.floorMod(estimate.span().startMicros(), HOP), "off the grid");
      hops.add(estimate.span().startMicros() / HOP);
    }
    return hops;
  }

  private static List<Long> range(long from, long to) {
    List<Long> range = new ArrayList<>();
    for (long k = from; k < to; k++) {
      range.add(k);
    }
    return range;
  }

  private static Gap gap(Subject subject, long fromHop, long toHop, Evidence.Reason reason) {
    return new Gap(subject, new TimeSpan(fromHop * HOP, toHop * HOP), reason);
  }

  @Test
  void analyze_faceAllAlong_estimatesEveryHopOfTheGrid() {
    EmotionTimeline timeline = analyze(frames(0, 2_000_000, FACE_1), sounds(0, 2_000_000, SILENCE));
    assertEquals(range(0, 8), hops(timeline, FACE_ONE));
    assertEquals(List.of(), timeline.gaps(FACE_ONE));
    assertEquals(List.of(), timeline.gaps(Subject.SCENE));
    assertEquals(List.of(gap(Subject.VOICE, 0, 8, Evidence.Reason.SILENCE)), timeline.gaps());
    for (EmotionEstimate estimate : timeline.estimates()) {
      assertEquals(Map.of(VOICE, Evidence.Reason.SILENCE), estimate.missing());
      assertEquals(1, estimate.contributions().get(FACE).weight());
    }
  }

  @Test
  void analyze_startsOffTheGrid_gridStaysAnchoredAtZero() {
    EmotionTimeline timeline =
        analyze(frames(1_130_000, 2_000_000, FACE_1), sounds(1_130_000, 2_000_000, UNHEARD));
    assertEquals(range(4, 8), hops(timeline, FACE_ONE));
  }

  @Test
  void analyze_window_looksBackOneSecondAndNoFurther() {
    List<Integer> seen = new ArrayList<>();
    EmotionRecognizer.Builder builder =
        EmotionRecognizer.builder(LabelSet.EKMAN_7)
            .video(Cast.faces())
            .fusion(
                FusionStrategy.of(
                    (in, out) -> {
                      assertEquals(in.hop().endMicros(), in.window().endMicros());
                      assertEquals(1_000_000, in.window().lengthMicros());
                      for (Observation observation : in.observations(FACE)) {
                        assertTrue(observation.span().overlaps(in.window()));
                      }
                      seen.add(in.observations(FACE).size());
                      Cast.Mean.mean(in, out);
                    }));
    analyze(builder, FakeMedia.of(frames(0, 2_000_000, FACE_1)));
    // frames at 0, 0.1, ... up to the end of each hop, at most those of one second
    assertEquals(List.of(3, 5, 8, 10, 10, 10, 10, 10), seen);
  }

  @Test
  void analyze_presentOnlyInTheWindow_isNoEstimate() {
    EmotionTimeline timeline =
        analyze(
            frames(0, 500_000, FACE_1),
            frames(500_000, 1_500_000, FACE_1_COVERED),
            sounds(0, 1_500_000, UNHEARD));
    assertEquals(range(0, 2), hops(timeline, FACE_ONE));
    assertEquals(List.of(gap(FACE_ONE, 2, 6, OCCLUDED)), timeline.gaps(FACE_ONE));
  }

  @Test
  void analyze_nobodyInTheMiddle_sceneHasOneGap() {
    EmotionTimeline timeline =
        analyze(
            frames(0, 500_000, FACE_1),
            frames(500_000, 1_500_000, NOBODY),
            frames(1_500_000, 2_000_000, FACE_2),
            sounds(0, 2_000_000, UNHEARD));
    assertEquals(range(0, 2), hops(timeline, FACE_ONE));
    assertEquals(range(6, 8), hops(timeline, FACE_TWO));
    assertEquals(List.of(gap(Subject.SCENE, 2, 6, NO_FACE)), timeline.gaps(Subject.SCENE));
  }

  @Test
  void analyze_faceComesBackSoon_silenceBetweenIsAGap() {
    EmotionTimeline timeline =
        analyze(
            frames(0, 500_000, FACE_1),
            frames(500_000, 1_000_000, FACE_1_COVERED),
            frames(1_000_000, 1_500_000, UNSEEN),
            frames(1_500_000, 2_000_000, FACE_1),
            sounds(0, 2_000_000, UNHEARD));
    assertEquals(List.of(0L, 1L, 6L, 7L), hops(timeline, FACE_ONE));
    assertEquals(
        List.of(gap(FACE_ONE, 2, 4, OCCLUDED), gap(FACE_ONE, 4, 6, NO_INPUT)),
        timeline.gaps(FACE_ONE));
  }

  @Test
  void analyze_faceIsGoneForLong_isForgottenAndTheSceneHasTheGap() {
    EmotionTimeline timeline =
        analyze(
            frames(0, 500_000, FACE_1),
            frames(500_000, 4_000_000, UNSEEN),
            frames(4_000_000, 4_500_000, FACE_1),
            sounds(0, 4_500_000, UNHEARD));
    assertEquals(List.of(0L, 1L, 16L, 17L), hops(timeline, FACE_ONE));
    assertEquals(List.of(), timeline.gaps(FACE_ONE));
    assertEquals(List.of(gap(Subject.SCENE, 10, 16, NO_INPUT)), timeline.gaps(Subject.SCENE));
  }

  @Test
  void analyze_soundBeginsLate_voiceHasAGapBefore() {
    EmotionTimeline timeline =
        analyze(frames(0, 2_000_000, NOBODY), sounds(1_000_000, 2_000_000, SPEECH));
    assertEquals(List.of(gap(Subject.VOICE, 0, 4, NO_INPUT)), timeline.gaps(Subject.VOICE));
  }

  @Test
  void analyze_soundStallsForLong_voiceHasAGap() {
    EmotionTimeline timeline =
        analyze(
            frames(0, 6_000_000, NOBODY),
            sounds(0, 1_000_000, SPEECH),
            sounds(5_000_000, 6_000_000, SPEECH));
    assertEquals(List.of(gap(Subject.VOICE, 4, 20, NO_INPUT)), timeline.gaps(Subject.VOICE));
  }

  @Test
  void analyze_soleFaceAndSpeech_speechIsToldAtTheFaceAlone() {
    EmotionTimeline timeline = analyze(frames(0, 1_000_000, FACE_1), sounds(0, 1_000_000, SPEECH));
    assertEquals(range(0, 4), hops(timeline, FACE_ONE));
    assertEquals(List.of(), timeline.estimates(Subject.VOICE));
    assertEquals(List.of(), timeline.gaps());
    for (EmotionEstimate estimate : timeline.estimates()) {
      assertEquals(List.of(FACE, VOICE), List.copyOf(estimate.contributions().keySet()));
    }
  }

  @Test
  void analyze_twoFacesAndSpeech_voiceKeepsItsLane() {
    EmotionTimeline timeline =
        analyze(frames(0, 1_000_000, FACE_1 | FACE_2), sounds(0, 1_000_000, SPEECH));
    for (Subject subject : List.of(FACE_ONE, FACE_TWO, Subject.VOICE)) {
      assertEquals(range(0, 4), hops(timeline, subject));
      for (EmotionEstimate estimate : timeline.estimates(subject)) {
        assertEquals(1, estimate.contributions().size());
      }
    }
  }

  @Test
  void analyze_faceComesAndGoesDuringSpeech_speechIsAlwaysOnOneLane() {
    EmotionTimeline timeline =
        analyze(
            frames(0, 500_000, NOBODY),
            frames(500_000, 1_000_000, FACE_1),
            frames(1_000_000, 1_500_000, FACE_1 | FACE_2),
            frames(1_500_000, 2_000_000, NOBODY),
            sounds(0, 2_000_000, SPEECH));
    assertEquals(List.of(0L, 1L, 4L, 5L, 6L, 7L), hops(timeline, Subject.VOICE));
    assertEquals(range(2, 6), hops(timeline, FACE_ONE));
    assertEquals(List.of(), timeline.gaps(Subject.VOICE));
    // what the sole face said is still in its window, and not in that of the voice
    assertTrue(timeline.estimates(FACE_ONE).get(2).contributions().containsKey(VOICE));
    assertFalse(timeline.estimates(FACE_TWO).get(0).contributions().containsKey(VOICE));
  }

  /** Says one thing a second, of the whole second, when it is over. */
  private static ScriptedEncoder<AudioWindow> slowVoice() {
    return ScriptedEncoder.opening(
        VOICE,
        LabelSet.EKMAN_7,
        () ->
            new ScriptedEncoder.Script<>() {
              private long spokenMicros;

              @Override
              public void encode(AudioWindow window, Consumer<Observation> out) {
                while (window.span().endMicros() >= spokenMicros + 1_000_000) {
                  out.accept(
                      Observation.of(
                          VOICE,
                          Subject.VOICE,
                          new TimeSpan(spokenMicros, spokenMicros + 1_000_000),
                          Evidence.Present.of(Cast.said(9, spokenMicros), 0.5f)));
                  spokenMicros += 1_000_000;
                }
              }

              @Override
              public long watermarkMicros(long inputEndMicros) {
                return spokenMicros;
              }
            });
  }

  private static EmotionRecognizer.Builder withSlowVoice() {
    return EmotionRecognizer.builder(LabelSet.EKMAN_7)
        .video(Cast.faces())
        .audio(slowVoice())
        .fusion(new Cast.Mean());
  }

  @Test
  void analyze_voiceStepsLongerThanTheHop_speakForEveryHopTheyCover() {
    EmotionTimeline timeline =
        analyze(
            withSlowVoice(),
            FakeMedia.of(interleaved(frames(0, 2_000_000, NOBODY), sounds(0, 2_000_000, SPEECH))));
    assertEquals(range(0, 8), hops(timeline, Subject.VOICE));
  }

  @Test
  void analyze_faceLeavesWithinALongStepOfSpeech_voiceHasTheRest() {
    EmotionTimeline timeline =
        analyze(
            withSlowVoice(),
            FakeMedia.of(
                interleaved(
                    frames(0, 500_000, FACE_1),
                    frames(500_000, 1_250_000, NOBODY),
                    frames(1_250_000, 2_000_000, FACE_1),
                    sounds(0, 2_000_000, SPEECH))));
    assertEquals(List.of(0L, 1L, 5L, 6L, 7L), hops(timeline, FACE_ONE));
    assertEquals(List.of(2L, 3L, 4L), hops(timeline, Subject.VOICE));
    assertTrue(timeline.estimates(FACE_ONE).stream().allMatch(e -> e.contributions().size() == 2));
  }

  @Test
  void analyze_bindingNamesSomebodyElse_fails() {
    EmotionRecognizer.Builder builder = both().speakers((speech, faces) -> Optional.of(FACE_TWO));
    MediaSource media =
        FakeMedia.of(interleaved(frames(0, 500_000, FACE_1), sounds(0, 500_000, SPEECH)));
    String message =
        assertThrows(InferenceException.class, () -> analyze(builder, media)).getMessage();
    assertTrue(message.contains("[face-1]") && message.contains("face-2"), message);
  }

  @Test
  void analyze_noSound_voiceHasOneGapOverAll() {
    EmotionTimeline timeline = analyze(both(), FakeMedia.of(frames(0, 2_000_000, FACE_1)));
    assertEquals(range(0, 8), hops(timeline, FACE_ONE));
    assertEquals(List.of(gap(Subject.VOICE, 0, 8, NO_STREAM)), timeline.gaps());
    assertEquals(Map.of(VOICE, NO_STREAM), timeline.estimates().get(0).missing());
  }

  @Test
  void analyze_noSound_estimatesComeBeforeTheEnd() {
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    FakeMedia media =
        FakeMedia.of(frames(0, 5_000_000, FACE_1))
            .then(sink -> Cast.await(() -> order.contains("estimate")))
            .then(sink -> order.add("end"));
    try (EmotionRecognizer recognizer = both().build()) {
      recognizer.analyze(media, estimate -> order.add("estimate"));
    }
    assertTrue(order.indexOf("end") > order.indexOf("estimate"));
  }

  @Test
  void analyze_noPicture_sceneHasOneGapOverAll() {
    EmotionTimeline timeline = analyze(both(), FakeMedia.of(sounds(0, 2_000_000, SPEECH)));
    assertEquals(range(0, 8), hops(timeline, Subject.VOICE));
    assertEquals(List.of(gap(Subject.SCENE, 0, 8, NO_STREAM)), timeline.gaps());
  }

  @Test
  void analyze_nothingThatIsRead_isAGapOverTheDuration() {
    EmotionRecognizer.Builder faces =
        EmotionRecognizer.builder(LabelSet.EKMAN_7).video(Cast.faces());
    EmotionTimeline timeline = analyze(faces, new FakeMedia().withAudio().lasting(1_100_000));
    assertEquals(List.of(gap(Subject.SCENE, 0, 5, NO_STREAM)), timeline.gaps());
    assertEquals(new TimeSpan(0, 1_100_000), timeline.span());
  }

  @Test
  void analyze_partIsLost_isAGapAndAWarning() {
    FakeMedia media =
        FakeMedia.of(interleaved(frames(0, 500_000, FACE_1), sounds(0, 500_000, UNHEARD)))
            .then(sink -> sink.lost(FACE, new TimeSpan(500_000, 1_000_000), DECODE_ERROR, "crc"))
            .then(
                interleaved(
                    frames(1_000_000, 1_500_000, FACE_1), sounds(500_000, 1_500_000, UNHEARD)));
    EmotionTimeline timeline = analyze(both(), media);
    assertEquals(List.of(gap(Subject.SCENE, 2, 4, DECODE_ERROR)), timeline.gaps(Subject.SCENE));
    assertEquals(List.of("crc"), timeline.warnings());
    assertEquals(List.of(0L, 1L, 4L, 5L), hops(timeline, FACE_ONE));
  }

  @Test
  void analyze_soundEndsEarly_isAGapToTheEnd() {
    FakeMedia media =
        FakeMedia.of(interleaved(frames(0, 2_000_000, NOBODY), sounds(0, 1_000_000, SPEECH)))
            .then(
                sink ->
                    sink.lost(
                        VOICE,
                        new TimeSpan(1_000_000, 2_000_000),
                        Evidence.Reason.STREAM_ENDED,
                        "the sound ends early"));
    EmotionTimeline timeline = analyze(both(), media);
    assertEquals(
        List.of(gap(Subject.VOICE, 4, 8, Evidence.Reason.STREAM_ENDED)),
        timeline.gaps(Subject.VOICE));
    assertEquals(List.of("the sound ends early"), timeline.warnings());
  }

  @Test
  void analyze_discontinuity_reachesEverySession() {
    List<Long> jumps = Collections.synchronizedList(new ArrayList<>());
    class Jumpy implements ScriptedEncoder.Script<Frame> {
      @Override
      public void encode(Frame frame, Consumer<Observation> out) {
        jumps.add(frame.timestampMicros());
      }

      @Override
      public void discontinuity(long timeMicros) {
        jumps.add(-timeMicros);
      }
    }
    EmotionRecognizer.Builder builder =
        EmotionRecognizer.builder(LabelSet.EKMAN_7)
            .video(ScriptedEncoder.opening(FACE, LabelSet.EKMAN_7, Jumpy::new));
    analyze(
        builder,
        FakeMedia.of(frames(0, 200_000, FACE_1))
            .then(sink -> sink.discontinuity(700_000))
            .then(frames(700_000, 800_000, FACE_1)));
    assertEquals(List.of(0L, 100_000L, -700_000L, 700_000L), jumps);
  }

  @Test
  void analyze_part_hopsOfThatPartOnly() {
    try (EmotionRecognizer recognizer = both().build()) {
      EmotionTimeline timeline =
          recognizer.analyze(
              FakeMedia.of(
                      interleaved(
                          frames(1_000_000, 2_000_000, FACE_1), sounds(1_000_000, 2_000_000, 0)))
                  .lasting(9_000_000),
              new TimeSpan(1_000_000, 2_000_000));
      assertEquals(range(4, 8), hops(timeline, FACE_ONE));
      assertEquals(1_000_000, timeline.span().startMicros());
    }
  }

  @Test
  void analyze_timeLeapsByYears_isOneGapAndQuick() {
    long later = 1_000_000_000L * 3600 * 24;
    EmotionTimeline timeline =
        analyze(
            frames(0, 1_000_000, NOBODY),
            frames(later, later + 1_000_000, FACE_1),
            sounds(0, 1_000_000, SPEECH),
            sounds(later, later + 1_000_000, SPEECH));
    assertEquals(
        List.of(gap(Subject.SCENE, 0, later / HOP, NO_FACE)), timeline.gaps(Subject.SCENE));
    assertEquals(
        List.of(gap(Subject.VOICE, 4, later / HOP, NO_INPUT)), timeline.gaps(Subject.VOICE));
    assertEquals(range(later / HOP, later / HOP + 4), hops(timeline, FACE_ONE));
  }

  /** A minute of everything: faces that come, go, are covered, speech and silence. */
  private static List<TimedInput> scene(long seed) {
    Random random = new Random(seed);
    List<TimedInput> all = new ArrayList<>();
    int[] shows = {NOBODY, FACE_1, FACE_2, FACE_1 | FACE_2, FACE_1_COVERED, UNSEEN, FACE_1};
    float[] levels = {SILENCE, SPEECH, SPEECH, UNHEARD, 0.25f};
    for (long t = 0; t < 60_000_000; ) {
      long until = t + 100_000L * (1 + random.nextInt(30));
      all.addAll(frames(t, until, shows[random.nextInt(shows.length)]));
      t = until;
    }
    for (long t = 0; t < 60_000_000; ) {
      long until = t + 50_000L * (1 + random.nextInt(40));
      all.addAll(sounds(t, until, levels[random.nextInt(levels.length)]));
      t = until;
    }
    return interleaved(all);
  }

  private static List<String> lines(EmotionTimeline timeline) {
    Transcript transcript = new Transcript();
    timeline.estimates().forEach(transcript::estimate);
    timeline.gaps().forEach(transcript::gap);
    timeline.warnings().forEach(transcript::warning);
    return transcript.lines();
  }

  @Test
  void analyze_randomScenes_spansNeverOverlapAndEveryHopIsAccountedForOnce() {
    for (long seed = 0; seed < 20; seed++) {
      EmotionTimeline timeline = analyze(scene(seed));
      for (Subject subject : List.of(FACE_ONE, FACE_TWO, Subject.VOICE, Subject.SCENE)) {
        List<TimeSpan> spans = new ArrayList<>();
        timeline.estimates(subject).forEach(estimate -> spans.add(estimate.span()));
        timeline.gaps(subject).forEach(gap -> spans.add(gap.span()));
        Collections.sort(spans);
        for (int i = 1; i < spans.size(); i++) {
          assertTrue(
              spans.get(i - 1).endMicros() <= spans.get(i).startMicros(),
              "seed " + seed + ": " + subject + " " + spans.get(i - 1) + spans.get(i));
        }
      }
    }
  }

  @Test
  void analyze_asPushedLive_isTheSameToTheBit() {
    List<TimedInput> scene = scene(1);
    List<String> analyzed = lines(analyze(scene));
    EmotionTimeline.Builder pushed = EmotionTimeline.builder("live", LabelSet.EKMAN_7);
    RecognitionListener listener =
        new RecognitionListener() {
          @Override
          public void estimate(EmotionEstimate estimate) {
            pushed.add(estimate);
          }

          @Override
          public void gap(Gap gap) {
            pushed.add(gap);
          }
        };
    try (EmotionRecognizer recognizer = both().lateness(Duration.ofDays(1)).build()) {
      try (RecognitionSession session = recognizer.open(listener)) {
        scene.forEach(session::push);
      }
    }
    assertEquals(analyzed, lines(pushed.build()));
  }

  @Test
  void analyze_encodersTakeRandomTime_isTheSameToTheBit() {
    List<TimedInput> scene = scene(2).subList(0, 600);
    List<String> quick = lines(analyze(scene));
    for (int run = 0; run < 20; run++) {
      EmotionRecognizer.Builder slow =
          EmotionRecognizer.builder(LabelSet.EKMAN_7)
              .video(
                  ScriptedEncoder.of(
                      FACE,
                      LabelSet.EKMAN_7,
                      (frame, out) -> {
                        LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(100_000));
                        Cast.see(frame, out);
                      }))
              .audio(
                  ScriptedEncoder.of(
                      VOICE,
                      LabelSet.EKMAN_7,
                      (window, out) -> {
                        LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(100_000));
                        Cast.hear(window, out);
                      }))
              .fusion(new Cast.Mean());
      assertEquals(quick, lines(analyze(slow, FakeMedia.of(scene))), "run " + run);
    }
  }

  @Test
  void analyze_pictureFirstAndThenSound_isTheSameToTheBit() {
    for (long seed = 3; seed < 8; seed++) {
      List<TimedInput> scene = scene(seed);
      List<TimedInput> pictureFirst = new ArrayList<>(scene);
      pictureFirst.removeIf(AudioWindow.class::isInstance);
      scene.stream().filter(AudioWindow.class::isInstance).forEach(pictureFirst::add);
      List<TimedInput> soundFirst = new ArrayList<>(scene);
      soundFirst.removeIf(Frame.class::isInstance);
      scene.stream().filter(Frame.class::isInstance).forEach(soundFirst::add);
      List<String> expected = lines(analyze(scene));
      assertEquals(expected, lines(analyze(both(), FakeMedia.of(pictureFirst))), "seed " + seed);
      assertEquals(expected, lines(analyze(both(), FakeMedia.of(soundFirst))), "seed " + seed);
    }
  }

  @Test
  void analyze_twoEncodersOfOneKind_isTheSameToTheBit() {
    List<TimedInput> frames = frames(0, 3_000_000, FACE_1);
    List<String> first = null;
    for (int run = 0; run < 10; run++) {
      EmotionRecognizer.Builder builder =
          EmotionRecognizer.builder(LabelSet.EKMAN_7).fusion(new Cast.Mean());
      for (int encoder = 1; encoder <= 3; encoder++) {
        int who = encoder;
        builder.video(
            ScriptedEncoder.of(
                FACE,
                LabelSet.EKMAN_7,
                (frame, out) -> {
                  LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(50_000));
                  out.accept(
                      Observation.of(
                          FACE,
                          FACE_ONE,
                          frame.span(),
                          Evidence.Present.of(
                              Cast.said(who, frame.timestampMicros()), 0.1f * who)));
                }));
      }
      List<String> lines = lines(analyze(builder, FakeMedia.of(frames)));
      first = first == null ? lines : first;
      assertEquals(first, lines, "run " + run);
    }
  }

  @Test
  void analyze_severalAtOnce_doNotDisturbOneAnother() throws Exception {
    List<TimedInput> scene = scene(9);
    List<String> alone = lines(analyze(scene));
    try (EmotionRecognizer recognizer = both().build()) {
      List<CompletableFuture<EmotionTimeline>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        all.add(recognizer.analyzeAsync(FakeMedia.of(scene), estimate -> {}));
      }
      for (var one : all) {
        assertEquals(alone, lines(one.get()));
      }
    }
    Cast.await(() -> Cast.threads().isEmpty());
  }
}
