package io.github.erv.bench.tensor;

import io.github.erv.examples.onnx.OnnxGraph;
import io.github.erv.tensor.Kernels;
import java.util.List;

/** Softmax of the rows of a matrix. */
final class SoftmaxDuel extends Duel {
  private final int rows;
  private final int columns;
  private final float[] x;
  private final float[] out;
  private final OnnxRun onnx;

  SoftmaxDuel(int rows, int columns) {
    this.rows = rows;
    this.columns = columns;
    x = draw(rows * columns, 8);
    out = new float[rows * columns];
    OnnxGraph graph = new OnnxGraph("softmax");
    String logits = graph.input("x", rows, columns);
    graph.output(graph.node("Softmax", List.of(logits)), "p", rows, columns);
    onnx = new OnnxRun(graph.bytes(), "p", rows, columns).input("x", x, rows, columns);
  }

  @Override
  public void erv() {
    Kernels.softmax(x, 0, out, 0, rows, columns);
  }

  @Override
  protected float[] ervResult() {
    return out;
  }

  @Override
  protected OnnxRun onnx() {
    return onnx;
  }
}
