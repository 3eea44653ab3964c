package io.github.erv.training.voice;

import io.github.erv.audio.VoiceFeatures;
import io.github.erv.audio.voice.Vad;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hears recordings as the encoder does: finds speech, and gathers its features. */
final class Hearing implements AutoCloseable {
  private static final int LONGEST_FRAMES = 6_000;

  private final Vad vad = Vad.bundled();
  private final Vad.Session session = vad.open();
  private final VoiceFeatures features = new VoiceFeatures(LONGEST_FRAMES);
  private boolean[] speech = {};

  /** Takes up a whole recording of at most a minute. */
  void hear(float[] samples) {
    int chunks = samples.length / Vad.CHUNK + 1;
    float[] padded = Arrays.copyOf(samples, chunks * Vad.CHUNK);
    speech = new boolean[chunks];
    session.reset();
    for (int c = 0; c < chunks; c++) {
      session.accept(padded, c * Vad.CHUNK);
      Arrays.fill(speech, c + 1 - session.speechRun(), c + 1, true);
    }
    features.reset();
    features.process(samples, 0, samples.length);
  }

  private boolean isSpeech(long frame) {
    return speech[(int) ((frame * VoiceFeatures.HOP + VoiceFeatures.FRAME / 2) / Vad.CHUNK)];
  }

  long frames() {
    return features.count();
  }

  /** The frames of speech, in order. */
  long[] speechFrames() {
    List<Long> frames = new ArrayList<>();
    for (long f = 0; f < features.count(); f++) {
      if (isSpeech(f)) {
        frames.add(f);
      }
    }
    return frames.stream().mapToLong(f -> f).toArray();
  }

  /** The features of the speech in [first, end), or null if there is none. */
  float @Nullable [] features(long first, long end) {
    float[] values = new float[VoiceFeatures.SIZE];
    return features.gatherInto(first, end, this::isSpeech, values) == 0 ? null : values;
  }

  @Override
  public void close() {
    session.close();
    vad.close();
  }
}
