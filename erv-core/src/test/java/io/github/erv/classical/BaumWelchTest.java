package io.github.erv.classical;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.classical.BaumWelch.Topology;
import io.github.erv.tensor.Safetensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BaumWelchTest {
  /** Frames as a model makes them. */
  private static float[] drawn(HiddenMarkovModel model, int frames, SplittableRandom random) {
    float[] values = new float[frames * model.features()];
    int state = -1;
    for (int t = 0; t < frames; t++) {
      double left = random.nextDouble();
      int from = state;
      for (state = 0; state < model.states() - 1; state++) {
        left -= from < 0 ? model.start(state) : model.transition(from, state);
        if (left < 0) {
          break;
        }
      }
      int m = 0;
      for (left = random.nextDouble(); m < model.mixtures() - 1; m++) {
        left -= model.weight(state, m);
        if (left < 0) {
          break;
        }
      }
      for (int f = 0; f < model.features(); f++) {
        values[t * model.features() + f] =
            (float)
                (model.mean(state, m, f) + Math.sqrt(model.variance(state, m, f)) * normal(random));
      }
    }
    return values;
  }

  /** Box and Muller (1958). */
  private static double normal(SplittableRandom random) {
    return Math.sqrt(-2 * Math.log(1 - random.nextDouble()))
        * Math.cos(2 * Math.PI * random.nextDouble());
  }

  @Property(tries = 40)
  void fit_anySequences_likelihoodNeverFalls(
      @ForAll @IntRange(min = 1, max = 4) int states,
      @ForAll @IntRange(min = 1, max = 3) int mixtures,
      @ForAll Topology topology,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int features = 1 + random.nextInt(3);
    boolean coarse = random.nextInt(4) == 0; // many frames the same: variances reach their floor
    List<float[]> sequences = new ArrayList<>();
    for (int i = 0; i < 1 + random.nextInt(5); i++) {
      float[] values =
          HiddenMarkovModelTest.uniform(random, features * (1 + random.nextInt(30)), -5, 5);
      for (int v = 0; coarse && v < values.length; v++) {
        values[v] = Math.round(values[v] / 4) + 1000;
      }
      sequences.add(values);
    }
    BaumWelch.Fit fit =
        BaumWelch.builder(topology, states)
            .mixtures(mixtures)
            .iterations(25)
            .tolerance(0)
            .seed(seed)
            .build()
            .fit(sequences, features);
    List<Double> steps = fit.logLikelihoods();
    int frames = sequences.stream().mapToInt(s -> s.length / features).sum();
    for (int i = 1; i < steps.size(); i++) {
      // a hair: a Gaussian that explains less than a millionth of a frame is left alone
      assertTrue(
          steps.get(i) >= steps.get(i - 1) - 1e-7 * frames, () -> "seed " + seed + ": " + steps);
    }
    // the model's own evaluation, in floats, finds the likelihood of the last step
    HiddenMarkovModel.Session session = fit.model().open();
    double sum = 0;
    for (float[] sequence : sequences) {
      session.reset();
      for (int at = 0; at < sequence.length; at += features) {
        session.accept(sequence, at);
      }
      sum += session.logLikelihood();
    }
    assertEquals(steps.get(steps.size() - 1), sum, (coarse ? 0.05 : 1e-3) * frames);
  }

  @Test
  void fit_framesOfAKnownModel_findsIt() {
    HiddenMarkovModel known =
        HiddenMarkovModel.of(
            new float[] {1, 0, 0},
            new float[] {0.9f, 0.1f, 0, 0.05f, 0.8f, 0.15f, 0.2f, 0, 0.8f},
            new float[] {1, 1, 1},
            new float[] {-3, 0, 0, 2, 4, -1},
            new float[] {1, 0.5f, 0.25f, 1, 2, 1});
    SplittableRandom random = new SplittableRandom(20260101);
    List<float[]> sequences = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      sequences.add(drawn(known, 400, random));
    }
    HiddenMarkovModel found =
        BaumWelch.builder(Topology.ERGODIC, 3).build().fit(sequences, 2).model();
    int[] order = order(found);
    for (int s = 0; s < 3; s++) {
      int own = order[s];
      assertEquals(known.start(s), found.start(own), 0.02);
      for (int f = 0; f < 2; f++) {
        // some 1,500 frames a state at the least: errors of 1/40 deviation, here four of them
        assertEquals(known.mean(s, 0, f), found.mean(own, 0, f), 0.1 * deviation(known, s, f));
        assertEquals(1, found.variance(own, 0, f) / known.variance(s, 0, f), 0.15);
      }
      for (int to = 0; to < 3; to++) {
        assertEquals(known.transition(s, to), found.transition(own, order[to]), 0.03);
      }
    }
  }

  private static double deviation(HiddenMarkovModel model, int state, int feature) {
    return Math.sqrt(model.variance(state, 0, feature));
  }

  /** States by their first mean. */
  private static int[] order(HiddenMarkovModel model) {
    Integer[] order = {0, 1, 2};
    Arrays.sort(order, (a, b) -> Float.compare(model.mean(a, 0, 0), model.mean(b, 0, 0)));
    return Arrays.stream(order).mapToInt(Integer::intValue).toArray();
  }

  @Test
  void fit_mixtureOfTwo_findsBoth() {
    HiddenMarkovModel known =
        HiddenMarkovModel.of(
            new float[] {1},
            new float[] {1},
            new float[] {0.3f, 0.7f},
            new float[] {-2, 2},
            new float[] {1, 0.5f});
    float[] frames = drawn(known, 10_000, new SplittableRandom(7));
    HiddenMarkovModel found =
        BaumWelch.builder(Topology.LEFT_RIGHT, 1)
            .mixtures(2)
            .build()
            .fit(List.of(frames), 1)
            .model();
    int low = found.mean(0, 0, 0) < found.mean(0, 1, 0) ? 0 : 1;
    assertEquals(0.3, found.weight(0, low), 0.02);
    assertEquals(-2, found.mean(0, low, 0), 0.1);
    assertEquals(2, found.mean(0, 1 - low, 0), 0.05);
    assertEquals(1, found.variance(0, low, 0), 0.1);
    assertEquals(0.5, found.variance(0, 1 - low, 0), 0.05);
  }

  @Test
  void fit_leftRight_staysSo() {
    SplittableRandom random = new SplittableRandom(9);
    List<float[]> sequences = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      sequences.add(HiddenMarkovModelTest.uniform(random, 2 * (1 + random.nextInt(40)), 0, 1));
    }
    HiddenMarkovModel model =
        BaumWelch.builder(Topology.LEFT_RIGHT, 4).mixtures(2).build().fit(sequences, 2).model();
    assertEquals(1, model.start(0));
    for (int from = 0; from < 4; from++) {
      for (int to = 0; to < 4; to++) {
        if (to != from && to != from + 1) {
          assertEquals(0, model.transition(from, to));
        }
      }
    }
  }

  @Test
  void fit_sameSeed_isTheSameToTheBit() {
    SplittableRandom random = new SplittableRandom(3);
    List<float[]> sequences = List.of(HiddenMarkovModelTest.uniform(random, 300, 0, 1));
    BaumWelch fit = BaumWelch.builder(Topology.ERGODIC, 3).mixtures(2).seed(5).build();
    assertEquals(
        Arrays.hashCode(bytes(fit.fit(sequences, 3).model())),
        Arrays.hashCode(bytes(fit.fit(sequences, 3).model())));
  }

  private static byte[] bytes(HiddenMarkovModel model) {
    Safetensors.Builder file = Safetensors.builder();
    model.writeInto(file, "");
    return file.build().toBytes();
  }

  /** One frame, constant features, fewer frames than states: a model all the same. */
  @Test
  void fit_tooLittle_isStillAModel() {
    for (Topology topology : Topology.values()) {
      for (float[] frames : List.of(new float[2], new float[] {1e6f, 3, 1e6f, 3})) {
        HiddenMarkovModel model =
            BaumWelch.builder(topology, 5).mixtures(3).build().fit(List.of(frames), 2).model();
        HiddenMarkovModel.Session session = model.open();
        session.accept(frames, 0);
        assertTrue(Double.isFinite(session.logLikelihood()), topology.toString());
      }
    }
  }

  @Test
  void builder_andFit_badValues_sayWhatIsWrong() {
    BaumWelch.Builder builder = BaumWelch.builder(Topology.ERGODIC, 2);
    assertSays("states must be from 1", () -> BaumWelch.builder(Topology.ERGODIC, 0));
    assertSays("mixtures", () -> builder.mixtures(0));
    assertSays("variance floor", () -> builder.varianceFloor(0));
    assertSays("variance floor", () -> builder.varianceFloor(Double.NaN));
    assertSays("iterations", () -> builder.iterations(0));
    assertSays("tolerance", () -> builder.tolerance(Double.NaN));
    BaumWelch fit = builder.build();
    assertSays("a sequence and a feature", () -> fit.fit(List.of(), 2));
    assertSays("a sequence and a feature", () -> fit.fit(List.of(new float[2]), 0));
    assertSays("whole frames", () -> fit.fit(List.of(new float[3]), 2));
    assertSays("whole frames", () -> fit.fit(List.of(new float[2], new float[0]), 2));
    assertSays("finite", () -> fit.fit(List.of(new float[] {1, Float.NaN}), 2));
  }

  private static void assertSays(String part, Runnable call) {
    String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
    assertTrue(message.contains(part), message);
  }
}
