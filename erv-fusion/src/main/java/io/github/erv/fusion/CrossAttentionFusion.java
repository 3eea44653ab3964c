package io.github.erv.fusion;

import io.github.erv.fusion.train.Architecture;
import io.github.erv.fusion.train.Inputs;
import io.github.erv.fusion.train.Network;
import io.github.erv.fusion.train.Node;
import io.github.erv.fusion.train.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The cross-attention transformer: in each layer, each step of each modality asks every modality,
 * its own too, what it has at whatever time fits best,
 *
 * <p>{@code Z_m = X_m + 1/P sum_s softmax(R(Q_ms X_m) R(K_ms X_s)ᵀ / sqrt(d)) V_ms X_s, X_m' = Z_m
 * + FF(Z_m)},
 *
 * <p>over the P modalities s that are present, with layer normalisation before each part. R turns
 * queries and keys by their real time stamps ({@link io.github.erv.fusion.train.Tape#rotate}), so
 * scores depend on how far apart two steps are: streams of any rates, of unequal length, and
 * shifted against one another find each other. Attention weighted by quality pools the steps of
 * all. For sequences whose relation in time matters, and a thousand examples or more.
 *
 * @param width of all steps
 * @param heads of attention
 * @param layers how often modalities ask one another
 * @param dropout in [0, 1)
 * @see "Tsai, Bai, Liang, Kolter, Morency and Salakhutdinov (2019), Multimodal transformer for
 *     unaligned multimodal language sequences, ACL, equations 1 to 4; Su et al. (2024), RoFormer,
 *     Neurocomputing 568, equation 34, for R"
 */
public record CrossAttentionFusion(int width, int heads, int layers, float dropout)
    implements Architecture {
  /** Steps of 32, 4 heads, one layer, dropout 0.2. */
  public static final CrossAttentionFusion DEFAULT = new CrossAttentionFusion(32, 4, 1, 0.2f);

  public CrossAttentionFusion {
    Layers.requireHeads(width, heads);
    Layers.requireAtLeast(1, layers, "layers");
    Layers.requireRate(dropout);
  }

  @Override
  public String name() {
    return "cross-attention";
  }

  /** What one modality has in one layer: attention to each modality, then its own part. */
  private record Layer(
      Parameters.Norm norm, List<Layers.Attention> to, Layers.FeedForward feedForward) {}

  @Override
  public Network network(Inputs inputs, int outputs, Parameters parameters) {
    Layers.Projections projections = new Layers.Projections(inputs, width, parameters);
    int n = inputs.size();
    List<List<Layer>> stack = new ArrayList<>();
    for (int l = 0; l < layers; l++) {
      List<Layer> layer = new ArrayList<>();
      for (int m = 0; m < n; m++) {
        String name = "layer." + l + '.' + inputs.modality(m);
        List<Layers.Attention> to = new ArrayList<>();
        Parameters.Norm norm = parameters.norm(name + ".norm", width);
        for (int s = 0; s < n; s++) {
          to.add(new Layers.Attention(name + ".to." + inputs.modality(s), width, parameters));
        }
        layer.add(
            new Layer(norm, to, new Layers.FeedForward(name + ".feed-forward", width, parameters)));
      }
      stack.add(layer);
    }
    Layers.AttentionPool pool = new Layers.AttentionPool("pool", width, parameters);
    Layers.Head head = new Layers.Head(width, outputs, parameters);
    return (tape, in) -> {
      Node rows = null;
      Node seconds = null;
      Node quality = null;
      for (int m = 0; m < n; m++) {
        if (in.present(m)) {
          rows = Layers.stack(tape, rows, projections.steps(tape, in, m, dropout));
          seconds = Layers.stack(tape, seconds, in.seconds(tape, m));
          quality = Layers.stack(tape, quality, in.logQuality(tape, m));
        }
      }
      Node x = Objects.requireNonNull(rows);
      Node time = Objects.requireNonNull(seconds);
      for (int l = 0; l < layers; l++) {
        // all modalities are normalised before any is changed: they ask what the layer below had
        Node normal = null;
        for (int m = 0, at = 0; m < n; at += in.steps(m++)) {
          if (in.present(m)) {
            Node own = tape.rows(x, at, in.steps(m));
            normal = Layers.stack(tape, normal, tape.layerNorm(stack.get(l).get(m).norm, own));
          }
        }
        Node asked = Objects.requireNonNull(normal);
        Node next = null;
        for (int m = 0, at = 0; m < n; at += in.steps(m++)) {
          if (!in.present(m)) {
            continue;
          }
          Layer layer = stack.get(l).get(m);
          Node own = tape.rows(asked, at, in.steps(m));
          Node when = tape.rows(time, at, in.steps(m));
          Node heard = null;
          for (int s = 0, from = 0; s < n; from += in.steps(s++)) {
            if (in.present(s)) {
              Node source = tape.rows(asked, from, in.steps(s));
              Node sourceWhen = tape.rows(time, from, in.steps(s));
              Node one = layer.to.get(s).apply(tape, own, when, source, sourceWhen, heads);
              heard = heard == null ? one : tape.add(heard, one);
            }
          }
          Node news = tape.scale(Objects.requireNonNull(heard), 1f / in.presentCount());
          Node z = tape.add(tape.rows(x, at, in.steps(m)), tape.dropout(news, dropout));
          next = Layers.stack(tape, next, layer.feedForward.apply(tape, z, dropout));
        }
        x = Objects.requireNonNull(next);
      }
      Node fused = pool.apply(tape, x, quality);
      in.attended(fused);
      return head.apply(tape, fused, dropout);
    };
  }
}
