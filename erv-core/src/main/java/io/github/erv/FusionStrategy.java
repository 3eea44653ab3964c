package io.github.erv;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * Turns what the modalities saw of one subject in one window into one fused result.
 *
 * <p>A strategy is immutable, thread-safe and shared; scratch and state live in the sessions it
 * opens. Implementations can be held against {@code io.github.erv.contract.FusionContract} in the
 * test-jar of erv-core.
 */
public interface FusionStrategy extends AutoCloseable {
  /**
   * Opens a session for one recording or live stream.
   *
   * @return a session for use by one thread at a time
   */
  FusionSession open();

  /**
   * Returns the models it fuses with, for the record that every estimate carries.
   *
   * @return name and version of each; immutable, empty if nothing was learned
   */
  default List<String> models() {
    return List.of();
  }

  /** Gives back native memory, if it has any. Idempotent. */
  @Override
  default void close() {}

  /**
   * Returns a strategy without state.
   *
   * @param session fuses; called by several threads, so it must not keep anything
   * @return the strategy
   */
  static FusionStrategy of(FusionSession session) {
    requireNonNull(session);
    return () -> session;
  }
}
