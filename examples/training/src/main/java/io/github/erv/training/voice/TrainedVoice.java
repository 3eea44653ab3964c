package io.github.erv.training.voice;

import static io.github.erv.examples.onnx.OnnxGraph.integer;
import static io.github.erv.examples.onnx.OnnxGraph.integers;

import io.github.erv.audio.VoiceFeatures;
import io.github.erv.examples.onnx.OnnxGraph;
import java.util.List;

/**
 * A population and the regressions that read features against it: one of emotions, one of arousal,
 * both linear. Together they give a value for each emotion and one for arousal. Immutable.
 */
final class TrainedVoice {
  private static final int CLASSES = TrainVoice.LABELS.size();

  /** What comes out: the logits of the emotions, and arousal before its hyperbolic tangent. */
  static final int OUTPUTS = CLASSES + 1;

  private static final int INPUTS = VoicePopulation.INPUTS;

  /** Arousal by emotion in the order of {@link TrainVoice#LABELS}; NaN teaches nothing. */
  private static final double[] AROUSAL = {0, 1, -1, 1, 1, Double.NaN, -1};

  final VoicePopulation population;

  /** Shape (OUTPUTS, INPUTS) and (OUTPUTS). */
  private final float[] weights = new float[OUTPUTS * INPUTS];

  private final float[] biases = new float[OUTPUTS];

  /** Fits to examples that were read against the population; classes weigh alike. */
  TrainedVoice(VoicePopulation population, List<VoicePopulation.Example> examples, double penalty) {
    this.population = population;
    List<VoicePopulation.Example> aroused =
        examples.stream().filter(e -> !Double.isNaN(AROUSAL[e.label()])).toList();
    LogisticRegression emotions = LogisticRegression.fit(emotions(examples), penalty);
    LogisticRegression arousal =
        LogisticRegression.fit(
            of(aroused, label -> new double[] {(1 - AROUSAL[label]) / 2, (1 + AROUSAL[label]) / 2}),
            penalty);
    for (int c = 0; c < CLASSES; c++) {
      System.arraycopy(emotions.weights(c), 0, weights, c * INPUTS, INPUTS);
      biases[c] = emotions.bias(c);
    }
    // the tangent of half the logarithm of the odds is twice the probability less one
    float[] high = arousal.weights(1);
    float[] low = arousal.weights(0);
    for (int i = 0; i < INPUTS; i++) {
      weights[CLASSES * INPUTS + i] = (high[i] - low[i]) / 2;
    }
    biases[CLASSES] = (arousal.bias(1) - arousal.bias(0)) / 2;
  }

  private interface Target {
    double[] of(int label);
  }

  /** What the regression of emotions is fitted to. */
  static LogisticRegression.Examples emotions(List<VoicePopulation.Example> examples) {
    return of(
        examples,
        label -> {
          double[] target = new double[CLASSES];
          target[label] = 1;
          return target;
        });
  }

  private static LogisticRegression.Examples of(
      List<VoicePopulation.Example> examples, Target target) {
    int[] counts = new int[CLASSES];
    examples.forEach(e -> counts[e.label()]++);
    return new LogisticRegression.Examples(
        examples.stream().map(VoicePopulation.Example::input).toList(),
        examples.stream().map(e -> target.of(e.label())).toList(),
        examples.stream().mapToDouble(e -> 1.0 / counts[e.label()]).toArray());
  }

  /** Logits, then arousal before its tangent; shape (OUTPUTS). */
  float[] outputs(float[] input) {
    float[] out = biases.clone();
    for (int o = 0; o < OUTPUTS; o++) {
      for (int i = 0; i < INPUTS; i++) {
        out[o] += weights[o * INPUTS + i] * input[i];
      }
      if (!Float.isFinite(out[o])) {
        throw new ArithmeticException("output " + o + " is " + out[o]);
      }
    }
    return out;
  }

  /** Mean cross-entropy of other speakers' examples, classes weighing alike. */
  static double loss(LogisticRegression emotions, List<VoicePopulation.Example> examples) {
    double[] sums = new double[CLASSES];
    int[] counts = new int[CLASSES];
    for (VoicePopulation.Example example : examples) {
      double[] p = new double[CLASSES];
      for (int c = 0; c < CLASSES; c++) {
        p[c] = emotions.logit(example.input(), c);
      }
      LogisticRegression.softmaxInPlace(p);
      sums[example.label()] -= Math.log(Math.max(1e-12, p[example.label()]));
      counts[example.label()]++;
    }
    double sum = 0;
    int present = 0;
    for (int c = 0; c < CLASSES; c++) {
      sum += counts[c] == 0 ? 0 : sums[c] / counts[c];
      present += counts[c] == 0 ? 0 : 1;
    }
    return sum / present;
  }

  /**
   * Returns the ONNX graph: of {@code features} the {@code logits} and the {@code arousal} in [-1,
   * 1], both drawn to nothing by doubt; the {@code reliability}; and the {@code embedding}, what
   * comes out before the doubt.
   *
   * @param doubt how the reliability follows from the input
   */
  byte[] graph(Doubt doubt) {
    OnnxGraph graph = new OnnxGraph("voice");
    String x = graph.input("features", -1, INPUTS);
    String out =
        graph.node(
            "Gemm",
            List.of(x, graph.floats(weights, OUTPUTS, INPUTS), graph.floats(biases, OUTPUTS)),
            integer("transB", 1));
    // reliability = exp(-(far * log(1 + distance beyond) + stranger * (1 - known)))
    String features = slice(graph, x, 0, VoiceFeatures.SIZE);
    String square = graph.node("Mul", List.of(features, features));
    String distance =
        graph.node("ReduceMean", List.of(square), integers("axes", 1), integer("keepdims", 1));
    String beyond =
        graph.node(
            "Relu", List.of(graph.node("Sub", List.of(distance, graph.scalar(doubt.usual())))));
    String log = graph.node("Log", List.of(graph.node("Add", List.of(beyond, graph.scalar(1)))));
    String unknown =
        graph.node("Sub", List.of(graph.scalar(1), slice(graph, x, INPUTS - 1, INPUTS)));
    String exponent =
        graph.node(
            "Add",
            List.of(
                graph.node("Mul", List.of(log, graph.scalar(-doubt.far()))),
                graph.node("Mul", List.of(unknown, graph.scalar(-doubt.stranger())))));
    String reliability = graph.node("Exp", List.of(exponent));
    String doubted = graph.node("Mul", List.of(out, reliability));
    graph.output(slice(graph, doubted, 0, CLASSES), "logits", -1, CLASSES);
    graph.output(
        graph.node("Tanh", List.of(slice(graph, doubted, CLASSES, OUTPUTS))), "arousal", -1, 1);
    graph.output(out, "embedding", -1, OUTPUTS);
    graph.output(reliability, "reliability", -1, 1);
    return graph.bytes();
  }

  private static String slice(OnnxGraph graph, String x, long from, long to) {
    return graph.node("Slice", List.of(x, graph.longs(from), graph.longs(to), graph.longs(1)));
  }
}
