package io.github.erv.bench.tensor;

import static io.github.erv.examples.onnx.OnnxGraph.integer;
import static io.github.erv.examples.onnx.OnnxGraph.integers;

import io.github.erv.examples.onnx.OnnxGraph;
import java.util.List;

/** Layers in the words of ONNX, as they are usually exported. */
public final class GraphLayers {
  /** Of layer normalisations. */
  static final float EPSILON = 1e-5f;

  private GraphLayers() {}

  /**
   * Adds {@code x Wᵀ + b}.
   *
   * @param graph that grows
   * @param x shape (rows, inputs)
   * @param weight shape (outputs, inputs)
   * @param bias shape (outputs)
   * @return shape (rows, outputs)
   */
  public static String linear(OnnxGraph graph, String x, float[] weight, float[] bias) {
    int outputs = bias.length;
    return graph.node(
        "Gemm",
        List.of(
            x, graph.floats(weight, outputs, weight.length / outputs), graph.floats(bias, outputs)),
        integer("transB", 1));
  }

  /**
   * Adds scaled dot-product attention of several heads.
   *
   * @param graph that grows
   * @param q shape (queries, width)
   * @param k shape (keys, width)
   * @param v shape (keys, width)
   * @param queries rows of q
   * @param keys rows of k and v
   * @param heads a divisor of the width
   * @param width columns
   * @return shape (queries, width)
   */
  public static String attention(
      OnnxGraph graph, String q, String k, String v, int queries, int keys, int heads, int width) {
    int size = width / heads;
    String asked = heads(graph, q, queries, heads, size, 1, 0, 2);
    String offered = heads(graph, k, keys, heads, size, 1, 2, 0);
    String values = heads(graph, v, keys, heads, size, 1, 0, 2);
    String scores = graph.node("MatMul", List.of(asked, offered));
    scores = graph.node("Mul", List.of(scores, graph.scalar((float) (1 / Math.sqrt(size)))));
    String mixed = graph.node("MatMul", List.of(graph.node("Softmax", List.of(scores)), values));
    mixed = graph.node("Transpose", List.of(mixed), integers("perm", 1, 0, 2));
    return reshape(graph, mixed, queries, width);
  }

  private static String heads(
      OnnxGraph graph, String x, int steps, int heads, int size, long... order) {
    String split = reshape(graph, x, steps, heads, size);
    return graph.node("Transpose", List.of(split), integers("perm", order));
  }

  /**
   * Adds a layer normalisation, of which ONNX Runtime makes one node.
   *
   * @param graph that grows
   * @param x shape (rows, columns)
   * @param gain shape (columns)
   * @param shift shape (columns)
   * @return the shape of x
   */
  public static String layerNorm(OnnxGraph graph, String x, float[] gain, float[] shift) {
    String centred = graph.node("Sub", List.of(x, mean(graph, x)));
    String squares = graph.node("Pow", List.of(centred, graph.scalar(2)));
    String variance = graph.node("Add", List.of(mean(graph, squares), graph.scalar(EPSILON)));
    String normal = graph.node("Div", List.of(centred, graph.node("Sqrt", List.of(variance))));
    String scaled = graph.node("Mul", List.of(normal, graph.floats(gain, gain.length)));
    return graph.node("Add", List.of(scaled, graph.floats(shift, shift.length)));
  }

  private static String mean(OnnxGraph graph, String x) {
    return graph.node("ReduceMean", List.of(x), integers("axes", -1), integer("keepdims", 1));
  }

  /**
   * Adds the Gaussian error linear unit, of which ONNX Runtime makes one node.
   *
   * @param graph that grows
   * @param x any shape
   * @return the same shape
   */
  public static String gelu(OnnxGraph graph, String x) {
    String root = graph.node("Div", List.of(x, graph.scalar((float) Math.sqrt(2))));
    String one = graph.node("Add", List.of(graph.node("Erf", List.of(root)), graph.scalar(1)));
    return graph.node("Mul", List.of(graph.node("Mul", List.of(x, one)), graph.scalar(0.5f)));
  }

  /**
   * Gives values another shape.
   *
   * @param graph that grows
   * @param x any shape
   * @param shape of the same size
   * @return that shape
   */
  public static String reshape(OnnxGraph graph, String x, long... shape) {
    return graph.node("Reshape", List.of(x, graph.longs(shape)));
  }

  /**
   * Takes a part along one axis.
   *
   * @param graph that grows
   * @param x any shape
   * @param axis along which
   * @param from the first
   * @param until the one after the last
   * @return the part
   */
  public static String slice(OnnxGraph graph, String x, int axis, int from, int until) {
    return graph.node(
        "Slice", List.of(x, graph.longs(from), graph.longs(until), graph.longs(axis)));
  }

  /**
   * Puts values together along one axis.
   *
   * @param graph that grows
   * @param parts of shapes that differ along that axis alone
   * @param axis along which
   * @return the whole
   */
  public static String concat(OnnxGraph graph, List<String> parts, int axis) {
    return graph.node("Concat", parts, integer("axis", axis));
  }

  /**
   * Adds the sum along one axis, which stays with length 1.
   *
   * @param graph that grows
   * @param x any shape
   * @param axis along which
   * @return the sums
   */
  public static String sum(OnnxGraph graph, String x, int axis) {
    return graph.node("ReduceSum", List.of(x, graph.longs(axis)), integer("keepdims", 1));
  }
}
