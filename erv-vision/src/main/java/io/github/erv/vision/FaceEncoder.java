package io.github.erv.vision;

/** placeholder. */
public final class FaceEncoder {
  private FaceEncoder() {}
}
