package io.github.erv.training.convert;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import io.github.erv.training.convert.Weights.Weight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The expression net of face-api, whose package holds its weights but not its graph. */
final class ExpressionNet {
  private static final int SIDE = 112;
  private static final int FEATURES = 256;
  private static final int EXPRESSIONS = 7;

  private ExpressionNet() {}

  private static String separable(
      TensorFlowGraph graph, String x, Weights weights, String name, int stride) {
    String depthwise =
        graph.convolution(
            x, weights.get(name + "/depthwise_filter"), List.of(), stride, true, true);
    return graph.convolution(
        depthwise,
        weights.get(name + "/pointwise_filter"),
        List.of(weights.get(name + "/bias")),
        1,
        true,
        false);
  }

  /**
   * Returns the expression net: RGB minus the mean, over 255, in; logits and the features they are
   * made of out.
   */
  static byte[] convert(Path models) throws IOException {
    JsonArray manifest =
        JsonParser.parseString(
                Files.readString(models.resolve("face_expression_model-weights_manifest.json")))
            .getAsJsonArray();
    Weights weights = Weights.read(manifest, models);
    TensorFlowGraph graph = new TensorFlowGraph("face-api-expression");
    String x = graph.input("image", 1, 3, SIDE, SIDE);
    for (int block = 0; block < 4; block++) {
      x = denseBlock(graph, x, weights, "dense" + block);
    }
    x = graph.node("GlobalAveragePool", List.of(x));
    String features = graph.node("Reshape", List.of(x, graph.longs(1, FEATURES)));
    String logits =
        graph.node(
            "Gemm",
            List.of(
                features,
                graph.weight(weights.get("fc/weights")),
                graph.weight(weights.get("fc/bias"))));
    graph.output(logits, "logits", 1, EXPRESSIONS);
    graph.output(features, "features", 1, FEATURES);
    return graph.bytes();
  }

  /** Four convolutions, each fed with the sum of what all before it gave. */
  private static String denseBlock(TensorFlowGraph graph, String x, Weights weights, String name) {
    String first;
    if (weights.has(name + "/conv0/filters")) {
      Weight filters = weights.get(name + "/conv0/filters");
      Weight bias = weights.get(name + "/conv0/bias");
      first = graph.convolution(x, filters, List.of(bias), 2, true, false);
    } else {
      first = separable(graph, x, weights, name + "/conv0", 2);
    }
    String sum = graph.node("Relu", List.of(first));
    String rectified = sum;
    for (int layer = 1; layer <= 3; layer++) {
      String out = separable(graph, rectified, weights, name + "/conv" + layer, 1);
      sum = graph.node("Add", List.of(sum, out));
      rectified = graph.node("Relu", List.of(sum));
    }
    return rectified;
  }
}
