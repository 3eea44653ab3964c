package io.github.erv.fusion;

import io.github.erv.fusion.train.Architecture;
import io.github.erv.fusion.train.Inputs;
import io.github.erv.fusion.train.Network;
import io.github.erv.fusion.train.Node;
import io.github.erv.fusion.train.Parameter;
import io.github.erv.fusion.train.Parameters;
import java.util.ArrayList;
import java.util.List;

/**
 * Low-rank tensor fusion: {@link TensorFusion} whose weight tensor is a sum of {@code rank} outer
 * products, so that the product over modalities is one of numbers,
 *
 * <p>{@code y_o = b_o + sum_k V_ok prod_m (U_m h_m + u_m)_k, h_m = gelu(W_m x_m + b_m)}.
 *
 * <p>The bias {@code u_m} is the weight of the 1 behind each vector; with a missing modality only
 * it remains. Grows with the number of modalities, not as its power.
 *
 * @param width of each modality's vector
 * @param rank how many products
 * @param dropout in [0, 1)
 * @see "Liu, Shen, Lakshminarasimhan, Liang, Zadeh and Morency (2018), Efficient low-rank
 *     multimodal fusion with modality-specific factors, ACL, equation 8"
 */
public record LowRankFusion(int width, int rank, float dropout) implements Architecture {
  /** Vectors of 16, 16 products, dropout 0.3. */
  public static final LowRankFusion DEFAULT = new LowRankFusion(16, 16, 0.3f);

  public LowRankFusion {
    Layers.requireAtLeast(1, width, "the width");
    Layers.requireAtLeast(1, rank, "the rank");
    Layers.requireRate(dropout);
  }

  @Override
  public String name() {
    return "low-rank";
  }

  @Override
  public Network network(Inputs inputs, int outputs, Parameters parameters) {
    Layers.Projections projections = new Layers.Projections(inputs, width, parameters);
    List<Parameters.Linear> factors = new ArrayList<>();
    for (int m = 0; m < inputs.size(); m++) {
      String name = inputs.modality(m) + ".factor";
      float bound = (float) (1 / Math.sqrt(width));
      Parameter weight = parameters.parameter(name + ".weight", -bound, bound, rank, width);
      // 1 at the start: a product of many small numbers would learn nothing
      factors.add(new Parameters.Linear(weight, parameters.parameter(name + ".bias", 1, 1, rank)));
    }
    Parameters.Linear output = parameters.linear("output", rank, outputs);
    return (tape, in) -> {
      Node product = tape.input(1, rank);
      for (int m = 0; m < in.size(); m++) {
        Node h =
            in.present(m)
                ? tape.dropout(tape.gelu(projections.mean(tape, in, m, dropout)), dropout)
                : tape.input(1, width);
        Node factor = tape.linear(factors.get(m), h);
        product = m == 0 ? factor : tape.multiply(product, factor);
      }
      return tape.linear(output, product);
    };
  }
}
