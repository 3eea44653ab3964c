package io.github.erv.vision.face;

/**
 * A square in a frame, turned by an angle.
 *
 * @param x of its centre, in pixels of the frame
 * @param y of its centre, in pixels of the frame
 * @param side in pixels of the frame, greater than 0
 * @param angle by which its upper edge is turned clockwise, in radians
 */
record Square(double x, double y, double side, double angle) {
  /** Returns this square with another side. */
  Square scaled(double factor) {
    return new Square(x, y, side * factor, angle);
  }
}
