package io.github.erv.bench.fusion;

import static io.github.erv.examples.onnx.OnnxGraph.integer;
import static io.github.erv.examples.onnx.OnnxGraph.integers;

import io.github.erv.bench.tensor.GraphLayers;
import io.github.erv.bench.tensor.OnnxRun;
import io.github.erv.examples.onnx.OnnxGraph;
import io.github.erv.fusion.train.Node;
import io.github.erv.fusion.train.Parameter;
import io.github.erv.fusion.train.Recording;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Says in the words of ONNX what a network did with a window. */
final class NetworkGraph {
  /** Periods of {@code rotate}'s pairs, in seconds. */
  private static final double FASTEST = 0.5;

  private static final double SLOWEST = 100;

  private final OnnxGraph graph;
  private final Map<Node, String> names = new HashMap<>(); // nodes are equal only to themselves

  private NetworkGraph(OnnxGraph graph) {
    this.graph = graph;
  }

  /**
   * Returns a run whose output is the probabilities of the classes, shape (1, classes), from what
   * the network was given.
   */
  static OnnxRun of(Recording recording) {
    OnnxGraph graph = new OnnxGraph("fusion");
    NetworkGraph network = new NetworkGraph(graph);
    for (Recording.Step step : recording.steps()) {
      Node out = step.result();
      boolean input = step.operation().equals(Recording.INPUT);
      network.names.put(
          out,
          input
              ? graph.input("in" + network.names.size(), out.rows(), out.columns())
              : network.node(step));
    }
    Node outputs = recording.outputs();
    String p = graph.node("Softmax", List.of(network.name(outputs)));
    graph.output(p, "p", 1, outputs.columns());
    OnnxRun run = new OnnxRun(graph.bytes(), "p", 1, outputs.columns());
    for (Recording.Step step : recording.steps()) {
      Node node = step.result();
      if (step.operation().equals(Recording.INPUT)) {
        run.input(network.name(node), values(node), node.rows(), node.columns());
      }
    }
    return run;
  }

  private String name(Node node) {
    String name = names.get(node);
    if (name == null) {
      throw new IllegalStateException(node + " was not computed before it was used");
    }
    return name;
  }

  private static float[] values(Node node) {
    float[] values = new float[node.rows() * node.columns()];
    for (int i = 0; i < values.length; i++) {
      values[i] = node.value(i / node.columns(), i % node.columns());
    }
    return values;
  }

  private String node(Recording.Step step) {
    List<String> in = step.arguments().stream().map(this::name).toList();
    Node out = step.result();
    List<float[]> weights = step.weights().stream().map(Parameter::values).toList();
    return switch (step.operation()) {
      case "parameter" -> graph.floats(weights.get(0), out.rows(), out.columns());
      case "linear" -> GraphLayers.linear(graph, in.get(0), weights.get(0), weights.get(1));
      case "layerNorm" -> GraphLayers.layerNorm(graph, in.get(0), weights.get(0), weights.get(1));
      case "add" -> graph.node("Add", in);
      case "multiply" -> graph.node("Mul", in);
      case "scale" -> graph.node("Mul", List.of(in.get(0), graph.scalar(step.factor())));
      case "gelu" -> GraphLayers.gelu(graph, in.get(0));
      case "tanh" -> graph.node("Tanh", in);
      case "sigmoid" -> graph.node("Sigmoid", in);
      case "attention" ->
          GraphLayers.attention(
              graph,
              in.get(0),
              in.get(1),
              in.get(2),
              out.rows(),
              step.arguments().get(1).rows(),
              step.number(),
              out.columns());
      case "rotate" -> rotate(in.get(0), in.get(1), out.rows(), out.columns(), step.number());
      case "pool" -> {
        String shares = graph.node("Softmax", List.of(in.get(1)), integer("axis", 0));
        yield graph.node("Gemm", List.of(shares, in.get(0)), integer("transA", 1));
      }
      case "rows" ->
          GraphLayers.slice(graph, in.get(0), 0, step.number(), step.number() + out.rows());
      case "above" -> GraphLayers.concat(graph, in, 0);
      case "beside" -> GraphLayers.concat(graph, in, 1);
      case "outer" -> outer(in.get(0), in.get(1), step.arguments().get(0).columns(), out.columns());
      case "graphAttention" -> graphAttention(in, weights.get(0), out, step.number());
      default -> throw new IllegalStateException("no graph for " + step.operation());
    };
  }

  private String rotate(String x, String seconds, int rows, int columns, int heads) {
    int half = columns / heads / 2;
    float[] turns = new float[half];
    for (int i = 0; i < half; i++) {
      double at = half == 1 ? 0 : i / (half - 1.0);
      turns[i] = (float) (2 * Math.PI / (FASTEST * Math.pow(SLOWEST / FASTEST, at)));
    }
    String angles = graph.node("Mul", List.of(seconds, graph.floats(turns, 1, half)));
    angles = GraphLayers.reshape(graph, angles, rows, 1, half);
    String cos = graph.node("Cos", List.of(angles));
    String sin = graph.node("Sin", List.of(angles));
    String split = GraphLayers.reshape(graph, x, rows, heads, 2L * half);
    String first = GraphLayers.slice(graph, split, 2, 0, half);
    String second = GraphLayers.slice(graph, split, 2, half, 2 * half);
    String one = graph.node("Sub", List.of(product(first, cos), product(second, sin)));
    String two = graph.node("Add", List.of(product(first, sin), product(second, cos)));
    return GraphLayers.reshape(
        graph, GraphLayers.concat(graph, List.of(one, two), 2), rows, columns);
  }

  private String product(String x, String y) {
    return graph.node("Mul", List.of(x, y));
  }

  private String outer(String x, String y, int m, int size) {
    String and1 = GraphLayers.concat(graph, List.of(y, graph.floats(new float[] {1}, 1, 1)), 1);
    String product = graph.node("MatMul", List.of(GraphLayers.reshape(graph, x, m, 1), and1));
    return GraphLayers.reshape(graph, product, 1, size);
  }

  private String graphAttention(List<String> in, float[] a, Node out, int heads) {
    int n = out.rows();
    int size = out.columns() / heads;
    String source = GraphLayers.reshape(graph, in.get(0), 1, n, heads, size);
    String target = GraphLayers.reshape(graph, in.get(1), n, 1, heads, size);
    String z = graph.node("Add", List.of(source, target));
    z =
        graph.node(
            "Max", List.of(z, graph.node("Mul", List.of(z, graph.scalar(0.2f))))); // leaky ReLU
    String scores =
        graph.node("MatMul", List.of(perHead(z, n, heads, size), graph.floats(a, heads, size, 1)));
    String edges = GraphLayers.reshape(graph, in.get(2), 1, n, n);
    String none = graph.node("Sub", List.of(edges, graph.scalar(1))); // 0 where there is an edge
    String masked =
        graph.node(
            "Add",
            List.of(
                GraphLayers.reshape(graph, scores, heads, n, n),
                graph.node("Mul", List.of(none, graph.scalar(1e9f)))));
    String shares = graph.node("Softmax", List.of(masked));
    String values =
        graph.node(
            "Transpose",
            List.of(GraphLayers.reshape(graph, in.get(0), n, heads, size)),
            integers("perm", 1, 0, 2));
    String mixed =
        graph.node(
            "Transpose",
            List.of(graph.node("MatMul", List.of(shares, values))),
            integers("perm", 1, 0, 2));
    return GraphLayers.reshape(graph, mixed, n, out.columns());
  }

  /** From (n, n, heads, size) to (heads, n n, size). */
  private String perHead(String z, int n, int heads, int size) {
    String first = graph.node("Transpose", List.of(z), integers("perm", 2, 0, 1, 3));
    return GraphLayers.reshape(graph, first, heads, (long) n * n, size);
  }
}
