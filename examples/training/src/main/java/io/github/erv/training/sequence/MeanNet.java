package io.github.erv.training.sequence;

import static io.github.erv.examples.onnx.OnnxGraph.integer;
import static io.github.erv.examples.onnx.OnnxGraph.integers;

import ai.djl.ndarray.NDArray;
import io.github.erv.examples.onnx.OnnxGraph;
import java.util.List;

/** The baseline, blind to order: logistic regression on the mean of the embeddings. */
final class MeanNet extends SequenceNet {
  private final int features;

  MeanNet(int steps, int features, int classes) {
    super(classes, steps, features);
    this.features = features;
    dense("logits", classes, features);
  }

  @Override
  NDArray logits(NDArray x, Values values) {
    return dense("logits", x.mean(new int[] {1}), values);
  }

  @Override
  String logits(OnnxGraph graph, String x) {
    String mean = graph.node("ReduceMean", List.of(x), integers("axes", 1), integer("keepdims", 0));
    return dense(graph, "logits", mean, classes(), features);
  }
}
