package io.github.erv;

import static io.github.erv.Cast.FACE_1;
import static io.github.erv.Cast.FACE_2;
import static io.github.erv.Cast.NOBODY;
import static io.github.erv.Cast.SILENCE;
import static io.github.erv.Cast.SPEECH;
import static io.github.erv.Cast.frame;
import static io.github.erv.Cast.frames;
import static io.github.erv.Cast.sound;
import static io.github.erv.Modality.FACE;
import static io.github.erv.Modality.VOICE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.contract.ScriptedEncoder;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.emotion.LabelSet;
import io.github.erv.media.AudioWindow;
import io.github.erv.media.Frame;
import io.github.erv.media.TimeSpan;
import io.github.erv.timeline.EmotionTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The facade: what it is built of, single pictures and sounds, and how sure an estimate is. */
class EmotionRecognizerTest {
  private static final LabelSet TWO = LabelSet.of(Emotion.HAPPINESS, Emotion.ANGER);

  private static EmotionRecognizer.Builder ekman() {
    return EmotionRecognizer.builder(LabelSet.EKMAN_7);
  }

  private static ScriptedEncoder<Frame> always(Distribution distribution, float quality) {
    return ScriptedEncoder.of(
        FACE,
        distribution.labels(),
        (frame, out) ->
            out.accept(
                Observation.of(
                    FACE,
                    Subject.face(1),
                    frame.span(),
                    Evidence.Present.of(distribution, quality))));
  }

  private static EmotionEstimate only(EmotionRecognizer.Builder builder) {
    try (EmotionRecognizer recognizer = builder.build()) {
      List<EmotionEstimate> estimates = recognizer.estimate(frame(0, FACE_1));
      assertEquals(1, estimates.size());
      EmotionTimeline timeline = recognizer.analyze(FakeMedia.of(frames(0, 100_000, FACE_1)));
      assertEquals(
          timeline.estimates().get(0).distribution(),
          estimates.get(0).distribution(),
          "one picture and a recording of one hop say the same");
      return estimates.get(0);
    }
  }

  @Test
  void build_nothingToReadWith_saysWhatToAdd() {
    String message = assertThrows(IllegalStateException.class, ekman()::build).getMessage();
    assertTrue(message.contains("video(...)"), message);
  }

  @Test
  void build_severalModalitiesAndNoFusion_saysWhatToAdd() {
    EmotionRecognizer.Builder builder = ekman().video(Cast.faces()).audio(Cast.voice());
    String message = assertThrows(IllegalStateException.class, builder::build).getMessage();
    assertTrue(message.contains("[face, voice]") && message.contains("erv-fusion"), message);
  }

  @Test
  void build_hopLongerThanTheWindow_isRefused() {
    EmotionRecognizer.Builder builder =
        ekman().video(Cast.faces()).hop(Duration.ofSeconds(2)).window(Duration.ofSeconds(1));
    String message = assertThrows(IllegalArgumentException.class, builder::build).getMessage();
    assertTrue(message.contains("2000000") && message.contains("1000000"), message);
  }

  @Test
  void builder_valuesOutOfRange_areRefusedWithLimitAndActual() {
    for (double value : new double[] {Double.NaN, -0.1, 1.1}) {
      requireRefused(() -> ekman().abstainBelow(value), String.valueOf(value));
    }
    for (double value : new double[] {Double.NaN, 0, -1}) {
      requireRefused(() -> ekman().framesPerSecond(value), String.valueOf(value));
    }
    requireRefused(() -> ekman().hop(Duration.ZERO), "PT0S");
    requireRefused(() -> ekman().hop(Duration.ofSeconds(-1)), "PT-1S");
    requireRefused(() -> ekman().window(Duration.ofNanos(999_999)), "PT0.000999999S");
    requireRefused(() -> ekman().lateness(Duration.ofMillis(-1)), "PT-0.001S");
  }

  private static void requireRefused(Runnable setter, String actual) {
    String message = assertThrows(IllegalArgumentException.class, setter::run).getMessage();
    assertTrue(message.contains(actual), message);
  }

  @Test
  void create_noModuleOnTheClassPath_saysWhatToAdd() {
    String message =
        assertThrows(IllegalStateException.class, EmotionRecognizer::create).getMessage();
    assertTrue(message.contains("erv-vision") && message.contains("erv-audio"), message);
  }

  @Test
  void estimate_picture_oneEstimateAFaceInTheOrderOfTheirNumbers() {
    ScriptedEncoder<Frame> crowd =
        ScriptedEncoder.of(
            FACE,
            LabelSet.EKMAN_7,
            (frame, out) -> {
              for (int face = 12; face >= 1; face--) {
                out.accept(
                    Observation.of(
                        FACE,
                        Subject.face(face),
                        frame.span(),
                        Evidence.Present.of(Cast.said(face, 0), 1)));
              }
            });
    try (EmotionRecognizer recognizer = ekman().video(crowd).build()) {
      List<EmotionEstimate> estimates = recognizer.estimate(frame(0, FACE_1));
      for (int face = 1; face <= 12; face++) {
        assertEquals(Subject.face(face), estimates.get(face - 1).subject());
        assertEquals(Cast.said(face, 0), estimates.get(face - 1).distribution());
      }
    }
    assertEquals(0, crowd.openSessions());
  }

  @Test
  void estimate_pictureOfNobody_isEmpty() {
    try (EmotionRecognizer recognizer = ekman().video(Cast.faces()).build()) {
      assertEquals(List.of(), recognizer.estimate(frame(0, NOBODY)));
      assertEquals(2, recognizer.estimate(frame(0, FACE_1 | FACE_2)).size());
    }
  }

  @Test
  void estimate_sound_isTheVoice() {
    try (EmotionRecognizer recognizer = ekman().audio(Cast.voice()).build()) {
      EmotionEstimate estimate = recognizer.estimate(sound(0, 1_000_000, SPEECH));
      assertEquals(Subject.VOICE, estimate.subject());
      assertEquals(new TimeSpan(0, 1_000_000), estimate.span());
      assertEquals(Cast.said(9, 0), estimate.distribution());
      assertEquals(
          Map.of(VOICE, new EmotionEstimate.Contribution(1, SPEECH)), estimate.contributions());
    }
  }

  @Test
  void estimate_soundInWhichNobodySpeaks_abstainsAndSaysWhy() {
    try (EmotionRecognizer recognizer = ekman().audio(Cast.voice()).build()) {
      EmotionEstimate estimate = recognizer.estimate(sound(0, 1_000_000, SILENCE));
      assertTrue(estimate.abstained());
      assertFalse(estimate.distribution().informed());
      assertEquals(Map.of(VOICE, Evidence.Reason.SILENCE), estimate.missing());
    }
  }

  @Test
  void estimate_nobodyReadsIt_saysWhatToAdd() {
    try (EmotionRecognizer faces = ekman().video(Cast.faces()).build();
        EmotionRecognizer voice = ekman().audio(Cast.voice()).build()) {
      assertTrue(
          assertThrows(
                  IllegalStateException.class, () -> faces.estimate(sound(0, 1_000_000, SPEECH)))
              .getMessage()
              .contains("AudioWindow"));
      assertTrue(
          assertThrows(IllegalStateException.class, () -> voice.estimate(frame(0, FACE_1)))
              .getMessage()
              .contains("Frame"));
    }
  }

  @Test
  void estimate_confidence_isTheProbabilityTimesTheQuality() {
    Distribution said = Distribution.of(TWO, 0.8f, 0.2f);
    EmotionEstimate estimate =
        only(EmotionRecognizer.builder(TWO).video(always(said, 0.5f)).abstainBelow(0.4));
    assertEquals(0.4f, estimate.confidence(), 1e-7f);
    assertEquals(said, estimate.distribution());
  }

  @Test
  void estimate_confidenceBelowTheThreshold_abstains() {
    Distribution said = Distribution.of(TWO, 0.75f, 0.25f);
    for (double threshold : new double[] {0, 0.375}) {
      assertFalse(
          only(EmotionRecognizer.builder(TWO).video(always(said, 0.5f)).abstainBelow(threshold))
              .abstained());
    }
    EmotionEstimate abstained =
        only(EmotionRecognizer.builder(TWO).video(always(said, 0.5f)).abstainBelow(0.376));
    assertTrue(abstained.abstained());
    assertEquals(Emotion.HAPPINESS, abstained.emotion()); // still the best guess
  }

  @Test
  void estimate_qualityZero_abstainsUnlessToldOtherwise() {
    Distribution said = Distribution.of(TWO, 1, 0);
    assertTrue(only(EmotionRecognizer.builder(TWO).video(always(said, 0))).abstained());
    assertFalse(
        only(EmotionRecognizer.builder(TWO).video(always(said, 0)).abstainBelow(0)).abstained());
  }

  @Test
  void estimate_encoderHasOtherLabels_whatIsLostLowersTheQuality() {
    LabelSet three = LabelSet.of(Emotion.ANGER, Emotion.CONTEMPT, Emotion.HAPPINESS);
    EmotionEstimate estimate =
        only(
            EmotionRecognizer.builder(TWO)
                .video(always(Distribution.of(three, 0.375f, 0.25f, 0.375f), 0.8f)));
    assertEquals(Distribution.of(TWO, 0.5f, 0.5f), estimate.distribution());
    assertEquals(0.8f * 0.75f, estimate.contributions().get(FACE).reliability(), 1e-7f);
  }

  @Test
  void estimate_encoderKnowsNoneOfTheLabels_abstains() {
    LabelSet other = LabelSet.of(Emotion.CONTEMPT, Emotion.BOREDOM);
    EmotionEstimate estimate =
        only(
            EmotionRecognizer.builder(TWO)
                .video(always(Distribution.of(other, 0.5f, 0.5f), 1))
                .abstainBelow(0));
    assertFalse(estimate.distribution().informed());
    assertTrue(estimate.abstained());
  }

  @Test
  void estimate_models_areThoseOfEncodersAndFusion() {
    Encoder<Frame> faces = Cast.faces();
    Encoder<Frame> named =
        new Encoder<>() {
          @Override
          public Modality modality() {
            return faces.modality();
          }

          @Override
          public LabelSet labels() {
            return faces.labels();
          }

          @Override
          public int embeddingSize() {
            return 0;
          }

          @Override
          public List<String> models() {
            return List.of("face 1.0", "shared 2.0");
          }

          @Override
          public EncoderSession<Frame> open() {
            return faces.open();
          }

          @Override
          public void close() {
            faces.close();
          }
        };
    FusionStrategy fusion =
        new FusionStrategy() {
          @Override
          public FusionSession open() {
            return Cast.Mean::mean;
          }

          @Override
          public List<String> models() {
            return List.of("shared 2.0", "fusion 3.0");
          }
        };
    EmotionEstimate estimate = only(ekman().video(named).fusion(fusion));
    assertEquals(List.of("face 1.0", "shared 2.0", "fusion 3.0"), estimate.models());
  }

  /** Another kind of input, as a user would bring it. */
  private record Word(String text, TimeSpan span) implements TimedInput {
    @Override
    public Word copy() {
      return this;
    }
  }

  @Test
  void encoder_ofAnotherKindOfInput_isReadLikeTheOthers() {
    ScriptedEncoder<Word> words =
        ScriptedEncoder.of(
            Modality.TEXT,
            LabelSet.EKMAN_7,
            (word, out) ->
                out.accept(
                    Observation.of(
                        Modality.TEXT,
                        new Subject("writer"),
                        word.span(),
                        Evidence.Present.of(
                            Distribution.certain(LabelSet.EKMAN_7, new Emotion(word.text())), 1))));
    try (EmotionRecognizer recognizer = ekman().encoder(Word.class, words).build()) {
      List<EmotionEstimate> heard = new ArrayList<>();
      try (RecognitionSession session = recognizer.open(heard::add)) {
        session.push(new Word("fear", new TimeSpan(0, 250_000)));
        session.push(new Word("anger", new TimeSpan(2_000_000, 2_250_000)));
      }
      assertEquals(
          List.of(Emotion.FEAR, Emotion.ANGER),
          heard.stream().map(EmotionEstimate::emotion).toList());
      assertThrows(
          IllegalStateException.class,
          () -> recognizer.analyze(FakeMedia.of(frames(0, 100_000, FACE_1))));
    }
  }

  @Test
  void estimate_severalThreadsAtOnce_doNotDisturbOneAnother() {
    try (EmotionRecognizer recognizer = ekman().audio(Cast.voice()).build()) {
      List<AudioWindow> windows =
          LongStream.range(0, 200).mapToObj(i -> sound(i * 50_000, 50_000, SPEECH)).toList();
      windows.parallelStream()
          .forEach(
              window ->
                  assertEquals(
                      Cast.said(9, window.span().startMicros()),
                      recognizer.estimate(window).distribution()));
    }
  }
}
