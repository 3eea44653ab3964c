package io.github.erv.training.sequence;

import static io.github.erv.examples.onnx.OnnxGraph.integer;
import static java.util.Objects.requireNonNull;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import ai.djl.training.initializer.NormalInitializer;
import ai.djl.util.PairList;
import io.github.erv.examples.onnx.OnnxGraph;
import java.util.List;

/** A classifier of sequences that can say itself as an ONNX graph. */
abstract class SequenceNet extends AbstractBlock {
  /** What the layers of one pass need to reach their parameters. */
  interface Values {
    NDArray get(String name);
  }

  private final int classes;
  private final long[] shape;

  /**
   * For subclasses.
   *
   * @param classes number of logits
   * @param shape of one sequence, without the batch
   */
  SequenceNet(int classes, long... shape) {
    this.classes = classes;
    this.shape = shape.clone();
  }

  final int classes() {
    return classes;
  }

  /** The shape of the given number of sequences. */
  final long[] shape(int batch) {
    long[] whole = new long[shape.length + 1];
    whole[0] = batch;
    System.arraycopy(shape, 0, whole, 1, shape.length);
    return whole;
  }

  /** Maps sequences (n, ...) to logits (n, classes). */
  abstract NDArray logits(NDArray x, Values values);

  /** Adds the same to a graph of one sequence and returns the name of the logits (1, classes). */
  abstract String logits(OnnxGraph graph, String x);

  /** The ONNX file: input {@code sequence}, output {@code logits}. */
  final byte[] graph() {
    OnnxGraph graph = new OnnxGraph("sequence");
    graph.output(logits(graph, graph.input("sequence", shape(1))), "logits", 1, classes);
    return graph.bytes();
  }

  @Override
  protected final NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> arguments) {
    NDArray x = inputs.singletonOrThrow();
    return new NDList(
        logits(x, name -> store.getValue(parameters.get(name), x.getDevice(), training)));
  }

  @Override
  public final Shape[] getOutputShapes(Shape[] inputs) {
    return new Shape[] {new Shape(inputs[0].get(0), classes)};
  }

  final void add(String name, Initializer initializer, long... shape) {
    addParameter(
        Parameter.builder()
            .setName(name)
            .setType(Parameter.Type.OTHER)
            .optShape(new Shape(shape))
            .optInitializer(initializer)
            .build());
  }

  /** Declares an affine map of the last axis. */
  final void dense(String name, int out, int in) {
    add(name + ".weight", new NormalInitializer((float) Math.sqrt(1.0 / in)), out, in);
    add(name + ".bias", Initializer.ZEROS, out);
  }

  static NDArray dense(String name, NDArray x, Values values) {
    return Linear.linear(x, values.get(name + ".weight"), values.get(name + ".bias"))
        .singletonOrThrow();
  }

  /** The weights of a parameter, stored in a graph under its shape. */
  final String stored(OnnxGraph graph, String name, long... shape) {
    return graph.floats(trained(name), shape);
  }

  final float[] trained(String name) {
    return requireNonNull(parameters.get(name), name).getArray().toFloatArray();
  }

  /** An affine map of the last axis of a value of any rank. */
  final String dense(OnnxGraph graph, String name, String x, int out, int in) {
    float[] weight = trained(name + ".weight");
    float[] turned = new float[weight.length];
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < in; i++) {
        turned[i * out + o] = weight[o * in + i];
      }
    }
    String product = graph.node("MatMul", List.of(x, graph.floats(turned, in, out)));
    return graph.node("Add", List.of(product, stored(graph, name + ".bias", out)));
  }

  static String softmax(OnnxGraph graph, String x, int axis) {
    return graph.node("Softmax", List.of(x), integer("axis", axis));
  }
}
