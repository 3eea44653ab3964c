package io.github.erv.vision.face;

import static java.util.Objects.requireNonNull;

import io.github.erv.Region;
import java.time.Duration;
import java.util.Optional;

/**
 * What a {@link FaceTracker} looks for.
 *
 * @param mostFaces how many faces are followed at a time, the largest first; at least 1
 * @param smallestFace side in pixels of the frame below which a face is not read; at least 1
 * @param region where faces are looked for, in pixels of the frame; empty for all of it
 * @param detectionInterval media time after which new faces are looked for while others are
 *     followed; at least 0
 * @param resolver says whether a face that appears is somebody seen before
 */
public record TrackerOptions(
    int mostFaces,
    int smallestFace,
    Optional<Region> region,
    Duration detectionInterval,
    SubjectResolver resolver) {
  /** Up to 16 faces of at least 20 pixels anywhere, looked for every 0.3 s; nobody comes back. */
  public static final TrackerOptions DEFAULT =
      new TrackerOptions(
          16, 20, Optional.empty(), Duration.ofMillis(300), (face, lost) -> Optional.empty());

  public TrackerOptions {
    if (mostFaces < 1) {
      throw new IllegalArgumentException("the most faces must be at least 1, was " + mostFaces);
    }
    if (smallestFace < 1) {
      throw new IllegalArgumentException(
          "the smallest face must be at least 1 pixel, was " + smallestFace);
    }
    if (detectionInterval.isNegative()) {
      throw new IllegalArgumentException(
          "the detection interval must not be negative, was " + detectionInterval);
    }
    requireNonNull(region, "region");
    requireNonNull(resolver, "resolver");
  }
}
