package io.github.erv.fusion.train;

import com.google.common.base.CaseFormat;
import io.github.erv.FusionWindow;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * How a trained network came to its outputs for one window, operation by operation, as who takes it
 * to another format needs it. Sizes are those of this window: a window of other steps makes another
 * recording. Used by one thread at a time.
 */
public final class Recording {
  /** The operation of what the network was given. */
  public static final String INPUT = "input";

  private final List<Step> steps;
  private final Node outputs;

  /**
   * One operation.
   *
   * @param operation the method of {@link Tape} that was called, or {@link #INPUT}
   * @param result what came out; its values stay
   * @param arguments the matrices that went in, results of earlier steps
   * @param weights the weights that it uses, in the order of the method's description
   * @param number heads, or the first row, where there is such
   * @param factor by which is multiplied, where there is such
   */
  public record Step(
      String operation,
      Node result,
      List<Node> arguments,
      List<Parameter> weights,
      int number,
      float factor) {}

  private Recording(Tape tape, Node outputs) {
    List<Step> all = new ArrayList<>();
    for (Node node : tape.nodes()) {
      Op op = node.op;
      String name =
          op == null ? INPUT : CaseFormat.UPPER_UNDERSCORE.to(CaseFormat.LOWER_CAMEL, op.name());
      List<Node> arguments = new ArrayList<>();
      for (Node argument : new Node[] {node.a, node.b, node.c}) {
        if (argument != null) {
          arguments.add(argument);
        }
      }
      List<Parameter> weights = new ArrayList<>();
      for (Parameter weight : new Parameter[] {node.weight, node.bias}) {
        if (weight != null) {
          weights.add(weight);
        }
      }
      all.add(
          new Step(
              name, node, List.copyOf(arguments), List.copyOf(weights), node.number, node.factor));
    }
    steps = List.copyOf(all);
    this.outputs = outputs;
  }

  /**
   * Runs a network on a window.
   *
   * @param fusion as an {@link Architecture} fitted or restored it
   * @param window in which at least one of its modalities is present
   * @return what was computed
   * @throws IllegalArgumentException if the fusion is not such a network, or nothing is present
   */
  public static Recording of(TrainedFusion fusion, FusionWindow window) {
    if (!(fusion instanceof TrainedNetwork network)) {
      throw new IllegalArgumentException(
          "only what an Architecture fitted or restored is a network; was "
              + Objects.requireNonNull(fusion).family());
    }
    Tape tape = Tape.forUse();
    return new Recording(tape, network.outputs(tape, window));
  }

  /**
   * Returns what was computed.
   *
   * @return in the order in which it was; immutable
   */
  public List<Step> steps() {
    return steps;
  }

  /**
   * Returns what came out.
   *
   * @return shape (1, outputs): logits of the classes, or valence and arousal before their tanh
   */
  public Node outputs() {
    return outputs;
  }
}
