package io.github.erv.metrics;

/**
 * Where a figure may well lie.
 *
 * @param low lower end; NaN if nothing can be said
 * @param high upper end, not below the lower; NaN if nothing can be said
 */
public record Interval(double low, double high) {
  /** Nothing can be said. */
  public static final Interval UNKNOWN = new Interval(Double.NaN, Double.NaN);

  public Interval {
    if (low > high) {
      throw new IllegalArgumentException("an interval must not end before it starts: " + low);
    }
  }
}
