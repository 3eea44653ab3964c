package io.github.erv.bench.evaluate;

import io.github.erv.emotion.Affect;
import io.github.erv.emotion.Distribution;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was read of an item: a distribution, or why there is none.
 *
 * @param distribution over the reader's labels, or null
 * @param affect or null
 * @param missed why there is no distribution, or null
 * @param detail what exactly was wrong, or empty
 */
record Reading(
    @Nullable Distribution distribution,
    @Nullable Affect affect,
    @Nullable String missed,
    String detail) {
  /** The reason of an item whose file could not be decoded. */
  static final String UNREADABLE = "UNREADABLE";

  static Reading of(Distribution distribution, Optional<Affect> affect) {
    return new Reading(distribution, affect.orElse(null), null, "");
  }

  static Reading missed(String reason) {
    return new Reading(null, null, reason, "");
  }

  static Reading unreadable(String detail) {
    return new Reading(null, null, UNREADABLE, detail);
  }
}
