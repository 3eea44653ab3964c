package io.github.erv.classical;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.erv.error.ModelException;
import io.github.erv.tensor.Safetensors;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class HiddenMarkovModelTest {
  /** Of a log-density of a frame: its terms are some tens in size and floats. */
  private static final double FLOAT = 1e-4;

  static float[] probabilities(SplittableRandom random, int rows, int columns) {
    float[] p = new float[rows * columns];
    for (int r = 0; r < rows; r++) {
      float sum = 0;
      for (int c = 0; c < columns; c++) {
        p[r * columns + c] = (float) random.nextDouble(0.05, 1);
        sum += p[r * columns + c];
      }
      for (int c = 0; c < columns; c++) {
        p[r * columns + c] /= sum;
      }
    }
    return p;
  }

  static float[] uniform(SplittableRandom random, int n, double low, double high) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextDouble(low, high);
    }
    return values;
  }

  static HiddenMarkovModel model(SplittableRandom random, int states, int mixtures, int features) {
    int n = states * mixtures * features;
    return HiddenMarkovModel.of(
        probabilities(random, 1, states),
        probabilities(random, states, states),
        probabilities(random, states, mixtures),
        uniform(random, n, 98, 102),
        uniform(random, n, 0.3, 2));
  }

  /** In double arithmetic, as the definition says. */
  private static double density(HiddenMarkovModel model, int state, float[] values, int offset) {
    double sum = 0;
    for (int m = 0; m < model.mixtures(); m++) {
      double density = model.weight(state, m);
      for (int f = 0; f < model.features(); f++) {
        double off = (double) values[offset + f] - model.mean(state, m, f);
        double variance = model.variance(state, m, f);
        density *= Math.exp(-off * off / variance / 2) / Math.sqrt(2 * Math.PI * variance);
      }
      sum += density;
    }
    return sum;
  }

  /** Every path there is: the sum, the best, and how probable states are at frames. */
  @Property(tries = 60)
  void evaluation_agreesWithEveryPathThereIs(
      @ForAll @IntRange(min = 1, max = 3) int states,
      @ForAll @IntRange(min = 1, max = 3) int mixtures,
      @ForAll @IntRange(min = 1, max = 6) int frames,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int features = 1 + random.nextInt(5);
    HiddenMarkovModel model = again(model(random, states, mixtures, features));
    float[] values = uniform(random, 1 + frames * features, 97, 103);
    int paths = (int) Math.pow(states, frames);
    double whole = 0;
    double most = 0;
    double[] posteriors = new double[frames * states];
    int[] path = new int[frames];
    for (int n = 0; n < paths; n++) {
      double joint = 1;
      for (int t = 0, rest = n; t < frames; t++, rest /= states) {
        path[t] = rest % states;
        joint *= t == 0 ? model.start(path[0]) : model.transition(path[t - 1], path[t]);
        joint *= density(model, path[t], values, 1 + t * features);
      }
      whole += joint;
      most = Math.max(most, joint);
      for (int t = 0; t < frames; t++) {
        posteriors[t * states + path[t]] += joint;
      }
    }
    double tolerance = FLOAT * frames;
    HiddenMarkovModel.Session session = model.open();
    for (int t = 0; t < frames; t++) {
      session.accept(values, 1 + t * features);
    }
    assertEquals(Math.log(whole), session.logLikelihood(), tolerance);
    float[] found = new float[frames * states];
    assertEquals(Math.log(whole), session.posteriorsInto(values, 1, frames, found), tolerance);
    for (int i = 0; i < found.length; i++) {
      assertEquals(posteriors[i] / whole, found[i], tolerance);
    }
    assertEquals(Math.log(most), session.viterbi(values, 1, frames, path), tolerance);
    double joint = 1;
    for (int t = 0; t < frames; t++) {
      joint *= t == 0 ? model.start(path[0]) : model.transition(path[t - 1], path[t]);
      joint *= density(model, path[t], values, 1 + t * features);
    }
    assertEquals(Math.log(most), Math.log(joint), tolerance); // the path has what it claims
  }

  private static HiddenMarkovModel again(HiddenMarkovModel model) {
    Safetensors.Builder file = Safetensors.builder();
    model.writeInto(file, "a.");
    return HiddenMarkovModel.read(Safetensors.parse(file.build().toBytes(), "test"), "a.");
  }

  @Test
  void longSequence_doesNotUnderflow() {
    HiddenMarkovModel model = model(new SplittableRandom(5), 3, 2, 4);
    HiddenMarkovModel.Session session = model.open();
    float[] far = new float[] {0, 0, 0, 0}; // a hundred away: densities are far below e^-1000
    for (int t = 0; t < 20_000; t++) {
      session.accept(far, 0);
    }
    assertTrue(session.logLikelihood() < -1e8 && session.logLikelihood() > -1e10);
    session.accept(new float[] {1e30f, -1e30f, 1e38f, 0}, 0);
    assertEquals(Double.NEGATIVE_INFINITY, session.logLikelihood());
    session.reset();
    assertEquals(0, session.logLikelihood());
  }

  @Test
  void transitions_ofZero_areNeverTaken() {
    HiddenMarkovModel model =
        HiddenMarkovModel.of(
            new float[] {1, 0},
            new float[] {0.5f, 0.5f, 0, 1},
            new float[] {1, 1},
            new float[] {0, 10},
            new float[] {1, 1});
    int[] path = new int[5];
    float[] frames = {9, 0, 10, 0, 1}; // the first state cannot be left twice
    double best = model.open().viterbi(frames, 0, 5, path);
    assertTrue(best > Double.NEGATIVE_INFINITY);
    assertEquals(0, path[0]);
    for (int t = 1; t < path.length; t++) {
      assertTrue(path[t] >= path[t - 1], Arrays.toString(path));
    }
    float[] posteriors = new float[10];
    model.open().posteriorsInto(frames, 0, 5, posteriors);
    assertEquals(0, posteriors[1]);
  }

  @Test
  void session_warm_allocatesNothing() {
    SplittableRandom random = new SplittableRandom(2);
    HiddenMarkovClassifier.Session session =
        HiddenMarkovClassifier.of(List.of(model(random, 3, 2, 9), model(random, 2, 1, 9)), 1)
            .open();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long self = Thread.currentThread().getId();
    float[] frames = uniform(random, 90, 97, 103);
    float[] p = new float[2];
    long bytes = Long.MAX_VALUE;
    long start = System.nanoTime();
    while (bytes != 0 && System.nanoTime() - start < 10e9) { // until it is compiled
      long before = threads.getThreadAllocatedBytes(self);
      for (int i = 0; i < 1_000; i++) {
        session.accept(frames, i % 10 * 9);
      }
      session.probabilitiesInto(p, 0);
      session.reset();
      bytes = threads.getThreadAllocatedBytes(self) - before;
    }
    assertEquals(0, bytes);
  }

  @Test
  void classifier_meanLogLikelihoods_softmaxed() {
    SplittableRandom random = new SplittableRandom(3);
    List<HiddenMarkovModel> models = List.of(model(random, 2, 2, 3), model(random, 3, 1, 3));
    Safetensors.Builder file = Safetensors.builder();
    HiddenMarkovClassifier.of(models, 0.5f).writeInto(file);
    HiddenMarkovClassifier.Session session = HiddenMarkovClassifier.read(file.build()).open();
    float[] frames = uniform(random, 21, 97, 103);
    double[] expected = new double[2];
    for (int c = 0; c < 2; c++) {
      HiddenMarkovModel.Session alone = models.get(c).open();
      for (int t = 0; t < 7; t++) {
        alone.accept(frames, 3 * t);
      }
      expected[c] = alone.logLikelihood() / 7;
    }
    float[] scores = new float[2];
    float[] p = new float[2];
    for (int round = 0; round < 2; round++) {
      for (int t = 0; t < 7; t++) {
        session.accept(frames, 3 * t);
      }
      session.scoresInto(scores, 0);
      session.probabilitiesInto(p, 0);
      session.reset();
    }
    assertEquals(expected[0], scores[0], 1e-5);
    assertEquals(expected[1], scores[1], 1e-5);
    assertEquals(1 / (1 + Math.exp(2 * (expected[1] - expected[0]))), p[0], 1e-4);
    assertEquals(1, p[0] + p[1], 1e-6);
    assertThrows(IllegalStateException.class, () -> session.scoresInto(scores, 0));
    session.accept(new float[] {1e30f, 1e38f, -1e30f}, 0); // nobody made this
    session.probabilitiesInto(p, 0);
    assertArrayEquals(new float[] {0.5f, 0.5f}, p);
  }

  @Test
  void of_badValues_saysWhatIsWrong() {
    float[] one = {1};
    assertSays("sum to 1", () -> HiddenMarkovModel.of(new float[] {0.5f}, one, one, one, one));
    assertSays("at least 0", () -> of(new float[] {1.5f, -0.5f}, 4, 2));
    assertSays("NaN", () -> HiddenMarkovModel.of(one, one, one, new float[] {Float.NaN}, one));
    for (float variance : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY, 1e-40f}) {
      assertSays(
          "variances", () -> HiddenMarkovModel.of(one, one, one, one, new float[] {variance}));
    }
    assertSays("3 transitions", () -> of(new float[] {1, 0}, 3, 2));
    assertSays("0 states", () -> of(new float[0], 0, 0));
    HiddenMarkovModel.Session session = HiddenMarkovModel.of(one, one, one, one, one).open();
    assertSays("finite", () -> session.accept(new float[] {Float.NaN}, 0));
    assertSays("at least one frame", () -> session.viterbi(one, 0, 0, new int[0]));
    assertThrows(IndexOutOfBoundsException.class, () -> session.accept(one, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> session.viterbi(one, 0, 1, new int[0]));
    HiddenMarkovModel model = HiddenMarkovModel.of(one, one, one, one, one);
    assertSays("2 classes, were 1", () -> HiddenMarkovClassifier.of(List.of(model), 1));
    assertSays("temperature", () -> HiddenMarkovClassifier.of(List.of(model, model), 0));
    assertSays(
        "same features",
        () ->
            HiddenMarkovClassifier.of(List.of(model, model(new SplittableRandom(1), 1, 1, 2)), 1));
  }

  private static HiddenMarkovModel of(float[] start, int transitions, int weights) {
    float[] ones = new float[weights];
    Arrays.fill(ones, 1);
    return HiddenMarkovModel.of(start, new float[transitions], ones, ones, ones);
  }

  private static void assertSays(String part, Runnable build) {
    String message = assertThrows(IllegalArgumentException.class, build::run).getMessage();
    assertTrue(message.contains(part), message);
  }

  @Test
  void read_damaged_saysWhatIsWrong() {
    SplittableRandom random = new SplittableRandom(1);
    Safetensors.Builder whole = Safetensors.builder();
    HiddenMarkovClassifier.of(List.of(model(random, 2, 2, 3), model(random, 2, 1, 3)), 1)
        .writeInto(whole);
    Safetensors good = whole.build();
    for (String name : good.names()) {
      for (int how = 0; how < 3; how++) {
        Safetensors.Builder other = Safetensors.builder();
        good.metadata().forEach(other::metadata);
        for (String each : good.names()) {
          int[] shape = good.shape(each);
          float[] values = good.require(each, shape);
          if (!each.equals(name)) {
            other.tensor(each, values, shape);
          } else if (how == 0) {
            other.tensor(each, new float[1], 1);
          } else if (how == 1) {
            values[values.length - 1] = Float.NaN;
            other.tensor(each, values, shape);
          }
        }
        Safetensors damaged = other.build();
        String message =
            assertThrows(ModelException.class, () -> HiddenMarkovClassifier.read(damaged))
                .getMessage();
        assertTrue(how == 1 || message.contains(name), message);
      }
    }
  }
}
