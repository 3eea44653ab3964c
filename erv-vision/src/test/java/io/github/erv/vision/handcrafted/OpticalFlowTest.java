package io.github.erv.vision.handcrafted;

import static io.github.erv.vision.handcrafted.LocalBinaryPatternsTest.assertBad;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpticalFlowTest {
  private static final int SIDE = 64;

  /** The expansion is quadratic, the texture is not: a tenth of a pixel on smooth motion. */
  private static final double TOLERANCE = 0.1;

  /** Pixels at the edge see what comes in from outside. */
  private static final int EDGE = 12;

  /** How a point of the second picture is found in the first. */
  private interface Motion {
    double[] back(double x, double y);
  }

  /** Smooth waves in many directions, seen after a motion about the middle. */
  private static byte[] picture(Motion motion) {
    byte[] pixels = new byte[SIDE * SIDE];
    for (int i = 0; i < pixels.length; i++) {
      int row = i / SIDE;
      double[] at = motion.back(i % SIDE - SIDE / 2.0, row - SIDE / 2.0);
      double sum = 0;
      for (int wave = 0; wave < 7; wave++) {
        double angle = 2.4 * wave;
        double along = at[0] * Math.cos(angle) + at[1] * Math.sin(angle);
        sum += Math.sin((0.25 + 0.05 * wave) * along + wave);
      }
      pixels[i] = (byte) Math.round(128 + 18 * sum);
    }
    return pixels;
  }

  private static final byte[] STILL = picture((x, y) -> new double[] {x, y});

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 0", "0, -1", "2.5, 1.25", "-3, 2", "0.3, -0.4", "4, 4"})
  void between_shift_isTheShift(double across, double down) {
    byte[] moved = picture((x, y) -> new double[] {x - across, y - down});
    try (OpticalFlow flow = OpticalFlow.of(SIDE, SIDE)) {
      flow.between(STILL, moved);
      for (int y = EDGE; y < SIDE - EDGE; y++) {
        for (int x = EDGE; x < SIDE - EDGE; x++) {
          assertEquals(across, flow.across(x, y), 2 * TOLERANCE, x + " " + y);
          assertEquals(down, flow.down(x, y), 2 * TOLERANCE, x + " " + y);
        }
      }
      float[] out = new float[OpticalFlow.names(4, 4).size()];
      flow.statisticsInto(4, 4, out, 0);
      int cell = OpticalFlow.names(4, 4).indexOf("r1.c2.across");
      assertEquals(across, out[cell], TOLERANCE);
      assertEquals(down, out[cell + 1], TOLERANCE);
      assertEquals(Math.hypot(across, down), out[cell + 2], TOLERANCE);
      assertEquals(0, out[cell + 3], TOLERANCE);
      assertEquals(0, out[cell + 4], TOLERANCE / 2);
      assertEquals(0, out[cell + 5], TOLERANCE / 2);
    }
  }

  @ParameterizedTest
  @CsvSource({"3, 0", "-4, 0", "0, 0.05", "0, -0.04", "2, 0.03"})
  void statisticsInto_turnAndGrowth_areCurlAndDivergence(double degrees, double growth) {
    double cos = Math.cos(Math.toRadians(degrees)) / (1 + growth);
    double sin = Math.sin(Math.toRadians(degrees)) / (1 + growth);
    // clockwise as seen, y is down
    byte[] moved = picture((x, y) -> new double[] {cos * x + sin * y, cos * y - sin * x});
    try (OpticalFlow flow = OpticalFlow.of(SIDE, SIDE)) {
      flow.between(STILL, moved);
      float[] out = new float[OpticalFlow.names(4, 4).size()];
      flow.statisticsInto(4, 4, out, 0);
      double divergence = 0;
      double curl = 0;
      for (String cell : new String[] {"r1.c1", "r1.c2", "r2.c1", "r2.c2"}) {
        divergence += out[OpticalFlow.names(4, 4).indexOf(cell + ".divergence")] / 4;
        curl += out[OpticalFlow.names(4, 4).indexOf(cell + ".curl")] / 4;
      }
      double turn = Math.toRadians(degrees);
      assertEquals(2 * ((1 + growth) * Math.cos(turn) - 1), divergence, 0.01);
      assertEquals(2 * (1 + growth) * Math.sin(turn), curl, 0.01);
    }
  }

  @Test
  void between_evenPictures_isStill() {
    try (OpticalFlow flow = OpticalFlow.of(20, 16)) {
      flow.between(new byte[320], new byte[320]);
      float[] out = new float[6];
      flow.statisticsInto(1, 1, out, 0);
      for (float value : out) {
        assertEquals(0, value);
      }
    }
  }

  @Test
  void between_often_allocatesNothing() {
    try (OpticalFlow flow = OpticalFlow.of(48, 48)) {
      byte[] picture = new byte[48 * 48];
      float[] out = new float[6 * 16];
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long bytes = 0;
      for (int round = 0; round < 2; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 200; i++) {
          flow.between(picture, picture);
          flow.statisticsInto(4, 4, out, 0);
        }
        bytes = threads.getCurrentThreadAllocatedBytes() - before;
      }
      assertEquals(0, bytes, 200 * 8.0, "bytes over 200 pairs");
    }
  }

  @Test
  void of_badInput_saysWhat() {
    assertBad("width", () -> OpticalFlow.of(15, 16).close());
    assertBad("height", () -> OpticalFlow.of(16, 5_000).close());
    OpticalFlow flow = OpticalFlow.of(16, 16);
    byte[] picture = new byte[256];
    assertBad("columns", () -> flow.statisticsInto(9, 1, new float[99], 0));
    assertBad("rows", () -> flow.statisticsInto(1, 0, new float[99], 0));
    assertThrows(IndexOutOfBoundsException.class, () -> flow.between(picture, new byte[255]));
    assertThrows(IndexOutOfBoundsException.class, () -> flow.across(16, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> flow.statisticsInto(1, 1, new float[6], 1));
    flow.close();
    flow.close();
    assertThrows(IllegalStateException.class, () -> flow.between(picture, picture));
  }
}
