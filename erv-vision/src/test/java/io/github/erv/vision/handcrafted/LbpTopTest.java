package io.github.erv.vision.handcrafted;

import static io.github.erv.vision.handcrafted.LocalBinaryPatternsTest.assertBad;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.erv.vision.handcrafted.LocalBinaryPatterns.Labelling;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LbpTopTest {
  private static final float TOLERANCE = 1e-5f;
  private static final int WIDTH = 14;
  private static final int HEIGHT = 11;

  private static List<byte[]> noise(long seed, int pictures) {
    SplittableRandom random = new SplittableRandom(seed);
    List<byte[]> volume = new ArrayList<>();
    for (int t = 0; t < pictures; t++) {
      byte[] picture = new byte[WIDTH * HEIGHT];
      for (int i = 0; i < picture.length; i++) {
        picture[i] = (byte) random.nextInt(256);
      }
      volume.add(picture);
    }
    return volume;
  }

  private static LbpTop patterns(int columns, int rows, int pictures) {
    return LbpTop.of(Labelling.UNIFORM, 8, 1, 1, WIDTH, HEIGHT, columns, rows, pictures);
  }

  /** Each plane is a picture whose labels were held against scikit-image. */
  @Test
  void histogramsInto_noise_areThoseOfThePlanesThroughTheVolume() {
    int pictures = 7;
    List<byte[]> volume = noise(3, pictures);
    LbpTop top = patterns(1, 1, pictures);
    volume.forEach(top::add);
    int labels = 59;
    float[] expected = new float[3 * labels];
    LocalBinaryPatterns xy = LocalBinaryPatterns.of(Labelling.UNIFORM, 8, 1, WIDTH, HEIGHT);
    LocalBinaryPatterns xt = LocalBinaryPatterns.of(Labelling.UNIFORM, 8, 1, WIDTH, pictures);
    LocalBinaryPatterns yt = LocalBinaryPatterns.of(Labelling.UNIFORM, 8, 1, HEIGHT, pictures);
    float share = 1f / ((pictures - 2) * (WIDTH - 2) * (HEIGHT - 2));
    for (int t = 1; t < pictures - 1; t++) {
      for (int y = 1; y < HEIGHT - 1; y++) {
        for (int x = 1; x < WIDTH - 1; x++) {
          byte[] row = new byte[WIDTH * pictures];
          byte[] column = new byte[HEIGHT * pictures];
          for (int s = 0; s < pictures; s++) {
            for (int i = 0; i < WIDTH; i++) {
              row[s * WIDTH + i] = volume.get(s)[y * WIDTH + i];
            }
            for (int i = 0; i < HEIGHT; i++) {
              column[s * HEIGHT + i] = volume.get(s)[i * WIDTH + x];
            }
          }
          expected[xy.label(volume.get(t), x, y)] += share;
          expected[labels + xt.label(row, x, t)] += share;
          expected[2 * labels + yt.label(column, y, t)] += share;
        }
      }
    }
    float[] out = new float[top.size()];
    top.histogramsInto(out, 0);
    assertArrayEquals(expected, out, TOLERANCE);
  }

  @Test
  void add_moreThanTheWindow_countsTheLastAlone() {
    List<byte[]> volume = noise(5, 12);
    LbpTop sliding = patterns(3, 2, 5);
    for (int t = 0; t < volume.size(); t++) {
      sliding.add(volume.get(t));
      LbpTop fresh = patterns(3, 2, 5);
      volume.subList(Math.max(0, t - 4), t + 1).forEach(fresh::add);
      float[] expected = new float[fresh.size()];
      float[] out = new float[sliding.size() + 2];
      fresh.histogramsInto(expected, 0);
      sliding.histogramsInto(out, 2);
      for (int i = 0; i < expected.length; i++) {
        assertEquals(expected[i], out[i + 2], "after picture " + t);
      }
    }
  }

  @Test
  void histogramsInto_eachPlaneOfEachCell_sumsToOne() {
    LbpTop top = patterns(3, 2, 6);
    noise(8, 9).forEach(top::add);
    float[] out = new float[top.size()];
    top.histogramsInto(out, 0);
    assertEquals(top.size(), top.names().size());
    assertEquals("r1.c2.yt.58", top.names().get(top.size() - 1));
    for (int histogram = 0; histogram < out.length; histogram += 59) {
      double sum = 0;
      for (int i = 0; i < 59; i++) {
        sum += out[histogram + i];
      }
      assertEquals(1, sum, TOLERANCE);
    }
  }

  @Test
  void reset_orTooFewPictures_isZero() {
    LbpTop top = patterns(1, 1, 5);
    float[] out = new float[top.size()];
    List<byte[]> volume = noise(1, 6);
    volume.forEach(top::add);
    top.reset();
    top.add(volume.get(0));
    top.add(volume.get(1));
    top.histogramsInto(out, 0);
    assertArrayEquals(new float[out.length], out);
    top.add(volume.get(2));
    top.histogramsInto(out, 0);
    LbpTop fresh = patterns(1, 1, 5);
    volume.subList(0, 3).forEach(fresh::add);
    float[] expected = new float[out.length];
    fresh.histogramsInto(expected, 0);
    assertArrayEquals(expected, out);
  }

  @Test
  void of_badNumbers_saysWhich() {
    assertBad("pictures", () -> patterns(1, 1, 2));
    assertBad("columns", () -> patterns(WIDTH + 1, 1, 3));
    assertBad("rows", () -> patterns(1, 0, 3));
    assertBad("time radius", () -> LbpTop.of(Labelling.UNIFORM, 8, 1, 0, 9, 9, 1, 1, 3));
    assertBad("width", () -> LbpTop.of(Labelling.UNIFORM, 8, 2, 1, 4, 9, 1, 1, 3));
    LbpTop top = patterns(1, 1, 3);
    assertThrows(IndexOutOfBoundsException.class, () -> top.add(new byte[5]));
    assertThrows(IndexOutOfBoundsException.class, () -> top.histogramsInto(new float[177], 1));
  }
}
