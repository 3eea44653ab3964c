package io.github.erv.onnx;

import ai.onnx.proto.OnnxMl;
import com.google.common.hash.Hashing;

/**
 * A model of one layer whose result a test can compute: {@code logits = x W + b} with three inputs
 * and two outputs.
 */
final class Gemm {
  static final float[][] WEIGHTS = {{1, -2}, {0.5f, 4}, {-8, 0.25f}};
  static final float[] BIAS = {0.125f, -1};

  private Gemm() {}

  /** The model's bytes; a batch below 0 leaves the first dimension free. */
  static byte[] bytes(long batch) {
    return OnnxMl.ModelProto.newBuilder()
        .setIrVersion(7)
        .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setVersion(12))
        .setGraph(
            OnnxMl.GraphProto.newBuilder()
                .setName("gemm")
                .addInput(value("x", batch, 3))
                .addOutput(value("logits", batch, 2))
                .addInitializer(
                    tensor("w", 3, 2)
                        .addFloatData(WEIGHTS[0][0])
                        .addFloatData(WEIGHTS[0][1])
                        .addFloatData(WEIGHTS[1][0])
                        .addFloatData(WEIGHTS[1][1])
                        .addFloatData(WEIGHTS[2][0])
                        .addFloatData(WEIGHTS[2][1]))
                .addInitializer(tensor("b", 2).addFloatData(BIAS[0]).addFloatData(BIAS[1]))
                .addNode(
                    OnnxMl.NodeProto.newBuilder()
                        .setOpType("Gemm")
                        .addInput("x")
                        .addInput("w")
                        .addInput("b")
                        .addOutput("logits")))
        .build()
        .toByteArray();
  }

  private static OnnxMl.TensorProto.Builder tensor(String name, long... shape) {
    OnnxMl.TensorProto.Builder tensor =
        OnnxMl.TensorProto.newBuilder().setName(name).setDataType(1);
    for (long dimension : shape) {
      tensor.addDims(dimension);
    }
    return tensor;
  }

  private static OnnxMl.ValueInfoProto value(String name, long batch, long size) {
    OnnxMl.TensorShapeProto.Dimension.Builder first =
        OnnxMl.TensorShapeProto.Dimension.newBuilder();
    return OnnxMl.ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            OnnxMl.TypeProto.newBuilder()
                .setTensorType(
                    OnnxMl.TypeProto.Tensor.newBuilder()
                        .setElemType(1)
                        .setShape(
                            OnnxMl.TensorShapeProto.newBuilder()
                                .addDim(
                                    batch < 0 ? first.setDimParam("n") : first.setDimValue(batch))
                                .addDim(
                                    OnnxMl.TensorShapeProto.Dimension.newBuilder()
                                        .setDimValue(size)))))
        .build();
  }

  static String hash(byte[] bytes) {
    return Hashing.sha256().hashBytes(bytes).toString();
  }

  /** A card that fits the bytes. */
  static String card(byte[] bytes) {
    return """
        {
          "name": "gemm", "version": "1.0", "sha256": "%s", "task": "test",
          "weights": {"source": "here", "licence": "Apache-2.0", "licenceClass": "PERMISSIVE"},
          "data": {"name": "none", "licence": "none", "rightsClear": true},
          "labels": ["happiness", "anger"],
          "input": {"name": "x", "shape": [-1, 3], "mean": [1, 2, 3], "scale": 0.5},
          "outputs": [{"name": "logits", "shape": [1, 2], "meaning": "logits"}],
          "temperature": 2, "experimental": true,
          "training": "by hand", "accuracy": "exact", "limits": "none"
        }
        """
        .formatted(hash(bytes));
  }
}
