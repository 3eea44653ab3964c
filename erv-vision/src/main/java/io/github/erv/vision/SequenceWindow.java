package io.github.erv.vision;

/**
 * The last seconds of one signal on a regular grid of media time, whatever the frame rate it came
 * with: values between two samples are interpolated linearly, as long as the two are close enough.
 * The grid starts with the first sample, and anew after a gap, so that a gap is never bridged.
 *
 * <p>Memory does not depend on the frame rate: only grid values and the latest sample are kept.
 */
final class SequenceWindow {
  private final int steps;
  private final int size;
  private final long stepMicros;
  private final long gapMicros;
  private final float[] grid; // a ring of rows; the row of grid point k is k modulo steps
  private final float[] last;
  private long startMicros;
  private long lastMicros;
  private long points;

  /**
   * Creates an empty window.
   *
   * @param steps grid values kept
   * @param size values a sample
   * @param stepMicros distance of grid values
   * @param gapMicros samples further apart do not belong together
   */
  SequenceWindow(int steps, int size, long stepMicros, long gapMicros) {
    this.steps = steps;
    this.size = size;
    this.stepMicros = stepMicros;
    this.gapMicros = gapMicros;
    grid = new float[steps * size];
    last = new float[size];
  }

  /**
   * Takes a sample.
   *
   * @param micros its media time
   * @param sample its values; copied
   * @return true if it completed at least one point of the grid
   */
  boolean add(long micros, float[] sample) {
    boolean continues = points > 0 && micros >= lastMicros && micros - lastMicros <= gapMicros;
    long before = continues ? points : 0;
    if (!continues) {
      points = 0;
      startMicros = micros;
      store(sample, sample, 0);
    }
    while (startMicros + points * stepMicros <= micros) {
      long point = startMicros + points * stepMicros;
      store(last, sample, (float) (point - lastMicros) / (micros - lastMicros));
    }
    System.arraycopy(sample, 0, last, 0, size);
    lastMicros = micros;
    return points > before;
  }

  private void store(float[] from, float[] to, float share) {
    int row = (int) (points % steps) * size;
    for (int i = 0; i < size; i++) {
      grid[row + i] = from[i] + share * (to[i] - from[i]);
    }
    points++;
  }

  /** Tells whether every step of the window is known. */
  boolean full() {
    return points >= steps;
  }

  /** Tells whether a sample at that time would start anew. */
  boolean over(long micros) {
    return micros - lastMicros > gapMicros;
  }

  /**
   * Copies one value of each sample, or several, oldest step first.
   *
   * @param from first value of a sample
   * @param count values of a sample
   * @param target receives steps * count values
   */
  void copy(int from, int count, float[] target) {
    for (int k = 0; k < steps; k++) {
      int row = (int) ((points + k) % steps) * size; // the oldest of a full ring is the next
      System.arraycopy(grid, row + from, target, k * count, count);
    }
  }
}
