package io.github.erv.bench.tensor;

import io.github.erv.examples.onnx.OnnxGraph;
import io.github.erv.tensor.Kernels;
import io.github.erv.tensor.Scratch;
import java.util.List;

/** A product of two square matrices, both given with the call. */
final class MatMulDuel extends Duel {
  final int size;
  final float[] a;
  final float[] b;
  final float[] c;
  private final Scratch scratch = new Scratch();
  private final OnnxRun onnx;

  MatMulDuel(int size) {
    this.size = size;
    a = draw(size * size, 1);
    b = draw(size * size, 1);
    c = new float[size * size];
    OnnxGraph graph = new OnnxGraph("matmul");
    String left = graph.input("a", size, size);
    String right = graph.input("b", size, size);
    graph.output(graph.node("MatMul", List.of(left, right)), "c", size, size);
    onnx =
        new OnnxRun(graph.bytes(), "c", size, size)
            .input("a", a, size, size)
            .input("b", b, size, size);
  }

  @Override
  public void erv() {
    Kernels.gemm(a, b, c, size, size, size, scratch);
  }

  @Override
  protected float[] ervResult() {
    return c;
  }

  @Override
  protected OnnxRun onnx() {
    return onnx;
  }
}
