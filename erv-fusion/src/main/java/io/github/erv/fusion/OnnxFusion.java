package io.github.erv.fusion;

import static java.util.Objects.requireNonNull;

import io.github.erv.Evidence;
import io.github.erv.Fused;
import io.github.erv.FusionSession;
import io.github.erv.FusionStrategy;
import io.github.erv.FusionWindow;
import io.github.erv.Modality;
import io.github.erv.Observation;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.ModelException;
import io.github.erv.onnx.ModelCard;
import io.github.erv.onnx.OnnxModel;
import io.github.erv.onnx.OnnxSession;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Fusion by an ONNX graph that was trained elsewhere.
 *
 * <p>Each modality has an input of shape (1, steps, features): the embeddings of its latest
 * observations in time order, the first rows in use and zeros after them. Where an observation has
 * no embedding, its distribution over the card's labels is fed, if the input is that wide. A graph
 * may also ask for a mask, shape (1, steps), 1 for each row in use, and for times, shape (1,
 * steps), in seconds from the end of the window. A modality that is missing is all zeros, and
 * masked. What has to be standardised is standardised in the graph.
 *
 * <p>The first output has one value a label of the card; they are logits, divided by the card's
 * temperature, unless the card says their meaning is {@code probabilities}. Shares are measured:
 * the graph runs again without each modality, so a window of M modalities costs M + 1 runs.
 *
 * <p>Immutable and thread-safe; closes the model it was given.
 */
public final class OnnxFusion implements FusionStrategy {
  private record Input(
      Modality modality,
      String name,
      int features,
      int steps,
      @Nullable String mask,
      @Nullable String seconds) {}

  private final OnnxModel model;
  private final LabelSet labels;
  private final List<Input> inputs;
  private final boolean probabilities;

  private OnnxFusion(OnnxModel model, LabelSet labels, List<Input> inputs) {
    this.model = model;
    this.labels = labels;
    this.inputs = List.copyOf(inputs);
    List<ModelCard.Output> outputs = model.card().outputs();
    probabilities = !outputs.isEmpty() && outputs.get(0).meaning().equals("probabilities");
  }

  /**
   * Starts a fusion by a graph.
   *
   * @param model the graph, whose card has labels; closed with the strategy
   * @return a builder
   */
  public static Builder builder(OnnxModel model) {
    return new Builder(model);
  }

  @Override
  public List<String> models() {
    return List.of(model.card().id());
  }

  @Override
  public FusionSession open() {
    return new Session();
  }

  @Override
  public void close() {
    model.close();
  }

  private final class Session implements FusionSession {
    private final OnnxSession onnx;
    private final Map<String, FloatBuffer> memory = new LinkedHashMap<>();
    private final FloatBuffer output;
    private final float[][] rows = new float[inputs.size()][];
    private final float[][] seconds = new float[inputs.size()][];
    private final int[] used = new int[inputs.size()];

    Session() {
      Map<String, long[]> shapes = new LinkedHashMap<>();
      for (Input input : inputs) {
        shapes.put(input.name, new long[] {1, input.steps, input.features});
        for (String name : extras(input)) {
          shapes.put(name, new long[] {1, input.steps});
        }
      }
      OnnxSession opened = model.open(shapes);
      try {
        for (String name : shapes.keySet()) {
          memory.put(name, opened.floatInput(name));
        }
        output = opened.floatOutput(opened.outputNames().iterator().next());
        if (output.limit() != labels.size()) {
          throw new ModelException(
              model
                  + " must give "
                  + labels.size()
                  + " values, one a label, gives "
                  + output.limit());
        }
      } catch (RuntimeException e) {
        opened.close();
        throw e;
      }
      onnx = opened;
      for (int i = 0; i < rows.length; i++) {
        rows[i] = new float[inputs.get(i).steps * inputs.get(i).features];
        seconds[i] = new float[inputs.get(i).steps];
      }
    }

    private List<String> extras(Input input) {
      List<String> names = new ArrayList<>();
      if (input.mask != null) {
        names.add(input.mask);
      }
      if (input.seconds != null) {
        names.add(input.seconds);
      }
      return names;
    }

    @Override
    public void fuse(FusionWindow in, Fused out) {
      Map<Modality, Double> quality = new TreeMap<>();
      for (int i = 0; i < rows.length; i++) {
        read(in, i, quality);
      }
      if (quality.isEmpty()) {
        return;
      }
      Distribution all = run(-1);
      double total = 0;
      double[] moved = new double[rows.length];
      for (int i = 0; i < rows.length; i++) {
        if (used[i] > 0) {
          moved[i] = quality.size() == 1 ? 1 : distance(all, run(i));
          total += moved[i];
        }
      }
      for (int i = 0; i < rows.length; i++) {
        if (used[i] > 0) {
          Modality modality = inputs.get(i).modality;
          double share = total > 0 ? moved[i] / total : 1.0 / quality.size();
          out.contribution(modality, share, quality.getOrDefault(modality, 0.0));
        }
      }
      out.distribution(in.labels().equals(labels) ? all : over(in.labels(), all));
    }

    private void read(FusionWindow in, int i, Map<Modality, Double> quality) {
      Input input = inputs.get(i);
      List<Evidence.Present> present = new ArrayList<>();
      List<Long> times = new ArrayList<>();
      for (Observation observation : in.observations(input.modality)) {
        if (observation.evidence() instanceof Evidence.Present evidence
            && (evidence.embeddingSize() > 0
                || (evidence.distribution().isPresent() && input.features == labels.size()))) {
          present.add(evidence);
          times.add((observation.span().startMicros() + observation.span().endMicros()) / 2);
        }
      }
      int first = Math.max(0, present.size() - input.steps);
      used[i] = present.size() - first;
      double sum = 0;
      for (int s = 0; s < used[i]; s++) {
        Evidence.Present evidence = present.get(first + s);
        int at = s * input.features;
        if (evidence.embeddingSize() > 0) {
          if (evidence.embeddingSize() != input.features) {
            throw new IllegalArgumentException(
                "the features of \""
                    + input.modality
                    + "\" must have the length "
                    + input.features
                    + ", have "
                    + evidence.embeddingSize());
          }
          evidence.copyEmbedding(rows[i], at);
        } else {
          Distribution said = evidence.distribution().orElseThrow();
          for (int e = 0; e < labels.size(); e++) {
            rows[i][at + e] =
                said.labels().contains(labels.get(e)) ? said.probability(labels.get(e)) : 0;
          }
        }
        seconds[i][s] = (times.get(first + s) - in.window().endMicros()) * 1e-6f;
        sum += evidence.quality();
      }
      if (used[i] > 0) {
        quality.put(input.modality, sum / used[i]);
      }
    }

    /** Runs the graph without one input, or with all if that is -1. */
    private Distribution run(int without) {
      for (int i = 0; i < rows.length; i++) {
        Input input = inputs.get(i);
        int steps = i == without ? 0 : used[i];
        fill(input.name, rows[i], steps * input.features, 0);
        fill(input.mask, null, steps, 1);
        fill(input.seconds, seconds[i], steps, 0);
      }
      onnx.run();
      float[] values = new float[labels.size()];
      output.get(0, values);
      if (probabilities) {
        return Distribution.proportionalTo(labels, values);
      }
      for (int e = 0; e < values.length; e++) {
        values[e] /= model.card().temperature();
      }
      return Distribution.softmax(labels, values);
    }

    private void fill(@Nullable String name, float @Nullable [] from, int count, float constant) {
      if (name == null) {
        return;
      }
      FloatBuffer to = requireNonNull(memory.get(name));
      for (int k = 0; k < to.limit(); k++) {
        to.put(k, k >= count ? 0 : from == null ? constant : from[k]);
      }
    }

    private double distance(Distribution a, Distribution b) {
      double sum = 0;
      for (int e = 0; e < labels.size(); e++) {
        sum += Math.abs(a.probability(e) - b.probability(e));
      }
      return sum;
    }

    private Distribution over(LabelSet to, Distribution own) {
      float[] p = new float[to.size()];
      boolean[] support = new boolean[to.size()];
      for (int e = 0; e < labels.size(); e++) {
        int index = to.indexOf(labels.get(e));
        if (index < 0) {
          throw new IllegalArgumentException(
              "the window is over " + to + ", which lacks what was learnt: " + labels);
        }
        p[index] = own.probability(e);
        support[index] = true;
      }
      return Distribution.of(to, p, support);
    }

    @Override
    public void close() {
      onnx.close();
    }
  }

  /** Collects what goes into the graph. Not thread-safe. */
  public static final class Builder {
    private final OnnxModel model;
    private final Map<Modality, Input> inputs = new TreeMap<>();

    private Builder(OnnxModel model) {
      this.model = requireNonNull(model);
    }

    /**
     * Adds a modality.
     *
     * @param modality which
     * @param input name of the graph's input of shape (1, steps, features)
     * @param features length of its embeddings, at least 1
     * @param steps how many observations are shown at most, the latest; at least 1
     * @return this
     */
    public Builder modality(Modality modality, String input, int features, int steps) {
      return add(new Input(modality, input, features, steps, null, null));
    }

    /**
     * Adds a modality of which the graph also takes mask and times.
     *
     * @param modality which
     * @param input name of the graph's input of shape (1, steps, features)
     * @param features length of its embeddings, at least 1
     * @param steps how many observations are shown at most, the latest; at least 1
     * @param mask name of the input of shape (1, steps) that tells which are there
     * @param seconds name of the input of shape (1, steps) that tells when they are
     * @return this
     */
    public Builder modality(
        Modality modality, String input, int features, int steps, String mask, String seconds) {
      return add(
          new Input(
              modality, input, features, steps, requireNonNull(mask), requireNonNull(seconds)));
    }

    private Builder add(Input input) {
      requireNonNull(input.name);
      Layers.requireAtLeast(1, input.features, "features");
      Layers.requireAtLeast(1, input.steps, "steps");
      if (inputs.putIfAbsent(input.modality, input) != null) {
        throw new IllegalArgumentException("the modality " + input.modality + " is there already");
      }
      return this;
    }

    /**
     * Returns the strategy.
     *
     * @return a strategy that closes the model
     * @throws IllegalArgumentException if there is no modality
     * @throws ModelException if the card has no labels, or the graph other inputs or outputs
     */
    public OnnxFusion build() {
      if (inputs.isEmpty()) {
        throw new IllegalArgumentException("a graph must fuse at least one modality");
      }
      LabelSet labels =
          model
              .card()
              .labels()
              .orElseThrow(
                  () ->
                      new ModelException(
                          model + " names no labels in its card; a fusion must have them"));
      OnnxFusion fusion = new OnnxFusion(model, labels, new ArrayList<>(inputs.values()));
      fusion.open().close(); // so that what does not fit is said now
      return fusion;
    }
  }
}
