package io.github.erv.training.voice;

import static io.github.erv.examples.onnx.OnnxGraph.integer;
import static io.github.erv.examples.onnx.OnnxGraph.integers;

import ai.onnx.proto.OnnxMl;
import io.github.erv.examples.onnx.OnnxGraph;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the trained {@link VoiceNet} as an ONNX graph. */
final class VoiceOnnx {
  private VoiceOnnx() {}

  /**
   * Returns the graph.
   *
   * @param parameters of the network in the order of its layers
   * @param bands mel bands
   * @param classes emotions
   */
  static byte[] graph(List<float[]> parameters, int bands, int classes) {
    Iterator<float[]> next = parameters.iterator();
    OnnxGraph graph = new OnnxGraph("voice");
    String x = graph.input("frames", -1, -1, bands);
    x = node(graph, "Transpose", integers("perm", 0, 2, 1), x);
    x =
        node(
            graph,
            "Sub",
            null,
            x,
            graph.node("ReduceMean", List.of(x), integers("axes", 1, 2), integer("keepdims", 1)));
    int channels = bands;
    for (VoiceNet.Layer layer : VoiceNet.LAYERS) {
      float[] kernel = next.next();
      float[] bias = next.next();
      x =
          graph.node(
              "Conv",
              List.of(
                  x,
                  graph.floats(kernel, layer.channels(), channels, layer.kernel()),
                  graph.floats(bias, layer.channels())),
              integers("kernel_shape", layer.kernel()),
              integers("strides", layer.stride()));
      float[] gamma = next.next();
      float[] beta = next.next();
      float[] runningMean = next.next();
      float[] runningVariance = next.next();
      x =
          graph.node(
              "BatchNormalization",
              List.of(
                  x,
                  graph.floats(gamma, layer.channels()),
                  graph.floats(beta, layer.channels()),
                  graph.floats(runningMean, layer.channels()),
                  graph.floats(runningVariance, layer.channels())));
      x = node(graph, "Relu", null, x);
      channels = layer.channels();
    }
    String mean = mean(graph, x, 1);
    String off = node(graph, "Sub", null, x, mean);
    String variance = mean(graph, node(graph, "Mul", null, off, off), 0);
    String floor = graph.floats(new float[] {VoiceNet.VARIANCE_FLOOR}, 1);
    String deviation = node(graph, "Sqrt", null, node(graph, "Add", null, variance, floor));
    x = node(graph, "Concat", integer("axis", 1), mean(graph, x, 0), deviation);
    x = dense(graph, x, next.next(), next.next(), 2 * channels, VoiceNet.EMBEDDING);
    String embedding = node(graph, "Relu", null, x);
    String logits = dense(graph, embedding, next.next(), next.next(), VoiceNet.EMBEDDING, classes);
    graph.output(logits, "logits", -1, classes);
    graph.output(embedding, "embedding", -1, VoiceNet.EMBEDDING);
    return graph.bytes();
  }

  private static String node(
      OnnxGraph graph, String type, OnnxMl.@Nullable AttributeProto attribute, String... inputs) {
    return attribute == null
        ? graph.node(type, List.of(inputs))
        : graph.node(type, List.of(inputs), attribute);
  }

  private static String mean(OnnxGraph graph, String x, int keepDimensions) {
    return graph.node(
        "ReduceMean", List.of(x), integers("axes", 2), integer("keepdims", keepDimensions));
  }

  private static String dense(
      OnnxGraph graph, String x, float[] weights, float[] bias, int in, int out) {
    return graph.node(
        "Gemm",
        List.of(x, graph.floats(weights, out, in), graph.floats(bias, out)),
        integer("transB", 1));
  }
}
