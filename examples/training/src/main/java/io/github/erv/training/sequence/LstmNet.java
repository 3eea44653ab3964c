package io.github.erv.training.sequence;

import static io.github.erv.examples.onnx.OnnxGraph.integer;
import static io.github.erv.examples.onnx.OnnxGraph.integers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Linear;
import ai.djl.training.initializer.Initializer;
import ai.djl.training.initializer.NormalInitializer;
import io.github.erv.examples.onnx.OnnxGraph;
import java.util.List;

/**
 * Long short-term memory (Hochreiter and Schmidhuber, 1997; with forget gates, Gers et al., 2000),
 * read after the last step. Gates lie in the order of ONNX: input, output, forget, cell.
 */
final class LstmNet extends SequenceNet {
  private static final int HIDDEN = 24;

  private final int steps;
  private final int features;

  LstmNet(int steps, int features, int classes) {
    super(classes, steps, features);
    this.steps = steps;
    this.features = features;
    add("input", new NormalInitializer((float) Math.sqrt(1.0 / features)), 4 * HIDDEN, features);
    add("recurrent", new NormalInitializer((float) Math.sqrt(1.0 / HIDDEN)), 4 * HIDDEN, HIDDEN);
    add("bias", Initializer.ZEROS, 4 * HIDDEN);
    dense("logits", classes, HIDDEN);
  }

  @Override
  NDArray logits(NDArray x, Values values) {
    NDArray fromInput =
        Linear.linear(x, values.get("input"), values.get("bias")).singletonOrThrow();
    NDArray h = x.getManager().zeros(new Shape(x.getShape().get(0), HIDDEN));
    NDArray cell = h;
    for (int t = 0; t < steps; t++) {
      NDArray own = Linear.linear(h, values.get("recurrent")).singletonOrThrow();
      NDList gates = fromInput.get(new NDIndex(":,{}", t)).add(own).split(4, 1);
      NDArray kept = Activation.sigmoid(gates.get(2)).mul(cell);
      cell = kept.add(Activation.sigmoid(gates.get(0)).mul(Activation.tanh(gates.get(3))));
      h = Activation.sigmoid(gates.get(1)).mul(Activation.tanh(cell));
    }
    return dense("logits", h, values);
  }

  @Override
  String logits(OnnxGraph graph, String x) {
    String byStep = graph.node("Transpose", List.of(x), integers("perm", 1, 0, 2));
    float[] bias = new float[8 * HIDDEN]; // ONNX has a second one for the recurrence
    System.arraycopy(trained("bias"), 0, bias, 0, 4 * HIDDEN);
    String all =
        graph.node(
            "LSTM",
            List.of(
                byStep,
                stored(graph, "input", 1, 4 * HIDDEN, features),
                stored(graph, "recurrent", 1, 4 * HIDDEN, HIDDEN),
                graph.floats(bias, 1, 8 * HIDDEN)),
            integer("hidden_size", HIDDEN));
    String last = graph.node("Gather", List.of(all, graph.longs(steps - 1)), integer("axis", 0));
    String flat = graph.node("Reshape", List.of(last, graph.longs(1, HIDDEN)));
    return dense(graph, "logits", flat, classes(), HIDDEN);
  }
}
