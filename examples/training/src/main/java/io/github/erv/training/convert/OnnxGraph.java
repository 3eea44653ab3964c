package io.github.erv.training.convert;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.github.erv.training.convert.Weights.Weight;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * An ONNX graph under construction. Values are named by the methods that make them; pictures are
 * NCHW. Weights stay stored as they came (float16 or uint8) and are widened by nodes that the
 * runtime folds away when it loads the graph.
 */
final class OnnxGraph {
  private static final int OPSET = 13;
  private static final int IR_VERSION = 8;

  private final GraphProto.Builder graph = GraphProto.newBuilder();
  private int values;

  OnnxGraph(String name) {
    graph.setName(name);
  }

  private String fresh() {
    return "v" + values++;
  }

  /** Declares a float input. */
  String input(String name, long... shape) {
    graph.addInput(value(name, shape));
    return name;
  }

  /** Makes a value an output of the graph under a name of its own. */
  void output(String value, String name, long... shape) {
    graph.addNode(
        NodeProto.newBuilder().setOpType("Identity").addInput(value).addOutput(name).build());
    graph.addOutput(value(name, shape));
  }

  private static ValueInfoProto value(String name, long... shape) {
    TensorShapeProto.Builder sides = TensorShapeProto.newBuilder();
    for (long side : shape) {
      sides.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(side));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(TensorProto.DataType.FLOAT.getNumber())
                        .setShape(sides)))
        .build();
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
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(fresh())
            .setDataType(type.getNumber())
            .setRawData(ByteString.copyFrom(weight.data()));
    for (int side : weight.shape) {
      tensor.addDims(side);
    }
    graph.addInitializer(tensor);
    String stored = tensor.getName();
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

  private String scalar(float value) {
    String name = fresh();
    graph.addInitializer(
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(TensorProto.DataType.FLOAT.getNumber())
            .addFloatData(value));
    return name;
  }

  /** Adds a list of int64 values, as shapes and paddings are given. */
  String longs(long... list) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * list.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(list);
    String name = fresh();
    graph.addInitializer(
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(TensorProto.DataType.INT64.getNumber())
            .addDims(list.length)
            .setRawData(ByteString.copyFrom(bytes.array())));
    return name;
  }

  /** Adds a node with one output. */
  String node(String operator, List<String> inputs, AttributeProto... attributes) {
    String name = fresh();
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType(operator)
            .addAllInput(inputs)
            .addOutput(name)
            .addAllAttribute(List.of(attributes)));
    return name;
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

  static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  static AttributeProto integers(String name, long... values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
    for (long value : values) {
      attribute.addInts(value);
    }
    return attribute.build();
  }

  /** Returns the ONNX file. */
  byte[] bytes() {
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("erv")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
        .setGraph(graph)
        .build()
        .toByteArray();
  }
}
