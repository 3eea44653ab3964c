package io.github.erv.fusion.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.Evidence;
import io.github.erv.Modality;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.fusion.CrossAttentionFusion;
import io.github.erv.fusion.DoubleAttentionFusion;
import io.github.erv.fusion.EarlyFusion;
import io.github.erv.fusion.GatedFusion;
import io.github.erv.fusion.GraphAttentionFusion;
import io.github.erv.fusion.HierarchicalFusion;
import io.github.erv.fusion.LowRankFusion;
import io.github.erv.fusion.SelfAttentionFusion;
import io.github.erv.fusion.TensorFusion;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds backward passes against central differences of the forward pass. */
class GradientTest {
  /** Truncation grows with its square, rounding of a float forward pass with its inverse. */
  private static final float STEP = 5e-3f;

  /**
   * A sum of a few dozen floats of size 1 is rounded by some 1e-6, which the step magnifies to
   * 2e-4; truncation is STEP² times a third derivative of order 10.
   */
  private static final double TOLERANCE = 2e-3;

  /** A layer under test: rows, columns and weights to a result. */
  private enum Layer {
    LINEAR(f -> f.tape.linear(f.linear("l", f.columns, 3), f.x("x", f.rows, f.columns))),
    LAYER_NORM(f -> f.tape.layerNorm(f.norm(), f.x("x", f.rows, f.columns + 1))),
    ADD(f -> f.tape.add(f.x("x", f.rows, f.columns), f.x("y", f.rows, f.columns))),
    ADD_ROW(f -> f.tape.add(f.x("x", f.rows, f.columns), f.x("y", 1, f.columns))),
    MULTIPLY(f -> f.tape.multiply(f.x("x", f.rows, f.columns), f.x("y", f.rows, f.columns))),
    SQUARE(
        f -> {
          Node x = f.x("x", f.rows, f.columns);
          return f.tape.multiply(x, x);
        }),
    SCALE(f -> f.tape.scale(f.x("x", f.rows, f.columns), -0.7f)),
    GELU(f -> f.tape.gelu(f.x("x", f.rows, f.columns))),
    TANH(f -> f.tape.tanh(f.x("x", f.rows, f.columns))),
    SIGMOID(f -> f.tape.sigmoid(f.x("x", f.rows, f.columns))),
    DROPOUT(f -> f.tape.dropout(f.x("x", f.rows, f.columns), 0.4f)),
    ATTENTION(
        f ->
            f.tape.attention(
                f.x("q", f.rows, 2 * f.columns),
                f.x("k", f.columns, 2 * f.columns),
                f.x("v", f.columns, 2 * f.columns),
                2)),
    ROTATE(f -> f.tape.rotate(f.x("x", f.rows, 4 * f.columns), f.times(), 2)),
    POOL(f -> f.tape.pool(f.x("x", f.rows, f.columns), f.x("s", f.rows, 1))),
    ROWS(f -> f.tape.rows(f.x("x", f.rows + 2, f.columns), 1, f.rows)),
    ABOVE(f -> f.tape.above(f.x("x", f.rows, f.columns), f.x("y", 2, f.columns))),
    BESIDE(f -> f.tape.beside(f.x("x", f.rows, f.columns), f.x("y", f.rows, 2))),
    OUTER(f -> f.tape.outer(f.x("x", 1, f.rows), f.x("y", 1, f.columns))),
    GRAPH_ATTENTION(
        f ->
            f.tape.graphAttention(
                f.x("s", f.rows, 2 * f.columns),
                f.x("t", f.rows, 2 * f.columns),
                f.edges(),
                f.weight("a", 2, f.columns)));

    @SuppressWarnings("ImmutableEnumChecker") // lambdas without state
    private final Function<Fixture, Node> run;

    Layer(Function<Fixture, Node> run) {
      this.run = run;
    }
  }

  /** Makes weights the first time, and gives them again. */
  private static final class Fixture {
    final int rows;
    final int columns;
    final Parameters parameters;
    final Map<String, Object> made = new HashMap<>();
    Tape tape = Tape.forUse();

    Fixture(int rows, int columns, long seed) {
      this.rows = rows;
      this.columns = columns;
      parameters = Parameters.drawn(seed);
    }

    Parameter weight(String name, int... shape) {
      return (Parameter)
          made.computeIfAbsent(name, key -> parameters.parameter(key, -1.5f, 1.5f, shape));
    }

    Node x(String name, int xRows, int xColumns) {
      return tape.parameter(weight(name, xRows, xColumns));
    }

    Parameters.Linear linear(String name, int inputs, int outputs) {
      return (Parameters.Linear)
          made.computeIfAbsent(name, key -> parameters.linear(key, inputs, outputs));
    }

    Parameters.Norm norm() {
      return new Parameters.Norm(weight("gain", columns + 1), weight("shift", columns + 1));
    }

    Node times() {
      Node times = tape.input(rows, 1);
      for (int r = 0; r < rows; r++) {
        times.set(r, 0, 0.37f * r - 1);
      }
      return times;
    }

    Node edges() {
      Node edges = tape.input(rows, rows);
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < rows; j++) {
          edges.set(i, j, (i + j) % 3 == 1 ? 0 : 1); // row and column 1 of two rows have few edges
        }
      }
      return edges;
    }
  }

  @Property(tries = 200)
  void backward_anyLayer_agreesWithFiniteDifferences(
      @ForAll Layer layer,
      @ForAll @IntRange(min = 1, max = 5) int rows,
      @ForAll @IntRange(min = 1, max = 5) int columns,
      @ForAll long seed) {
    Fixture fixture = new Fixture(rows, columns, seed);
    Node made = layer.run.apply(fixture); // makes the weights
    assertTrue(made.rows() > 0);
    check(
        fixture.parameters,
        tape -> {
          fixture.tape = tape;
          return layer.run.apply(fixture);
        },
        1,
        layer.toString());
  }

  static Stream<Architecture> families() {
    return Stream.of(
        new EarlyFusion(5, 0.2f),
        new TensorFusion(3, 4, 0.2f),
        new LowRankFusion(4, 5, 0.2f),
        new GatedFusion(4, 0.2f),
        new HierarchicalFusion(4, 0.3, 2, 0.2f),
        new SelfAttentionFusion(4, 2, 2, 0.2f),
        new DoubleAttentionFusion(4, 2, 0.2f),
        new GraphAttentionFusion(4, 2, 2, 0.3, 0.2f),
        new CrossAttentionFusion(4, 2, 2, 0.2f));
  }

  @ParameterizedTest
  @MethodSource("families")
  void backward_wholeFamily_agreesWithFiniteDifferences(Architecture family) {
    List<Example> examples = List.of(example(1, 3, 2, 4), example(2, 1, 5, 1));
    Inputs inputs = Inputs.of(examples);
    Parameters parameters = Parameters.drawn(5);
    Network network = family.network(inputs, 2, parameters);
    for (int hidden = -1; hidden < 3; hidden++) {
      Streams streams = new Streams(inputs);
      streams.load(examples.get(0).window());
      if (hidden >= 0) {
        streams.hide(hidden, true);
      }
      check(
          parameters,
          tape -> network.outputs(tape, streams),
          Math.max(1, parameters.size() / 60),
          family + " without " + hidden);
    }
  }

  static Example example(long seed, int... steps) {
    SplittableRandom random = new SplittableRandom(seed);
    Example.Builder example = Example.builder(LabelSet.of(Emotion.HAPPINESS, Emotion.SADNESS));
    Modality[] modalities = {Modality.FACE, Modality.TEXT, Modality.VOICE};
    for (int m = 0; m < steps.length; m++) {
      for (int s = 0; s < steps[m]; s++) {
        float[] features = new float[2 + m];
        for (int i = 0; i < features.length; i++) {
          features[i] = (float) random.nextDouble(-2, 2);
        }
        example.at(
            modalities[m],
            170_000L * s + 31_000L * m,
            Evidence.Present.builder((float) random.nextDouble(0.1, 1))
                .embedding(features)
                .build());
      }
    }
    return example.label(seed % 2 == 0 ? Emotion.HAPPINESS : Emotion.SADNESS);
  }

  /** Holds the gradient of a random linear function of the result against differences. */
  private static void check(
      Parameters parameters, Function<Tape, Node> network, int every, String what) {
    float[] gradients = new float[parameters.size()];
    Tape tape = Tape.forTraining(gradients);
    Node result = run(tape, network);
    float[] direction = new float[result.size()];
    SplittableRandom random = new SplittableRandom(99);
    for (int i = 0; i < direction.length; i++) {
      direction[i] = (float) random.nextDouble(-1, 1);
    }
    tape.backward(result, direction);
    boolean kinks = what.toLowerCase(Locale.ROOT).contains("graph");
    double largest = 0;
    int count = 0;
    for (Parameter parameter : parameters.all()) {
      for (int i = 0; i < parameter.values.length; i++) {
        if (count++ % every != 0) {
          continue;
        }
        float value = parameter.values[i];
        parameter.values[i] = value + STEP;
        double above = along(run(tape, network), direction);
        parameter.values[i] = value - STEP;
        double below = along(run(tape, network), direction);
        double width = (double) (value + STEP) - (value - STEP);
        parameter.values[i] = value + 2 * STEP;
        double farAbove = along(run(tape, network), direction);
        parameter.values[i] = value - 2 * STEP;
        double farBelow = along(run(tape, network), direction);
        double farWidth = (double) (value + 2 * STEP) - (value - 2 * STEP);
        parameter.values[i] = value;
        double here = along(run(tape, network), direction);
        double numeric = (above - below) / width;
        double analytic = gradients[parameter.offset + i];
        // twice the step errs four times as much: their difference bounds the truncation, which is
        // large where a layer norm meets values that are nearly equal
        double truncation = Math.abs((farAbove - farBelow) / farWidth - numeric);
        double tolerance = TOLERANCE * (1 + Math.abs(numeric)) + truncation;
        if (kinks && Math.abs(analytic - numeric) > tolerance) {
          // next to a kink of LeakyReLU the slope of one side is right, and the mean of both is not
          double right = (above - here) / STEP;
          double left = (here - below) / STEP;
          assertTrue(
              analytic > Math.min(left, right) - tolerance
                  && analytic < Math.max(left, right) + tolerance,
              () -> what + ", " + parameter + " " + left + " " + right + " " + analytic);
        } else {
          assertEquals(numeric, analytic, tolerance, () -> what + ", " + parameter);
        }
        largest = Math.max(largest, Math.abs(analytic));
      }
    }
    assertTrue(largest > 0 || result.size() == 0 || what.equals("DROPOUT"), what + ": no gradient");
  }

  private static Node run(Tape tape, Function<Tape, Node> network) {
    tape.rewind();
    tape.train(7);
    return network.apply(tape);
  }

  private static double along(Node result, float[] direction) {
    double sum = 0;
    for (int i = 0; i < direction.length; i++) {
      sum += (double) result.value[i] * direction[i];
    }
    return sum;
  }
}
