package io.github.erv.fusion;

import io.github.erv.fusion.train.Architecture;
import io.github.erv.fusion.train.Inputs;
import io.github.erv.fusion.train.Network;
import io.github.erv.fusion.train.Node;
import io.github.erv.fusion.train.Parameters;

/**
 * Early (feature-level) fusion: the features of all modalities, each averaged over the window with
 * its quality as weight, side by side into one perceptron,
 *
 * <p>{@code y = W2 gelu(W1 [x_1; ...; x_M; e] + b1) + b2},
 *
 * <p>with zeros in place of a missing modality and {@code e} telling which are there. For little
 * data and vectors that were measured together; it sees no order in time.
 *
 * @param hidden how many units are between
 * @param dropout of features and units, in [0, 1)
 * @see "Snoek, Worring and Smeulders (2005), Early versus late fusion in semantic video analysis,
 *     ACM Multimedia, section 2.1"
 */
public record EarlyFusion(int hidden, float dropout) implements Architecture {
  /** 32 units, dropout 0.3. */
  public static final EarlyFusion DEFAULT = new EarlyFusion(32, 0.3f);

  public EarlyFusion {
    Layers.requireAtLeast(1, hidden, "hidden units");
    Layers.requireRate(dropout);
  }

  @Override
  public String name() {
    return "early";
  }

  @Override
  public Network network(Inputs inputs, int outputs, Parameters parameters) {
    int width = inputs.size();
    for (int m = 0; m < inputs.size(); m++) {
      width += inputs.width(m);
    }
    Parameters.Linear first = parameters.linear("hidden", width, hidden);
    Parameters.Linear second = parameters.linear("output", hidden, outputs);
    return (tape, in) -> {
      Node there = tape.input(1, in.size());
      for (int m = 0; m < in.size(); m++) {
        there.set(0, m, in.present(m) ? 1 : 0);
      }
      Node all = in.mean(tape, 0);
      for (int m = 1; m < in.size(); m++) {
        all = tape.beside(all, in.mean(tape, m));
      }
      all = tape.beside(tape.dropout(all, dropout), there);
      return tape.linear(second, tape.dropout(tape.gelu(tape.linear(first, all)), dropout));
    };
  }
}
