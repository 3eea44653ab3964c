package io.github.erv.audio.voice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SpeechRhythmTest {
  private static final int FRAMES = 500;
  private static final double HOP = 0.01;

  private final float[] level = new float[FRAMES];
  private final boolean[] voiced = new boolean[FRAMES];
  private final boolean[] speaking = new boolean[FRAMES];

  SpeechRhythmTest() {
    // four syllables a second, 10 dB from peak to dip
    for (int f = 0; f < FRAMES; f++) {
      level[f] = (float) (60 - 5 * Math.cos(2 * Math.PI * 4 * f * HOP));
    }
    Arrays.fill(voiced, true);
    Arrays.fill(speaking, true);
  }

  @Test
  void of_regularSyllables_countsThemAll() {
    SpeechRhythm rhythm = SpeechRhythm.of(level, voiced, speaking, FRAMES, HOP);
    assertEquals(new SpeechRhythm(20, 0, 5, 0), rhythm);
    assertEquals(4, rhythm.speechRate(), 1e-12);
    assertEquals(4, rhythm.articulationRate(), 1e-12);
  }

  @Test
  void of_pausesAndShorterGaps_tellsThemApart() {
    silence(100, 200); // a second
    silence(300, 325); // too short for a pause
    silence(0, 25); // before and after speech there are no pauses
    silence(475, 500);
    SpeechRhythm rhythm = SpeechRhythm.of(level, voiced, speaking, FRAMES, HOP);
    assertEquals(1, rhythm.pauses());
    assertEquals(1, rhythm.pauseSeconds(), 1e-9);
    assertEquals(3.5, rhythm.speechSeconds(), 1e-9);
    assertEquals(13, rhythm.syllables()); // 20 - 4 - 1 - 1 - 1
    assertEquals(13 / 3.5, rhythm.articulationRate(), 1e-9);
    assertEquals(13 / 4.5, rhythm.speechRate(), 1e-9);
  }

  private void silence(int from, int to) {
    Arrays.fill(speaking, from, to, false);
    Arrays.fill(level, from, to, 0);
  }

  @Test
  void of_unvoicedWeakOrFlatPeaks_leavesThemOut() {
    Arrays.fill(voiced, 0, 250, false);
    assertEquals(10, SpeechRhythm.of(level, voiced, speaking, FRAMES, HOP).syllables());
    for (int f = 250; f < 375; f++) {
      level[f] -= 26;
    }
    assertEquals(5, SpeechRhythm.of(level, voiced, speaking, FRAMES, HOP).syllables());
    for (int f = 0; f < FRAMES; f++) {
      level[f] = (float) (60 - 0.9 * Math.cos(2 * Math.PI * 4 * f * HOP)); // dips of 1.8 dB
    }
    Arrays.fill(voiced, true);
    assertEquals(1, SpeechRhythm.of(level, voiced, speaking, FRAMES, HOP).syllables());
  }

  @Test
  void of_nobodySpeaking_isAllZero() {
    SpeechRhythm none = new SpeechRhythm(0, 0, 0, 0);
    assertEquals(none, SpeechRhythm.of(level, voiced, new boolean[FRAMES], FRAMES, HOP));
    assertEquals(none, SpeechRhythm.of(level, voiced, speaking, 0, HOP));
    assertEquals(0, none.speechRate());
    assertEquals(0, none.articulationRate());
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> SpeechRhythm.of(level, voiced, speaking, FRAMES + 1, HOP));
    assertThrows(
        IllegalArgumentException.class, () -> SpeechRhythm.of(level, voiced, speaking, 1, 0));
  }
}
