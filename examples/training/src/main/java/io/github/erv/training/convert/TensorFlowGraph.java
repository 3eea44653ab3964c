package io.github.erv.training.convert;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.github.erv.training.convert.Weights.Weight;
import io.github.erv.examples.onnx.OnnxGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An ONNX graph that takes TensorFlow's words: filters in its layout, its padding. Pictures are
 * NCHW. Weights stay stored as they came (float16 or uint8) and are widened by nodes that the
 * runtime folds away when it loads the graph.
 */
final class TensorFlowGraph extends OnnxGraph {
  TensorFlowGraph(String name) {
    super(name);
  }

  /** Adds a weight and what widens it to float32. */
  String weight(Weight weight) {
    TensorProto.DataType type =
        switch (weight.storage) {
          case FLOAT32 -> TensorProto.DataType.FLOAT;
          case FLOAT16 -> TensorProto.DataType.FLOAT16;
          case UINT8 -> TensorProto.DataType.UINT8;
          case INT32 -> throw new IllegalArgumentException("an int32 weight is no operand");
        };
    String stored =
        constant(
            type,
            ByteString.copyFrom(weight.data()),
            Arrays.stream(weight.shape).asLongStream().toArray());
    if (weight.storage == Weights.Storage.FLOAT32) {
      return stored;
    }
    String wide =
        node("Cast", List.of(stored), integer("to", TensorProto.DataType.FLOAT.getNumber()));
    if (weight.storage == Weights.Storage.FLOAT16) {
      return wide;
    }
    String scaled = node("Mul", List.of(wide, scalar((float) weight.scale)));
    return node("Add", List.of(scaled, scalar((float) weight.min)));
  }

  /**
   * Adds a convolution.
   *
   * @param filter in TensorFlow's layout: height, width, channels in, channels out; of a depthwise
   *     convolution height, width, channels, 1
   * @param bias one value a channel, or empty
   */
  String convolution(
      String input, Weight filter, List<Weight> bias, int stride, boolean same, boolean depthwise) {
    Weight weight = depthwise ? filter.transpose(2, 3, 0, 1) : filter.transpose(3, 2, 0, 1);
    List<String> inputs = new ArrayList<>(List.of(input, weight(weight)));
    bias.forEach(b -> inputs.add(weight(b)));
    return node(
        "Conv",
        inputs,
        integers("kernel_shape", filter.shape[0], filter.shape[1]),
        integers("strides", stride, stride),
        padding(same),
        integer("group", depthwise ? filter.shape[2] : 1));
  }

  /** Adds a maximum over squares. */
  String maxPool(String input, int side, int stride, boolean same) {
    return node(
        "MaxPool",
        List.of(input),
        integers("kernel_shape", side, side),
        integers("strides", stride, stride),
        padding(same));
  }

  /** TensorFlow's "same" puts the odd pixel of padding at the end. */
  private static AttributeProto padding(boolean same) {
    return AttributeProto.newBuilder()
        .setName("auto_pad")
        .setType(AttributeProto.AttributeType.STRING)
        .setS(ByteString.copyFromUtf8(same ? "SAME_UPPER" : "VALID"))
        .build();
  }
}
