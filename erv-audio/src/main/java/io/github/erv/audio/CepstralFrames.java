package io.github.erv.audio;

import static java.util.Objects.checkFromIndexSize;

import io.github.erv.audio.spectrum.Deltas;
import io.github.erv.audio.spectrum.LogMel;
import io.github.erv.audio.spectrum.MelScale;
import io.github.erv.audio.spectrum.Mfcc;
import java.util.function.LongPredicate;

/**
 * What hidden Markov models of speech read: 13 mel-frequency cepstral coefficients of 25 ms every
 * 10 ms, how fast they change, and how fast that changes. Frame by frame as sound of 16 kHz comes
 * in, gathered over any stretch of it that is still remembered.
 *
 * <p>26 bands on the HTK scale up to 6.5 kHz, so that where a channel ends does not matter much;
 * lifter 22; deltas over two frames to each side, speech or not. Used by one thread at a time;
 * nothing is allocated after construction.
 *
 * @see "Young et al. (2006), The HTK book 3.4, chapter 5"
 */
public final class CepstralFrames {
  /** Name of these numbers, in the metadata {@code erv.features} of a model that reads them. */
  public static final String VERSION = "mfcc-39 v1";

  /** Numbers a frame. */
  public static final int SIZE = 39;

  /** Samples from one frame to the next. */
  public static final int HOP = 160;

  /** Samples a frame. */
  public static final int FRAME = 400;

  private static final int CEPSTRA = 13;
  private static final int BANDS = 26;

  /** Frames that a frame's numbers reach to each side: two for deltas, two for theirs. */
  private static final int REACH = 4;

  private final LogMel logMel =
      new LogMel(new LogMel.Spec(16_000, FRAME, HOP, 512, BANDS, MelScale.HTK, 20, 6_500, 1e-9));
  private final Mfcc mfcc = new Mfcc(BANDS, 0, CEPSTRA, 22, 1e-9);
  private final int capacity;

  /** Shape (capacity, cepstra); frame f is row f % capacity. */
  private final float[] memory;

  private final float[] fresh;
  private final float[] statics;
  private final float[] deltas;
  private final float[] accelerations;
  private long count;

  /**
   * Creates a stream.
   *
   * @param capacity frames that are remembered, at least 1
   */
  public CepstralFrames(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("at least 1 frame must be remembered, were " + capacity);
    }
    this.capacity = capacity;
    memory = new float[capacity * CEPSTRA];
    fresh = new float[logMel.maxFrames(FRAME) * BANDS];
    statics = new float[capacity * CEPSTRA];
    deltas = new float[capacity * CEPSTRA];
    accelerations = new float[capacity * CEPSTRA];
  }

  /** Starts anew, as if nothing had been heard. */
  public void reset() {
    logMel.reset();
    count = 0;
  }

  /**
   * Returns how many frames are complete.
   *
   * @return frames since the start
   */
  public long count() {
    return count;
  }

  /**
   * Takes up samples.
   *
   * @param samples hold the sound
   * @param offset where it starts
   * @param length how many samples, any number
   * @throws IndexOutOfBoundsException if the array is too short
   */
  public void process(float[] samples, int offset, int length) {
    checkFromIndexSize(offset, length, samples.length);
    for (int done = 0; done < length; done += FRAME) {
      int made = logMel.process(samples, offset + done, Math.min(FRAME, length - done), fresh, 0);
      for (int f = 0; f < made; f++) {
        mfcc.transformInto(fresh, f * BANDS, memory, (int) (count++ % capacity) * CEPSTRA);
      }
    }
  }

  /**
   * Gathers the frames of a stretch.
   *
   * @param first frame
   * @param end the frame behind the last; frames no longer remembered or not yet heard are left out
   * @param speech tells whether a frame is speech, others are left out
   * @param target receives shape (frames, {@value #SIZE}): coefficients from 0 on, their deltas and
   *     accelerations
   * @return how many frames of speech were gathered
   * @throws IndexOutOfBoundsException if the target is too short
   */
  public int gatherInto(long first, long end, LongPredicate speech, float[] target) {
    long oldest = Math.max(0, count - capacity);
    long from = Math.max(oldest, first - REACH);
    int frames = (int) (Math.min(count, end + REACH) - from);
    if (frames <= 0) {
      return 0;
    }
    for (int f = 0; f < frames; f++) {
      int row = (int) ((from + f) % capacity) * CEPSTRA;
      System.arraycopy(memory, row, statics, f * CEPSTRA, CEPSTRA);
    }
    Deltas.deltasInto(statics, frames, CEPSTRA, 2, deltas);
    Deltas.deltasInto(deltas, frames, CEPSTRA, 2, accelerations);
    int found = 0;
    for (long f = Math.max(oldest, first); f < Math.min(count, end); f++) {
      if (speech.test(f)) {
        int row = (int) (f - from) * CEPSTRA;
        int at = found++ * SIZE;
        checkFromIndexSize(at, SIZE, target.length);
        System.arraycopy(statics, row, target, at, CEPSTRA);
        System.arraycopy(deltas, row, target, at + CEPSTRA, CEPSTRA);
        System.arraycopy(accelerations, row, target, at + 2 * CEPSTRA, CEPSTRA);
      }
    }
    return found;
  }
}
