package io.github.erv.audio;

import ai.onnx.proto.OnnxMl;
import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A model of samples whose outputs a test can compute: {@code position} is (mean, mean square,
 * greatest) of the input, as if they were arousal, dominance and valence.
 */
final class TinyModel {
  private TinyModel() {}

  static Path write(Path folder, String card) throws IOException {
    OnnxMl.GraphProto graph =
        OnnxMl.GraphProto.newBuilder()
            .setName("tiny")
            .addInput(value("signal", 1, -1))
            .addOutput(value("position", 1, 3))
            .addNode(node("Mul", "square", "signal", "signal"))
            .addNode(reduce("ReduceMean", "mean", "signal"))
            .addNode(reduce("ReduceMean", "power", "square"))
            .addNode(reduce("ReduceMax", "top", "signal"))
            .addNode(
                node("Concat", "position", "mean", "power", "top").toBuilder()
                    .addAttribute(
                        OnnxMl.AttributeProto.newBuilder()
                            .setName("axis")
                            .setType(OnnxMl.AttributeProto.AttributeType.INT)
                            .setI(1)))
            .build();
    byte[] bytes =
        OnnxMl.ModelProto.newBuilder()
            .setIrVersion(7)
            .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setVersion(12))
            .setGraph(graph)
            .build()
            .toByteArray();
    Path file = folder.resolve("tiny.onnx");
    Files.write(file, bytes);
    Files.writeString(
        folder.resolve("tiny.card.json"),
        card.replace("SHA256", Hashing.sha256().hashBytes(bytes).toString()));
    return file;
  }

  private static OnnxMl.NodeProto node(String type, String output, String... inputs) {
    OnnxMl.NodeProto.Builder node = OnnxMl.NodeProto.newBuilder().setOpType(type).addOutput(output);
    for (String input : inputs) {
      node.addInput(input);
    }
    return node.build();
  }

  private static OnnxMl.NodeProto reduce(String type, String output, String input) {
    return node(type, output, input).toBuilder()
        .addAttribute(
            OnnxMl.AttributeProto.newBuilder()
                .setName("axes")
                .setType(OnnxMl.AttributeProto.AttributeType.INTS)
                .addInts(1))
        .build();
  }

  private static OnnxMl.ValueInfoProto value(String name, long... shape) {
    OnnxMl.TensorShapeProto.Builder dimensions = OnnxMl.TensorShapeProto.newBuilder();
    for (long dimension : shape) {
      dimensions.addDim(
          dimension < 0
              ? OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimParam("n")
              : OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimValue(dimension));
    }
    return OnnxMl.ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            OnnxMl.TypeProto.newBuilder()
                .setTensorType(
                    OnnxMl.TypeProto.Tensor.newBuilder().setElemType(1).setShape(dimensions)))
        .build();
  }
}
