package io.github.erv.fusion;

import io.github.erv.fusion.train.Architecture;
import io.github.erv.fusion.train.Inputs;
import io.github.erv.fusion.train.Network;
import io.github.erv.fusion.train.Node;
import io.github.erv.fusion.train.Parameters;

/**
 * Tensor fusion: the outer product of all modalities, each with a 1 behind it, holds every product
 * of one, two and more modalities' features,
 *
 * <p>{@code z = [h_1; 1] ⊗ ... ⊗ [h_M; 1], h_m = gelu(W_m x_m + b_m), y = W2 gelu(W1 z + b1) + b2}.
 *
 * <p>A missing modality is {@code h_m = 0}: what remains are the products of the others. For
 * effects that only appear together (a smile in an angry voice), with two or three modalities: the
 * size is {@code (width + 1)^M}. With more, {@link LowRankFusion}.
 *
 * @param width of each modality's vector
 * @param hidden units after the product
 * @param dropout in [0, 1)
 * @see "Zadeh, Chen, Poria, Cambria and Morency (2017), Tensor fusion network for multimodal
 *     sentiment analysis, EMNLP, equation 2"
 */
public record TensorFusion(int width, int hidden, float dropout) implements Architecture {
  /** Vectors of 8, 32 units, dropout 0.3. */
  public static final TensorFusion DEFAULT = new TensorFusion(8, 32, 0.3f);

  /** A product that is larger is a mistake: what it would take is the low-rank form. */
  private static final int LARGEST = 1 << 20;

  public TensorFusion {
    Layers.requireAtLeast(1, width, "the width");
    Layers.requireAtLeast(1, hidden, "hidden units");
    Layers.requireRate(dropout);
  }

  @Override
  public String name() {
    return "tensor";
  }

  @Override
  public Network network(Inputs inputs, int outputs, Parameters parameters) {
    double size = Math.pow(width + 1, inputs.size());
    if (size > LARGEST) {
      throw new IllegalArgumentException(
          "the product of "
              + inputs.size()
              + " modalities of width "
              + width
              + " would have "
              + size
              + " values, at most "
              + LARGEST
              + " are sensible; use low-rank fusion");
    }
    Layers.Projections projections = new Layers.Projections(inputs, width, parameters);
    Parameters.Linear first = parameters.linear("hidden", (int) size, hidden);
    Parameters.Linear second = parameters.linear("output", hidden, outputs);
    return (tape, in) -> {
      Node product = tape.input(1, 1);
      product.set(0, 0, 1);
      for (int m = 0; m < in.size(); m++) {
        Node h =
            in.present(m)
                ? tape.gelu(projections.mean(tape, in, m, dropout))
                : tape.input(1, width);
        product = tape.outer(product, h);
      }
      Node units = tape.gelu(tape.linear(first, tape.dropout(product, dropout)));
      return tape.linear(second, tape.dropout(units, dropout));
    };
  }
}
