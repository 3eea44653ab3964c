package io.github.erv.fusion;

import static io.github.erv.Modality.FACE;
import static io.github.erv.Modality.TEXT;
import static io.github.erv.Modality.VOICE;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.Evidence;
import io.github.erv.Fused;
import io.github.erv.FusionSession;
import io.github.erv.Modality;
import io.github.erv.Observation;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.fusion.train.Architecture;
import io.github.erv.fusion.train.Example;
import io.github.erv.fusion.train.Target;
import io.github.erv.fusion.train.TrainedFusion;
import io.github.erv.fusion.train.Training;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each family on a task built for it, against the best that one modality can do there. */
class SyntheticTaskTest {
  private static final LabelSet LABELS = LabelSet.of(Emotion.SADNESS, Emotion.HAPPINESS);
  private static final int TEST = 400;

  /**
   * By how much of the test examples fusion must be better: three standard errors of the difference
   * of two accuracies on the same examples, of which a fifth are told differently.
   */
  private static final double MARGIN = 3 * Math.sqrt(0.2 / TEST);

  /** Makes an example from random numbers. */
  private interface Task extends Function<SplittableRandom, Example> {}

  /** The classes differ in every modality, each for itself too noisy. */
  private static Example sum(SplittableRandom random) {
    int y = random.nextInt(2);
    Example.Builder example = Example.builder(LABELS);
    for (Modality modality : List.of(FACE, TEXT, VOICE)) {
      example.features(modality, normal(random, 1.2 * y - 0.6), normal(random, 0));
    }
    return example.label(LABELS.get(y));
  }

  /** The class is whether two modalities agree; each for itself says nothing. */
  private static Example xor(SplittableRandom random) {
    int a = random.nextInt(2);
    int b = random.nextInt(2);
    return Example.builder(LABELS)
        .features(FACE, normal(random, 5 * a - 2.5), normal(random, 0))
        .features(VOICE, normal(random, 0), normal(random, 5 * b - 2.5), normal(random, 0))
        .label(LABELS.get(a ^ b));
  }

  /** One modality lies in half of the windows, and shows it in another of its features. */
  private static Example liar(SplittableRandom random) {
    int y = random.nextInt(2);
    Example.Builder example = Example.builder(LABELS);
    boolean faceLies = random.nextBoolean();
    for (Modality modality : List.of(FACE, VOICE)) {
      boolean lies = modality.equals(FACE) == faceLies;
      int says = lies ? random.nextInt(2) : y;
      example.features(modality, normal(random, 4 * says - 2), normal(random, lies ? 3 : -3));
    }
    return example.label(LABELS.get(y));
  }

  /** Two streams of pulses: the voice repeats the face's 400 ms later, or it does not. */
  private static Example shift(SplittableRandom random) {
    int y = random.nextInt(2);
    Example.Builder example = Example.builder(LABELS);
    int steps = 15;
    float[] face = new float[steps];
    for (int s = 0; s < steps; s++) {
      face[s] = random.nextBoolean() ? 1 : -1;
      example.featuresAt(FACE, 100_000L * s, face[s], normal(random, 0));
    }
    for (int s = 0; s < steps; s++) {
      float heard = s >= 4 ? face[s - 4] : random.nextBoolean() ? 1 : -1;
      // 30 ms off the other grid, and the opposite of what was shown in one of the classes
      example.featuresAt(VOICE, 100_000L * s + 30_000, y == 1 ? heard : -heard);
    }
    return example.label(LABELS.get(y));
  }

  /** One frame in many, of good quality, tells; its window's others are noise of poor quality. */
  private static Example needle(SplittableRandom random) {
    int y = random.nextInt(2);
    Example.Builder example = Example.builder(LABELS);
    for (Modality modality : List.of(FACE, VOICE)) {
      boolean tells = random.nextInt(10) < 6;
      int where = random.nextInt(10);
      for (int s = 0; s < 10; s++) {
        boolean needle = tells && s == where;
        float says = normal(random, needle ? 4 * y - 2 : 0);
        example.at(
            modality,
            400_000L * s,
            Evidence.Present.builder(needle ? 1 : 0.5f)
                .embedding(says, normal(random, needle ? 3 : 0))
                .build());
      }
    }
    return example.label(LABELS.get(y));
  }

  private static Arguments task(Architecture family, Task task, int n, int epochs, String name) {
    return Arguments.of(family, task, n, epochs, name);
  }

  static Stream<Arguments> tasks() {
    return Stream.of(
        task(EarlyFusion.DEFAULT, SyntheticTaskTest::sum, 300, 10, "sum"),
        task(HierarchicalFusion.DEFAULT, SyntheticTaskTest::needle, 1000, 12, "needle"),
        task(TensorFusion.DEFAULT, SyntheticTaskTest::xor, 300, 15, "xor"),
        task(LowRankFusion.DEFAULT, SyntheticTaskTest::xor, 300, 15, "xor"),
        task(GatedFusion.DEFAULT, SyntheticTaskTest::liar, 400, 25, "liar"),
        task(SelfAttentionFusion.DEFAULT, SyntheticTaskTest::xor, 300, 15, "xor"),
        task(DoubleAttentionFusion.DEFAULT, SyntheticTaskTest::xor, 300, 15, "xor"),
        task(GraphAttentionFusion.DEFAULT, SyntheticTaskTest::xor, 300, 15, "xor"),
        task(CrossAttentionFusion.DEFAULT, SyntheticTaskTest::xor, 300, 15, "xor"),
        task(CrossAttentionFusion.DEFAULT, SyntheticTaskTest::shift, 800, 20, "shift"));
  }

  @ParameterizedTest(name = "{0} on {4}")
  @MethodSource("tasks")
  void fit_taskOfTheFamily_beatsBestModality(
      Architecture family, Task task, int n, int epochs, String name) {
    SplittableRandom random = new SplittableRandom(41);
    List<Example> train = draw(task, n, random);
    List<Example> test = draw(task, TEST, random);
    Training training =
        Training.builder().epochs(epochs).learningRate(5e-3).modalityDropout(0.1).build();
    double fused = accuracy(family.fit(train, training), test);
    double best = 0;
    for (Modality modality : train.get(0).window().modalities()) {
      List<Example> alone = only(train, modality);
      double accuracy = accuracy(family.fit(alone, training), only(test, modality));
      best = Math.max(best, accuracy);
    }
    System.out.printf("%s on %s: fused %.3f, best alone %.3f%n", family.name(), name, fused, best);
    assertTrue(fused >= best + MARGIN, family + " " + fused + ", best modality " + best);
  }

  private static float normal(SplittableRandom random, double mean) {
    return (float) (mean + new Random(random.nextLong()).nextGaussian());
  }

  private static List<Example> draw(Task task, int n, SplittableRandom random) {
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      examples.add(task.apply(random));
    }
    return examples;
  }

  private static List<Example> only(List<Example> examples, Modality modality) {
    List<Example> alone = new ArrayList<>();
    for (Example example : examples) {
      Example.Builder builder = Example.builder(LABELS);
      for (Observation observation : example.window().observations(modality)) {
        builder.at(
            modality, observation.span().startMicros(), (Evidence.Present) observation.evidence());
      }
      alone.add(builder.label(((Target.Label) example.target()).emotion()));
    }
    return alone;
  }

  static double accuracy(TrainedFusion fusion, List<Example> test) {
    int right = 0;
    try (FusionSession session = fusion.open()) {
      for (Example example : test) {
        Fused fused = new Fused();
        session.fuse(example.window(), fused);
        Set<Modality> used = new TreeSet<>(fused.contributions().keySet());
        assertTrue(used.equals(example.window().modalities()), "used " + used);
        Emotion top = fused.distribution().orElseThrow().top();
        right += top.equals(((Target.Label) example.target()).emotion()) ? 1 : 0;
      }
    }
    return (double) right / test.size();
  }
}
