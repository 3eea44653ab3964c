package io.github.erv.audio.spectrum;

import static java.util.Objects.checkFromIndexSize;

/**
 * How fast the values of successive frames change: the slope of a regression over a few frames to
 * each side, {@code d(t) = sum(n) n (c(t + n) - c(t - n)) / (2 sum(n) n^2)}, in units a frame.
 * Before the first and after the last frame the first and the last count. Accelerations are the
 * deltas of deltas.
 *
 * @see "Furui (1986), Speaker-independent isolated word recognition using dynamic features of
 *     speech spectrum, IEEE Trans. ASSP 34(1); Young et al. (2006), The HTK book 3.4, section 5.9"
 */
public final class Deltas {
  private Deltas() {}

  /**
   * Writes the deltas of a stretch of frames.
   *
   * @param values shape (frames, width)
   * @param frames how many there are
   * @param width values a frame
   * @param reach frames to each side, at least 1; 2 is usual
   * @param target receives shape (frames, width); must not be the values
   * @throws IllegalArgumentException if the reach is below 1
   * @throws IndexOutOfBoundsException if an array is too short
   */
  public static void deltasInto(float[] values, int frames, int width, int reach, float[] target) {
    if (reach < 1) {
      throw new IllegalArgumentException("the reach must be at least 1, was " + reach);
    }
    checkFromIndexSize(0, Math.multiplyExact(frames, width), values.length);
    checkFromIndexSize(0, frames * width, target.length);
    float norm = 0;
    for (int n = 1; n <= reach; n++) {
      norm += 2 * n * n;
    }
    for (int t = 0; t < frames; t++) {
      for (int i = 0; i < width; i++) {
        float sum = 0;
        for (int n = 1; n <= reach; n++) {
          float after = values[Math.min(frames - 1, t + n) * width + i];
          float before = values[Math.max(0, t - n) * width + i];
          sum += n * (after - before);
        }
        target[t * width + i] = sum / norm;
      }
    }
  }
}
