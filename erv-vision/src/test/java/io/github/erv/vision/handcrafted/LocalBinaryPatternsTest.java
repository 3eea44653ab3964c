package io.github.erv.vision.handcrafted;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.vision.handcrafted.LocalBinaryPatterns.Labelling;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalBinaryPatternsTest {
  /** Sums of float shares of at most some thousand pixels. */
  private static final float TOLERANCE = 1e-5f;

  private static byte[] noise(long seed, int size) {
    byte[] pixels = new byte[size];
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < size; i++) {
      pixels[i] = (byte) random.nextInt(256);
    }
    return pixels;
  }

  @ParameterizedTest
  @CsvSource({"8, 1", "8, 2.5", "12, 2"})
  void label_everyPixel_isThatOfScikitImage(int points, String radius) {
    byte[] picture = Vectors.picture();
    for (Labelling labelling : Labelling.values()) {
      LocalBinaryPatterns patterns =
          LocalBinaryPatterns.of(
              labelling, points, Double.parseDouble(radius), Vectors.WIDTH, Vectors.HEIGHT);
      String method =
          switch (labelling) {
            case UNIFORM -> "nri_uniform";
            case UNIFORM_ROTATION_INVARIANT -> "uniform";
            case ROTATION_INVARIANT -> "ror";
          };
      ShortBuffer expected =
          Vectors.read("lbp-" + method + '-' + points + '-' + radius + ".u16").asShortBuffer();
      TreeSet<Integer> least = new TreeSet<>();
      for (int pattern = 0; pattern < 1 << points; pattern++) {
        least.add(least(pattern, points));
      }
      int reach = (int) Math.ceil(Double.parseDouble(radius));
      Set<Integer> seen = new HashSet<>();
      for (int y = reach; y < Vectors.HEIGHT - reach; y++) {
        for (int x = reach; x < Vectors.WIDTH - reach; x++) {
          int label = expected.get(y * Vectors.WIDTH + x);
          if (labelling == Labelling.ROTATION_INVARIANT) {
            label = least.headSet(label).size(); // scikit-image gives the least number itself
          }
          seen.add(label);
          assertEquals(label, patterns.label(picture, x, y), labelling + " at " + x + ' ' + y);
        }
      }
      assertTrue(seen.size() > points, "a picture with few patterns says little: " + seen);
    }
  }

  /** The least number that the bits can be read as, starting anywhere on the circle. */
  private static int least(int pattern, int points) {
    String bits = Integer.toBinaryString((1 << points) | pattern).substring(1);
    int least = pattern;
    for (int turn = 1; turn < points; turn++) {
      least = Math.min(least, Integer.parseInt(bits.substring(turn) + bits.substring(0, turn), 2));
    }
    return least;
  }

  @ParameterizedTest
  @CsvSource({"UNIFORM, 59", "UNIFORM_ROTATION_INVARIANT, 10", "ROTATION_INVARIANT, 36"})
  void labels_eightPoints_areThoseOfTheLiterature(Labelling labelling, int labels) {
    LocalBinaryPatterns patterns = LocalBinaryPatterns.of(labelling, 8, 1, 9, 9);
    assertEquals(labels, patterns.labels());
    assertEquals(6 * labels, patterns.names(3, 2).size());
    assertEquals("r1.c2.0", patterns.names(3, 2).get(5 * labels));
  }

  @Property(tries = 30)
  void histogramsInto_cells_holdTheShareOfEachLabel(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 7) int grid) {
    int width = 23;
    int height = 19;
    byte[] picture = noise(seed, width * height);
    LocalBinaryPatterns patterns = LocalBinaryPatterns.of(Labelling.UNIFORM, 8, 2, width, height);
    float[] expected = new float[grid * grid * patterns.labels()];
    int[] pixels = new int[grid * grid];
    for (int y = 2; y < height - 2; y++) {
      for (int x = 2; x < width - 2; x++) {
        pixels[cell(x, y, grid, width, height)]++;
      }
    }
    for (int y = 2; y < height - 2; y++) {
      for (int x = 2; x < width - 2; x++) {
        int cell = cell(x, y, grid, width, height);
        expected[cell * patterns.labels() + patterns.label(picture, x, y)] += 1f / pixels[cell];
      }
    }
    float[] out = new float[expected.length + 1];
    out[0] = 7;
    patterns.histogramsInto(picture, grid, grid, out, 1);
    assertEquals(7, out[0]);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], out[i + 1], TOLERANCE);
    }
  }

  /** The cell whose first pixel, rounded down, is the last not after this one. */
  private static int cell(int x, int y, int grid, int width, int height) {
    int column = grid - 1;
    while (column * width / grid > x) {
      column--;
    }
    int row = grid - 1;
    while (row * height / grid > y) {
      row--;
    }
    return row * grid + column;
  }

  @Property(tries = 30)
  void label_strongerLight_isTheSame(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int gain) {
    byte[] picture = noise(seed, 81);
    byte[] lit = new byte[81];
    for (int i = 0; i < lit.length; i++) {
      picture[i] &= 31;
      lit[i] = (byte) (gain * picture[i] + 100);
    }
    LocalBinaryPatterns patterns = LocalBinaryPatterns.of(Labelling.UNIFORM, 8, 1.5, 9, 9);
    for (int y = 2; y < 7; y++) {
      for (int x = 2; x < 7; x++) {
        assertEquals(patterns.label(picture, x, y), patterns.label(lit, x, y));
      }
    }
  }

  @Property(tries = 30)
  void histogramsInto_quarterTurn_isTheSameWhereRotationDoesNotMatter(@ForAll long seed) {
    int side = 17;
    byte[] picture = noise(seed, side * side);
    byte[] turned = new byte[side * side];
    for (int i = 0; i < picture.length; i++) {
      turned[i % side * side + side - 1 - i / side] = picture[i];
    }
    for (Labelling labelling :
        new Labelling[] {Labelling.ROTATION_INVARIANT, Labelling.UNIFORM_ROTATION_INVARIANT}) {
      LocalBinaryPatterns patterns = LocalBinaryPatterns.of(labelling, 8, 2, side, side);
      float[] before = new float[patterns.labels()];
      float[] after = new float[patterns.labels()];
      patterns.histogramsInto(picture, 1, 1, before, 0);
      patterns.histogramsInto(turned, 1, 1, after, 0);
      assertArrayEquals(before, after, TOLERANCE);
    }
  }

  @Test
  void histogramsInto_evenPicture_isAllBright() {
    for (int level : new int[] {0, 1, 127, 255}) {
      byte[] picture = new byte[24 * 24];
      Arrays.fill(picture, (byte) level);
      LocalBinaryPatterns patterns = LocalBinaryPatterns.of(Labelling.UNIFORM, 8, 2.5, 24, 24);
      float[] out = new float[4 * patterns.labels()];
      patterns.histogramsInto(picture, 2, 2, out, 0);
      for (int cell = 0; cell < 4; cell++) {
        assertEquals(1, out[cell * 59 + 57], TOLERANCE, "every point is as bright as its middle");
      }
    }
  }

  @Test
  void histogramsInto_cellWithoutPixels_isZero() {
    LocalBinaryPatterns patterns = LocalBinaryPatterns.of(Labelling.UNIFORM, 8, 2, 8, 8);
    float[] out = new float[16 * patterns.labels()];
    Arrays.fill(out, Float.NaN);
    patterns.histogramsInto(noise(1, 64), 4, 4, out, 0);
    for (int label = 0; label < patterns.labels(); label++) {
      assertEquals(0, out[label], "no circle fits into the corner");
    }
  }

  @Test
  void of_badNumbers_saysWhich() {
    assertBad("points", () -> LocalBinaryPatterns.of(Labelling.UNIFORM, 3, 1, 9, 9));
    assertBad("points", () -> LocalBinaryPatterns.of(Labelling.UNIFORM, 15, 1, 9, 9));
    assertBad("radius", () -> LocalBinaryPatterns.of(Labelling.UNIFORM, 8, Double.NaN, 9, 9));
    assertBad("radius", () -> LocalBinaryPatterns.of(Labelling.UNIFORM, 8, 0.9, 9, 9));
    assertBad("width", () -> LocalBinaryPatterns.of(Labelling.UNIFORM, 8, 4.5, 10, 11));
    assertBad("height", () -> LocalBinaryPatterns.of(Labelling.UNIFORM, 8, 4.5, 11, 10));
    LocalBinaryPatterns patterns = LocalBinaryPatterns.of(Labelling.UNIFORM, 8, 1, 9, 9);
    byte[] picture = new byte[81];
    assertBad("columns", () -> patterns.histogramsInto(picture, 10, 1, new float[999], 0));
    assertBad("rows", () -> patterns.histogramsInto(picture, 1, 0, new float[999], 0));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> patterns.histogramsInto(picture, 1, 1, new float[59], 1));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> patterns.histogramsInto(new byte[80], 1, 1, new float[59], 0));
    assertThrows(IndexOutOfBoundsException.class, () -> patterns.label(picture, 0, 4));
    assertThrows(IndexOutOfBoundsException.class, () -> patterns.label(picture, 4, 8));
  }

  static void assertBad(String what, Runnable call) {
    String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
    assertTrue(message.contains(what), message);
  }
}
