package io.github.erv.fusion;

import static io.github.erv.Modality.FACE;
import static io.github.erv.Modality.TEXT;
import static io.github.erv.Modality.VOICE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.Fused;
import io.github.erv.FusionSession;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.fusion.DempsterShaferFusion.Conflict;
import io.github.erv.fusion.train.Example;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DempsterShaferFusionTest {
  private static final LabelSet THREE = LabelSet.of(Emotion.ANGER, Emotion.SADNESS, Emotion.FEAR);

  /** Float probabilities of relative error 2^-24, in products of a few. */
  private static final double TOLERANCE = 1e-6;

  /** Sums of products of doubles. */
  private static final double ROUNDING = 1e-12;

  private static Example zadeh() {
    return Example.builder(THREE)
        .distribution(FACE, Distribution.of(THREE, 0.99f, 0.01f, 0))
        .distribution(VOICE, Distribution.of(THREE, 0, 0.01f, 0.99f))
        .label(Emotion.ANGER);
  }

  private static DempsterShaferFusion believing(double reliability, Conflict conflict) {
    return DempsterShaferFusion.builder()
        .reliability(FACE, reliability)
        .reliability(VOICE, reliability)
        .conflict(conflict)
        .build();
  }

  private static Fused fuse(DempsterShaferFusion strategy, Example example) {
    try (FusionSession session = strategy.open()) {
      Fused fused = new Fused();
      session.fuse(example.window(), fused);
      return fused;
    }
  }

  /** Zadeh (1979): two who are certain of different things make certain what both rule out. */
  @Test
  void fuse_zadehsExample_dempsterChoosesTheThird() {
    DempsterShaferFusion dempster = believing(1, Conflict.NORMALIZE);
    assertEquals(0.9999, dempster.conflict(zadeh().window()), TOLERANCE);
    Distribution fused = fuse(dempster, zadeh()).distribution().orElseThrow();
    assertEquals(1, fused.probability(Emotion.SADNESS), TOLERANCE);
  }

  @Test
  void fuse_zadehsExample_yagerIsNearlyIgnorant() {
    Distribution fused =
        fuse(believing(1, Conflict.IGNORANCE), zadeh()).distribution().orElseThrow();
    assertEquals(0.9999 / 3, fused.probability(Emotion.ANGER), TOLERANCE);
    assertEquals(0.0001 + 0.9999 / 3, fused.probability(Emotion.SADNESS), TOLERANCE);
  }

  @Test
  void fuse_zadehsExample_discountedIsBetweenTheTwo() {
    // s = 0.9 p, t = 0.1: anger (0.891 + 0.1) 0.1 - 0.01, sadness (0.009 + 0.1)^2 - 0.01, all 0.01
    double anger = 0.991 * 0.1 - 0.01;
    double sadness = 0.109 * 0.109 - 0.01;
    double sum = 2 * anger + sadness + 0.01;
    DempsterShaferFusion strategy = believing(0.9, Conflict.NORMALIZE);
    assertEquals(1 - sum, strategy.conflict(zadeh().window()), TOLERANCE);
    Distribution fused = fuse(strategy, zadeh()).distribution().orElseThrow();
    assertEquals((anger + 0.01 / 3) / sum, fused.probability(Emotion.ANGER), TOLERANCE);
    assertEquals((sadness + 0.01 / 3) / sum, fused.probability(Emotion.SADNESS), TOLERANCE);
  }

  @Test
  void fuse_totalConflict_isIgnorance() {
    Example example =
        Example.builder(THREE)
            .distribution(FACE, Distribution.certain(THREE, Emotion.ANGER))
            .distribution(VOICE, Distribution.certain(THREE, Emotion.FEAR))
            .label(Emotion.ANGER);
    for (Conflict rule : Conflict.values()) {
      DempsterShaferFusion strategy = believing(1, rule);
      assertEquals(1, strategy.conflict(example.window()), ROUNDING);
      Distribution fused = fuse(strategy, example).distribution().orElseThrow();
      for (Emotion emotion : THREE) {
        assertEquals(1 / 3.0, fused.probability(emotion), TOLERANCE);
      }
    }
  }

  @Test
  void fuse_oneAlone_isDiscountedTowardsEven() {
    Example example =
        Example.builder(THREE)
            .distribution(FACE, Distribution.of(THREE, 0.7f, 0.2f, 0.1f))
            .label(Emotion.ANGER);
    DempsterShaferFusion strategy = believing(0.8, Conflict.NORMALIZE);
    Fused fused = fuse(strategy, example);
    assertEquals(
        0.8 * 0.7 + 0.2 / 3,
        fused.distribution().orElseThrow().probability(Emotion.ANGER),
        TOLERANCE);
    assertEquals(0.8f, fused.contributions().get(FACE).reliability(), TOLERANCE);
    assertEquals(0, strategy.conflict(example.window()));
  }

  @Test
  void fuse_voiceNeverHeardOfFear_fearfulFaceKeepsItsFear() {
    Example example =
        Example.builder(THREE)
            .distribution(FACE, Distribution.of(THREE, 0.05f, 0.05f, 0.9f))
            .distribution(
                VOICE,
                Distribution.of(
                    THREE, new float[] {0.6f, 0.4f, 0}, new boolean[] {true, true, false}))
            .label(Emotion.FEAR);
    DempsterShaferFusion strategy = believing(0.9, Conflict.NORMALIZE);
    Distribution fused = fuse(strategy, example).distribution().orElseThrow();
    assertEquals(Emotion.FEAR, fused.top());
    // "anger, or something I do not know" does not contradict fear
    assertTrue(strategy.conflict(example.window()) < 0.1);
    assertTrue(fused.probability(Emotion.ANGER) > fused.probability(Emotion.SADNESS));
  }

  @Property(tries = 200)
  void combine_everybodyKnowsAll_setsAndClosedFormAgree(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 4) int sources,
      @ForAll @IntRange(min = 2, max = 6) int classes) {
    SplittableRandom random = new SplittableRandom(seed);
    LabelSet labels = LabelSet.of(LabelSet.FERPLUS_8.emotions().subList(0, classes));
    List<Distribution> said = new ArrayList<>();
    double[][] mass = new double[sources][classes];
    double[] ignorance = new double[sources];
    for (int m = 0; m < sources; m++) {
      said.add(Task.saying(labels, 0, 0.5)); // only the support is looked at
      double sum = 0;
      for (int e = 0; e < classes; e++) {
        mass[m][e] = random.nextDouble();
        sum += mass[m][e];
      }
      double committed = random.nextDouble();
      for (int e = 0; e < classes; e++) {
        mass[m][e] *= committed / sum;
      }
      ignorance[m] = 1 - committed;
    }
    for (Conflict rule : Conflict.values()) {
      DempsterShaferFusion.Combined expected =
          DempsterShaferFusion.bySets(said, mass, ignorance, rule);
      DempsterShaferFusion.Combined actual = DempsterShaferFusion.closedForm(mass, ignorance, rule);
      assertEquals(expected.conflict(), actual.conflict(), ROUNDING);
      // normalising divides by what conflict leaves
      assertArrayEquals(
          expected.probabilities(),
          actual.probabilities(),
          ROUNDING / Math.max(1e-9, 1 - expected.conflict()));
    }
  }

  @Test
  void fuse_threeWhoAgree_areSurerThanOne() {
    Distribution said = Distribution.of(THREE, 0.6f, 0.2f, 0.2f);
    Example three =
        Example.builder(THREE)
            .distribution(FACE, said)
            .distribution(VOICE, said)
            .distribution(TEXT, said)
            .label(Emotion.ANGER);
    DempsterShaferFusion strategy = DempsterShaferFusion.builder().build();
    assertTrue(fuse(strategy, three).distribution().orElseThrow().probability(Emotion.ANGER) > 0.8);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
  void reliability_outOfRange_isRefusedWithActual(double bad) {
    DempsterShaferFusion.Builder builder = DempsterShaferFusion.builder();
    for (Runnable setter :
        List.<Runnable>of(
            () -> builder.reliability(FACE, bad),
            () -> builder.reliability(FACE, Emotion.FEAR, bad))) {
      String message = assertThrows(IllegalArgumentException.class, setter::run).getMessage();
      assertTrue(message.contains("" + bad), message);
    }
  }
}
