package io.github.erv.training.sequence;

import static io.github.erv.examples.onnx.OnnxGraph.integer;
import static io.github.erv.examples.onnx.OnnxGraph.integers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv3d;
import ai.djl.training.initializer.Initializer;
import ai.djl.training.initializer.NormalInitializer;
import io.github.erv.examples.onnx.OnnxGraph;
import java.util.List;

/** Convolutions of 3x3x3 over time, height and width of luma crops (Tran et al., 2015). */
final class ConvolutionNet extends SequenceNet {
  private static final int[] CHANNELS = {1, 8, 16, 24};

  /** Time and space are halved, but the first layer keeps every step. */
  private static final int[] TIME_STRIDES = {1, 2, 2};

  private final int flat;

  ConvolutionNet(int steps, int side, int classes) {
    super(classes, 1, steps, side, side);
    int time = steps;
    int across = side;
    for (int i = 0; i < TIME_STRIDES.length; i++) {
      int in = 27 * CHANNELS[i];
      add(
          "conv" + i + ".weight",
          new NormalInitializer((float) Math.sqrt(2.0 / in)), // He et al., 2015
          CHANNELS[i + 1],
          CHANNELS[i],
          3,
          3,
          3);
      add("conv" + i + ".bias", Initializer.ZEROS, CHANNELS[i + 1]);
      time = (time - 1) / TIME_STRIDES[i] + 1;
      across = (across - 1) / 2 + 1;
    }
    flat = CHANNELS[TIME_STRIDES.length] * time * across * across;
    dense("logits", classes, flat);
  }

  @Override
  NDArray logits(NDArray x, Values values) {
    NDArray y = x;
    for (int i = 0; i < TIME_STRIDES.length; i++) {
      y =
          Activation.relu(
              Conv3d.conv3d(
                      y,
                      values.get("conv" + i + ".weight"),
                      values.get("conv" + i + ".bias"),
                      new Shape(TIME_STRIDES[i], 2, 2),
                      new Shape(1, 1, 1),
                      new Shape(1, 1, 1))
                  .singletonOrThrow());
    }
    return dense("logits", y.reshape(x.getShape().get(0), flat), values);
  }

  @Override
  String logits(OnnxGraph graph, String x) {
    String y = x;
    for (int i = 0; i < TIME_STRIDES.length; i++) {
      String conv =
          graph.node(
              "Conv",
              List.of(
                  y,
                  stored(graph, "conv" + i + ".weight", CHANNELS[i + 1], CHANNELS[i], 3, 3, 3),
                  stored(graph, "conv" + i + ".bias", CHANNELS[i + 1])),
              integers("kernel_shape", 3, 3, 3),
              integers("strides", TIME_STRIDES[i], 2, 2),
              integers("pads", 1, 1, 1, 1, 1, 1));
      y = graph.node("Relu", List.of(conv));
    }
    return dense(
        graph, "logits", graph.node("Flatten", List.of(y), integer("axis", 1)), classes(), flat);
  }
}
