package io.github.erv.audio.spectrum;

import static java.util.Objects.checkFromIndexSize;

/**
 * Lifts high frequencies of a stream by {@code y(n) = x(n) - k x(n - 1)}, the sample before the
 * first counting as 0. Used by one thread at a time; allocates nothing.
 */
public final class PreEmphasis {
  private final float coefficient;
  private float last;

  /**
   * Creates a filter at the start of a stream.
   *
   * @param coefficient 0 for no emphasis, below 1; 0.97 is usual
   * @throws IllegalArgumentException if it is outside [0, 1)
   */
  public PreEmphasis(double coefficient) {
    if (!(coefficient >= 0 && coefficient < 1)) {
      throw new IllegalArgumentException("the coefficient must be in [0, 1), was " + coefficient);
    }
    this.coefficient = (float) coefficient;
  }

  /**
   * Returns the coefficient that lifts by 6 dB an octave from a frequency on.
   *
   * @param fromHz the frequency, at least 0
   * @param sampleRateHz of the sound
   * @return {@code exp(-2 pi fromHz / sampleRateHz)}
   */
  public static double coefficient(double fromHz, int sampleRateHz) {
    return Math.exp(-2 * Math.PI * fromHz / sampleRateHz);
  }

  /** Starts anew. */
  public void reset() {
    last = 0;
  }

  /**
   * Filters samples.
   *
   * @param samples hold the sound
   * @param offset where it starts
   * @param length how many
   * @param target receives as many; may be the same array at the same offset
   * @param targetOffset where the first goes
   * @throws IndexOutOfBoundsException if an array is too short
   */
  public void process(float[] samples, int offset, int length, float[] target, int targetOffset) {
    checkFromIndexSize(offset, length, samples.length);
    checkFromIndexSize(targetOffset, length, target.length);
    for (int i = 0; i < length; i++) {
      float sample = samples[offset + i];
      target[targetOffset + i] = sample - coefficient * last;
      last = sample;
    }
  }
}
