package io.github.erv.fusion;

import io.github.erv.fusion.train.Architecture;
import io.github.erv.fusion.train.Inputs;
import io.github.erv.fusion.train.Network;
import io.github.erv.fusion.train.Node;
import io.github.erv.fusion.train.Parameters;
import io.github.erv.fusion.train.Streams;
import io.github.erv.fusion.train.Tape;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Hierarchical fusion: frames are pooled to windows, windows to segments, segments to one vector a
 * modality, and modalities to one, each time by attention,
 *
 * <p>{@code sum_i a_i x_i, a = softmax_i(v tanh(W x_i + b) + c)},
 *
 * <p>the first also by each frame's quality. For long recordings in which little happens at a time:
 * a frame competes with those of its second, not with those of an hour.
 *
 * @param width of all vectors
 * @param windowSeconds how long a window is
 * @param windowsPerSegment how many make a segment
 * @param dropout in [0, 1)
 * @see "Yang, Yang, Dyer, He, Smola and Hovy (2016), Hierarchical attention networks for document
 *     classification, NAACL, equations 5 to 7"
 */
public record HierarchicalFusion(
    int width, double windowSeconds, int windowsPerSegment, float dropout) implements Architecture {
  /** Vectors of 32, windows of one second, segments of five, dropout 0.3. */
  public static final HierarchicalFusion DEFAULT = new HierarchicalFusion(32, 1, 5, 0.3f);

  public HierarchicalFusion {
    Layers.requireAtLeast(1, width, "the width");
    Layers.requireAtLeast(1, windowsPerSegment, "windows in a segment");
    Layers.requireRate(dropout);
    if (!(windowSeconds > 0 && windowSeconds < 1e6)) {
      throw new IllegalArgumentException(
          "a window must be longer than 0 s and shorter than 1e6 s, was " + windowSeconds);
    }
  }

  @Override
  public String name() {
    return "hierarchical";
  }

  /** The pools of one modality. */
  private record Levels(
      Layers.AttentionPool frames, Layers.AttentionPool windows, Layers.AttentionPool segments) {}

  @Override
  public Network network(Inputs inputs, int outputs, Parameters parameters) {
    Layers.Projections projections = new Layers.Projections(inputs, width, parameters);
    List<Levels> levels = new ArrayList<>();
    for (int m = 0; m < inputs.size(); m++) {
      String name = inputs.modality(m).name();
      levels.add(
          new Levels(
              new Layers.AttentionPool(name + ".frames", width, parameters),
              new Layers.AttentionPool(name + ".windows", width, parameters),
              new Layers.AttentionPool(name + ".segments", width, parameters)));
    }
    Layers.AttentionPool modalities = new Layers.AttentionPool("modalities", width, parameters);
    Layers.Head head = new Layers.Head(width, outputs, parameters);
    return (tape, in) -> {
      Node rows = null;
      Node quality = null;
      for (int m = 0; m < in.size(); m++) {
        if (in.present(m)) {
          Node frames = tape.gelu(projections.steps(tape, in, m, dropout));
          rows = Layers.stack(tape, rows, pool(tape, in, m, frames, levels.get(m)));
          quality = Layers.stack(tape, quality, in.logMeanQuality(tape, m));
        }
      }
      Node fused = modalities.apply(tape, Objects.requireNonNull(rows), quality);
      in.attended(fused);
      return head.apply(tape, fused, dropout);
    };
  }

  private Node pool(Tape tape, Streams in, int m, Node frames, Levels levels) {
    Node quality = in.logQuality(tape, m);
    Node segments = null;
    int at = 0;
    while (at < in.steps(m)) {
      long segment = Math.floorDiv(window(in, m, at), (long) windowsPerSegment);
      Node windows = null;
      while (at < in.steps(m)
          && Math.floorDiv(window(in, m, at), (long) windowsPerSegment) == segment) {
        long window = window(in, m, at);
        int from = at;
        while (at < in.steps(m) && window(in, m, at) == window) {
          at++;
        }
        Node pooled =
            levels.frames.apply(
                tape, tape.rows(frames, from, at - from), tape.rows(quality, from, at - from));
        windows = Layers.stack(tape, windows, pooled);
      }
      Node pooled = levels.windows.apply(tape, Objects.requireNonNull(windows), null);
      segments = Layers.stack(tape, segments, pooled);
    }
    return levels.segments.apply(tape, Objects.requireNonNull(segments), null);
  }

  private long window(Streams in, int m, int step) {
    return (long) Math.floor(in.seconds(m, step) / windowSeconds);
  }
}
