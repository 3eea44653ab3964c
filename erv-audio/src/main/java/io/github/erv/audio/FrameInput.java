package io.github.erv.audio;

import io.github.erv.audio.spectrum.LogMel;
import io.github.erv.audio.voice.Vad;
import io.github.erv.error.ModelException;
import io.github.erv.onnx.ModelCard;
import io.github.erv.onnx.OnnxModel;
import java.nio.FloatBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Log-mel frames of the last seconds; those of speech go in. */
final class FrameInput extends ModelInput {
  private final LogMel logMel;
  private final LogMel.Spec spec;
  private final float[] mean;
  private final float[] scale;
  private final VoiceModel model;
  private final FloatBuffer input;

  /** Frames that the model reads. */
  private final int frames;

  /** Shape (capacity, bands); frame f is row f % capacity. */
  private final float[] memory;

  private final int capacity;
  private final float[] fresh;
  private final int[] rows;
  private long count;

  FrameInput(OnnxModel onnx, LogMel.Spec spec, Duration context, int lateChunks) {
    this.spec = spec;
    this.logMel = new LogMel(spec);
    ModelCard card = onnx.card();
    if (spec.sampleRateHz() != Vad.SAMPLE_RATE_HZ) {
      throw new ModelException(
          "%s wants frames at %d Hz; only %d Hz can be had"
              .formatted(card.id(), spec.sampleRateHz(), Vad.SAMPLE_RATE_HZ));
    }
    mean = perBand(card, card.inputMean(), "mean");
    scale = perBand(card, card.inputScale(), "scale");
    long[] shape = card.inputShape();
    if (shape.length != 3 || shape[2] != spec.bands()) {
      throw new ModelException(
          card.id() + " must have an input of shape (1, frames, " + spec.bands() + " bands)");
    }
    frames =
        shape[1] > 0
            ? (int) shape[1]
            : (int) (context.toMillis() * spec.sampleRateHz() / 1000 / spec.hop());
    capacity = frames + logMel.maxFrames(lateChunks * Vad.CHUNK);
    memory = new float[capacity * spec.bands()];
    fresh = new float[logMel.maxFrames(Vad.CHUNK) * spec.bands()];
    rows = new int[frames];
    model = new VoiceModel(onnx, new long[] {1, frames, spec.bands()});
    input = model.input();
  }

  private float[] perBand(ModelCard card, float[] values, String name) {
    float[] bands = new float[spec.bands()];
    for (int b = 0; b < bands.length; b++) {
      if (values.length != 1 && values.length != bands.length) {
        throw new ModelException(
            "%s must have one input %s, or one for each of %d bands; had %d"
                .formatted(card.id(), name, bands.length, values.length));
      }
      bands[b] = values[values.length == 1 ? 0 : b];
    }
    return bands;
  }

  @Override
  int embeddingSize() {
    return model.embeddingSize();
  }

  @Override
  void reset() {
    logMel.reset();
    count = 0;
  }

  @Override
  void accept(float[] samples, int length) {
    int made = logMel.process(samples, 0, length, fresh, 0);
    for (int f = 0; f < made; f++) {
      int row = (int) (count++ % capacity) * spec.bands();
      for (int b = 0; b < spec.bands(); b++) {
        memory[row + b] = (fresh[f * spec.bands() + b] - mean[b]) * scale[b];
      }
    }
  }

  @Override
  @Nullable VoiceModel fed(long end, HeardChunks heard) {
    long last = Math.floorDiv(end - spec.frameLength(), spec.hop()); // may be -1: none yet
    int found = 0;
    for (long f = Math.max(0, last - frames + 1); f <= last; f++) {
      if (heard.speechAt(f * spec.hop() + spec.frameLength() / 2)) {
        rows[found++] = (int) (f % capacity);
      }
    }
    if (found == 0) {
      return null;
    }
    for (int f = 0; f < frames; f++) {
      input.put(f * spec.bands(), memory, rows[f % found] * spec.bands(), spec.bands());
    }
    return model;
  }

  @Override
  public void close() {
    model.close();
  }
}
