package io.github.erv.fusion.train;

import com.google.gson.Gson;
import io.github.erv.Fused;
import io.github.erv.FusionSession;
import io.github.erv.FusionWindow;
import io.github.erv.emotion.Affect;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.ModelException;
import io.github.erv.tensor.Safetensors;
import java.util.Arrays;

/*
 * What a modality contributed is the share of attention it got where the network attends to
 * modalities. Elsewhere it is measured: the network runs again without that modality, and the share
 * is proportional to how far the outputs then are from what they were.
 */

/** A network with its weights. */
final class TrainedNetwork implements TrainedFusion {
  private static final String TARGET = "erv.target";

  /** What comes out. */
  enum Kind {
    DISTRIBUTION,
    DIMENSIONS;

    int outputs(LabelSet labels) {
      return this == DISTRIBUTION ? labels.size() : 2;
    }
  }

  private final Architecture architecture;
  private final Inputs inputs;
  private final Kind kind;
  private final Parameters parameters;
  private final Network network;

  TrainedNetwork(
      Architecture architecture, Inputs inputs, Kind kind, Parameters parameters, Network network) {
    this.architecture = architecture;
    this.inputs = inputs;
    this.kind = kind;
    this.parameters = parameters;
    this.network = network;
  }

  static TrainedNetwork of(Architecture architecture, Safetensors weights) {
    Inputs inputs = Inputs.read(weights);
    String target = weights.requireMetadata(TARGET);
    Kind kind;
    try {
      kind = Kind.valueOf(target);
    } catch (IllegalArgumentException e) {
      throw new ModelException(
          "the metadata \""
              + TARGET
              + "\" must be one of "
              + Arrays.toString(Kind.values())
              + ", was \""
              + target
              + '"',
          e);
    }
    Parameters parameters = Parameters.of(weights);
    Network network = architecture.network(inputs, kind.outputs(inputs.labels()), parameters);
    parameters.requireAllRead(inputs.tensors());
    return new TrainedNetwork(architecture, inputs, kind, parameters, network);
  }

  @Override
  public String family() {
    return architecture.name();
  }

  @Override
  public LabelSet labels() {
    return inputs.labels();
  }

  @Override
  public Safetensors weights() {
    Safetensors.Builder to = Safetensors.builder();
    to.metadata(TrainedFusion.FAMILY, family());
    to.metadata(TARGET, kind.name());
    to.metadata(Architecture.HYPER_PARAMETERS, new Gson().toJson(architecture));
    inputs.write(to);
    for (Parameter parameter : parameters.all()) {
      to.tensor(parameter.name, parameter.values, parameter.shape);
    }
    return to.build();
  }

  @Override
  public FusionSession open() {
    return new Session();
  }

  /** Runs the network once, on a tape of the caller's. */
  Node outputs(Tape tape, FusionWindow window) {
    Streams in = new Streams(inputs);
    in.load(window);
    if (in.presentCount() == 0) {
      throw new IllegalArgumentException("no modality of " + inputs + " is present in the window");
    }
    return network.outputs(tape, in);
  }

  /** One run: a tape and the window on it. */
  private final class Session implements FusionSession {
    private final Tape tape = Tape.forUse();
    private final Streams in = new Streams(inputs);
    private final float[] outputs = new float[kind.outputs(inputs.labels())];
    private final float[] shares = new float[inputs.size()];

    @Override
    public void fuse(FusionWindow window, Fused out) {
      in.load(window);
      if (in.presentCount() == 0) {
        return;
      }
      Node result = run();
      boolean attended = in.shares(shares);
      System.arraycopy(result.value, 0, outputs, 0, outputs.length);
      conclude(window, out);
      if (!attended) {
        measureShares();
      }
      for (int m = 0; m < in.size(); m++) {
        if (in.present(m)) {
          out.contribution(inputs.modality(m), Math.min(1, shares[m]), in.quality(m));
        }
      }
    }

    private Node run() {
      tape.rewind();
      return network.outputs(tape, in);
    }

    private void conclude(FusionWindow window, Fused out) {
      if (kind == Kind.DIMENSIONS) {
        out.affect(new Affect((float) Math.tanh(outputs[0]), (float) Math.tanh(outputs[1]), 0));
        return;
      }
      LabelSet to = window.labels();
      Distribution own = Distribution.softmax(inputs.labels(), outputs);
      if (to.equals(inputs.labels())) {
        out.distribution(own);
        return;
      }
      float[] p = new float[to.size()];
      boolean[] support = new boolean[to.size()];
      for (int e = 0; e < inputs.labels().size(); e++) {
        int index = to.indexOf(inputs.labels().get(e));
        if (index < 0) {
          throw new IllegalArgumentException(
              "the window is over " + to + ", which lacks what was learnt: " + inputs.labels());
        }
        p[index] = own.probability(e);
        support[index] = true;
      }
      out.distribution(Distribution.of(to, p, support));
    }

    private void measureShares() {
      int present = in.presentCount();
      double total = 0;
      for (int m = 0; m < in.size(); m++) {
        shares[m] = 0;
        if (in.present(m)) {
          double distance = 1;
          if (present > 1) {
            in.hide(m, true);
            Node without = run();
            in.hide(m, false);
            distance = 0;
            for (int i = 0; i < outputs.length; i++) {
              distance += Math.abs(without.value[i] - outputs[i]);
            }
          }
          shares[m] = (float) distance;
          total += distance;
        }
      }
      for (int m = 0; m < in.size(); m++) {
        if (in.present(m)) {
          shares[m] = total > 0 ? (float) (shares[m] / total) : 1f / present;
        }
      }
    }
  }
}
