package io.github.erv.fusion;

import static io.github.erv.Modality.FACE;
import static io.github.erv.Modality.TEXT;
import static io.github.erv.Modality.VOICE;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.Modality;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.fusion.train.Example;
import io.github.erv.fusion.train.Trainable;
import io.github.erv.fusion.train.TrainedFusion;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Each family beats the best single modality on a task built for it. */
class DecisionTasksTest {
  private static final LabelSet FOUR =
      LabelSet.of(Emotion.NEUTRAL, Emotion.HAPPINESS, Emotion.SADNESS, Emotion.ANGER);

  private static final int TRAINING = 600;
  private static final int TEST = 2_000;

  /** Three standard errors of a difference of accuracies near 0.8 on 2,000 examples. */
  private static final double CLEARLY = 3 * Math.sqrt(2 * 0.8 * 0.2 / TEST);

  /** What dropping a modality may cost beyond the accuracy of what remains. */
  private static final double DROP = 0.02;

  /** Fits a family; each modality by itself is what a pool of it alone makes of it. */
  private static TrainedFusion requireBetter(Trainable family, Task task) {
    return requireBetter(family, task, task.alone(Fusion.logLinearPool()));
  }

  private static TrainedFusion requireBetter(
      Trainable family, Task task, Map<Modality, Double> alone) {
    TrainedFusion fusion = family.fit(task.training(), Task.SEEDED);
    double fused = Task.accuracy(fusion, task.test());
    double best = Collections.max(alone.values());
    assertTrue(fused > best + CLEARLY, family.name() + " " + fused + ", alone " + alone);
    alone.forEach(
        (modality, own) -> {
          double left = Task.accuracy(fusion, Task.only(task.test(), modality));
          assertTrue(
              left >= own - DROP,
              family.name() + " with " + modality + " left " + left + ", alone " + own);
        });
    return fusion;
  }

  /** Each tells the truth four times of five, and else says anything with the same certainty. */
  private static Task liars() {
    return Task.of(
        FOUR,
        TRAINING,
        TEST,
        20250101,
        (truth, random) -> {
          Example.Builder example = Example.builder(FOUR);
          for (Modality modality : List.of(FACE, VOICE, TEXT)) {
            boolean lies = random.nextInt(5) == 0;
            int says = lies ? random.nextInt(FOUR.size()) : truth;
            example.distribution(
                modality, Task.saying(FOUR, says, 0.8 + 0.19 * random.nextDouble()));
          }
          return example.label(FOUR.get(truth));
        });
  }

  @Test
  void dempsterShafer_eachLiesAtRandom_othersOutvoteTheLie() {
    requireBetter(Fusion.dempsterShafer(), liars());
  }

  @Test
  void dempsterShafer_oneAlwaysLies_isNotBelieved() {
    Task task =
        Task.of(
            FOUR,
            TRAINING,
            TEST,
            20250102,
            (truth, random) ->
                Example.builder(FOUR)
                    .distribution(FACE, Task.saying(FOUR, random.nextInt(FOUR.size()), 0.99))
                    .distribution(VOICE, noisy(truth, random))
                    .label(FOUR.get(truth)));
    TrainedFusion fusion = Fusion.dempsterShafer().fit(task.training(), Task.SEEDED);
    float[] reliability = fusion.weights().require("reliability", 2, FOUR.size());
    for (int e = 0; e < FOUR.size(); e++) {
      assertTrue(reliability[e] < 0.1, "the liar is believed to " + reliability[e]);
      assertTrue(reliability[FOUR.size() + e] > 0.5, "the other to " + reliability[e]);
    }
    double fused = Task.accuracy(fusion, task.test());
    double voice = Task.accuracy(LateFusion.EQUAL, Task.only(task.test(), VOICE));
    assertTrue(fused >= voice - DROP, "misled to " + fused + ", voice alone " + voice);
  }

  private static Distribution noisy(int truth, SplittableRandom random) {
    int says = random.nextInt(5) == 0 ? random.nextInt(FOUR.size()) : truth;
    return Task.saying(FOUR, says, 0.8);
  }

  /** Who guesses is less sure, most of the time. */
  private static double sure(boolean knows, SplittableRandom random) {
    return (knows ? 0.6 : 0.3) + 0.35 * random.nextDouble();
  }

  /** The face always takes two emotions for one another; the voice is often wrong, but evenly. */
  @Test
  void stacking_systematicConfusion_isUndone() {
    int[] confused = {0, 2, 1, 3};
    Task task =
        Task.of(
            FOUR,
            TRAINING,
            TEST,
            20250103,
            (truth, random) -> {
              boolean seen = random.nextInt(4) > 0;
              boolean heard = random.nextInt(3) > 0;
              int face = seen ? truth : random.nextInt(FOUR.size());
              int voice = heard ? truth : random.nextInt(FOUR.size());
              return Example.builder(FOUR)
                  .distribution(FACE, Task.saying(FOUR, confused[face], sure(seen, random)))
                  .distribution(VOICE, Task.saying(FOUR, voice, sure(heard, random)))
                  .label(FOUR.get(truth));
            });
    TrainedFusion fusion = requireBetter(Fusion.stacking(), task, task.alone(Fusion.stacking()));
    double pooled = Task.accuracy(LateFusion.EQUAL, task.test());
    double stacked = Task.accuracy(fusion, task.test());
    assertTrue(stacked > pooled + 0.2, "stacked " + stacked + ", pooled " + pooled);
  }

  /** The face tells two of the emotions well and mixes up the others; the voice the reverse. */
  private static Task specialists() {
    return Task.of(
        FOUR,
        TRAINING,
        TEST,
        20250104,
        (truth, random) -> {
          Example.Builder example = Example.builder(FOUR);
          for (Modality modality : List.of(FACE, VOICE)) {
            boolean knows = truth / 2 == (modality.equals(FACE) ? 0 : 1);
            int says = random.nextDouble() < (knows ? 0.9 : 0.45) ? truth : random.nextInt(4);
            example.distribution(
                modality, Task.saying(FOUR, says, knows ? 0.85 : 0.3 + 0.3 * random.nextDouble()));
          }
          return example.label(FOUR.get(truth));
        });
  }

  @Test
  void pools_specialists_beatEither() {
    requireBetter(Fusion.logLinearPool(), specialists());
    requireBetter(Fusion.linearPool(), specialists());
  }

  /**
   * Three views of one two-dimensional signal that tells the class, each with ten times as strong
   * noise of its own in other directions.
   */
  @Test
  void cca_correlatedViewsWithPrivateNoise_sharedSignalIsRead() {
    int size = 30;
    SplittableRandom fixed = new SplittableRandom(7);
    double[][][] signal = new double[3][2][size];
    double[][][] noise = new double[3][8][size];
    for (int m = 0; m < 3; m++) {
      for (double[] direction : signal[m]) {
        fill(direction, fixed);
      }
      for (double[] direction : noise[m]) {
        fill(direction, fixed);
      }
    }
    Task task =
        Task.of(
            FOUR,
            160,
            TEST,
            20250105,
            (truth, random) -> {
              double[] z = {
                (truth % 2 == 0 ? -1 : 1) + 0.6 * random.nextGaussian(),
                (truth / 2 == 0 ? -1 : 1) + 0.6 * random.nextGaussian()
              };
              Example.Builder example = Example.builder(FOUR);
              List<Modality> modalities = List.of(FACE, TEXT, VOICE);
              for (int m = 0; m < 3; m++) {
                float[] x = new float[size];
                double[] own = random.doubles(noise[m].length, -5, 5).toArray();
                for (int i = 0; i < size; i++) {
                  double sum = 1.5 * random.nextGaussian();
                  for (int k = 0; k < z.length; k++) {
                    sum += z[k] * signal[m][k][i];
                  }
                  for (int k = 0; k < own.length; k++) {
                    sum += own[k] * noise[m][k][i];
                  }
                  x[i] = (float) sum;
                }
                example.features(modalities.get(m), x);
              }
              return example.label(FOUR.get(truth));
            });
    requireBetter(Fusion.cca(), task);
  }

  private static void fill(double[] direction, SplittableRandom random) {
    for (int i = 0; i < direction.length; i++) {
      direction[i] = random.nextGaussian();
    }
  }
}
