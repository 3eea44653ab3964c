package io.github.erv.fusion;

/** Makes fusion strategies. */
public final class Fusion {
  private Fusion() {}

  /**
   * Returns late (decision-level) fusion with its defaults: a log-linear pool in which every
   * modality has the same weight, scaled by the quality of what it saw.
   *
   * @return a strategy
   */
  public static LateFusion late() {
    return LateFusion.builder().build();
  }
}
