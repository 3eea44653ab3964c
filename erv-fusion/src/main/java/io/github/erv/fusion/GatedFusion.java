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
 * Gated (adaptive) fusion: each modality's vector counts as far as a gate trusts it, having seen
 * all of them,
 *
 * <p>{@code y = W sum_m g_m h_m + b, h_m = tanh(W_m x_m + b_m), g = softmax_m(z_m + log q_m)},
 * {@code z_m = v_m gelu(V [h_1; ...; h_M] + c)},
 *
 * <p>over the modalities that are present; {@code q_m} is the mean quality that the encoder
 * reports, so gates follow it without having learnt to. For modalities whose worth changes from one
 * window to the next: noise, a hand before the face. With two modalities and equal quality it is
 * the gated multimodal unit with one gate for a whole vector.
 *
 * @param width of each modality's vector
 * @param dropout in [0, 1)
 * @see "Arevalo, Solorio, Montes-y-Gómez and González (2017), Gated multimodal units for
 *     information fusion, ICLR workshop, equations 1 to 5"
 */
public record GatedFusion(int width, float dropout) implements Architecture {
  /** Vectors of 32, dropout 0.3. */
  public static final GatedFusion DEFAULT = new GatedFusion(32, 0.3f);

  public GatedFusion {
    Layers.requireAtLeast(1, width, "the width");
    Layers.requireRate(dropout);
  }

  @Override
  public String name() {
    return "gated";
  }

  @Override
  public Network network(Inputs inputs, int outputs, Parameters parameters) {
    Layers.Projections projections = new Layers.Projections(inputs, width, parameters);
    Parameters.Linear shared = parameters.linear("gate", inputs.size() * width, width);
    List<Parameters.Linear> gates = new ArrayList<>();
    for (int m = 0; m < inputs.size(); m++) {
      gates.add(parameters.linear(inputs.modality(m) + ".gate", width, 1));
    }
    Parameters.Linear output = parameters.linear("output", width, outputs);
    return (tape, in) -> {
      Node side = null;
      Node rows = null;
      for (int m = 0; m < in.size(); m++) {
        Node h =
            in.present(m)
                ? tape.tanh(projections.mean(tape, in, m, dropout))
                : tape.input(1, width);
        side = side == null ? h : tape.beside(side, h);
        rows = in.present(m) ? Layers.stack(tape, rows, h) : rows;
      }
      Node seen = tape.gelu(tape.linear(shared, Objects.requireNonNull(side)));
      Node scores = null;
      for (int m = 0; m < in.size(); m++) {
        if (in.present(m)) {
          Node score = tape.add(tape.linear(gates.get(m), seen), in.logMeanQuality(tape, m));
          scores = Layers.stack(tape, scores, score);
        }
      }
      Node fused = tape.pool(Objects.requireNonNull(rows), Objects.requireNonNull(scores));
      in.attended(fused);
      return tape.linear(output, tape.dropout(fused, dropout));
    };
  }
}
