package io.github.erv.emotion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;

class LabelMappingTest {
  /** Sums and quotients of a dozen floats. */
  private static final double TOLERANCE = 1e-5;

  @Provide
  Arbitrary<Tuple.Tuple3<LabelSet, LabelSet, Distribution>> mapped() {
    return Combinators.combine(Draws.labelSets(), Draws.labelSets())
        .as(Tuple::of)
        .flatMap(
            sets ->
                Draws.distributions(sets.get1()).map(d -> Tuple.of(sets.get1(), sets.get2(), d)));
  }

  @Property
  void apply_anySets_massIsKeptOrReportedAsLost(
      @ForAll("mapped") Tuple.Tuple3<LabelSet, LabelSet, Distribution> drawn) {
    LabelMapping mapping = LabelMapping.between(drawn.get1(), drawn.get2());
    Distribution before = drawn.get3();
    Distribution after = mapping.apply(before);
    double lost = 0;
    for (LabelMapping.Loss loss : mapping.losses()) {
      lost += loss.dropped() ? before.probability(loss.emotion()) : 0;
    }
    double all = before.informed() ? 1 : 0;
    assertEquals(all, mapping.retained(before) + lost, TOLERANCE);
    assertEquals(drawn.get2(), after.labels());
    assertEquals(mapping.retained(before) > 0, after.informed());
    if (!after.informed()) {
      return;
    }
    List<Emotion> merged =
        mapping.losses().stream()
            .filter(loss -> !loss.dropped())
            .map(LabelMapping.Loss::becomes)
            .toList();
    for (Emotion emotion : drawn.get2()) {
      if (!merged.contains(emotion)) { // by name, and in proportion to what is kept
        assertEquals(
            before.probability(emotion) / mapping.retained(before),
            after.probability(emotion),
            TOLERANCE);
        assertEquals(before.supports(emotion), after.supports(emotion));
      }
    }
  }

  @Property
  void apply_sameLabelsInAnotherOrder_changesNoProbability(
      @ForAll("mapped") Tuple.Tuple3<LabelSet, LabelSet, Distribution> drawn) {
    List<Emotion> reversed = new ArrayList<>(drawn.get1().emotions());
    Collections.reverse(reversed);
    LabelMapping mapping = LabelMapping.between(drawn.get1(), LabelSet.of(reversed));
    assertEquals(List.of(), mapping.losses());
    Distribution after = mapping.apply(drawn.get3());
    for (Emotion emotion : reversed) {
      assertEquals(drawn.get3().probability(emotion), after.probability(emotion), TOLERANCE);
      assertEquals(drawn.get3().supports(emotion), after.supports(emotion));
    }
  }

  @Property
  void apply_throughALargerSet_isTheDirectMapping(
      @ForAll("mapped") Tuple.Tuple3<LabelSet, LabelSet, Distribution> drawn) {
    LabelSet everything = LabelSet.of(Draws.EMOTIONS);
    Distribution direct = LabelMapping.between(drawn.get1(), drawn.get2()).apply(drawn.get3());
    Distribution detour =
        LabelMapping.between(everything, drawn.get2())
            .apply(LabelMapping.between(drawn.get1(), everything).apply(drawn.get3()));
    for (Emotion emotion : drawn.get2()) {
      assertEquals(direct.probability(emotion), detour.probability(emotion), TOLERANCE);
      assertEquals(direct.supports(emotion), detour.supports(emotion));
    }
  }

  private static String losses(LabelSet from, LabelSet to) {
    return LabelMapping.between(from, to).losses().stream()
        .map(Object::toString)
        .collect(Collectors.joining("; "));
  }

  @Test
  void losses_knownSets_areDeclared() {
    assertEquals("contempt is dropped", losses(LabelSet.FERPLUS_8, LabelSet.EKMAN_7));
    assertEquals("calm is counted as neutral", losses(LabelSet.RAVDESS_8, LabelSet.EKMAN_7));
    assertEquals(
        "neutral is dropped; calm is dropped", losses(LabelSet.RAVDESS_8, LabelSet.EKMAN_6));
    assertEquals("", losses(LabelSet.EKMAN_6, LabelSet.FERPLUS_8));
  }

  @Test
  void apply_ravdessToEkman_calmAddsToNeutral() {
    Distribution heard = Distribution.of(LabelSet.RAVDESS_8, 0.25f, 0.25f, 0.5f, 0, 0, 0, 0, 0);
    Distribution mapped = LabelMapping.between(LabelSet.RAVDESS_8, LabelSet.EKMAN_7).apply(heard);
    assertEquals(0.5f, mapped.probability(Emotion.NEUTRAL));
    assertEquals(0.5f, mapped.probability(Emotion.HAPPINESS));
  }

  @Test
  void apply_targetHasMore_unknownStaysOutsideTheSupport() {
    Distribution mapped =
        LabelMapping.between(LabelSet.EKMAN_6, LabelSet.FERPLUS_8)
            .apply(Distribution.certain(LabelSet.EKMAN_6, Emotion.FEAR));
    assertFalse(mapped.supports(Emotion.NEUTRAL));
    assertFalse(mapped.supports(Emotion.CONTEMPT));
    assertTrue(mapped.supports(Emotion.SURPRISE));
  }

  @Test
  void apply_sameSet_isTheSameDistribution() {
    Distribution distribution = Distribution.certain(LabelSet.EKMAN_7, Emotion.FEAR);
    assertSame(
        distribution, LabelMapping.between(LabelSet.EKMAN_7, LabelSet.EKMAN_7).apply(distribution));
  }

  @Test
  void apply_onlyWhatIsDropped_isUninformed() {
    LabelMapping mapping = LabelMapping.between(LabelSet.FERPLUS_8, LabelSet.EKMAN_7);
    Distribution contempt = Distribution.certain(LabelSet.FERPLUS_8, Emotion.CONTEMPT);
    assertFalse(mapping.apply(contempt).informed());
    assertEquals(0, mapping.retained(contempt));
  }

  @Test
  void merging_contemptWithDisgust_addsUp() {
    LabelMapping mapping =
        LabelMapping.between(LabelSet.FERPLUS_8, LabelSet.EKMAN_7)
            .merging(Emotion.CONTEMPT, Emotion.DISGUST);
    Distribution seen = Distribution.of(LabelSet.FERPLUS_8, 0, 0, 0, 0, 0, 0.25f, 0.25f, 0.5f);
    assertEquals(0.75f, mapping.apply(seen).probability(Emotion.DISGUST));
    assertEquals(1, mapping.retained(seen));
    assertEquals(
        List.of(new LabelMapping.Loss(Emotion.CONTEMPT, Emotion.DISGUST, false)), mapping.losses());
  }

  @Test
  void merging_emotionsThatAreNotThere_isRefused() {
    LabelMapping mapping = LabelMapping.between(LabelSet.EKMAN_7, LabelSet.EKMAN_6);
    assertThrows(IllegalArgumentException.class, () -> mapping.merging(Emotion.CALM, Emotion.FEAR));
    assertThrows(
        IllegalArgumentException.class, () -> mapping.merging(Emotion.FEAR, Emotion.NEUTRAL));
  }

  @Test
  void apply_otherLabels_isRefusedNamingBoth() {
    LabelMapping mapping = LabelMapping.between(LabelSet.EKMAN_7, LabelSet.EKMAN_6);
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> mapping.apply(Distribution.uninformed(LabelSet.FERPLUS_8)))
            .getMessage();
    assertTrue(message.contains("ekman-7") && message.contains("ferplus-8"), message);
  }
}
