package io.github.erv.vision.handcrafted;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.vision.face.Landmarks;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class LandmarkGeometryTest {
  /** Floats of some hundred pixels, over an eye distance of about a hundred. */
  private static final float TOLERANCE = 1e-4f;

  /**
   * A face before the camera with eyes 100 pixels apart, right of the subject on the left: point to
   * across, down, depth.
   */
  private static final Map<Integer, float[]> FACE =
      Map.ofEntries(
          Map.entry(33, new float[] {-50, 0, 0}),
          Map.entry(263, new float[] {50, 0, 0}),
          Map.entry(133, new float[] {-20, 0, 0}),
          Map.entry(362, new float[] {20, 0, 0}),
          Map.entry(10, new float[] {0, -80, 0}),
          Map.entry(152, new float[] {0, 120, 0}),
          Map.entry(159, new float[] {-35, -6, 0}),
          Map.entry(145, new float[] {-35, 4, 0}),
          Map.entry(386, new float[] {35, -3, 0}),
          Map.entry(374, new float[] {35, 2, 0}),
          Map.entry(55, new float[] {-15, -20, -5}),
          Map.entry(285, new float[] {15, -22, -5}),
          Map.entry(70, new float[] {-55, -25, 3}),
          Map.entry(300, new float[] {55, -27, 3}),
          Map.entry(61, new float[] {-30, 60, 4}),
          Map.entry(291, new float[] {30, 64, 4}),
          Map.entry(0, new float[] {0, 58, -3}),
          Map.entry(13, new float[] {0, 63, -3}),
          Map.entry(14, new float[] {0, 75, -3}),
          Map.entry(17, new float[] {0, 83, -3}),
          Map.entry(2, new float[] {0, 43, -3}));

  private static final float[] MEASURES = {
    0.10f, // eyes open
    0.05f,
    0.20f, // brows
    0.22f,
    0.25f,
    0.27f,
    (float) Math.hypot(0.30, 0.02),
    (float) Math.hypot(0.60, 0.04), // mouth
    0.12f,
    0.05f,
    0.08f,
    0.09f, // corners, above the middle of the lips at 69
    0.05f,
    0.15f, // nose
    (float) Math.hypot(0.77, 0.03)
  };

  private static float[] points() {
    float[] points = new float[3 * Landmarks.COUNT];
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < points.length; i++) {
      points[i] = (float) random.nextDouble(-60, 60); // nothing else may count
    }
    FACE.forEach((point, at) -> System.arraycopy(at, 0, points, 3 * point, 3));
    return points;
  }

  private static float[] measures(float... points) {
    float[] out = new float[LandmarkGeometry.names().size()];
    LandmarkGeometry.into(Landmarks.of(points), out, 0);
    return out;
  }

  @Test
  void into_drawnFace_isAsDrawn() {
    assertArrayEquals(MEASURES, measures(points()), TOLERANCE);
  }

  @Property(tries = 100)
  void into_movedTurnedAndScaled_isTheSame(
      @ForAll @DoubleRange(min = -60, max = 60) double yaw,
      @ForAll @DoubleRange(min = -60, max = 60) double pitch,
      @ForAll @DoubleRange(min = -180, max = 180) double roll,
      @ForAll @DoubleRange(min = 0.3, max = 5) double scale) {
    float[] points = points();
    for (int i = 0; i < points.length; i += 3) {
      rotate(points, i, i + 2, yaw);
      rotate(points, i + 1, i + 2, pitch);
      rotate(points, i, i + 1, roll);
      points[i] = (float) (points[i] * scale + 300);
      points[i + 1] = (float) (points[i + 1] * scale + 200);
      points[i + 2] *= (float) scale;
    }
    assertArrayEquals(MEASURES, measures(points), 10 * TOLERANCE);
  }

  private static void rotate(float[] points, int a, int b, double degrees) {
    double cos = Math.cos(Math.toRadians(degrees));
    double sin = Math.sin(Math.toRadians(degrees));
    double u = points[a];
    double v = points[b];
    points[a] = (float) (cos * u - sin * v);
    points[b] = (float) (sin * u + cos * v);
  }

  @Test
  void into_smile_raisesTheCorners() {
    float[] points = points();
    points[3 * 61 + 1] -= 10;
    points[3 * 291 + 1] -= 10;
    float[] smiling = measures(points);
    for (String corner : new String[] {"mouth.corner.right", "mouth.corner.left"}) {
      int at = LandmarkGeometry.names().indexOf(corner);
      assertEquals(MEASURES[at] + 0.1f, smiling[at], TOLERANCE, corner);
    }
  }

  @Test
  void into_collapsedMesh_isZero() {
    assertArrayEquals(new float[15], measures(new float[3 * Landmarks.COUNT]), Float.MIN_VALUE);
    float[] line = points();
    line[3 * 10 + 1] = line[3 * 152 + 1]; // no forehead
    line[3 * 10] = line[3 * 152];
    line[3 * 10 + 2] = line[3 * 152 + 2];
    assertArrayEquals(new float[15], measures(line), Float.MIN_VALUE);
  }

  @Test
  void into_shortArray_isRefused() {
    Landmarks face = Landmarks.of(points());
    assertTrue(LandmarkGeometry.names().size() > 14);
    assertThrows(
        IndexOutOfBoundsException.class, () -> LandmarkGeometry.into(face, new float[15], 1));
  }
}
