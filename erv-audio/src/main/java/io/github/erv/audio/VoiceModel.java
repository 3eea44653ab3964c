package io.github.erv.audio;

import io.github.erv.Cue;
import io.github.erv.Evidence;
import io.github.erv.emotion.Affect;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.ModelException;
import io.github.erv.media.TimeSpan;
import io.github.erv.onnx.ModelCard;
import io.github.erv.onnx.OnnxModel;
import io.github.erv.onnx.OnnxSession;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A model bound to an input of one length. Used by one thread at a time. */
final class VoiceModel implements VoiceReading, AutoCloseable {
  private final OnnxSession session;
  private final FloatBuffer input;
  private final @Nullable LabelSet labels;
  private final float temperature;
  private final float reliability;
  private final boolean softmax;
  private final float[] classes;
  private final float[] embedding;
  private final float[] affect;
  private final @Nullable FloatBuffer classOutput;
  private final @Nullable FloatBuffer embeddingOutput;
  private final @Nullable FloatBuffer affectOutput;
  private final @Nullable FloatBuffer reliabilityOutput;
  private final List<String> components;
  private final int valence;
  private final int arousal;
  private final int dominance;
  private final float low;
  private final float high;

  VoiceModel(OnnxModel model, long[] inputShape) {
    ModelCard card = model.card();
    session = model.open(Map.of(card.inputName(), inputShape));
    try {
      input = session.floatInput(card.inputName());
      labels = card.labels().orElse(null);
      temperature = card.temperature();
      reliability = card.reliability();
      ModelCard.Output probabilities = output(card, "probabilities");
      ModelCard.Output logits = output(card, "logits");
      softmax = probabilities == null;
      classOutput =
          labels == null
              ? null
              : session.floatOutput(
                  probabilities != null
                      ? probabilities.name()
                      : logits != null ? logits.name() : session.outputNames().iterator().next());
      classes = scratch(classOutput);
      if (labels != null && classes.length != labels.size()) {
        throw new ModelException(
            "%s has %d labels and gives %d values"
                .formatted(card.id(), labels.size(), classes.length));
      }
      ModelCard.Output vector = output(card, "embedding");
      embeddingOutput = vector == null ? null : session.floatOutput(vector.name());
      embedding = scratch(embeddingOutput);
      ModelCard.Output position = output(card, "affect");
      affectOutput = position == null ? null : session.floatOutput(position.name());
      affect = scratch(affectOutput);
      ModelCard.Output trust = output(card, "reliability");
      reliabilityOutput = trust == null ? null : session.floatOutput(trust.name());
      components = position == null ? List.of() : position.components();
      if (components.size() != affect.length) {
        throw new ModelException(
            "%s names %d components of affect and gives %d values"
                .formatted(card.id(), components.size(), affect.length));
      }
      valence = components.indexOf("valence");
      arousal = components.indexOf("arousal");
      dominance = components.indexOf("dominance");
      low = position == null ? -1 : position.low();
      high = position == null ? 1 : position.high();
      if (labels == null && !readsAffect()) {
        throw new ModelException(
            card.id()
                + " has neither labels nor an output of valence, arousal and dominance; say so in"
                + " its card");
      }
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  private static ModelCard.@Nullable Output output(ModelCard card, String meaning) {
    return card.outputs().stream()
        .filter(output -> output.meaning().equals(meaning))
        .findFirst()
        .orElse(null);
  }

  private static float[] scratch(@Nullable FloatBuffer output) {
    return new float[output == null ? 0 : output.capacity()];
  }

  private boolean readsAffect() {
    return Math.min(valence, Math.min(arousal, dominance)) >= 0;
  }

  int embeddingSize() {
    return embedding.length;
  }

  /** The input's memory, to be written before {@link #run}. */
  FloatBuffer input() {
    return input;
  }

  @Override
  public Evidence.Present.Builder run(float quality) {
    session.run();
    float trust = reliability;
    if (reliabilityOutput != null) {
      trust *= Math.max(0, Math.min(1, reliabilityOutput.get(0)));
    }
    Evidence.Present.Builder evidence = Evidence.Present.builder(quality * trust);
    if (labels != null && classOutput != null) {
      classOutput.get(0, classes);
      if (softmax) {
        for (int i = 0; i < classes.length; i++) {
          classes[i] /= temperature;
        }
      }
      evidence.distribution(
          softmax ? Distribution.softmax(labels, classes) : Distribution.of(labels, classes));
    }
    if (embeddingOutput != null) {
      embeddingOutput.get(0, embedding);
      evidence.embedding(embedding);
    }
    if (affectOutput != null) {
      affectOutput.get(0, affect);
      if (readsAffect()) {
        evidence.affect(new Affect(scaled(valence), scaled(arousal), scaled(dominance)));
      }
    }
    return evidence;
  }

  /** Adds what was read of affect where that is not a whole position: one cue a dimension. */
  @Override
  public void addCues(TimeSpan span, List<Cue> cues) {
    for (int c = 0; c < components.size() && !readsAffect(); c++) {
      cues.add(new Cue("voice." + components.get(c), scaled(c), "1", span));
    }
  }

  private float scaled(int component) {
    return Math.max(-1, Math.min(1, 2 * (affect[component] - low) / (high - low) - 1));
  }

  @Override
  public void close() {
    session.close();
  }
}
