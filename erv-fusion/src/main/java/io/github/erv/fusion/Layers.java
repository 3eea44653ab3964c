package io.github.erv.fusion;

import io.github.erv.fusion.train.Inputs;
import io.github.erv.fusion.train.Node;
import io.github.erv.fusion.train.Parameter;
import io.github.erv.fusion.train.Parameters;
import io.github.erv.fusion.train.Streams;
import io.github.erv.fusion.train.Tape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Layers that several families share. Immutable. */
final class Layers {
  private Layers() {}

  static void requireAtLeast(int least, int value, String what) {
    if (value < least) {
      throw new IllegalArgumentException(what + " must be at least " + least + ", was " + value);
    }
  }

  static void requireRate(float value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException("dropout must be in [0, 1), was " + value);
    }
  }

  static void requireHeads(int width, int heads) {
    requireAtLeast(1, heads, "heads");
    if (width < 1 || width % (2 * heads) != 0) {
      throw new IllegalArgumentException(
          "the width must leave an even number of columns to each of "
              + heads
              + " heads, was "
              + width);
    }
  }

  /** Takes each modality's features to one width: {@code x Wᵀ + b}. */
  record Projections(List<Parameters.Linear> layers) {
    Projections(Inputs inputs, int width, Parameters parameters) {
      this(new ArrayList<>());
      for (int m = 0; m < inputs.size(); m++) {
        layers.add(parameters.linear(inputs.modality(m) + ".project", inputs.width(m), width));
      }
    }

    /** Each step of a modality, shape (steps, width). */
    Node steps(Tape tape, Streams in, int m, float dropout) {
      return tape.linear(layers.get(m), tape.dropout(in.features(tape, m), dropout));
    }

    /** The mean of a modality's steps, shape (1, width). */
    Node mean(Tape tape, Streams in, int m, float dropout) {
      return tape.linear(layers.get(m), tape.dropout(in.mean(tape, m), dropout));
    }
  }

  /** {@code sum a_i x_i} with {@code a = softmax(v tanh(W x_i + b) + c + log quality_i)}. */
  record AttentionPool(Parameters.Linear hidden, Parameters.Linear score) {
    AttentionPool(String name, int width, Parameters parameters) {
      this(
          parameters.linear(name + ".hidden", width, width),
          parameters.linear(name + ".score", width, 1));
    }

    Node apply(Tape tape, Node x, @Nullable Node logQuality) {
      Node scores = tape.linear(score, tape.tanh(tape.linear(hidden, x)));
      return tape.pool(x, logQuality == null ? scores : tape.add(scores, logQuality));
    }
  }

  /** Attention to a source, with rotation by time. */
  record Attention(
      Parameters.Linear query,
      Parameters.Linear key,
      Parameters.Linear value,
      Parameters.Linear output) {
    Attention(String name, int width, Parameters parameters) {
      this(
          parameters.linear(name + ".query", width, width),
          parameters.linear(name + ".key", width, width),
          parameters.linear(name + ".value", width, width),
          parameters.linear(name + ".output", width, width));
    }

    Node apply(
        Tape tape,
        Node x,
        @Nullable Node seconds,
        Node source,
        @Nullable Node sourceSeconds,
        int heads) {
      Node q = tape.linear(query, x);
      Node k = tape.linear(key, source);
      if (seconds != null && sourceSeconds != null) {
        q = tape.rotate(q, seconds, heads);
        k = tape.rotate(k, sourceSeconds, heads);
      }
      return tape.linear(output, tape.attention(q, k, tape.linear(value, source), heads));
    }
  }

  /** {@code x + W2 gelu(W1 norm(x))}, twice as wide inside. */
  record FeedForward(Parameters.Norm norm, Parameters.Linear up, Parameters.Linear down) {
    FeedForward(String name, int width, Parameters parameters) {
      this(
          parameters.norm(name + ".norm", width),
          parameters.linear(name + ".up", width, 2 * width),
          parameters.linear(name + ".down", 2 * width, width));
    }

    Node apply(Tape tape, Node x, float dropout) {
      Node inner = tape.gelu(tape.linear(up, tape.layerNorm(norm, x)));
      return tape.add(x, tape.dropout(tape.linear(down, tape.dropout(inner, dropout)), dropout));
    }
  }

  /**
   * Self-attention and feed-forward, each normalised before and added (Xiong et al., 2020, "On
   * layer normalization in the transformer architecture", figure 1b).
   */
  record Transformer(Parameters.Norm norm, Attention attention, FeedForward feedForward) {
    Transformer(String name, int width, Parameters parameters) {
      this(
          parameters.norm(name + ".norm", width),
          new Attention(name + ".attention", width, parameters),
          new FeedForward(name + ".feed-forward", width, parameters));
    }

    Node apply(Tape tape, Node x, @Nullable Node seconds, int heads, float dropout) {
      Node n = tape.layerNorm(norm, x);
      Node heard = attention.apply(tape, n, seconds, n, seconds, heads);
      return feedForward.apply(tape, tape.add(x, tape.dropout(heard, dropout)), dropout);
    }
  }

  /** {@code W norm(x) + b}: what comes out of a network. */
  record Head(Parameters.Norm norm, Parameters.Linear output) {
    Head(int width, int outputs, Parameters parameters) {
      this(parameters.norm("head.norm", width), parameters.linear("head.output", width, outputs));
    }

    Node apply(Tape tape, Node x, float dropout) {
      return tape.linear(output, tape.dropout(tape.layerNorm(norm, x), dropout));
    }
  }

  /** What tells the rows of one modality from those of another: a learnt vector added to each. */
  static List<Parameter> kinds(Inputs inputs, int width, Parameters parameters) {
    List<Parameter> kinds = new ArrayList<>();
    for (int m = 0; m < inputs.size(); m++) {
      kinds.add(parameters.parameter(inputs.modality(m) + ".kind", -0.1f, 0.1f, 1, width));
    }
    return kinds;
  }

  static Node stack(Tape tape, @Nullable Node above, Node below) {
    return above == null ? below : tape.above(above, below);
  }
}
