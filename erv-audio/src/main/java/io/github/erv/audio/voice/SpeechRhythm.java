package io.github.erv.audio.voice;

import static java.util.Objects.checkFromIndexSize;

import java.util.Arrays;

/**
 * How fast somebody speaks and how much they pause, from syllable nuclei: peaks of the level, at
 * most {@value #BELOW_LOUDEST_DB} dB below the loudest, that are voiced and fall by at least
 * {@value #LEAST_DIP_DB} dB before the next.
 *
 * <p>A syllable too weak to have a dip of its own is missed: rates are somewhat below what people
 * count, and agree with them over stretches of some seconds.
 *
 * @param syllables nuclei found, at least 0
 * @param pauses stretches of at least 0.3 s without speech, between speech
 * @param speechSeconds from the first speech to the last, without the pauses
 * @param pauseSeconds in pauses
 * @see "de Jong &amp; Wempe (2009), Praat script to detect syllable nuclei and measure speech rate
 *     automatically, Behavior Research Methods 41(2)"
 */
public record SpeechRhythm(int syllables, int pauses, double speechSeconds, double pauseSeconds) {
  private static final double BELOW_LOUDEST_DB = 25;
  private static final double LEAST_DIP_DB = 2;
  private static final double LEAST_PAUSE_SECONDS = 0.3;

  /** Part of the frames that may be louder than the loudest that counts, against clicks. */
  private static final double LOUDEST_QUANTILE = 0.99;

  /**
   * Measures a recording, or a stretch of one.
   *
   * @param levelDb level of each frame, smooth enough not to show single periods (frames of 60 ms
   *     are), shape (frames)
   * @param voiced whether the frame has a pitch, shape (frames)
   * @param speaking whether somebody speaks, as of {@link Vad}, shape (frames)
   * @param frames how many there are
   * @param frameSeconds from one to the next, greater than 0
   * @return the measures, all 0 if nobody speaks
   * @throws IndexOutOfBoundsException if an array is too short
   */
  public static SpeechRhythm of(
      float[] levelDb, boolean[] voiced, boolean[] speaking, int frames, double frameSeconds) {
    checkFromIndexSize(0, frames, levelDb.length);
    checkFromIndexSize(0, frames, voiced.length);
    checkFromIndexSize(0, frames, speaking.length);
    if (!(frameSeconds > 0)) {
      throw new IllegalArgumentException("a frame must take time, took " + frameSeconds + " s");
    }
    int first = 0;
    while (first < frames && !speaking[first]) {
      first++;
    }
    int end = frames;
    while (end > first && !speaking[end - 1]) {
      end--;
    }
    int pauses = 0;
    int silent = 0;
    int run = 0;
    for (int f = first; f < end; f++) {
      if (!speaking[f]) {
        run++;
        continue;
      }
      // a thousandth of a frame for what division by the hop leaves over
      if (run * frameSeconds >= LEAST_PAUSE_SECONDS - 1e-3 * frameSeconds) {
        pauses++;
        silent += run;
      }
      run = 0;
    }
    int syllables = first == end ? 0 : nuclei(levelDb, voiced, first, end);
    return new SpeechRhythm(
        syllables, pauses, (end - first - silent) * frameSeconds, silent * frameSeconds);
  }

  private static int nuclei(float[] levelDb, boolean[] voiced, int first, int end) {
    float[] sorted = Arrays.copyOfRange(levelDb, first, end);
    Arrays.sort(sorted);
    double least = sorted[(int) (LOUDEST_QUANTILE * (sorted.length - 1))] - BELOW_LOUDEST_DB;
    int count = 0;
    int peak = -1;
    float lowest = 0;
    for (int f = first; f < end; f++) {
      float level = levelDb[f];
      boolean top =
          level >= least
              && (f == first || level > levelDb[f - 1])
              && (f == end - 1 || level >= levelDb[f + 1]);
      if (peak >= 0) {
        lowest = Math.min(lowest, level);
        if (levelDb[peak] - lowest >= LEAST_DIP_DB) {
          count += voiced[peak] ? 1 : 0;
          peak = -1;
        }
      }
      if (top && (peak < 0 || level > levelDb[peak])) {
        peak = f;
        lowest = level;
      }
    }
    return peak >= 0 && voiced[peak] ? count + 1 : count;
  }

  /**
   * Returns the speech rate, pauses included.
   *
   * @return syllables a second; 0 without speech
   */
  public double speechRate() {
    double seconds = speechSeconds + pauseSeconds;
    return seconds > 0 ? syllables / seconds : 0;
  }

  /**
   * Returns the articulation rate, pauses left out.
   *
   * @return syllables a second; 0 without speech
   */
  public double articulationRate() {
    return speechSeconds > 0 ? syllables / speechSeconds : 0;
  }
}
