package io.github.erv.timeline;

import io.github.erv.Subject;
import io.github.erv.emotion.Emotion;
import io.github.erv.media.TimeSpan;

/**
 * A stretch of time in which a subject expresses one emotion.
 *
 * @param subject who
 * @param emotion what
 * @param span from onset to offset, whole hops
 * @param apexMicros the middle of the hop in which it is most probable, the first of equals
 * @param peak the probability there
 */
public record Segment(
    Subject subject, Emotion emotion, TimeSpan span, long apexMicros, float peak) {}
