package io.github.erv;

/** One run of a {@link FusionStrategy}. Used by one thread at a time. */
@FunctionalInterface
public interface FusionSession extends AutoCloseable {
  /**
   * Fuses one window of one subject. At least one modality is present in it.
   *
   * @param in what the modalities saw; valid until this returns
   * @param out receives the result
   */
  void fuse(FusionWindow in, Fused out);

  /** Gives back scratch. Idempotent. */
  @Override
  default void close() {}
}
