package io.github.erv.fusion.train;

import io.github.erv.Evidence;
import io.github.erv.Modality;
import io.github.erv.Observation;
import io.github.erv.emotion.Affect;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.ModelException;
import io.github.erv.tensor.Safetensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/*
 * Features are standardised, (x - mean) / deviation with the moments of the training examples'
 * observations. What an observation lacks (an affect, a class its model does not know, its
 * embedding) is then 0: the mean, which says nothing.
 */

/**
 * What a network takes of each modality: an embedding, the probabilities of classes, valence,
 * arousal and dominance, whichever of them the examples had. Immutable and thread-safe.
 */
public final class Inputs {
  private static final String CHANNELS = "erv.inputs";
  private static final String LABELS = "erv.labels";

  /** A deviation that is less does not divide: the feature is constant. */
  private static final double LEAST_DEVIATION = 1e-6;

  /**
   * What is taken of one modality, in this order.
   *
   * @param modality which
   * @param embedding length of its embeddings, 0 if they are not used
   * @param distribution whether its probabilities are used
   * @param affect whether its affect is used
   */
  record Channel(Modality modality, int embedding, boolean distribution, boolean affect) {
    int width(LabelSet labels) {
      return embedding + (distribution ? labels.size() : 0) + (affect ? 3 : 0);
    }
  }

  private final LabelSet labels;
  private final List<Channel> channels;
  private final float[][] mean;
  private final float[][] deviation;

  private Inputs(LabelSet labels, List<Channel> channels) {
    this.labels = labels;
    this.channels = List.copyOf(channels);
    mean = new float[channels.size()][];
    deviation = new float[channels.size()][];
    for (int m = 0; m < mean.length; m++) {
      mean[m] = new float[width(m)];
      deviation[m] = new float[width(m)];
      Arrays.fill(deviation[m], 1);
    }
  }

  /**
   * Returns what the examples have, with the moments of their features.
   *
   * @param examples over one label set
   * @return the inputs
   * @throws IllegalArgumentException if embeddings of one modality differ in length, nothing is
   *     present, or a feature is not finite
   */
  static Inputs of(List<Example> examples) {
    LabelSet labels = examples.get(0).window().labels();
    Set<Modality> modalities = new TreeSet<>();
    examples.forEach(example -> modalities.addAll(example.window().modalities()));
    List<Channel> channels = new ArrayList<>();
    for (Modality modality : modalities) {
      int embedding = 0;
      boolean distribution = false;
      boolean affect = false;
      for (Example example : examples) {
        for (Observation observation : example.window().observations(modality)) {
          if (observation.evidence() instanceof Evidence.Present present) {
            int size = present.embeddingSize();
            if (size != 0 && embedding != 0 && size != embedding) {
              throw new IllegalArgumentException(
                  "features of \""
                      + modality
                      + "\" must all have one length; there are "
                      + embedding
                      + " and "
                      + size);
            }
            embedding = Math.max(embedding, size);
            distribution |= present.distribution().isPresent();
            affect |= present.affect().isPresent();
          }
        }
      }
      Channel channel = new Channel(modality, embedding, distribution, affect);
      if (channel.width(labels) > 0) {
        channels.add(channel);
      }
    }
    if (channels.isEmpty()) {
      throw new IllegalArgumentException("no modality is present in any example");
    }
    Inputs inputs = new Inputs(labels, channels);
    for (int m = 0; m < channels.size(); m++) {
      inputs.measure(examples, m);
    }
    return inputs;
  }

  private void measure(List<Example> examples, int m) {
    Modality modality = channels.get(m).modality();
    int width = width(m);
    double[] sum = new double[width];
    double[] squares = new double[width];
    int[] count = new int[width];
    float[] features = new float[width];
    // two passes: squares of large features less the square of their mean would cancel
    for (int pass = 0; pass < 2; pass++) {
      for (Example example : examples) {
        for (Observation observation : example.window().observations(modality)) {
          if (observation.evidence() instanceof Evidence.Present present) {
            raw(m, example.window().labels(), present, features);
            for (int i = 0; i < width; i++) {
              if (Float.isNaN(features[i])) {
                continue; // not there
              }
              if (pass == 0) {
                sum[i] += features[i];
                count[i]++;
              } else {
                squares[i] += Math.pow(features[i] - mean[m][i], 2);
              }
            }
          }
        }
      }
      for (int i = 0; i < width; i++) {
        if (pass == 0) {
          mean[m][i] = count[i] == 0 ? 0 : (float) (sum[i] / count[i]);
        } else {
          double d = Math.sqrt(squares[i] / Math.max(1, count[i]));
          deviation[m][i] = d < LEAST_DEVIATION ? 1 : (float) d;
        }
      }
    }
  }

  /**
   * Returns the classes of the probabilities.
   *
   * @return the label set of the examples
   */
  public LabelSet labels() {
    return labels;
  }

  /**
   * Returns how many modalities there are.
   *
   * @return at least 1
   */
  public int size() {
    return channels.size();
  }

  /**
   * Returns a modality.
   *
   * @param m from 0, in the order of names
   * @return the modality
   */
  public Modality modality(int m) {
    return channels.get(m).modality();
  }

  /**
   * Returns how many features a modality has.
   *
   * @param m from 0, in the order of names
   * @return at least 1
   */
  public int width(int m) {
    return channels.get(m).width(labels);
  }

  /**
   * Writes the standardised features of an observation.
   *
   * @return false if it holds nothing that is taken, or something that is not finite
   */
  boolean features(int m, LabelSet windowLabels, Evidence.Present evidence, float[] out) {
    try {
      raw(m, windowLabels, evidence, out);
    } catch (NotFiniteException e) {
      return false; // a sensor that fails is a modality that is missing
    }
    boolean any = false;
    for (int i = 0; i < width(m); i++) {
      any |= !Float.isNaN(out[i]);
      out[i] = Float.isNaN(out[i]) ? 0 : (out[i] - mean[m][i]) / deviation[m][i];
    }
    return any;
  }

  /** Thrown without a trace: it may come often. */
  private static final class NotFiniteException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    NotFiniteException(String message) {
      super(message);
    }
  }

  /** Writes features as they are, NaN for what is not there. */
  private void raw(int m, LabelSet windowLabels, Evidence.Present evidence, float[] out) {
    Channel channel = channels.get(m);
    Arrays.fill(out, 0, width(m), Float.NaN);
    int at = 0;
    if (channel.embedding > 0) {
      int size = evidence.embeddingSize();
      if (size != 0 && size != channel.embedding) {
        throw new IllegalArgumentException(
            "the features of \""
                + channel.modality
                + "\" must have the length "
                + channel.embedding
                + ", have "
                + size);
      }
      if (size != 0) {
        evidence.copyEmbedding(out, 0);
        for (int i = 0; i < size; i++) {
          if (!Float.isFinite(out[i])) {
            throw new NotFiniteException(
                "feature " + i + " of \"" + channel.modality + "\" must be finite, was " + out[i]);
          }
        }
      }
      at = channel.embedding;
    }
    if (channel.distribution) {
      Optional<Distribution> distribution = evidence.distribution();
      for (int e = 0; e < labels.size(); e++, at++) {
        Emotion emotion = labels.get(e);
        if (distribution.isPresent()
            && windowLabels.contains(emotion)
            && distribution.get().supports(emotion)) {
          out[at] = distribution.get().probability(emotion);
        }
      }
    }
    if (channel.affect && evidence.affect().isPresent()) {
      Affect affect = evidence.affect().get();
      out[at] = affect.valence();
      out[at + 1] = affect.arousal();
      out[at + 2] = affect.dominance();
    }
  }

  void write(Safetensors.Builder to) {
    StringBuilder text = new StringBuilder();
    for (int m = 0; m < size(); m++) {
      Channel c = channels.get(m);
      text.append(m == 0 ? "" : ";").append(c.modality).append(" embedding ").append(c.embedding);
      text.append(c.distribution ? " distribution" : "").append(c.affect ? " affect" : "");
      to.tensor(tensor(m, "mean"), mean[m], width(m));
      to.tensor(tensor(m, "deviation"), deviation[m], width(m));
    }
    to.metadata(CHANNELS, text.toString());
    to.metadata(LABELS, String.join(" ", labels.emotions().stream().map(Emotion::name).toList()));
  }

  static Inputs read(Safetensors from) {
    List<Channel> channels = new ArrayList<>();
    LabelSet labels;
    try {
      List<Emotion> emotions = new ArrayList<>();
      for (String name : from.requireMetadata(LABELS).split(" ", -1)) {
        emotions.add(new Emotion(name));
      }
      labels = LabelSet.of(emotions);
      for (String text : from.requireMetadata(CHANNELS).split(";", -1)) {
        List<String> words = List.of(text.split(" ", -1));
        int embedding = Integer.parseInt(words.get(words.indexOf("embedding") + 1));
        if (embedding < 0 || embedding > 1 << 20) {
          throw new IllegalArgumentException("an embedding of " + embedding + " values");
        }
        Channel channel =
            new Channel(
                new Modality(words.get(0)),
                embedding,
                words.contains("distribution"),
                words.contains("affect"));
        if (channel.width(labels) == 0) {
          throw new IllegalArgumentException("nothing is taken of " + channel.modality);
        }
        channels.add(channel);
      }
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new ModelException("the weights' metadata say nonsense: " + e.getMessage(), e);
    }
    Inputs inputs = new Inputs(labels, channels);
    for (int m = 0; m < channels.size(); m++) {
      inputs.mean[m] = from.require(inputs.tensor(m, "mean"), inputs.width(m));
      inputs.deviation[m] = from.require(inputs.tensor(m, "deviation"), inputs.width(m));
      for (int i = 0; i < inputs.width(m); i++) {
        if (!Float.isFinite(inputs.mean[m][i]) || !(inputs.deviation[m][i] > 0)) {
          throw new ModelException(
              "the tensors \""
                  + inputs.tensor(m, "mean")
                  + "\" and \"deviation\" must be finite, "
                  + "the second above 0; are "
                  + inputs.mean[m][i]
                  + " and "
                  + inputs.deviation[m][i]);
        }
      }
    }
    return inputs;
  }

  /** The names of the tensors that {@link #read} takes. */
  Set<String> tensors() {
    Set<String> names = new HashSet<>();
    for (int m = 0; m < size(); m++) {
      names.add(tensor(m, "mean"));
      names.add(tensor(m, "deviation"));
    }
    return names;
  }

  private String tensor(int m, String moment) {
    return "input." + modality(m) + '.' + moment;
  }

  @Override
  public String toString() {
    return channels.toString();
  }
}
