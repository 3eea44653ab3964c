package io.github.erv.training.face;

import static io.github.erv.examples.onnx.OnnxGraph.integer;
import static io.github.erv.examples.onnx.OnnxGraph.integers;
import static java.util.Objects.requireNonNull;

import io.github.erv.examples.onnx.OnnxGraph;
import java.util.List;
import java.util.Map;

/** Writes a trained {@link FaceNet} as an ONNX graph, its normalisations folded into weights. */
final class FaceOnnx {
  private final OnnxGraph graph = new OnnxGraph("face");
  private final Map<String, float[]> weights;

  private FaceOnnx(Map<String, float[]> weights) {
    this.weights = weights;
  }

  /**
   * Returns the graph: input {@code image} (1, 1, side, side), 0 to 255; outputs {@code logits} (1,
   * classes) and {@code embedding} (1, {@link FaceNet#EMBEDDING}).
   *
   * @param weights of the network by name
   * @param classes number of logits
   */
  static byte[] graph(Map<String, float[]> weights, int classes) {
    return new FaceOnnx(weights).build(classes);
  }

  private byte[] build(int classes) {
    String pixels = graph.input("image", 1, 1, FerPlus.SIDE, FerPlus.SIDE);
    String off = graph.node("Sub", List.of(pixels, mean(pixels)));
    String variance = mean(graph.node("Mul", List.of(off, off)));
    String floor = graph.scalar(FaceNet.CONTRAST_FLOOR);
    String deviation = graph.node("Sqrt", List.of(graph.node("Add", List.of(variance, floor))));
    String x = graph.node("Div", List.of(off, deviation));
    x = relu(convolution("stem", x, FaceNet.STEM, 1, 3, 1));
    int channels = FaceNet.STEM;
    for (FaceNet.Stage stage : FaceNet.STAGES) {
      String name = stage.name();
      int wide = stage.channels();
      String averaged =
          graph.node(
              "AveragePool",
              List.of(x),
              integers("kernel_shape", stage.stride(), stage.stride()),
              integers("strides", stage.stride(), stage.stride()));
      String straight = convolution(name + ".shortcut", averaged, wide, channels, 1, 1);
      String y = relu(convolution(name + ".1", x, wide, channels, 3, stage.stride()));
      y = convolution(name + ".2", y, wide, wide, 3, 1);
      String gate = graph.node("GlobalAveragePool", List.of(y));
      gate = relu(pointwise(name + ".squeeze", gate, wide / FaceNet.SQUEEZE, wide));
      gate = pointwise(name + ".excite", gate, wide, wide / FaceNet.SQUEEZE);
      gate = graph.node("Sigmoid", List.of(gate));
      x = relu(graph.node("Add", List.of(graph.node("Mul", List.of(y, gate)), straight)));
      channels = wide;
    }
    x = relu(convolution("head", x, FaceNet.EMBEDDING, channels, 1, 1));
    String embedding =
        graph.node(
            "Flatten", List.of(graph.node("GlobalAveragePool", List.of(x))), integer("axis", 1));
    String logits =
        graph.node(
            "Gemm",
            List.of(
                embedding,
                graph.floats(weight("logits.weight"), classes, FaceNet.EMBEDDING),
                graph.floats(weight("logits.bias"), classes)),
            integer("transB", 1));
    graph.output(logits, "logits", 1, classes);
    graph.output(embedding, "embedding", 1, FaceNet.EMBEDDING);
    return graph.bytes();
  }

  private float[] weight(String name) {
    return requireNonNull(weights.get(name), name);
  }

  private String mean(String x) {
    return graph.node("ReduceMean", List.of(x), integers("axes", 2, 3), integer("keepdims", 1));
  }

  private String relu(String x) {
    return graph.node("Relu", List.of(x));
  }

  private String convolution(String name, String x, int out, int in, int kernel, int stride) {
    float[] weight = weight(name + ".weight").clone();
    float[] bias = new float[out];
    int each = in * kernel * kernel;
    for (int o = 0; o < out; o++) {
      double variance = weight(name + ".variance")[o];
      double factor = weight(name + ".gamma")[o] / Math.sqrt(variance + FaceNet.NORM_EPSILON);
      bias[o] = (float) (weight(name + ".beta")[o] - factor * weight(name + ".mean")[o]);
      for (int i = 0; i < each; i++) {
        weight[o * each + i] *= (float) factor;
      }
    }
    int pad = kernel / 2;
    return graph.node(
        "Conv",
        List.of(x, graph.floats(weight, out, in, kernel, kernel), graph.floats(bias, out)),
        integers("kernel_shape", kernel, kernel),
        integers("strides", stride, stride),
        integers("pads", pad, pad, pad, pad));
  }

  private String pointwise(String name, String x, int out, int in) {
    return graph.node(
        "Conv",
        List.of(
            x,
            graph.floats(weight(name + ".weight"), out, in, 1, 1),
            graph.floats(weight(name + ".bias"), out)),
        integers("kernel_shape", 1, 1));
  }
}
