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
 * Double attention, first in time, then between modalities: the steps of each modality attend to
 * one another and are pooled by attention to one vector; the vectors of the modalities then do the
 * same. Its cost grows with the square of one modality's steps, not of all of them together, and it
 * does not ask that streams be aligned.
 *
 * @param width of all steps
 * @param heads of attention
 * @param dropout in [0, 1)
 * @see "Vaswani et al. (2017), Attention is all you need, NeurIPS, equation 1, for both attentions;
 *     Yang et al. (2016), Hierarchical attention networks for document classification, NAACL,
 *     equations 5 to 7, for both pools"
 */
public record DoubleAttentionFusion(int width, int heads, float dropout) implements Architecture {
  /** Steps of 32, 4 heads, dropout 0.2. */
  public static final DoubleAttentionFusion DEFAULT = new DoubleAttentionFusion(32, 4, 0.2f);

  public DoubleAttentionFusion {
    Layers.requireHeads(width, heads);
    Layers.requireRate(dropout);
  }

  @Override
  public String name() {
    return "double-attention";
  }

  @Override
  public Network network(Inputs inputs, int outputs, Parameters parameters) {
    Layers.Projections projections = new Layers.Projections(inputs, width, parameters);
    List<Parameter> kinds = Layers.kinds(inputs, width, parameters);
    List<Layers.Transformer> blocks = new ArrayList<>();
    List<Layers.AttentionPool> pools = new ArrayList<>();
    for (int m = 0; m < inputs.size(); m++) {
      String name = inputs.modality(m).name();
      blocks.add(new Layers.Transformer(name + ".time", width, parameters));
      pools.add(new Layers.AttentionPool(name + ".pool", width, parameters));
    }
    Layers.Transformer between = new Layers.Transformer("modalities", width, parameters);
    Layers.AttentionPool pool = new Layers.AttentionPool("pool", width, parameters);
    Layers.Head head = new Layers.Head(width, outputs, parameters);
    return (tape, in) -> {
      Node rows = null;
      Node quality = null;
      for (int m = 0; m < in.size(); m++) {
        if (in.present(m)) {
          Node steps = projections.steps(tape, in, m, dropout);
          steps = blocks.get(m).apply(tape, steps, in.seconds(tape, m), heads, dropout);
          Node one = pools.get(m).apply(tape, steps, in.logQuality(tape, m));
          rows = Layers.stack(tape, rows, tape.add(one, tape.parameter(kinds.get(m))));
          quality = Layers.stack(tape, quality, in.logMeanQuality(tape, m));
        }
      }
      Node x = between.apply(tape, Objects.requireNonNull(rows), null, heads, dropout);
      Node fused = pool.apply(tape, x, quality);
      in.attended(fused);
      return head.apply(tape, fused, dropout);
    };
  }
}
