package io.github.erv;

import static java.util.Objects.requireNonNull;

import io.github.erv.emotion.Affect;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.EmotionEstimate;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Receives what a {@link FusionSession} concludes. The session sets a distribution, an affect or
 * both, and what each modality contributed. Not thread-safe.
 */
public final class Fused {
  private final SortedMap<Modality, EmotionEstimate.Contribution> contributions = new TreeMap<>();
  private @Nullable Distribution distribution;
  private @Nullable Affect affect;

  /** Creates an empty result. */
  public Fused() {}

  /**
   * Sets the fused distribution.
   *
   * @param value over the window's labels
   * @return this
   */
  public Fused distribution(Distribution value) {
    distribution = requireNonNull(value);
    return this;
  }

  /**
   * Sets the fused affect, if models of the dimensions gave any.
   *
   * @param value the position
   * @return this
   */
  public Fused affect(Affect value) {
    affect = requireNonNull(value);
    return this;
  }

  /**
   * Records what one modality contributed.
   *
   * @param modality one that was present
   * @param weight its share in the result, in [0, 1]; shares sum to 1
   * @param reliability how far its evidence could be read, in [0, 1]
   * @return this
   */
  public Fused contribution(Modality modality, double weight, double reliability) {
    contributions.put(
        requireNonNull(modality),
        new EmotionEstimate.Contribution((float) weight, (float) reliability));
    return this;
  }

  /**
   * Returns the fused distribution.
   *
   * @return what was set, or empty
   */
  public Optional<Distribution> distribution() {
    return Optional.ofNullable(distribution);
  }

  /**
   * Returns the fused affect.
   *
   * @return what was set, or empty
   */
  public Optional<Affect> affect() {
    return Optional.ofNullable(affect);
  }

  /**
   * Returns what each modality contributed.
   *
   * @return an immutable copy, in the order of the modalities' names
   */
  public Map<Modality, EmotionEstimate.Contribution> contributions() {
    return Collections.unmodifiableSortedMap(new TreeMap<>(contributions));
  }
}
