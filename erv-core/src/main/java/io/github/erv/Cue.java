package io.github.erv;

import io.github.erv.media.TimeSpan;

/**
 * A named measurement that explanations are made of: a brow raised, a pitch up by four semitones.
 *
 * @param name what was measured, as in {@code head.yaw}
 * @param value finite
 * @param unit as in {@code deg}, {@code Hz}, {@code px}; {@code 1} for a ratio
 * @param span when
 */
public record Cue(String name, double value, String unit, TimeSpan span) {
  public Cue {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("the cue " + name + " must be finite, was " + value);
    }
  }
}
