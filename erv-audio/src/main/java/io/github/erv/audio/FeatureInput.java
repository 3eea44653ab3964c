package io.github.erv.audio;

import io.github.erv.audio.voice.Vad;
import io.github.erv.error.ModelException;
import io.github.erv.onnx.ModelCard;
import io.github.erv.onnx.OnnxModel;
import io.github.erv.personal.Population;
import io.github.erv.personal.SubjectProfile;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How somebody spoke in the last seconds, against how he usually does. The baseline of the speaker
 * outlives {@link #reset}: a pause or a cut does not make somebody else of him.
 */
final class FeatureInput extends ModelInput {
  /** What the limit of normalised features is where the card says none. */
  private static final float LIMIT = 4;

  private final VoiceModel model;
  private final VoiceFeatures features;
  private final Population population;
  private final float limit;
  private final double meanWeight;
  private final int contextFrames;
  private final float[] gathered = new float[VoiceFeatures.SIZE];
  private final float[] fed = new float[VoiceFeatures.SIZE];
  private SubjectProfile speaker = SubjectProfile.empty(VoiceFeatures.SIZE);

  /** The sample up to which speech is in the baseline. */
  private long learnt;

  FeatureInput(OnnxModel onnx, Duration context, int lateChunks) {
    ModelCard card = onnx.card();
    if (!VoiceFeatures.VERSION.equals(card.inputField("features").orElse(""))) {
      throw new ModelException(
          "%s reads the features \"%s\"; only \"%s\" can be had"
              .formatted(card.id(), card.inputField("features").orElse(""), VoiceFeatures.VERSION));
    }
    float[] means = perFeature(card, card.inputMean(), "mean");
    float[] deviations = perFeature(card, card.inputScale(), "scale");
    for (int i = 0; i < deviations.length; i++) {
      deviations[i] = 1 / deviations[i];
    }
    meanWeight = number(card, "baseline.meanWeight");
    population =
        new Population(
            means,
            deviations,
            meanWeight,
            number(card, "baseline.deviationWeight"),
            number(card, "baseline.enough"));
    limit = card.inputField("limit").map(Float::parseFloat).orElse(LIMIT);
    contextFrames =
        Math.toIntExact(context.toMillis() * Vad.SAMPLE_RATE_HZ / 1000 / VoiceFeatures.HOP);
    features = new VoiceFeatures(contextFrames + lateChunks * Vad.CHUNK / VoiceFeatures.HOP + 2);
    model = new VoiceModel(onnx, new long[] {1, VoiceFeatures.SIZE + 1});
  }

  private static float[] perFeature(ModelCard card, float[] values, String name) {
    if (values.length != VoiceFeatures.SIZE) {
      throw new ModelException(
          "%s must have an input %s for each of %d features; had %d"
              .formatted(card.id(), name, VoiceFeatures.SIZE, values.length));
    }
    return values.clone();
  }

  private static double number(ModelCard card, String field) {
    return Double.parseDouble(field(card, field));
  }

  @Override
  int embeddingSize() {
    return model.embeddingSize();
  }

  @Override
  double speakerKnown() {
    return population.known(speaker);
  }

  @Override
  void reset() {
    features.reset();
    learnt = 0;
  }

  @Override
  void accept(float[] samples, int length) {
    features.process(samples, 0, length);
  }

  @Override
  @Nullable VoiceModel fed(long end, HeardChunks heard) {
    long last = Math.floorDiv(end - VoiceFeatures.FRAME, VoiceFeatures.HOP); // may be -1: none yet
    int frames =
        features.gatherInto(
            last + 1 - contextFrames,
            last + 1,
            f -> heard.speechAt(f * VoiceFeatures.HOP + VoiceFeatures.FRAME / 2),
            gathered);
    if (frames == 0) {
      return null;
    }
    speaker =
        speaker.plus(gathered, VoiceFeatures.weight(heard.speechSamples(learnt, end), frames));
    learnt = end;
    population.normaliseInto(speaker, gathered, limit, fed);
    model.input().put(0, fed, 0, VoiceFeatures.SIZE);
    model
        .input()
        .put(VoiceFeatures.SIZE, (float) (speaker.evidence() / (speaker.evidence() + meanWeight)));
    return model;
  }

  @Override
  public void close() {
    model.close();
  }
}
