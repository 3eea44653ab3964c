package io.github.erv.bench.tensor;

import io.github.erv.examples.onnx.OnnxGraph;
import io.github.erv.tensor.Kernels;
import io.github.erv.tensor.PackedMatrix;
import io.github.erv.tensor.Scratch;
import java.util.List;

/**
 * One block of a cross-attention transformer: the steps of one modality ask those of another.
 *
 * <p>{@code LayerNorm(x + O(attention(Q(x), K(y), V(y))))}, with Q, K, V and O linear layers.
 */
final class CrossAttentionDuel extends Duel {
  /** Two seconds of a face at 25 frames a second, and of a voice at 15 embeddings a second. */
  static final int QUERIES = 50;

  static final int KEYS = 30;
  static final int WIDTH = 128;
  static final int HEADS = 4;

  private static final int HEAD_SIZE = WIDTH / HEADS;

  private final float scale = (float) (1 / Math.sqrt(HEAD_SIZE));
  private final float[] x = draw(QUERIES * WIDTH, 1);
  private final float[] y = draw(KEYS * WIDTH, 1);
  private final float[] gain = draw(WIDTH, 1);
  private final float[] shift = draw(WIDTH, 1);
  private final PackedMatrix queryLayer;
  private final PackedMatrix keyLayer;
  private final PackedMatrix valueLayer;
  private final PackedMatrix outputLayer;

  private final float[] q = new float[QUERIES * WIDTH];
  private final float[] k = new float[KEYS * WIDTH];
  private final float[] v = new float[KEYS * WIDTH];
  private final float[] attended = new float[QUERIES * WIDTH];
  private final float[] out = new float[QUERIES * WIDTH];
  private final Scratch scratch = new Scratch();
  private final OnnxRun onnx;

  CrossAttentionDuel() {
    // as they are initialised: uniform within 1 / sqrt(inputs)
    double reach = 1 / Math.sqrt(WIDTH);
    float[][] weights = new float[4][];
    float[][] biases = new float[4][];
    for (int i = 0; i < 4; i++) {
      weights[i] = draw(WIDTH * WIDTH, reach);
      biases[i] = draw(WIDTH, reach);
    }
    queryLayer = PackedMatrix.linear(weights[0], biases[0], WIDTH, WIDTH);
    keyLayer = PackedMatrix.linear(weights[1], biases[1], WIDTH, WIDTH);
    valueLayer = PackedMatrix.linear(weights[2], biases[2], WIDTH, WIDTH);
    outputLayer = PackedMatrix.linear(weights[3], biases[3], WIDTH, WIDTH);
    onnx =
        new OnnxRun(graph(weights, biases), "out", QUERIES, WIDTH)
            .input("x", x, QUERIES, WIDTH)
            .input("y", y, KEYS, WIDTH);
  }

  private byte[] graph(float[][] weights, float[][] biases) {
    OnnxGraph graph = new OnnxGraph("cross-attention");
    String from = graph.input("x", QUERIES, WIDTH);
    String to = graph.input("y", KEYS, WIDTH);
    String queries = GraphLayers.linear(graph, from, weights[0], biases[0]);
    String keys = GraphLayers.linear(graph, to, weights[1], biases[1]);
    String values = GraphLayers.linear(graph, to, weights[2], biases[2]);
    String mixed = GraphLayers.attention(graph, queries, keys, values, QUERIES, KEYS, HEADS, WIDTH);
    String news = GraphLayers.linear(graph, mixed, weights[3], biases[3]);
    String sum = graph.node("Add", List.of(from, news));
    graph.output(GraphLayers.layerNorm(graph, sum, gain, shift), "out", QUERIES, WIDTH);
    return graph.bytes();
  }

  @Override
  public void erv() {
    Kernels.gemm(x, 0, WIDTH, queryLayer, false, q, 0, WIDTH, QUERIES, scratch);
    Kernels.gemm(y, 0, WIDTH, keyLayer, false, k, 0, WIDTH, KEYS, scratch);
    Kernels.gemm(y, 0, WIDTH, valueLayer, false, v, 0, WIDTH, KEYS, scratch);
    Kernels.attention(
        q, 0, WIDTH, k, 0, WIDTH, v, 0, WIDTH, null, 0, 0, attended, 0, WIDTH, QUERIES, KEYS, HEADS,
        HEAD_SIZE, scale, scratch);
    System.arraycopy(x, 0, out, 0, out.length);
    Kernels.gemm(attended, 0, WIDTH, outputLayer, true, out, 0, WIDTH, QUERIES, scratch);
    Kernels.layerNorm(out, 0, gain, shift, GraphLayers.EPSILON, out, 0, QUERIES, WIDTH);
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
