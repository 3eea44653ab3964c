package io.github.erv;

/**
 * An upright rectangle in a picture, in pixels of that picture; x grows to the right, y downwards.
 * It may reach over the picture's edge.
 *
 * @param x left edge
 * @param y top edge
 * @param width greater than 0
 * @param height greater than 0
 */
public record Region(float x, float y, float width, float height) {
  public Region {
    if (!(width > 0 && height > 0) || !Float.isFinite(x + y + width + height)) {
      throw new IllegalArgumentException(
          "a region must be finite and larger than 0, was "
              + (x + ", " + y + ", " + width + ", " + height));
    }
  }

  /**
   * Returns the area shared with another region over the area of both (intersection over union).
   *
   * @param other a region of the same picture
   * @return in [0, 1]
   */
  public float overlap(Region other) {
    float w = Math.min(x + width, other.x + other.width) - Math.max(x, other.x);
    float h = Math.min(y + height, other.y + other.height) - Math.max(y, other.y);
    if (w <= 0 || h <= 0) {
      return 0;
    }
    float shared = w * h;
    return shared / (width * height + other.width * other.height - shared);
  }
}
