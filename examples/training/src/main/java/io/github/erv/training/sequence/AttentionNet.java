package io.github.erv.training.sequence;

import static io.github.erv.examples.onnx.OnnxGraph.integer;
import static io.github.erv.examples.onnx.OnnxGraph.integers;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import ai.djl.training.initializer.NormalInitializer;
import io.github.erv.examples.onnx.OnnxGraph;
import java.util.List;

/**
 * Temporal attention: every step, with a learnt embedding of its place, attends to all (Vaswani et
 * al., 2017, equation 1, one head); the steps are then summed by attention weights of their own.
 */
final class AttentionNet extends SequenceNet {
  private static final int WIDTH = 24;

  private final int steps;
  private final int features;

  AttentionNet(int steps, int features, int classes) {
    super(classes, steps, features);
    this.steps = steps;
    this.features = features;
    dense("in", WIDTH, features);
    add("place", new NormalInitializer(0.5f), steps, WIDTH);
    dense("query", WIDTH, WIDTH);
    dense("key", WIDTH, WIDTH);
    dense("value", WIDTH, WIDTH);
    dense("hidden", WIDTH, WIDTH);
    dense("weight", 1, WIDTH);
    dense("logits", classes, WIDTH);
  }

  @Override
  NDArray logits(NDArray x, Values values) {
    NDArray e = dense("in", x, values).add(values.get("place"));
    NDArray keys = dense("key", e, values).transpose(0, 2, 1);
    NDArray scores = dense("query", e, values).matMul(keys).mul(scale()).softmax(2);
    NDArray y = e.add(scores.matMul(dense("value", e, values)));
    NDArray hidden = Activation.relu(dense("hidden", y, values));
    NDArray weights = dense("weight", hidden, values).softmax(1);
    return dense("logits", hidden.mul(weights).sum(new int[] {1}), values);
  }

  private static float scale() {
    return (float) (1 / Math.sqrt(WIDTH));
  }

  @Override
  String logits(OnnxGraph graph, String x) {
    String e =
        graph.node(
            "Add",
            List.of(dense(graph, "in", x, WIDTH, features), stored(graph, "place", steps, WIDTH)));
    String keys =
        graph.node(
            "Transpose", List.of(dense(graph, "key", e, WIDTH, WIDTH)), integers("perm", 0, 2, 1));
    String products = graph.node("MatMul", List.of(dense(graph, "query", e, WIDTH, WIDTH), keys));
    String scaled = graph.node("Mul", List.of(products, graph.scalar(scale())));
    String seen =
        graph.node(
            "MatMul", List.of(softmax(graph, scaled, 2), dense(graph, "value", e, WIDTH, WIDTH)));
    String y = graph.node("Add", List.of(e, seen));
    String hidden = graph.node("Relu", List.of(dense(graph, "hidden", y, WIDTH, WIDTH)));
    String weights = softmax(graph, dense(graph, "weight", hidden, 1, WIDTH), 1);
    String weighted = graph.node("Mul", List.of(hidden, weights));
    String pooled =
        graph.node("ReduceSum", List.of(weighted, graph.longs(1)), integer("keepdims", 0));
    return dense(graph, "logits", pooled, classes(), WIDTH);
  }
}
