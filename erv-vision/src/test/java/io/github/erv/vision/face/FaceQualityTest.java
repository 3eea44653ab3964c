package io.github.erv.vision.face;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.media.Frame;
import io.github.erv.vision.Pictures;
import org.junit.jupiter.api.Test;

/** What hinders reading lowers the value that is named after it. */
class FaceQualityTest {
  private static final int SIDE = FaceCrop.JUDGED_SIDE;
  private static final HeadPose FRONTAL = new HeadPose(0, 0, 0);

  private static byte[] face() {
    byte[] luma = new byte[SIDE * SIDE];
    Frame frame = Frame.of(Pictures.portrait());
    new FrameSampler().lumaInto(frame, new Square(127, 116, 110, 0), SIDE, luma);
    return luma;
  }

  private static byte[] blurred(byte[] luma, int times) {
    byte[] from = luma;
    for (int t = 0; t < times; t++) {
      byte[] to = from.clone();
      for (int y = 1; y < SIDE - 1; y++) {
        for (int x = 1; x < SIDE - 1; x++) {
          int sum = 0;
          for (int v = -1; v <= 1; v++) {
            for (int u = -1; u <= 1; u++) {
              sum += from[(y + v) * SIDE + x + u] & 255;
            }
          }
          to[y * SIDE + x] = (byte) (sum / 9);
        }
      }
      from = to;
    }
    return from;
  }

  private static byte[] scaled(byte[] luma, double factor) {
    byte[] scaled = new byte[luma.length];
    for (int i = 0; i < luma.length; i++) {
      scaled[i] = (byte) Math.min(255, Math.round((luma[i] & 255) * factor));
    }
    return scaled;
  }

  @Test
  void of_goodFace_isGood() {
    FaceQuality quality = FaceQuality.of(face(), SIDE, 150, FRONTAL);
    assertTrue(quality.score() > 0.8, quality.toString());
  }

  @Test
  void of_blurredFace_isLessSharp() {
    float sharp = FaceQuality.of(face(), SIDE, 150, FRONTAL).sharpness();
    float soft = FaceQuality.of(blurred(face(), 1), SIDE, 150, FRONTAL).sharpness();
    float blurred = FaceQuality.of(blurred(face(), 4), SIDE, 150, FRONTAL).sharpness();
    assertTrue(
        soft <= sharp && blurred < soft && blurred < 0.5, sharp + " " + soft + " " + blurred);
  }

  @Test
  void of_darkAndBrightFace_areLessExposed() {
    float good = FaceQuality.of(face(), SIDE, 150, FRONTAL).exposure();
    assertTrue(FaceQuality.of(scaled(face(), 0.1), SIDE, 150, FRONTAL).exposure() < 0.3 * good);
    assertTrue(FaceQuality.of(scaled(face(), 4), SIDE, 150, FRONTAL).exposure() < 0.8 * good);
    assertEquals(0, FaceQuality.of(new byte[SIDE * SIDE], SIDE, 150, FRONTAL).exposure());
  }

  @Test
  void of_smallerFace_isSmaller() {
    float last = 2;
    for (int side : new int[] {120, 80, 60, 40, 20, 12}) {
      float size = FaceQuality.of(face(), SIDE, side, FRONTAL).size();
      assertTrue(size < last, side + ": " + size);
      last = size;
    }
    assertEquals(0, last);
  }

  @Test
  void of_turnedFace_isTurned() {
    assertEquals(1, FaceQuality.of(face(), SIDE, 150, new HeadPose(-15, 10, 90)).turn());
    float half = FaceQuality.of(face(), SIDE, 150, new HeadPose(50, 0, 0)).turn();
    assertEquals(0.5, half, 1e-6);
    assertEquals(0, FaceQuality.of(face(), SIDE, 150, new HeadPose(-85, 0, 0)).turn());
  }

  @Test
  void quality_outsideOfUnit_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> new FaceQuality(1.1f, 1, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new FaceQuality(1, 1, Float.NaN, 1));
  }
}
