package io.github.erv.fusion;

import static io.github.erv.Modality.FACE;
import static io.github.erv.Modality.TEXT;
import static io.github.erv.Modality.VOICE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.Evidence;
import io.github.erv.Fused;
import io.github.erv.FusionSession;
import io.github.erv.FusionStrategy;
import io.github.erv.Modality;
import io.github.erv.contract.FusionContract;
import io.github.erv.emotion.Affect;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.ModelException;
import io.github.erv.fusion.train.Example;
import io.github.erv.fusion.train.Target;
import io.github.erv.fusion.train.Trainable;
import io.github.erv.fusion.train.TrainedFusion;
import io.github.erv.fusion.train.Training;
import io.github.erv.tensor.Safetensors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the fitted decision-level families, and CCA, have in common. */
class DecisionFusionTest {
  private static final LabelSet LABELS = LabelSet.EKMAN_7;
  private static final Map<Modality, Integer> SIZES = Map.of(FACE, 5, VOICE, 3, TEXT, 4);

  /** Float weights move a probability by some 1e-6 of a logit of ten or so. */
  private static final double FLOAT_WEIGHTS = 1e-5;

  static List<Trainable> families() {
    return List.of(
        Fusion.logLinearPool(),
        Fusion.linearPool(),
        Fusion.stacking(),
        Fusion.dempsterShafer(),
        Fusion.cca());
  }

  private static Example example(int truth, SplittableRandom random, boolean decided) {
    Example.Builder example = Example.builder(LABELS);
    for (Modality modality : new TreeMap<>(SIZES).keySet()) {
      float[] features = new float[SIZES.get(modality)];
      for (int i = 0; i < features.length; i++) {
        features[i] = (float) (random.nextGaussian() + (truth % features.length == i ? 2 : 0));
      }
      Evidence.Present.Builder evidence =
          Evidence.Present.builder(0.5f + 0.5f * (float) random.nextDouble()).embedding(features);
      if (decided) {
        int says = random.nextInt(3) == 0 ? random.nextInt(LABELS.size()) : truth;
        evidence.distribution(Task.saying(LABELS, says, 0.6));
      }
      example.at(modality, 0, evidence.build());
    }
    return example.label(LABELS.get(truth));
  }

  private static Task task(boolean decided) {
    return Task.of(LABELS, 210, 70, 11, (truth, random) -> example(truth, random, decided));
  }

  private static final Map<String, TrainedFusion> FITTED = new TreeMap<>();

  private static synchronized TrainedFusion fitted(Trainable family) {
    return FITTED.computeIfAbsent(
        family.name(), name -> family.fit(task(true).training(), Task.SEEDED));
  }

  private abstract static class Contract extends FusionContract {
    @Override
    protected int embeddingSize(Modality modality) {
      return SIZES.getOrDefault(modality, 0);
    }
  }

  /** Log-linear pool with fitted weights. */
  @Nested
  class LogLinearPool extends Contract {
    @Override
    protected FusionStrategy strategy() {
      return fitted(Fusion.logLinearPool());
    }

    @Override
    protected boolean returnsOneAlone() {
      return true;
    }
  }

  /** Linear pool with fitted weights. */
  @Nested
  class LinearPool extends Contract {
    @Override
    protected FusionStrategy strategy() {
      return fitted(Fusion.linearPool());
    }

    @Override
    protected boolean returnsOneAlone() {
      return true;
    }
  }

  /** Stacking. */
  @Nested
  class Stacking extends Contract {
    @Override
    protected FusionStrategy strategy() {
      return fitted(Fusion.stacking());
    }
  }

  /** Dempster-Shafer with fitted reliabilities. */
  @Nested
  class DempsterShafer extends Contract {
    @Override
    protected FusionStrategy strategy() {
      return fitted(Fusion.dempsterShafer());
    }
  }

  /** Dempster-Shafer as it comes, by Yager's rule. */
  @Nested
  class Yager extends FusionContract {
    @Override
    protected FusionStrategy strategy() {
      return DempsterShaferFusion.builder()
          .conflict(DempsterShaferFusion.Conflict.IGNORANCE)
          .build();
    }

    @Override
    protected boolean symmetric() {
      return true;
    }
  }

  /** Generalised CCA. */
  @Nested
  class Cca extends Contract {
    @Override
    protected FusionStrategy strategy() {
      return fitted(Fusion.cca());
    }
  }

  private static Fused fuse(FusionStrategy strategy, Example example) {
    try (FusionSession session = strategy.open()) {
      Fused fused = new Fused();
      session.fuse(example.window(), fused);
      return fused;
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void restore_whatWasSaved_saysTheSame(Trainable family) {
    for (boolean decided : new boolean[] {true, false}) {
      Task task = task(decided);
      TrainedFusion fusion = decided ? fitted(family) : family.fit(task.training(), Task.SEEDED);
      TrainedFusion restored =
          Fusion.family(family.name())
              .restore(Safetensors.parse(fusion.weights().toBytes(), family.name()));
      assertEquals(family.name(), restored.family());
      assertEquals(LABELS, restored.labels());
      assertArrayEquals(fusion.weights().toBytes(), restored.weights().toBytes());
      for (Example example : task.test()) {
        Distribution expected = fuse(fusion, example).distribution().orElseThrow();
        Distribution actual = fuse(restored, example).distribution().orElseThrow();
        for (Emotion emotion : LABELS) {
          assertEquals(expected.probability(emotion), actual.probability(emotion), FLOAT_WEIGHTS);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void fit_again_isTheSameToTheBit(Trainable family) {
    Task task = task(false);
    assertArrayEquals(
        family.fit(task.training(), Task.SEEDED).weights().toBytes(),
        family.fit(task.training(), Task.SEEDED).weights().toBytes());
  }

  @ParameterizedTest
  @MethodSource("families")
  void fit_featuresAlone_beatsTheBestModality(Trainable family) {
    Task task = Task.of(LABELS, 350, 1400, 12, (truth, random) -> example(truth, random, false));
    double fused = Task.accuracy(family.fit(task.training(), Task.SEEDED), task.test());
    Map<Modality, Double> alone = task.alone(Fusion.logLinearPool());
    assertTrue(fused > Collections.max(alone.values()), fused + ", alone " + alone);
  }

  @ParameterizedTest
  @MethodSource("families")
  void fit_votes_areLearntFrom(Trainable family) {
    List<Example> votes = new ArrayList<>();
    for (Example example : task(true).training()) {
      Example.Builder copy = Example.builder(LABELS);
      SIZES.keySet().forEach(m -> copy.at(m, 0, example.window().pooled(m).orElseThrow()));
      int truth = LABELS.indexOf(((Target.Label) example.target()).emotion());
      votes.add(copy.votes(Task.saying(LABELS, truth, 0.7)));
    }
    double accuracy = Task.accuracy(family.fit(votes, Task.SEEDED), task(true).test());
    assertTrue(accuracy > 0.7, family.name() + " " + accuracy);
  }

  @ParameterizedTest
  @MethodSource("families")
  void fuse_otherLabels_areMappedByName(Trainable family) {
    LabelSet others = LabelSet.of(Emotion.CALM, Emotion.ANGER, Emotion.HAPPINESS, Emotion.NEUTRAL);
    Example example =
        Example.builder(others)
            .at(
                FACE,
                0,
                Evidence.Present.builder(1)
                    .embedding(1, 0, 0, 0, 0)
                    .distribution(
                        Distribution.of(
                            others,
                            new float[] {0, 0.2f, 0.7f, 0.1f},
                            new boolean[] {false, true, true, true}))
                    .build())
            .label(Emotion.HAPPINESS);
    Distribution fused = fuse(fitted(family), example).distribution().orElseThrow();
    assertEquals(others, fused.labels());
    assertEquals(0, fused.probability(Emotion.CALM));
    assertTrue(!fused.supports(Emotion.CALM), "nobody has heard of calm");
  }

  @ParameterizedTest
  @MethodSource("families")
  void fuse_nobodyPresent_saysNothing(Trainable family) {
    Fused fused = fuse(fitted(family), Example.builder(LABELS).label(Emotion.ANGER));
    assertTrue(fused.distribution().isEmpty());
    assertTrue(fused.contributions().isEmpty());
  }

  @ParameterizedTest
  @MethodSource("families")
  void fuse_modalityNeverSeen_doesNotHurt(Trainable family) {
    Example example = task(true).test().get(0);
    Example.Builder more = Example.builder(LABELS);
    SIZES.keySet().forEach(m -> more.at(m, 0, example.window().pooled(m).orElseThrow()));
    more.features(Modality.BODY, new float[] {1, 2, 3});
    Fused fused = fuse(fitted(family), more.label(Emotion.ANGER));
    assertEquals(fuse(fitted(family), example).distribution(), fused.distribution());
    assertEquals(Set.copyOf(SIZES.keySet()), fused.contributions().keySet());
  }

  @ParameterizedTest
  @MethodSource("families")
  void fit_badExamples_areRefusedWithTheReason(Trainable family) {
    List<Example> good = task(false).training();
    requireRefused(family, List.of(), "no examples");
    requireRefused(
        family,
        good.stream().filter(e -> e.target().equals(good.get(0).target())).toList(),
        "one class");
    requireRefused(
        family,
        with(good, Example.builder(LABELS).features(FACE, new float[] {1, Float.NaN, 3, 4, 5})),
        "feature 1 of face must be finite, was NaN");
    requireRefused(
        family,
        with(good, Example.builder(LABELS).features(FACE, new float[] {1, 2})),
        "shape [5] and of shape [2]");
    List<Example> mixed = new ArrayList<>(good);
    mixed.add(
        Example.builder(LABELS)
            .features(FACE, new float[] {1, 2, 3, 4, 5})
            .votes(Task.saying(LABELS, 1, 0.5)));
    requireRefused(family, mixed, "several kinds");
    List<Example> affects = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      affects.add(
          Example.builder(LABELS)
              .features(FACE, i, 1, 2, 3, 4, 5)
              .affect(new Affect(0, i / 10f, 0)));
    }
    requireRefused(family, affects, "not to valence and arousal");
    requireRefused(
        family,
        List.of(
            Example.builder(LABELS).label(Emotion.ANGER),
            Example.builder(LABELS).label(Emotion.FEAR)),
        "no example has a modality");
  }

  private static List<Example> with(List<Example> good, Example.Builder bad) {
    List<Example> all = new ArrayList<>(good);
    all.add(bad.label(Emotion.FEAR));
    return all;
  }

  private static void requireRefused(Trainable family, List<Example> examples, String reason) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> family.fit(examples, Task.SEEDED))
            .getMessage();
    assertTrue(message.contains(reason), family.name() + ": " + message);
  }

  @ParameterizedTest
  @MethodSource("families")
  void fuse_vectorOfAnotherLength_namesBothShapes(Trainable family) {
    TrainedFusion fusion = family.fit(task(false).training(), Task.SEEDED);
    Example other = Example.builder(LABELS).features(FACE, new float[] {1, 2}).label(Emotion.ANGER);
    String message =
        assertThrows(IllegalArgumentException.class, () -> fuse(fusion, other)).getMessage();
    assertTrue(message.contains("[5]") && message.contains("[2]"), message);
    Example bad =
        Example.builder(LABELS)
            .features(FACE, new float[] {1, 2, Float.POSITIVE_INFINITY, 4, 5})
            .label(Emotion.ANGER);
    message = assertThrows(IllegalArgumentException.class, () -> fuse(fusion, bad)).getMessage();
    assertTrue(message.contains("feature 2 of face must be finite"), message);
  }

  @ParameterizedTest
  @MethodSource("families")
  void restore_otherWeights_areRefusedWithTheReason(Trainable family) {
    Safetensors good = family.fit(task(false).training(), Task.SEEDED).weights();
    for (String dropped : good.names()) {
      requireDamaged(family, copy(good, dropped, null).build(), dropped);
    }
    requireDamaged(
        family, copy(good, "", null).tensor("zz", new float[1], 1).build(), "does not know: [zz]");
    for (String key : good.metadata().keySet()) {
      requireDamaged(family, withMetadata(good, key, "No Such Name"), "");
    }
    String some = good.names().iterator().next();
    int[] shape = good.shape(some);
    requireDamaged(
        family, copy(good, some, new float[shape[0] + 1]).build(), "must have the shape");
  }

  /** Without one tensor, or with another vector in its place. */
  private static Safetensors.Builder copy(
      Safetensors from, String without, float @Nullable [] instead) {
    Safetensors.Builder copy = Safetensors.builder();
    from.metadata().forEach(copy::metadata);
    for (String name : from.names()) {
      if (!name.equals(without)) {
        copy.tensor(name, from.require(name, from.shape(name)), from.shape(name));
      } else if (instead != null) {
        copy.tensor(name, instead, instead.length);
      }
    }
    return copy;
  }

  private static Safetensors withMetadata(Safetensors from, String key, String value) {
    return copy(from, "", null).metadata(key, value).build();
  }

  private static void requireDamaged(Trainable family, Safetensors weights, String reason) {
    String message = assertThrows(ModelException.class, () -> family.restore(weights)).getMessage();
    assertTrue(message.contains(reason), family.name() + ": " + message);
  }

  @Test
  void family_unknown_isRefusedWithTheNames() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Fusion.family("magic")).getMessage();
    assertTrue(message.contains("magic") && message.contains("stacking"), message);
  }

  /** Held-out decisions: heads that know their examples by heart must not be believed more. */
  @Test
  void fit_headThatOverfits_isNotOverrated() {
    int size = 150;
    Task task =
        Task.of(
            LabelSet.of(Emotion.NEUTRAL, Emotion.ANGER),
            120,
            1000,
            13,
            (truth, random) -> {
              float[] noise = new float[size];
              for (int i = 0; i < size; i++) {
                noise[i] = (float) random.nextGaussian();
              }
              float[] telling = {(float) (2 * truth - 1 + random.nextGaussian())};
              return Example.builder(LabelSet.of(Emotion.NEUTRAL, Emotion.ANGER))
                  .features(FACE, noise)
                  .features(VOICE, telling)
                  .label(truth == 0 ? Emotion.NEUTRAL : Emotion.ANGER);
            });
    double voice = Objects.requireNonNull(task.alone(Fusion.logLinearPool()).get(VOICE));
    for (Trainable family :
        List.of(Fusion.logLinearPool(), Fusion.stacking(), Fusion.dempsterShafer())) {
      double fused =
          Task.accuracy(
              family.fit(task.training(), Training.builder().seed(3).build()), task.test());
      assertTrue(fused > voice - 0.03, family.name() + " " + fused + ", voice " + voice);
    }
  }
}
