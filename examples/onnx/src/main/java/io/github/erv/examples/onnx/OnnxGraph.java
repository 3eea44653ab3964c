package io.github.erv.examples.onnx;

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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * An ONNX graph under construction. Values are named by the methods that make them. Not
 * thread-safe.
 */
public class OnnxGraph {
  private static final int OPSET = 13;
  private static final int IR_VERSION = 8;

  private final GraphProto.Builder graph = GraphProto.newBuilder();
  private int values;

  /**
   * Starts a graph.
   *
   * @param name of the graph
   */
  public OnnxGraph(String name) {
    graph.setName(name);
  }

  private String fresh() {
    return "v" + values++;
  }

  /**
   * Declares a float input.
   *
   * @param name of the input
   * @param shape a negative side is free
   * @return its name
   */
  public final String input(String name, long... shape) {
    graph.addInput(value(name, shape));
    return name;
  }

  /**
   * Makes a value an output of the graph under a name of its own.
   *
   * @param value computed by the graph
   * @param name of the output
   * @param shape a negative side is free
   */
  public final void output(String value, String name, long... shape) {
    graph.addNode(
        NodeProto.newBuilder().setOpType("Identity").addInput(value).addOutput(name).build());
    graph.addOutput(value(name, shape));
  }

  private static ValueInfoProto value(String name, long... shape) {
    TensorShapeProto.Builder sides = TensorShapeProto.newBuilder();
    for (int i = 0; i < shape.length; i++) {
      sides.addDim(
          shape[i] < 0
              ? TensorShapeProto.Dimension.newBuilder().setDimParam(name + '_' + i)
              : TensorShapeProto.Dimension.newBuilder().setDimValue(shape[i]));
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

  /**
   * Stores a constant.
   *
   * @param type of its values
   * @param data little-endian, row-major
   * @param shape none for a scalar
   * @return its name
   */
  protected final String constant(TensorProto.DataType type, ByteString data, long... shape) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(fresh()).setDataType(type.getNumber()).setRawData(data);
    for (long side : shape) {
      tensor.addDims(side);
    }
    graph.addInitializer(tensor);
    return tensor.getName();
  }

  /**
   * Stores float values, such as weights.
   *
   * @param values row-major
   * @param shape none for a scalar
   * @return their name
   */
  public final String floats(float[] values, long... shape) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return constant(TensorProto.DataType.FLOAT, ByteString.copyFrom(bytes), shape);
  }

  /**
   * Stores one float.
   *
   * @param value any
   * @return its name
   */
  public final String scalar(float value) {
    String name = fresh();
    graph.addInitializer(
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(TensorProto.DataType.FLOAT.getNumber())
            .addFloatData(value));
    return name;
  }

  /**
   * Stores a list of int64 values, as shapes and paddings are given.
   *
   * @param list the values
   * @return its name
   */
  public final String longs(long... list) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * list.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(list);
    return constant(TensorProto.DataType.INT64, ByteString.copyFrom(bytes), list.length);
  }

  /**
   * Adds a node with one output.
   *
   * @param operator in the words of ONNX
   * @param inputs names of values
   * @param attributes of the operator
   * @return the name of its output
   */
  public final String node(String operator, List<String> inputs, AttributeProto... attributes) {
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
   * Returns an attribute of one integer.
   *
   * @param name of the attribute
   * @param value its value
   * @return the attribute
   */
  public static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  /**
   * Returns an attribute of several integers.
   *
   * @param name of the attribute
   * @param values its values
   * @return the attribute
   */
  public static AttributeProto integers(String name, long... values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
    for (long value : values) {
      attribute.addInts(value);
    }
    return attribute.build();
  }

  /**
   * Returns the ONNX file.
   *
   * @return its bytes
   */
  public final byte[] bytes() {
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("erv")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
        .setGraph(graph)
        .build()
        .toByteArray();
  }
}
