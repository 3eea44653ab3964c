package io.github.erv.vision.face;

/**
 * How far a face lets itself be read, by what can hinder it. Each value goes from 0 (unreadable) to
 * 1 (no hindrance).
 *
 * @param size of the face in the frame
 * @param sharpness against blur
 * @param exposure neither too dark nor too bright, with some contrast
 * @param turn of the head towards the camera
 */
public record FaceQuality(float size, float sharpness, float exposure, float turn) {
  public FaceQuality {
    requireUnit(size, "size");
    requireUnit(sharpness, "sharpness");
    requireUnit(exposure, "exposure");
    requireUnit(turn, "turn");
  }

  private static void requireUnit(float value, String name) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " must be in [0, 1], was " + value);
    }
  }

  /** A face of this many pixels or more is read as well as any. */
  private static final double AMPLE_SIDE = 96;

  /** A face of this many pixels is not read at all. */
  private static final double UNREADABLE_SIDE = 12;

  /** Degrees up to which a turn does no harm, and from which nothing is left. */
  private static final double FREE_TURN = 20;

  private static final double LOST_TURN = 80;

  /** Contrast, as the standard deviation of luma, from which a face is well lit. */
  private static final double AMPLE_CONTRAST = 32;

  /**
   * Energy of the Laplacian over the variance of luma from which a face is sharp; blur removes fine
   * detail before it removes contrast, and the ratio does not change with the light.
   */
  private static final double AMPLE_DETAIL = 0.10;

  /** Returns the quality of a face from its pixels, its place and its pose. */
  static FaceQuality of(byte[] luma, int side, double faceSide, HeadPose pose) {
    long sum = 0;
    long squares = 0;
    int clipped = 0;
    for (int i = 0; i < side * side; i++) {
      int value = luma[i] & 255;
      sum += value;
      squares += (long) value * value;
      if (value < 8 || value > 247) {
        clipped++;
      }
    }
    double n = (double) side * side;
    double mean = sum / n;
    double variance = Math.max(squares / n - mean * mean, 1e-6);
    double laplacian = 0;
    for (int y = 1; y < side - 1; y++) {
      for (int x = 1, i = y * side + 1; x < side - 1; x++, i++) {
        int value =
            (luma[i - 1] & 255)
                + (luma[i + 1] & 255)
                + (luma[i - side] & 255)
                + (luma[i + side] & 255)
                - 4 * (luma[i] & 255);
        laplacian += value * value;
      }
    }
    double detail = laplacian / ((side - 2.0) * (side - 2.0)) / variance;
    double light = Math.min(ramp(mean, 10, 60), ramp(255 - mean, 10, 60));
    double exposure =
        light * ramp(Math.sqrt(variance), 4, AMPLE_CONTRAST) * (1 - 0.5 * clipped / n);
    double turned = Math.hypot(pose.yawDegrees(), 0.7 * pose.pitchDegrees());
    return new FaceQuality(
        (float) ramp(faceSide, UNREADABLE_SIDE, AMPLE_SIDE),
        (float) ramp(detail, 0, AMPLE_DETAIL),
        (float) exposure,
        (float) ramp(LOST_TURN - turned, 0, LOST_TURN - FREE_TURN));
  }

  private static double ramp(double value, double zero, double one) {
    return Math.max(0, Math.min(1, (value - zero) / (one - zero)));
  }

  /**
   * Returns all hindrances together.
   *
   * @return the product of the four values, in [0, 1]
   */
  public float score() {
    return size * sharpness * exposure * turn;
  }
}
