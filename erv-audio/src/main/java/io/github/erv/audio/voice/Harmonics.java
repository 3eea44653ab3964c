package io.github.erv.audio.voice;

import static java.util.Objects.checkFromIndexSize;
import static java.util.Objects.checkIndex;

/**
 * Levels of the harmonics of one voiced frame. Used by one thread at a time; nothing is allocated
 * after construction.
 */
public final class Harmonics {
  /** Part of the fundamental that a harmonic's peak may be off its place. */
  private static final double REACH = 0.25;

  private final double binHz;
  private final int bins;
  private final float[] level;
  private final float[] binMagnitude;
  private final float[] frequency;
  private final boolean[] peak;
  private int count;

  /**
   * Creates a measure for spectra of one size.
   *
   * @param fftSize length of the transform the spectrum comes from
   * @param sampleRateHz of the sound
   * @param most how many harmonics are measured at most
   */
  public Harmonics(int fftSize, int sampleRateHz, int most) {
    this.binHz = (double) sampleRateHz / fftSize;
    this.bins = fftSize / 2 + 1;
    this.level = new float[most];
    this.binMagnitude = new float[most];
    this.frequency = new float[most];
    this.peak = new boolean[most];
  }

  /**
   * Finds the harmonics of a frame: the strongest bin within a quarter of the fundamental around
   * each of its multiples, its magnitude read off the parabola through it and its neighbours.
   *
   * @param magnitude spectrum, shape (bins)
   * @param f0Hz fundamental frequency
   * @return how many were found
   */
  public int measure(float[] magnitude, double f0Hz) {
    checkFromIndexSize(0, bins, magnitude.length);
    count = 0;
    for (int h = 1; h <= level.length; h++) {
      double centre = h * f0Hz;
      int from = Math.max(1, (int) Math.ceil((centre - REACH * f0Hz) / binHz));
      int to = (int) Math.floor((centre + REACH * f0Hz) / binHz);
      int best = (int) Math.round(centre / binHz);
      if (Math.max(to, best) >= bins - 1) {
        break;
      }
      for (int k = from; k <= to; k++) {
        if (magnitude[k] > magnitude[best]) {
          best = k;
        }
      }
      read(magnitude, best);
      count++;
    }
    return count;
  }

  private void read(float[] magnitude, int k) {
    float middle = magnitude[k];
    float left = magnitude[Math.max(0, k - 1)];
    float right = magnitude[k + 1];
    float bend = left - 2 * middle + right;
    // a flank leads to the peak of another harmonic
    boolean isPeak = middle >= left && middle >= right;
    boolean bends = isPeak && bend < 0;
    float slope = left - right;
    float height = bends ? middle - slope * slope / (8 * bend) : middle;
    level[count] = decibels(height);
    binMagnitude[count] = middle;
    frequency[count] = (float) ((k + (bends ? slope / (2 * bend) : 0)) * binHz);
    peak[count] = isPeak;
  }

  private static float decibels(float magnitude) {
    return (float) (20 * Math.log10(Math.max(1e-10f, magnitude)));
  }

  /**
   * Returns the level of a harmonic of the measured frame.
   *
   * @param harmonic 1 for the fundamental
   * @return dB
   * @throws IndexOutOfBoundsException if it was not found
   */
  public float levelDb(int harmonic) {
    return level[checkIndex(harmonic - 1, count)];
  }

  /**
   * Returns the level of a harmonic's strongest bin, without the parabola.
   *
   * @param harmonic 1 for the fundamental
   * @return dB
   * @throws IndexOutOfBoundsException if it was not found
   */
  public float binLevelDb(int harmonic) {
    return decibels(binMagnitude[checkIndex(harmonic - 1, count)]);
  }

  /**
   * Returns the level of the strongest harmonic within a range: of those whose peak is there, the
   * one with the strongest bin.
   *
   * @param lowHz lower edge
   * @param highHz upper edge
   * @return dB; negative infinity if no harmonic is there
   */
  public float strongestDb(double lowHz, double highHz) {
    int strongest = -1;
    for (int h = 0; h < count; h++) {
      if (peak[h]
          && frequency[h] >= lowHz
          && frequency[h] <= highHz
          && (strongest < 0 || binMagnitude[h] > binMagnitude[strongest])) {
        strongest = h;
      }
    }
    return strongest < 0 ? Float.NEGATIVE_INFINITY : level[strongest];
  }
}
