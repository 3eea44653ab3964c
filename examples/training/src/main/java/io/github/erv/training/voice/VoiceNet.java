package io.github.erv.training.voice;

import static io.github.erv.examples.onnx.OnnxGraph.integer;
import static io.github.erv.examples.onnx.OnnxGraph.integers;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import io.github.erv.audio.VoiceFeatures;
import io.github.erv.examples.onnx.OnnxGraph;
import java.util.ArrayList;
import java.util.List;

/**
 * The network: normalised features and how well the speaker is known; one hidden layer; an
 * embedding; logits and arousal. A few of them, from other seeds, are averaged.
 */
final class VoiceNet {
  static final int INPUTS = VoiceFeatures.SIZE + 1;
  static final int HIDDEN = 64;
  static final int EMBEDDING = 16;

  private VoiceNet() {}

  /** Returns the network for input of shape (n, INPUTS), giving (n, classes + 1): arousal last. */
  static SequentialBlock block(int classes, float dropout) {
    SequentialBlock net = new SequentialBlock();
    net.add(Dropout.builder().optRate(dropout / 2).build());
    net.add(Linear.builder().setUnits(HIDDEN).build());
    net.add(Activation::relu);
    net.add(Dropout.builder().optRate(dropout).build());
    net.add(Linear.builder().setUnits(EMBEDDING).build());
    net.add(Activation::relu);
    net.add(Dropout.builder().optRate(dropout / 4).build());
    net.add(Linear.builder().setUnits(classes + 1).build());
    return net;
  }

  static Shape inputShape(int n) {
    return new Shape(n, INPUTS);
  }

  /**
   * The values of all parameters in the order of the layers: weights (out, in), bias, and so on.
   */
  static List<float[]> parameters(Block net) {
    List<float[]> values = new ArrayList<>();
    net.getParameters().forEach(p -> values.add(p.getValue().getArray().toFloatArray()));
    return values;
  }

  /**
   * Returns the mean of trained networks as an ONNX graph: {@code logits} over the temperature of
   * the input, {@code arousal} in [-1, 1], {@code embedding} of all one after the other, and the
   * {@code reliability}.
   *
   * @param members parameters of each network
   * @param doubt how the temperature follows from the input
   */
  static byte[] graph(List<List<float[]>> members, int classes, Doubt doubt) {
    OnnxGraph graph = new OnnxGraph("voice");
    String x = graph.input("features", -1, INPUTS);
    List<String> embeddings = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    for (List<float[]> p : members) {
      String hidden = relu(graph, dense(graph, x, p.get(0), p.get(1), INPUTS, HIDDEN));
      String embedding = relu(graph, dense(graph, hidden, p.get(2), p.get(3), HIDDEN, EMBEDDING));
      embeddings.add(embedding);
      outputs.add(dense(graph, embedding, p.get(4), p.get(5), EMBEDDING, classes + 1));
    }
    String embedding =
        members.size() == 1
            ? embeddings.get(0)
            : graph.node("Concat", embeddings, integer("axis", 1));
    String sum = members.size() == 1 ? outputs.get(0) : graph.node("Sum", outputs);
    String mean = graph.node("Mul", List.of(sum, graph.scalar(1f / members.size())));
    String logits = slice(graph, mean, 0, classes);
    String arousal = graph.node("Tanh", List.of(slice(graph, mean, classes, classes + 1)));

    // reliability = exp(-(far * log(1 + distance beyond) + stranger * (1 - known)))
    String features = slice(graph, x, 0, INPUTS - 1);
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
    String tempered = graph.node("Mul", List.of(logits, reliability));
    graph.output(tempered, "logits", -1, classes);
    graph.output(arousal, "arousal", -1, 1);
    graph.output(embedding, "embedding", -1, (long) EMBEDDING * members.size());
    graph.output(reliability, "reliability", -1, 1);
    return graph.bytes();
  }

  private static String slice(OnnxGraph graph, String x, long from, long to) {
    return graph.node("Slice", List.of(x, graph.longs(from), graph.longs(to), graph.longs(1)));
  }

  private static String relu(OnnxGraph graph, String x) {
    return graph.node("Relu", List.of(x));
  }

  private static String dense(
      OnnxGraph graph, String x, float[] weights, float[] bias, int in, int out) {
    return graph.node(
        "Gemm",
        List.of(x, graph.floats(weights, out, in), graph.floats(bias, out)),
        integer("transB", 1));
  }
}
