package io.github.erv.timeline;

import static java.util.Objects.requireNonNull;

import io.github.erv.Evidence;
import io.github.erv.Subject;
import io.github.erv.media.TimeSpan;

/**
 * A stretch of time without an estimate, and why.
 *
 * @param subject whose time line has the gap; {@link Subject#SCENE} where nobody at all was there
 * @param span when, whole hops
 * @param reason why nothing could be read
 */
public record Gap(Subject subject, TimeSpan span, Evidence.Reason reason) {
  public Gap {
    requireNonNull(subject, "subject");
    requireNonNull(span, "span");
    requireNonNull(reason, "reason");
  }
}
