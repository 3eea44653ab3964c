package io.github.erv.audio;

import io.github.erv.audio.spectrum.LogMel;
import io.github.erv.audio.spectrum.MelScale;
import io.github.erv.error.ModelException;
import io.github.erv.onnx.ModelCard;
import io.github.erv.onnx.OnnxModel;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One stream's way into a model: remembers as much of the sound as the model hears, in the form it
 * is fed. Used by one thread at a time.
 */
abstract sealed class ModelInput implements AutoCloseable
    permits FrameInput, FeatureInput, WaveformInput, FunctionalsInput, CepstraInput {

  /**
   * Opens what the card's layout asks for.
   *
   * @param lateChunks how many chunks after the last one heard may have been taken up when the
   *     model is fed
   */
  static ModelInput open(OnnxModel model, Duration context, int lateChunks) {
    ModelCard card = model.card();
    String layout = card.inputField("layout").orElse("");
    try {
      return switch (layout) {
        case "NTF" -> new FrameInput(model, logMel(card), context, lateChunks + 1);
        case "NV" -> new FeatureInput(model, context, lateChunks + 1);
        case "NT" -> new WaveformInput(model, context, lateChunks + 1);
        default ->
            throw new ModelException(
                card.id()
                    + " has the input layout \""
                    + layout
                    + "\"; a voice model has NTF (log-mel frames), NT (samples) or NV (features)");
      };
    } catch (IllegalArgumentException e) {
      throw new ModelException(card.id() + " has a bad input: " + e.getMessage(), e);
    }
  }

  private static LogMel.Spec logMel(ModelCard card) {
    return new LogMel.Spec(
        Integer.parseInt(field(card, "logMel.sampleRateHz")),
        Integer.parseInt(field(card, "logMel.frameLength")),
        Integer.parseInt(field(card, "logMel.hop")),
        Integer.parseInt(field(card, "logMel.fftSize")),
        Integer.parseInt(field(card, "logMel.bands")),
        MelScale.valueOf(field(card, "logMel.scale")),
        Double.parseDouble(field(card, "logMel.lowHz")),
        Double.parseDouble(field(card, "logMel.highHz")),
        Double.parseDouble(field(card, "logMel.floor")));
  }

  static String field(ModelCard card, String name) {
    Optional<String> value = card.inputField(name);
    return value.orElseThrow(
        () -> new ModelException("the card of " + card.id() + " lacks input." + name));
  }

  abstract int embeddingSize();

  /** How well the speaker is known, in [0, 1]; NaN for models that take no heed of that. */
  double speakerKnown() {
    return Double.NaN;
  }

  /** Forgets the sound, not the speaker. */
  abstract void reset();

  /** Takes up the next samples at 16 kHz. */
  abstract void accept(float[] samples, int length);

  /** Takes note that no more samples come before {@link #reset}. */
  void finish() {}

  /**
   * Feeds the model with the speech up to a sample.
   *
   * @param end the sample behind the last one that may be heard
   * @param heard tells what is speech
   * @return the model, ready to run; null if there is no speech to feed it with
   */
  abstract @Nullable VoiceReading fed(long end, HeardChunks heard);

  @Override
  public abstract void close();
}
