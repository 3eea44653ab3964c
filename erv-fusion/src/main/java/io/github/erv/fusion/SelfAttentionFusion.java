package io.github.erv.fusion;

import io.github.erv.fusion.train.Architecture;
import io.github.erv.fusion.train.Inputs;
import io.github.erv.fusion.train.Network;
import io.github.erv.fusion.train.Node;
import io.github.erv.fusion.train.Parameter;
import io.github.erv.fusion.train.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Dynamic self-attention: the steps of all modalities form one sequence, in which each step attends
 * to every other; a vector that is learnt for each modality is added to its steps, and real time
 * turns queries and keys ({@link io.github.erv.fusion.train.Tape#rotate}). Attention weighted by
 * quality pools the result. The simplest transformer; its cost grows with the square of all steps
 * together.
 *
 * @param width of all steps
 * @param heads of attention
 * @param layers how many blocks
 * @param dropout in [0, 1)
 * @see "Vaswani et al. (2017), Attention is all you need, NeurIPS, equations 1 and 2"
 */
public record SelfAttentionFusion(int width, int heads, int layers, float dropout)
    implements Architecture {
  /** Steps of 32, 4 heads, one block, dropout 0.2. */
  public static final SelfAttentionFusion DEFAULT = new SelfAttentionFusion(32, 4, 1, 0.2f);

  public SelfAttentionFusion {
    Layers.requireHeads(width, heads);
    Layers.requireAtLeast(1, layers, "layers");
    Layers.requireRate(dropout);
  }

  @Override
  public String name() {
    return "self-attention";
  }

  @Override
  public Network network(Inputs inputs, int outputs, Parameters parameters) {
    Layers.Projections projections = new Layers.Projections(inputs, width, parameters);
    List<Parameter> kinds = Layers.kinds(inputs, width, parameters);
    List<Layers.Transformer> blocks = new ArrayList<>();
    for (int l = 0; l < layers; l++) {
      blocks.add(new Layers.Transformer("layer." + l, width, parameters));
    }
    Layers.AttentionPool pool = new Layers.AttentionPool("pool", width, parameters);
    Layers.Head head = new Layers.Head(width, outputs, parameters);
    return (tape, in) -> {
      Node rows = null;
      Node seconds = null;
      Node quality = null;
      for (int m = 0; m < in.size(); m++) {
        if (in.present(m)) {
          Node steps = projections.steps(tape, in, m, dropout);
          rows = Layers.stack(tape, rows, tape.add(steps, tape.parameter(kinds.get(m))));
          seconds = Layers.stack(tape, seconds, in.seconds(tape, m));
          quality = Layers.stack(tape, quality, in.logQuality(tape, m));
        }
      }
      Node x = Objects.requireNonNull(rows);
      for (int l = 0; l < layers; l++) {
        x = blocks.get(l).apply(tape, x, seconds, heads, dropout);
      }
      Node fused = pool.apply(tape, x, quality);
      in.attended(fused);
      return head.apply(tape, fused, dropout);
    };
  }
}
