package io.github.erv.emotion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.Modality;
import io.github.erv.Subject;
import io.github.erv.media.TimeSpan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Emotions, modalities, label sets, affect, and the estimate that holds them. */
class EmotionValuesTest {
  @ParameterizedTest
  @ValueSource(strings = {"joy", "a", "low-arousal", "f0", "x-1-y"})
  void name_lowerCaseWords_isTaken(String name) {
    assertEquals(name, new Emotion(name).toString());
    assertEquals(name, new Modality(name).toString());
    assertEquals(new Emotion(name), new Emotion(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "Joy", "1st", "-a", "a-", "a--b", "a b", "ä", "a\n"})
  void name_anythingElse_isRefusedAndQuoted(String name) {
    for (Runnable maker : List.<Runnable>of(() -> new Emotion(name), () -> new Modality(name))) {
      String message = assertThrows(IllegalArgumentException.class, maker::run).getMessage();
      assertTrue(message.contains('"' + name + '"'), message);
    }
  }

  @Provide
  Arbitrary<LabelSet> labelSets() {
    return Draws.labelSets();
  }

  @Property
  void labelSet_any_indexAndEmotionAreInverse(@ForAll("labelSets") LabelSet labels) {
    List<Emotion> iterated = new ArrayList<>();
    labels.forEach(iterated::add);
    assertEquals(labels.emotions(), iterated);
    for (int i = 0; i < labels.size(); i++) {
      assertEquals(i, labels.indexOf(labels.get(i)));
      assertTrue(labels.contains(labels.get(i)));
    }
    for (Emotion emotion : Draws.EMOTIONS) {
      assertEquals(labels.contains(emotion), labels.indexOf(emotion) >= 0);
    }
    assertEquals(labels, LabelSet.of(labels.emotions()));
    assertEquals(labels.hashCode(), LabelSet.of(labels.emotions()).hashCode());
  }

  @Test
  void labelSet_known_haveTheOrderOfTheirSource() {
    assertEquals(
        "[neutral, happiness, surprise, sadness, anger, disgust, fear, contempt]",
        LabelSet.FERPLUS_8.emotions().toString());
    assertEquals(
        "[neutral, calm, happiness, sadness, anger, fear, disgust, surprise]",
        LabelSet.RAVDESS_8.emotions().toString());
    assertEquals("ekman-7", LabelSet.EKMAN_7.name());
    assertEquals(LabelSet.EKMAN_6.emotions(), LabelSet.EKMAN_7.emotions().subList(1, 7));
    assertEquals("joy+fear", LabelSet.of(new Emotion("joy"), Emotion.FEAR).name());
    assertNotEquals(
        LabelSet.of(Emotion.FEAR, Emotion.ANGER), LabelSet.of(Emotion.ANGER, Emotion.FEAR));
  }

  @Test
  void labelSet_tooFewOrTwice_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> LabelSet.of());
    assertThrows(IllegalArgumentException.class, () -> LabelSet.of(Emotion.FEAR));
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> LabelSet.of(Emotion.FEAR, Emotion.ANGER, Emotion.FEAR))
            .getMessage();
    assertTrue(message.contains("fear twice"), message);
    assertEquals(-1, LabelSet.EKMAN_7.indexOf(Emotion.CONTEMPT));
  }

  @Test
  void labelSet_listChangesLater_setDoesNot() {
    List<Emotion> emotions = new ArrayList<>(List.of(Emotion.FEAR, Emotion.ANGER));
    LabelSet labels = LabelSet.of(emotions);
    emotions.clear();
    assertEquals(2, labels.size());
    assertThrows(UnsupportedOperationException.class, () -> labels.emotions().clear());
  }

  @ParameterizedTest
  @ValueSource(floats = {1.0001f, -1.0001f, Float.NaN, Float.POSITIVE_INFINITY})
  void affect_outOfRange_isRefusedWithNameAndValue(float bad) {
    List<Runnable> makers =
        List.of(
            () -> new Affect(bad, 0, 0), () -> new Affect(0, bad, 0), () -> new Affect(0, 0, bad));
    List<String> names = List.of("valence", "arousal", "dominance");
    for (int i = 0; i < 3; i++) {
      String message =
          assertThrows(IllegalArgumentException.class, makers.get(i)::run).getMessage();
      assertTrue(message.startsWith(names.get(i)) && message.contains("" + bad), message);
    }
  }

  @Test
  void derivedFrom_certain_isTheNorm() {
    for (LabelSet labels : List.of(LabelSet.FERPLUS_8, LabelSet.RAVDESS_8)) {
      for (Emotion emotion : labels) {
        assertEquals(
            Affect.norm(emotion), Affect.derivedFrom(Distribution.certain(labels, emotion)));
      }
    }
  }

  @Test
  void derivedFrom_mixture_isTheWeightedMean() {
    LabelSet labels = LabelSet.of(Emotion.HAPPINESS, Emotion.FEAR, new Emotion("pride"));
    Affect happiness = Affect.norm(Emotion.HAPPINESS).orElseThrow();
    Affect fear = Affect.norm(Emotion.FEAR).orElseThrow();
    // pride has no norm, so the others share: 0.25 to 0.5
    Affect derived = Affect.derivedFrom(Distribution.of(labels, 0.25f, 0.5f, 0.25f)).orElseThrow();
    assertEquals((happiness.valence() + 2 * fear.valence()) / 3, derived.valence(), 1e-6);
    assertEquals((happiness.arousal() + 2 * fear.arousal()) / 3, derived.arousal(), 1e-6);
    assertEquals((happiness.dominance() + 2 * fear.dominance()) / 3, derived.dominance(), 1e-6);
  }

  @Test
  void derivedFrom_nothingWithANorm_isEmpty() {
    LabelSet labels = LabelSet.of(new Emotion("pride"), new Emotion("shame"));
    assertEquals(Optional.empty(), Affect.derivedFrom(Distribution.of(labels, 0.5f, 0.5f)));
    assertEquals(Optional.empty(), Affect.derivedFrom(Distribution.uninformed(LabelSet.EKMAN_7)));
    assertEquals(Optional.empty(), Affect.norm(new Emotion("pride")));
  }

  private static EmotionEstimate.Builder estimate() {
    return EmotionEstimate.builder(
        Subject.face(1),
        new TimeSpan(0, 250_000),
        Distribution.of(LabelSet.EKMAN_6, 0.5f, 0.25f, 0.25f, 0, 0, 0));
  }

  @Test
  void estimate_defaults_comeFromTheDistribution() {
    EmotionEstimate estimate = estimate().build();
    assertEquals(Emotion.HAPPINESS, estimate.emotion());
    assertEquals(0.5f, estimate.confidence());
    assertFalse(estimate.abstained());
    assertTrue(estimate.affectDerived());
    assertEquals(Affect.derivedFrom(estimate.distribution()), estimate.affect());
    assertEquals(Map.of(), estimate.contributions());
    assertEquals(Map.of(), estimate.missing());
    assertEquals(Optional.empty(), estimate.region());
  }

  @Test
  void estimate_affectThatWasRead_isNotDerived() {
    EmotionEstimate estimate = estimate().affect(Affect.NEUTRAL).build();
    assertFalse(estimate.affectDerived());
    assertEquals(Optional.of(Affect.NEUTRAL), estimate.affect());
  }

  @Test
  void estimate_mapsChangeLater_estimateDoesNot() {
    Map<Modality, EmotionEstimate.Contribution> shares = new HashMap<>();
    shares.put(Modality.VOICE, new EmotionEstimate.Contribution(0.5f, 1));
    shares.put(Modality.FACE, new EmotionEstimate.Contribution(0.5f, 1));
    EmotionEstimate estimate = estimate().contributions(shares).build();
    shares.clear();
    assertEquals(
        List.of(Modality.FACE, Modality.VOICE), List.copyOf(estimate.contributions().keySet()));
    assertThrows(UnsupportedOperationException.class, () -> estimate.contributions().clear());
  }

  @ParameterizedTest
  @ValueSource(floats = {-0.1f, 1.1f, Float.NaN})
  void estimate_outOfRange_isRefused(float bad) {
    assertThrows(IllegalArgumentException.class, () -> estimate().confidence(bad));
    assertThrows(IllegalArgumentException.class, () -> new EmotionEstimate.Contribution(bad, 0.5f));
    assertThrows(IllegalArgumentException.class, () -> new EmotionEstimate.Contribution(0.5f, bad));
  }
}
