package io.github.erv.media;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * What somebody wants of a {@link MediaSource}, so that a reader skips the rest as early as it can.
 *
 * @param video whether frames are wanted
 * @param audio whether sound is wanted
 * @param framesPerSecond the most frames wanted a second of media: frames come out as they are
 *     stored, and of those in one cell {@code [k, k + 1) / framesPerSecond} of media time only the
 *     first; infinity for all
 * @param span the part wanted, or empty for all of it: frames at times that it contains, and the
 *     samples at such times
 */
public record MediaRequest(
    boolean video, boolean audio, double framesPerSecond, Optional<TimeSpan> span) {
  /** Everything there is. */
  public static final MediaRequest ALL =
      new MediaRequest(true, true, Double.POSITIVE_INFINITY, Optional.empty());

  public MediaRequest {
    requireNonNull(span, "span");
    if (!(framesPerSecond > 0)) {
      throw new IllegalArgumentException(
          "frames per second must be greater than 0, was " + framesPerSecond);
    }
  }
}
