package io.github.erv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.contract.Transcript;
import io.github.erv.emotion.Affect;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.media.TimeSpan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Evidence, observations, subjects, regions, cues, and the window in which they are fused. */
class ObservationsTest {
  private static final LabelSet TWO = LabelSet.of(Emotion.HAPPINESS, Emotion.ANGER);
  private static final TimeSpan WINDOW = new TimeSpan(0, 1000);

  @ParameterizedTest
  @ValueSource(floats = {-0.01f, 1.01f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void quality_outOfRange_isRefused(float bad) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Evidence.Present.builder(bad))
            .getMessage();
    assertTrue(message.contains("[0, 1]") && message.contains("" + bad), message);
  }

  @Test
  void quality_notANumber_countsAsZero() {
    assertEquals(0, Evidence.Present.builder(Float.NaN).build().quality());
  }

  @Test
  void present_everything_comesBackAndThroughToBuilder() {
    float[] embedding = {1, 2, 3};
    List<Cue> cues = new ArrayList<>(List.of(new Cue("head.yaw", 12, "deg", WINDOW)));
    Evidence.Present present =
        Evidence.Present.builder(0.5f)
            .distribution(Distribution.of(TWO, 0.25f, 0.75f))
            .affect(new Affect(0.1f, 0.2f, 0.3f))
            .embedding(embedding)
            .region(new Region(1, 2, 3, 4))
            .cues(cues)
            .build();
    embedding[0] = 9;
    cues.clear();
    for (Evidence.Present same : List.of(present, present.toBuilder().build())) {
      float[] copied = new float[5];
      same.copyEmbedding(copied, 1);
      assertArrayEquals(new float[] {0, 1, 2, 3, 0}, copied);
      assertEquals(3, same.embeddingSize());
      assertEquals(Optional.of(new Affect(0.1f, 0.2f, 0.3f)), same.affect());
      assertEquals(Optional.of(Distribution.of(TWO, 0.25f, 0.75f)), same.distribution());
      assertEquals(Optional.of(new Region(1, 2, 3, 4)), same.region());
      assertEquals("head.yaw", same.cues().get(0).name());
      assertEquals(0.5f, same.quality());
    }
    assertThrows(IndexOutOfBoundsException.class, () -> present.copyEmbedding(new float[3], 1));
  }

  @Test
  void present_nothing_isEmptyThroughout() {
    Evidence.Present present = Evidence.Present.builder(1).build();
    assertEquals(Optional.empty(), present.distribution());
    assertEquals(Optional.empty(), present.affect());
    assertEquals(0, present.embeddingSize());
    present.copyEmbedding(new float[0], 0);
    assertEquals(List.of(), present.cues());
  }

  @Test
  void observation_presentOfTheScene_isRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () ->
            Observation.of(
                Modality.FACE, Subject.SCENE, WINDOW, Evidence.Present.builder(1).build()));
    Observation missing =
        Cast.missing(Modality.FACE, Subject.SCENE, WINDOW, Evidence.Reason.NO_FACE);
    assertFalse(missing.present());
    assertThrows(
        IllegalArgumentException.class,
        () -> missing.withEvidence(Evidence.Present.builder(1).build()));
  }

  @Test
  void observation_with_changesThatAlone() {
    Observation one = present(Modality.VOICE, 10, 1, Distribution.of(TWO, 1, 0));
    Observation other = one.withSubject(Subject.face(3));
    assertEquals(Subject.face(3), other.subject());
    assertSame(one.evidence(), other.evidence());
    assertEquals(one.span(), other.span());
    assertEquals(one.modality(), other.modality());
  }

  @Test
  void subject_order_countsNumbersAsNumbers() {
    List<Subject> inOrder =
        List.of(
            new Subject("1"),
            new Subject("12"),
            new Subject("face"),
            new Subject("face-"),
            new Subject("face-1"),
            new Subject("face-2"),
            new Subject("face-9"),
            new Subject("face-10"),
            new Subject("face-11"),
            new Subject("face-010"),
            new Subject("face-1a7"),
            new Subject("voice"));
    for (int i = 0; i < inOrder.size(); i++) {
      for (int j = 0; j < inOrder.size(); j++) {
        assertEquals(
            Integer.compare(i, j),
            Integer.signum(inOrder.get(i).compareTo(inOrder.get(j))),
            inOrder.get(i) + " and " + inOrder.get(j));
      }
    }
    assertThrows(IllegalArgumentException.class, () -> new Subject(" "));
  }

  @Property
  void region_overlap_isTheSharedAreaOverBoth(
      @ForAll @FloatRange(min = -5, max = 5) float x,
      @ForAll @FloatRange(min = -5, max = 5) float y,
      @ForAll @FloatRange(min = 0.5f, max = 5) float width,
      @ForAll @FloatRange(min = 0.5f, max = 5) float height) {
    Region region = new Region(x, y, width, height);
    Region unit = new Region(0, 0, 2, 2);
    double w = Math.max(0, Math.min(x + width, 2.0) - Math.max(x, 0));
    double h = Math.max(0, Math.min(y + height, 2.0) - Math.max(y, 0));
    assertEquals(w * h / (width * height + 4 - w * h), region.overlap(unit), 1e-5);
    assertEquals(region.overlap(unit), unit.overlap(region), 1e-6);
    assertEquals(1, region.overlap(region), 1e-5);
  }

  @Test
  void region_orCueOff_isRefused() {
    for (float bad : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertThrows(IllegalArgumentException.class, () -> new Region(0, 0, bad, 1));
      assertThrows(IllegalArgumentException.class, () -> new Region(0, 0, 1, bad));
    }
    assertThrows(IllegalArgumentException.class, () -> new Region(Float.NaN, 0, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new Cue("f0", Double.NaN, "Hz", WINDOW));
  }

  // ---- the window of fusion

  private static Observation present(
      Modality modality, long micros, float quality, Distribution d) {
    return Observation.of(
        modality, Subject.face(1), TimeSpan.at(micros), Evidence.Present.of(d, quality));
  }

  private static FusionWindow window(List<Observation> observations) {
    return new FusionWindow(
        TWO,
        Subject.face(1),
        WINDOW,
        new TimeSpan(750, 1000),
        Set.of(Modality.FACE, Modality.VOICE),
        observations);
  }

  @Test
  void window_anyOrder_isSortedByTimeForEachModality() {
    List<Observation> observations =
        new ArrayList<>(
            IntStream.range(0, 20)
                .mapToObj(
                    i ->
                        present(
                            i % 2 == 0 ? Modality.FACE : Modality.TEXT,
                            i,
                            0.5f,
                            Distribution.of(TWO, 1, 0)))
                .toList());
    String inOrder = lines(window(observations));
    Collections.reverse(observations);
    FusionWindow window = window(observations);
    assertEquals(inOrder, lines(window));
    // a modality that is not listened to is heard all the same, one that is silent is there
    assertEquals(
        List.of(Modality.FACE, Modality.TEXT, Modality.VOICE), List.copyOf(window.modalities()));
    assertEquals(List.of(), window.observations(Modality.VOICE));
    assertEquals(List.of(), window.observations(Modality.BODY));
    assertThrows(
        UnsupportedOperationException.class, () -> window.observations(Modality.FACE).clear());
  }

  private static String lines(FusionWindow window) {
    StringBuilder lines = new StringBuilder();
    for (Modality modality : window.modalities()) {
      window.observations(modality).forEach(o -> lines.append(Transcript.line(o)).append('\n'));
    }
    return lines.toString();
  }

  @Test
  void window_otherLabels_isRefusedNamingBoth() {
    Observation other =
        present(Modality.FACE, 0, 1, Distribution.certain(LabelSet.EKMAN_7, Emotion.FEAR));
    String message =
        assertThrows(IllegalArgumentException.class, () -> window(List.of(other))).getMessage();
    assertTrue(message.contains(TWO.name()) && message.contains("ekman-7"), message);
  }

  @Test
  void pooled_oneOrNone_isItself() {
    Observation one = present(Modality.FACE, 0, 0, Distribution.of(TWO, 0.25f, 0.75f));
    FusionWindow window =
        window(
            List.of(
                one,
                Cast.missing(Modality.FACE, Subject.face(1), WINDOW, Evidence.Reason.OCCLUDED)));
    assertSame(one.evidence(), window.pooled(Modality.FACE).orElseThrow());
    assertEquals(Optional.empty(), window.pooled(Modality.VOICE));
  }

  @Test
  void pooled_several_isTheMeanWeightedByQuality() {
    Evidence.Present.Builder first =
        Evidence.Present.builder(0.25f)
            .distribution(Distribution.of(TWO, 1, 0))
            .affect(new Affect(1, 0, -1))
            .embedding(4, 8)
            .region(new Region(0, 0, 1, 1));
    Evidence.Present.Builder second =
        Evidence.Present.builder(0.75f)
            .distribution(Distribution.of(TWO, 0, 1))
            .affect(new Affect(0, 1, 1))
            .embedding(8, 0)
            .region(new Region(5, 5, 1, 1));
    Evidence.Present mean = pooled(first, second);
    assertEquals(Distribution.of(TWO, 0.25f, 0.75f), mean.distribution().orElseThrow());
    assertEquals(new Affect(0.25f, 0.75f, 0.5f), mean.affect().orElseThrow());
    float[] embedding = new float[2];
    mean.copyEmbedding(embedding, 0);
    assertArrayEquals(new float[] {7, 2}, embedding);
    assertEquals(0.5f, mean.quality());
    assertEquals(new Region(5, 5, 1, 1), mean.region().orElseThrow());
  }

  private static Evidence.Present pooled(Evidence.Present.Builder... evidence) {
    List<Observation> observations = new ArrayList<>();
    for (int i = 0; i < evidence.length; i++) {
      observations.add(
          Observation.of(
              Modality.FACE, Subject.face(1), TimeSpan.at(10L * i), evidence[i].build()));
    }
    return window(observations).pooled(Modality.FACE).orElseThrow();
  }

  @Test
  void pooled_allUnreadable_countsAllAlike() {
    Evidence.Present mean =
        pooled(
            Evidence.Present.builder(0).distribution(Distribution.of(TWO, 1, 0)),
            Evidence.Present.builder(0).distribution(Distribution.of(TWO, 0, 1)));
    assertEquals(Distribution.of(TWO, 0.5f, 0.5f), mean.distribution().orElseThrow());
    assertEquals(0, mean.quality());
  }

  @Test
  void pooled_oneDoesNotKnowAClass_isAveragedOverThoseWhoDo() {
    boolean[] happinessOnly = {true, false};
    Evidence.Present mean =
        pooled(
            Evidence.Present.builder(1)
                .distribution(Distribution.of(TWO, new float[] {1, 0}, happinessOnly)),
            Evidence.Present.builder(1).distribution(Distribution.of(TWO, 0.5f, 0.5f)));
    // happiness (1 + 0.5) / 2, anger 0.5 / 1, over their sum
    assertEquals(0.6, mean.distribution().orElseThrow().probability(0), 1e-6);
    assertEquals(0.4, mean.distribution().orElseThrow().probability(1), 1e-6);
  }

  @Test
  void pooled_nobodyKnowsAClass_staysOutsideTheSupport() {
    boolean[] happinessOnly = {true, false};
    Distribution narrow = Distribution.of(TWO, new float[] {1, 0}, happinessOnly);
    Evidence.Present mean =
        pooled(
            Evidence.Present.builder(1).distribution(narrow),
            Evidence.Present.builder(0.5f).distribution(narrow));
    assertEquals(narrow, mean.distribution().orElseThrow());
  }

  @Test
  void pooled_onlyEmbeddings_hasNoDistribution() {
    Evidence.Present mean =
        pooled(Evidence.Present.builder(1).embedding(2), Evidence.Present.builder(1).embedding(4));
    assertEquals(Optional.empty(), mean.distribution());
    assertEquals(Optional.empty(), mean.affect());
    assertEquals(1, mean.embeddingSize());
  }
}
