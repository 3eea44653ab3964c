package io.github.erv.fusion;

import io.github.erv.fusion.train.Architecture;
import io.github.erv.fusion.train.Inputs;
import io.github.erv.fusion.train.Network;
import io.github.erv.fusion.train.Node;
import io.github.erv.fusion.train.Parameter;
import io.github.erv.fusion.train.Parameters;
import io.github.erv.fusion.train.Streams;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Cross-modal graph attention: every step of every modality is a node. It hears itself, the steps
 * before and after it of its own modality, and those of the others that are at most {@code
 * reachSeconds} away,
 *
 * <p>{@code h_i' = norm(h_i + gelu(sum_j a_ij S h_j)), a_ij = softmax_j(aᵀ LeakyReLU(S h_j + T
 * h_i))}.
 *
 * <p>For streams of different rates in which only what is near in time belongs together: with a
 * short reach it learns from less than attention over everything.
 *
 * @param width of a node
 * @param heads of attention
 * @param layers how often nodes hear one another
 * @param reachSeconds how far apart in time two modalities hear one another
 * @param dropout in [0, 1)
 * @see "Veličković et al. (2018), Graph attention networks, ICLR, equations 1 to 4, with the scores
 *     of Brody, Alon and Yahav (2022), How attentive are graph attention networks?, ICLR, equation
 *     7"
 */
public record GraphAttentionFusion(
    int width, int heads, int layers, double reachSeconds, float dropout) implements Architecture {
  /** Nodes of 32, 4 heads, 2 layers, reach of 1 s, dropout 0.2. */
  public static final GraphAttentionFusion DEFAULT = new GraphAttentionFusion(32, 4, 2, 1, 0.2f);

  public GraphAttentionFusion {
    Layers.requireHeads(width, heads);
    Layers.requireAtLeast(1, layers, "layers");
    Layers.requireRate(dropout);
    if (!(reachSeconds >= 0)) {
      throw new IllegalArgumentException("the reach must be at least 0 s, was " + reachSeconds);
    }
  }

  @Override
  public String name() {
    return "graph";
  }

  /** The weights of one layer. */
  private record Layer(
      Parameters.Linear source, Parameters.Linear target, Parameter a, Parameters.Norm norm) {}

  @Override
  public Network network(Inputs inputs, int outputs, Parameters parameters) {
    Layers.Projections projections = new Layers.Projections(inputs, width, parameters);
    List<Parameter> kinds = Layers.kinds(inputs, width, parameters);
    List<Layer> stack = new ArrayList<>();
    float bound = (float) Math.sqrt((double) heads / width);
    for (int l = 0; l < layers; l++) {
      String name = "layer." + l;
      stack.add(
          new Layer(
              parameters.linear(name + ".source", width, width),
              parameters.linear(name + ".target", width, width),
              parameters.parameter(name + ".a", -bound, bound, heads, width / heads),
              parameters.norm(name + ".norm", width)));
    }
    Layers.AttentionPool pool = new Layers.AttentionPool("pool", width, parameters);
    Layers.Head head = new Layers.Head(width, outputs, parameters);
    return (tape, in) -> {
      Node rows = null;
      Node quality = null;
      for (int m = 0; m < in.size(); m++) {
        if (in.present(m)) {
          Node steps = projections.steps(tape, in, m, dropout);
          rows = Layers.stack(tape, rows, tape.add(steps, tape.parameter(kinds.get(m))));
          quality = Layers.stack(tape, quality, in.logQuality(tape, m));
        }
      }
      Node x = Objects.requireNonNull(rows);
      Node edges = tape.input(x.rows(), x.rows());
      connect(in, edges);
      for (int l = 0; l < layers; l++) {
        Layer layer = stack.get(l);
        Node heard =
            tape.graphAttention(
                tape.linear(layer.source, x), tape.linear(layer.target, x), edges, layer.a);
        Node news = tape.dropout(tape.gelu(heard), dropout);
        x = tape.layerNorm(layer.norm, tape.add(x, news));
      }
      Node fused = pool.apply(tape, x, quality);
      in.attended(fused);
      return head.apply(tape, fused, dropout);
    };
  }

  private void connect(Streams in, Node edges) {
    int row = 0;
    for (int m = 0; m < in.size(); m++) {
      for (int i = 0; i < in.steps(m); i++, row++) {
        int column = 0;
        for (int k = 0; k < in.size(); k++) {
          for (int j = 0; j < in.steps(k); j++, column++) {
            boolean near =
                m == k
                    ? Math.abs(i - j) <= 1
                    : Math.abs(in.seconds(m, i) - in.seconds(k, j)) <= reachSeconds;
            edges.set(row, column, near ? 1 : 0);
          }
        }
      }
    }
  }
}
