package io.github.erv.emotion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class DistributionTest {
  private static final LabelSet THREE =
      LabelSet.of(Emotion.HAPPINESS, Emotion.SADNESS, Emotion.ANGER);

  /** Each of n float probabilities is rounded once. */
  private static double sumTolerance(int n) {
    return n * Math.ulp(1f);
  }

  @Provide
  Arbitrary<Distribution> distributions() {
    return Draws.labelSets().flatMap(Draws::distributions);
  }

  @Provide
  Arbitrary<float[]> logits() {
    return Arbitraries.integers()
        .between(-800, 800)
        .map(eighths -> eighths / 8f)
        .array(float[].class)
        .ofSize(7);
  }

  @Property
  void of_anything_sumsToOneOverTheSupportAndIsZeroOutside(
      @ForAll("distributions") Distribution distribution) {
    double sum = 0;
    for (int i = 0; i < distribution.labels().size(); i++) {
      sum += distribution.probability(i);
      assertTrue(distribution.supports(i) || distribution.probability(i) == 0);
    }
    if (distribution.informed()) {
      assertEquals(1, sum, sumTolerance(distribution.labels().size()));
    } else {
      assertEquals(0, sum);
      assertEquals(Map.of(), distribution.asMap());
    }
  }

  @Property
  void top_anything_isTheFirstOfTheMostProbable(
      @ForAll("distributions") Distribution distribution) {
    List<Float> all = Draws.probabilities(distribution);
    float max = all.stream().max(Float::compare).orElseThrow();
    assertEquals(max, distribution.topProbability());
    if (distribution.informed()) {
      assertEquals(distribution.labels().get(all.indexOf(max)), distribution.top());
    }
  }

  @Property
  void entropyBits_anything_isBetweenZeroAndThatOfTheUniform(
      @ForAll("distributions") Distribution distribution) {
    double bits = distribution.entropyBits();
    int known = Math.max(1, distribution.asMap().size());
    assertTrue(bits >= 0 && bits <= Math.log(known) / Math.log(2) + 1e-6, () -> "was " + bits);
  }

  @Property
  void softmax_anyLogits_sumsToOneKeepsOrderAndIgnoresAShift(@ForAll("logits") float[] logits) {
    Distribution distribution = Distribution.softmax(LabelSet.EKMAN_7, logits);
    double sum = 0;
    for (int i = 0; i < logits.length; i++) {
      sum += distribution.probability(i);
      assertTrue(distribution.supports(i));
      for (int j = 0; j < logits.length; j++) {
        assertTrue(
            logits[i] < logits[j] || distribution.probability(i) >= distribution.probability(j));
      }
    }
    assertEquals(1, sum, sumTolerance(7));
    float[] shifted = logits.clone();
    for (int i = 0; i < shifted.length; i++) {
      shifted[i] += 1000; // exact, since logits are whole eighths
    }
    assertEquals(distribution, Distribution.softmax(LabelSet.EKMAN_7, shifted));
  }

  @Test
  void softmax_knownLogits_isTheClosedForm() {
    float[] logits = {0, (float) Math.log(2), (float) Math.log(5)};
    Distribution distribution = Distribution.softmax(THREE, logits);
    assertEquals(1 / 8.0, distribution.probability(Emotion.HAPPINESS), 1e-7);
    assertEquals(2 / 8.0, distribution.probability(Emotion.SADNESS), 1e-7);
    assertEquals(5 / 8.0, distribution.probability(Emotion.ANGER), 1e-7);
  }

  @Test
  void softmax_hugeLogits_doNotOverflow() {
    assertEquals(
        Distribution.certain(THREE, Emotion.ANGER),
        Distribution.softmax(THREE, -Float.MAX_VALUE, 0, Float.MAX_VALUE));
  }

  @Test
  void of_sumSlightlyOff_isDividedByIt() {
    Distribution distribution = Distribution.of(THREE, 0.5002f, 0.25f, 0.25f);
    assertEquals(0.5002 / 1.0002, distribution.probability(0), 1e-7);
  }

  @Test
  void of_arrayChangesLater_distributionDoesNot() {
    float[] p = {0.5f, 0.25f, 0.25f};
    boolean[] support = {true, true, true};
    Distribution distribution = Distribution.of(THREE, p, support);
    p[0] = 0;
    support[0] = false;
    assertEquals(0.5f, distribution.probability(0));
    assertTrue(distribution.supports(0));
  }

  @Test
  void of_badValues_saysWhichAndWhat() {
    requireRefused("sadness", "NaN", () -> Distribution.of(THREE, 0.5f, Float.NaN, 0.5f));
    requireRefused("sadness", "-0.1", () -> Distribution.of(THREE, 0.6f, -0.1f, 0.5f));
    requireRefused("sadness", "1.5", () -> Distribution.of(THREE, 0, 1.5f, 0));
    requireRefused("sum to 1", "0.9", () -> Distribution.of(THREE, 0.3f, 0.3f, 0.3f));
    requireRefused("3 classes", "2", () -> Distribution.of(THREE, 0.5f, 0.5f));
    requireRefused(
        "sadness",
        "0.5",
        () ->
            Distribution.of(THREE, new float[] {0.5f, 0.5f, 0}, new boolean[] {true, false, true}));
    requireRefused(
        "3 classes",
        "1",
        () -> Distribution.of(THREE, new float[] {1, 0, 0}, new boolean[] {true}));
    requireRefused("anger", "Infinity", () -> Distribution.softmax(THREE, 0, 0, 1f / 0));
    requireRefused("anger", "NaN", () -> Distribution.softmax(THREE, 0, 0, Float.NaN));
    requireRefused("all be 0", "0", () -> Distribution.proportionalTo(THREE, 0, 0, 0));
    requireRefused("anger", "-1", () -> Distribution.proportionalTo(THREE, 0, 0, -1));
    requireRefused("anger", "Infinity", () -> Distribution.proportionalTo(THREE, 0, 0, 1f / 0));
    requireRefused("fear", "fear", () -> Distribution.certain(THREE, Emotion.FEAR));
  }

  private static void requireRefused(String what, String actual, Runnable maker) {
    String message = assertThrows(IllegalArgumentException.class, maker::run).getMessage();
    assertTrue(message.contains(what) && message.contains(actual), message);
  }

  @Test
  void uninformed_saysNothing() {
    Distribution nothing = Distribution.uninformed(THREE);
    assertFalse(nothing.informed());
    assertEquals(0, nothing.topProbability());
    assertEquals(0, nothing.entropyBits());
    assertEquals(Emotion.HAPPINESS, nothing.top());
    assertFalse(nothing.supports(Emotion.HAPPINESS));
    assertEquals(nothing, Distribution.of(THREE, new float[3], new boolean[3]));
  }

  @Test
  void probability_ofAnEmotionThatIsNotThere_isZeroAndUnsupported() {
    Distribution distribution = Distribution.of(THREE, 0.5f, 0.25f, 0.25f);
    assertEquals(0, distribution.probability(Emotion.FEAR));
    assertFalse(distribution.supports(Emotion.FEAR));
  }

  @Test
  void entropyBits_uniform_isTheLogarithm() {
    assertEquals(
        2,
        Distribution.proportionalTo(LabelSet.of(Draws.EMOTIONS.subList(0, 4)), 1, 1, 1, 1)
            .entropyBits(),
        1e-12);
    assertEquals(0, Distribution.certain(THREE, Emotion.ANGER).entropyBits());
  }

  @Test
  void copyTo_offset_writesThereOnly() {
    float[] target = {9, 9, 9, 9, 9};
    Distribution.of(THREE, 0.5f, 0.25f, 0.25f).copyTo(target, 1);
    assertArrayEquals(new float[] {9, 0.5f, 0.25f, 0.25f, 9}, target);
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> Distribution.uninformed(THREE).copyTo(new float[3], 1));
  }

  @Test
  void equals_sameContent_isEqual() {
    assertEquals(Distribution.of(THREE, 1, 0, 0), Distribution.certain(THREE, Emotion.HAPPINESS));
    assertEquals(Distribution.of(THREE, 1, -0f, 0), Distribution.of(THREE, 1, 0, 0));
    assertEquals(
        Distribution.of(THREE, 1, 0, 0).hashCode(),
        Distribution.certain(THREE, Emotion.HAPPINESS).hashCode());
    assertNotEquals(
        Distribution.of(THREE, 1, 0, 0),
        Distribution.of(THREE, new float[] {1, 0, 0}, new boolean[] {true, false, true}));
  }
}
