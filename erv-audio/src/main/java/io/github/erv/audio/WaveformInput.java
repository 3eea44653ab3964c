package io.github.erv.audio;

import io.github.erv.audio.voice.Vad;
import io.github.erv.error.ModelException;
import io.github.erv.onnx.ModelCard;
import io.github.erv.onnx.OnnxModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The samples of the last seconds, for models that read the waveform. */
final class WaveformInput extends ModelInput {
  /** One for each length that may be fed, in rising order. */
  private final List<VoiceModel> models = new ArrayList<>();

  private final float[] memory;
  private final float[] fed;
  private final float mean;
  private final float scale;
  private final boolean standardise;
  private long count;

  WaveformInput(OnnxModel onnx, Duration context, int lateChunks) {
    ModelCard card = onnx.card();
    mean = card.inputMean()[0];
    scale = card.inputScale()[0];
    standardise = card.inputField("standardise").map(Boolean::parseBoolean).orElse(false);
    long[] shape = card.inputShape();
    if (shape.length != 2) {
      throw new ModelException(card.id() + " must have an input of shape (1, samples)");
    }
    int longest = 0;
    try {
      if (shape[1] > 0) {
        longest = Math.toIntExact(shape[1]);
        models.add(new VoiceModel(onnx, new long[] {1, longest}));
      } else {
        long samples = context.toMillis() * Vad.SAMPLE_RATE_HZ / 1000;
        while (longest < samples) {
          longest += Vad.SAMPLE_RATE_HZ; // whole seconds: a session for each length
          models.add(new VoiceModel(onnx, new long[] {1, longest}));
        }
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    memory = new float[longest + lateChunks * Vad.CHUNK];
    fed = new float[longest];
  }

  @Override
  int embeddingSize() {
    return models.get(0).embeddingSize();
  }

  @Override
  void reset() {
    count = 0;
  }

  @Override
  void accept(float[] samples, int length) {
    for (int i = 0; i < length; i++) {
      memory[(int) (count++ % memory.length)] = samples[i];
    }
  }

  @Override
  @Nullable VoiceModel fed(long end, HeardChunks heard) {
    long first = Math.max(0, end - fed.length);
    while (first < end && !heard.speechAt(first)) {
      first = (first / Vad.CHUNK + 1) * Vad.CHUNK;
    }
    if (first >= end) {
      return null;
    }
    VoiceModel model = models.get(models.size() - 1);
    for (int i = models.size() - 1; i >= 0; i--) {
      if (models.get(i).input().capacity() >= end - first) {
        model = models.get(i);
      }
    }
    int length = model.input().capacity();
    int before = (int) Math.max(0, length - end); // no sound yet: stays 0
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < length; i++) {
      float sample = i < before ? 0 : memory[(int) ((end - length + i) % memory.length)];
      fed[i] = (sample - mean) * scale;
      sum += fed[i];
      squares += (double) fed[i] * fed[i];
    }
    if (standardise) {
      double centre = sum / length;
      double variance = Math.max(0, squares / length - centre * centre);
      double factor = 1 / Math.sqrt(variance + 1e-7); // as the wav2vec 2.0 feature extractor
      for (int i = 0; i < length; i++) {
        fed[i] = (float) ((fed[i] - centre) * factor);
      }
    }
    model.input().put(0, fed, 0, length);
    return model;
  }

  @Override
  public void close() {
    models.forEach(VoiceModel::close);
  }
}
