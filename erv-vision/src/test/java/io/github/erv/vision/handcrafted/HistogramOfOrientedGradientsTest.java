package io.github.erv.vision.handcrafted;

import static io.github.erv.vision.handcrafted.LocalBinaryPatternsTest.assertBad;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HistogramOfOrientedGradientsTest {
  /** scikit-image sums in floats too, in another order. */
  private static final float TOLERANCE = 2e-6f;

  @ParameterizedTest
  @CsvSource({"8, 2, 9", "6, 3, 8", "5, 1, 12"})
  void into_picture_isThatOfScikitImage(int cell, int block, int bins) {
    HistogramOfOrientedGradients gradients =
        HistogramOfOrientedGradients.of(Vectors.WIDTH, Vectors.HEIGHT, cell, block, bins);
    FloatBuffer expected =
        Vectors.read("hog-" + cell + '-' + block + '-' + bins + ".f32").asFloatBuffer();
    assertEquals(expected.remaining(), gradients.size());
    List<String> names = gradients.names();
    assertEquals(gradients.size(), names.size());
    float[] out = new float[gradients.size() + 3];
    gradients.into(Vectors.picture(), out, 3);
    gradients.into(Vectors.picture(), out, 3); // nothing is left of the first
    for (int i = 0; i < expected.remaining(); i++) {
      assertEquals(expected.get(i), out[i + 3], TOLERANCE, names.get(i));
    }
  }

  /** A ramp that rises in one direction votes for the bin of that direction alone. */
  @ParameterizedTest
  @ValueSource(ints = {10, 30, 50, 70, 90, 110, 130, 150, 170, 190, 330})
  void into_ramp_votesForItsDirection(int degrees) {
    int side = 32;
    byte[] ramp = new byte[side * side];
    for (int i = 0; i < ramp.length; i++) {
      double across = Math.cos(Math.toRadians(degrees)) * (i % side - 16);
      double down = Math.sin(Math.toRadians(degrees)) * (i / side - 16);
      ramp[i] = (byte) Math.round(128 + 5 * (across + down));
    }
    HistogramOfOrientedGradients gradients = HistogramOfOrientedGradients.of(side, side, 8, 1, 9);
    float[] out = new float[gradients.size()];
    gradients.into(ramp, out, 0);
    int cell = (4 + 1) * 9; // row 1, column 1: inside, where no gradient is cut
    int expected = degrees % 180 / 20;
    for (int bin = 0; bin < 9; bin++) {
      if (bin != expected) {
        assertTrue(out[cell + bin] < out[cell + expected] / 2, "bin " + bin);
      }
    }
    assertEquals("b1.1.c0.0." + 20 * expected + "deg", gradients.names().get(cell + expected));
  }

  @Test
  void into_evenPicture_isZero() {
    HistogramOfOrientedGradients gradients = HistogramOfOrientedGradients.of(20, 17, 4, 2, 9);
    float[] out = new float[gradients.size()];
    Arrays.fill(out, Float.NaN);
    gradients.into(new byte[20 * 17], out, 0);
    for (float value : out) {
      assertEquals(0, value);
    }
  }

  @Test
  void of_badNumbers_saysWhich() {
    assertBad("width", () -> HistogramOfOrientedGradients.of(15, 16, 8, 2, 9));
    assertBad("height", () -> HistogramOfOrientedGradients.of(16, 15, 8, 2, 9));
    assertBad("cell", () -> HistogramOfOrientedGradients.of(16, 16, 1, 2, 9));
    assertBad("block", () -> HistogramOfOrientedGradients.of(16, 16, 8, 0, 9));
    assertBad("bins", () -> HistogramOfOrientedGradients.of(16, 16, 8, 2, 1));
    HistogramOfOrientedGradients gradients = HistogramOfOrientedGradients.of(16, 16, 8, 2, 9);
    assertThrows(
        IndexOutOfBoundsException.class, () -> gradients.into(new byte[255], new float[36], 0));
    assertThrows(
        IndexOutOfBoundsException.class, () -> gradients.into(new byte[256], new float[36], 1));
  }
}
