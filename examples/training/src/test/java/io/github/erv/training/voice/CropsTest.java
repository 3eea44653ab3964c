package io.github.erv.training.voice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CropsTest {
  private static final int BANDS = 48;

  @Test
  void middle_shortRecording_isRepeatedFromTheFirstFrame() {
    float[] crop = Crops.middle(recording(70), BANDS);
    assertEquals(Crops.MOST * BANDS, crop.length);
    for (int f = 0; f < Crops.MOST; f++) {
      assertEquals(f % 70, crop[f * BANDS]);
    }
  }

  @Test
  void middle_longRecording_isItsMiddle() {
    float[] crop = Crops.middle(recording(400), BANDS);
    assertEquals(110, crop[0]);
    assertEquals(110 + Crops.MOST - 1, crop[(Crops.MOST - 1) * BANDS]);
  }

  @Test
  void random_sameSeed_isTheSameAndFinite() {
    for (int length : new int[] {1, 25, 90, 500}) {
      float[] one = Crops.random(recording(length), BANDS, new SplittableRandom(3));
      assertArrayEquals(one, Crops.random(recording(length), BANDS, new SplittableRandom(3)));
      for (float value : one) {
        assertTrue(Float.isFinite(value));
      }
    }
  }

  /** Frame f holds the value f in every band. */
  private static Recording recording(int length) {
    float[][] frames = new float[length][BANDS];
    for (int f = 0; f < length; f++) {
      Arrays.fill(frames[f], f);
    }
    return new Recording("r", 0, "s", frames);
  }
}
