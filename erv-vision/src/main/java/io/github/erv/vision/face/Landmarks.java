package io.github.erv.vision.face;

import io.github.erv.Region;

/**
 * 468 points on a face, in the numbering of the MediaPipe face mesh. Left and right are the
 * subject's own: the right eye is the one on the left of the picture.
 *
 * <p>Immutable and thread-safe.
 *
 * @see "Kartynnik, Ablavatski, Grishchenko, Grundmann (2019), Real-time facial surface geometry
 *     from monocular video on mobile GPUs"
 */
public final class Landmarks {
  /** How many points there are. */
  public static final int COUNT = 468;

  /** The tip of the nose. */
  public static final int NOSE_TIP = 1;

  /** The middle of the forehead, at the hair. */
  public static final int FOREHEAD = 10;

  /** The lowest point of the chin. */
  public static final int CHIN = 152;

  /** The outer corner of the right eye. */
  public static final int RIGHT_EYE_OUTER = 33;

  /** The inner corner of the right eye. */
  public static final int RIGHT_EYE_INNER = 133;

  /** The outer corner of the left eye. */
  public static final int LEFT_EYE_OUTER = 263;

  /** The inner corner of the left eye. */
  public static final int LEFT_EYE_INNER = 362;

  /** The right corner of the mouth. */
  public static final int MOUTH_RIGHT = 61;

  /** The left corner of the mouth. */
  public static final int MOUTH_LEFT = 291;

  /** The right edge of the face, before the ear. */
  public static final int RIGHT_CHEEK = 234;

  /** The left edge of the face, before the ear. */
  public static final int LEFT_CHEEK = 454;

  private final float[] points;

  private Landmarks(float[] points) {
    this.points = points;
  }

  /**
   * Returns the landmarks of a face that looks straight ahead, as for a picture that is a face cut
   * out already. Only the points that give size and turn are placed; all others lie in the middle.
   *
   * @param x middle of the face, in pixels of the frame
   * @param y middle of the face, in pixels of the frame
   * @param side of the square around the face, greater than 0
   * @return the landmarks
   */
  public static Landmarks frontal(double x, double y, double side) {
    if (!(side > 0)) {
      throw new IllegalArgumentException("a face's side must be greater than 0, was " + side);
    }
    float half = (float) (side / 2);
    float[] points = new float[3 * COUNT];
    for (int i = 0; i < COUNT; i++) {
      points[3 * i] = (float) x;
      points[3 * i + 1] = (float) y;
    }
    points[3 * RIGHT_CHEEK] -= half;
    points[3 * LEFT_CHEEK] += half;
    points[3 * FOREHEAD + 1] -= half;
    points[3 * CHIN + 1] += half;
    points[3 * RIGHT_EYE_OUTER] -= half / 2;
    points[3 * LEFT_EYE_OUTER] += half / 2;
    return of(points);
  }

  /**
   * Returns landmarks at given places.
   *
   * @param points shape (468, 3): x and y in pixels of a frame, depth in the same unit; copied
   * @return the landmarks
   * @throws IllegalArgumentException if there are not 468 points, or a value is not finite
   */
  public static Landmarks of(float... points) {
    if (points.length != 3 * COUNT) {
      throw new IllegalArgumentException(
          "landmarks must be " + 3 * COUNT + " values, were " + points.length);
    }
    for (float value : points) {
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException("a landmark must be finite, was " + value);
      }
    }
    return new Landmarks(points.clone());
  }

  /**
   * Returns how far to the right a point lies.
   *
   * @param point in [0, 468)
   * @return in pixels of the frame
   */
  public float x(int point) {
    return points[3 * point];
  }

  /**
   * Returns how far down a point lies.
   *
   * @param point in [0, 468)
   * @return in pixels of the frame
   */
  public float y(int point) {
    return points[3 * point + 1];
  }

  /**
   * Returns how far away a point lies.
   *
   * @param point in [0, 468)
   * @return about in pixels of the frame, 0 at the middle of the head, negative towards the camera
   */
  public float depth(int point) {
    return points[3 * point + 2];
  }

  /**
   * Returns the upright rectangle around all points.
   *
   * @return in pixels of the frame
   */
  public Region bounds() {
    float left = Float.POSITIVE_INFINITY;
    float top = Float.POSITIVE_INFINITY;
    float right = Float.NEGATIVE_INFINITY;
    float bottom = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < points.length; i += 3) {
      left = Math.min(left, points[i]);
      right = Math.max(right, points[i]);
      top = Math.min(top, points[i + 1]);
      bottom = Math.max(bottom, points[i + 1]);
    }
    // a collapsed mesh still has a place
    return new Region(left, top, Math.max(right - left, 1e-3f), Math.max(bottom - top, 1e-3f));
  }

  /** Returns the angle of the line through the eyes, clockwise in radians. */
  double eyeAngle() {
    return Math.atan2(
        y(LEFT_EYE_OUTER) - y(RIGHT_EYE_OUTER), x(LEFT_EYE_OUTER) - x(RIGHT_EYE_OUTER));
  }

  /** Returns the smallest square around all points whose upper edge is parallel to the eyes. */
  Square square() {
    double angle = eyeAngle();
    double cos = Math.cos(angle);
    double sin = Math.sin(angle);
    double left = Double.POSITIVE_INFINITY;
    double top = Double.POSITIVE_INFINITY;
    double right = Double.NEGATIVE_INFINITY;
    double bottom = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < points.length; i += 3) {
      double across = cos * points[i] + sin * points[i + 1];
      double down = cos * points[i + 1] - sin * points[i];
      left = Math.min(left, across);
      right = Math.max(right, across);
      top = Math.min(top, down);
      bottom = Math.max(bottom, down);
    }
    double across = (left + right) / 2;
    double down = (top + bottom) / 2;
    double side = Math.max(Math.max(right - left, bottom - top), 1e-3);
    return new Square(cos * across - sin * down, sin * across + cos * down, side, angle);
  }
}
