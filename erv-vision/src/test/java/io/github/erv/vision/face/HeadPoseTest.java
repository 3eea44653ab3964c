package io.github.erv.vision.face;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class HeadPoseTest {
  /** Floats of some hundred pixels, through an arc tangent. */
  private static final double TOLERANCE = 0.01;

  /** A face whose every point lies on the cross of its axes, turned about the vertical axis. */
  private static Landmarks face(double yaw, double pitch, double roll, double x, double y) {
    float[] points = new float[3 * Landmarks.COUNT];
    for (int i = 0; i < Landmarks.COUNT; i++) {
      put(points, i, 0, 0, yaw, pitch, roll, x, y);
    }
    put(points, Landmarks.RIGHT_CHEEK, -80, 0, yaw, pitch, roll, x, y);
    put(points, Landmarks.LEFT_CHEEK, 80, 0, yaw, pitch, roll, x, y);
    put(points, Landmarks.FOREHEAD, 0, -90, yaw, pitch, roll, x, y);
    put(points, Landmarks.CHIN, 0, 100, yaw, pitch, roll, x, y);
    put(points, Landmarks.RIGHT_EYE_OUTER, -45, -30, 0, 0, roll, x, y);
    put(points, Landmarks.LEFT_EYE_OUTER, 45, -30, 0, 0, roll, x, y);
    return Landmarks.of(points);
  }

  private static void put(
      float[] points,
      int point,
      double across,
      double down,
      double yaw,
      double pitch,
      double roll,
      double x,
      double y) {
    double u = across * Math.cos(Math.toRadians(yaw));
    double v = down * Math.cos(Math.toRadians(pitch));
    double depth = across * Math.sin(Math.toRadians(yaw)) - down * Math.sin(Math.toRadians(pitch));
    double cos = Math.cos(Math.toRadians(roll));
    double sin = Math.sin(Math.toRadians(roll));
    points[3 * point] = (float) (x + cos * u - sin * v);
    points[3 * point + 1] = (float) (y + sin * u + cos * v);
    points[3 * point + 2] = (float) depth;
  }

  @Property(tries = 200)
  void of_turnedFace_readsTheTurn(
      @ForAll @DoubleRange(min = -70, max = 70) double yaw,
      @ForAll @DoubleRange(min = -60, max = 60) double pitch,
      @ForAll @DoubleRange(min = -170, max = 170) double roll) {
    HeadPose pose = HeadPose.of(face(yaw, pitch, roll, 300, 200));
    assertEquals(yaw, pose.yawDegrees(), TOLERANCE);
    assertEquals(pitch, pose.pitchDegrees(), TOLERANCE);
    assertEquals(roll, pose.rollDegrees(), TOLERANCE);
  }

  @Property(tries = 100)
  void square_tiltedFace_isLevelWithTheEyesAndHoldsAllPoints(
      @ForAll @DoubleRange(min = -170, max = 170) double roll) {
    Landmarks landmarks = face(0, 0, roll, 300, 200);
    Square square = landmarks.square();
    assertEquals(Math.toRadians(roll), square.angle(), 1e-4);
    assertEquals(190, square.side(), 0.01);
    double cos = Math.cos(square.angle());
    double sin = Math.sin(square.angle());
    for (int i = 0; i < Landmarks.COUNT; i++) {
      double dx = landmarks.x(i) - square.x();
      double dy = landmarks.y(i) - square.y();
      assertTrue(Math.abs(cos * dx + sin * dy) <= 95.01);
      assertTrue(Math.abs(cos * dy - sin * dx) <= 95.01);
    }
  }

  @Test
  void landmarks_wrongCountOrNotFinite_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> Landmarks.of(1, 2, 3));
    float[] points = new float[3 * Landmarks.COUNT];
    points[7] = Float.NaN;
    assertThrows(IllegalArgumentException.class, () -> Landmarks.of(points));
  }

  @Test
  void landmarks_collapsed_stillHaveAPlace() {
    Landmarks landmarks = Landmarks.of(new float[3 * Landmarks.COUNT]);
    assertTrue(landmarks.bounds().width() > 0);
    assertTrue(landmarks.square().side() > 0);
  }
}
