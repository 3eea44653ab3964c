package io.github.erv.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.audio.spectrum.Deltas;
import io.github.erv.audio.spectrum.LogMel;
import io.github.erv.audio.spectrum.MelScale;
import io.github.erv.audio.spectrum.Mfcc;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CepstralFramesTest {
  private static final float[] SPEECH = Speech.samples();

  private static float[] all(int capacity, int cut) {
    CepstralFrames frames = new CepstralFrames(capacity);
    for (int at = 0; at < SPEECH.length; at += cut) {
      frames.process(SPEECH, at, Math.min(cut, SPEECH.length - at));
    }
    float[] rows = new float[(int) frames.count() * CepstralFrames.SIZE];
    int found = frames.gatherInto(0, frames.count(), f -> true, rows);
    return Arrays.copyOf(rows, found * CepstralFrames.SIZE);
  }

  @Test
  void frames_ofARecording_areItsCoefficientsAndTheirDeltas() {
    LogMel logMel =
        new LogMel(new LogMel.Spec(16_000, 400, 160, 512, 26, MelScale.HTK, 20, 6_500, 1e-9));
    float[] bands = new float[logMel.maxFrames(SPEECH.length) * 26];
    int count = logMel.process(SPEECH, 0, SPEECH.length, bands, 0);
    Mfcc mfcc = new Mfcc(26, 0, 13, 22, 1e-9);
    float[] statics = new float[count * 13];
    for (int f = 0; f < count; f++) {
      mfcc.transformInto(bands, f * 26, statics, f * 13);
    }
    float[] deltas = new float[count * 13];
    float[] accelerations = new float[count * 13];
    Deltas.deltasInto(statics, count, 13, 2, deltas);
    Deltas.deltasInto(deltas, count, 13, 2, accelerations);
    float[] rows = all(1_000, SPEECH.length);
    assertEquals(count * 39, rows.length);
    for (int f = 0; f < count; f++) {
      for (int c = 0; c < 13; c++) {
        assertEquals(statics[f * 13 + c], rows[f * 39 + c]);
        assertEquals(deltas[f * 13 + c], rows[f * 39 + 13 + c]);
        assertEquals(accelerations[f * 13 + c], rows[f * 39 + 26 + c]);
      }
    }
  }

  @Test
  void process_howeverTheSoundIsCut_givesTheSame() {
    float[] whole = all(1_000, SPEECH.length);
    for (int cut : new int[] {1, 159, 401, 5_000}) {
      assertArrayEquals(whole, all(1_000, cut));
    }
  }

  @Test
  void gather_ofAPart_isThatPartOfTheWhole() {
    float[] whole = all(1_000, 512);
    CepstralFrames frames = new CepstralFrames(60); // forgets
    frames.process(SPEECH, 0, SPEECH.length);
    long first = frames.count() - 40;
    float[] rows = new float[60 * CepstralFrames.SIZE];
    int found = frames.gatherInto(first, first + 30, f -> f % 2 == 0, rows);
    assertEquals(15, found);
    int row = 0;
    for (long f = first; f < first + 30; f++) {
      if (f % 2 == 0) {
        for (int i = 0; i < CepstralFrames.SIZE; i++) {
          assertEquals(
              whole[(int) f * CepstralFrames.SIZE + i], rows[row * CepstralFrames.SIZE + i]);
        }
        row++;
      }
    }
    assertEquals(60, frames.gatherInto(0, Long.MAX_VALUE / 2, f -> true, rows));
    assertEquals(0, frames.gatherInto(-5, 0, f -> true, rows));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> frames.gatherInto(0, frames.count(), f -> true, new float[39]));
    frames.reset();
    assertEquals(0, frames.count());
    assertEquals(0, frames.gatherInto(0, 10, f -> true, rows));
  }

  @Test
  void silenceAndBlasts_areFinite() {
    for (float level : new float[] {0, 1e-20f, 100}) {
      float[] sound = new float[4_000];
      Arrays.fill(sound, level);
      CepstralFrames frames = new CepstralFrames(100);
      frames.process(sound, 0, sound.length);
      float[] rows = new float[100 * CepstralFrames.SIZE];
      int found = frames.gatherInto(0, 100, f -> true, rows);
      assertEquals(23, found);
      for (float value : rows) {
        assertTrue(Float.isFinite(value));
      }
    }
    assertThrows(IllegalArgumentException.class, () -> new CepstralFrames(0));
  }
}
