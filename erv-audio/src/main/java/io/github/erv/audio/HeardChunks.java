package io.github.erv.audio;

import io.github.erv.audio.voice.Vad;
import java.util.Arrays;

/**
 * What is remembered of the last chunks of sound: whether they are speech, and their power. Chunk c
 * holds the samples from {@code c * Vad.CHUNK} on, at 16 kHz. Used by one thread at a time.
 */
final class HeardChunks {
  private final int context;
  private final boolean[] speech;
  private final float[] power;
  private final float[] sorted;
  private long count;

  /**
   * Creates an empty memory.
   *
   * @param contextChunks how many chunks {@link #speechChunks} and {@link #noisePower} look at
   * @param stepChunks how many more {@link #speechSamples} may be asked about
   */
  HeardChunks(int contextChunks, int stepChunks) {
    context = contextChunks;
    speech = new boolean[contextChunks + stepChunks];
    power = new float[contextChunks + stepChunks];
    sorted = new float[contextChunks];
  }

  void reset() {
    count = 0;
  }

  long count() {
    return count;
  }

  /**
   * Remembers a chunk.
   *
   * @param chunkPower mean square of its samples
   * @param speechRun how many of the latest chunks, this one included, are now known to be speech
   */
  void add(float chunkPower, int speechRun) {
    power[slot(count)] = chunkPower;
    speech[slot(count)] = false;
    count++;
    for (long c = Math.max(oldest(), count - speechRun); c < count; c++) {
      speech[slot(c)] = true;
    }
  }

  private int slot(long chunk) {
    return (int) (chunk % speech.length);
  }

  private long oldest() {
    return Math.max(0, count - speech.length);
  }

  boolean speechAt(long sample) {
    long chunk = sample / Vad.CHUNK;
    return chunk >= oldest() && chunk < count && speech[slot(chunk)];
  }

  /** Samples of speech in [from, to). */
  long speechSamples(long from, long to) {
    long samples = 0;
    for (long c = Math.max(oldest(), from / Vad.CHUNK); c < count && c * Vad.CHUNK < to; c++) {
      if (speech[slot(c)]) {
        samples += Math.min(to, (c + 1) * Vad.CHUNK) - Math.max(from, c * Vad.CHUNK);
      }
    }
    return samples;
  }

  private long contextStart() {
    return Math.max(0, count - context);
  }

  int speechChunks() {
    int chunks = 0;
    for (long c = contextStart(); c < count; c++) {
      chunks += speech[slot(c)] ? 1 : 0;
    }
    return chunks;
  }

  /** Mean power of the chunks of speech in the context; there must be one. */
  double speechPower() {
    double sum = 0;
    for (long c = contextStart(); c < count; c++) {
      sum += speech[slot(c)] ? power[slot(c)] : 0;
    }
    return sum / speechChunks();
  }

  /** Power that a tenth of the chunks in the context do not reach: what is left between words. */
  double noisePower() {
    int chunks = (int) (count - contextStart());
    for (int i = 0; i < chunks; i++) {
      sorted[i] = power[slot(contextStart() + i)];
    }
    Arrays.sort(sorted, 0, chunks);
    return sorted[chunks / 10];
  }
}
