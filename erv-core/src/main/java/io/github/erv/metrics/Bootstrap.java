package io.github.erv.metrics;

import com.google.common.math.Quantiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Intervals of any statistic by the percentile bootstrap: items are drawn with replacement, the
 * statistic is taken of what was drawn, and the middle 95 % of its values are the interval.
 *
 * <p>Items that depend on one another, as what one speaker says, are drawn together: a cluster
 * bootstrap draws whole groups, and its intervals are as wide as few speakers make them. The same
 * seed gives the same intervals. Immutable and thread-safe.
 *
 * @see "Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 13"
 */
public final class Bootstrap {
  /** How often is drawn unless said otherwise. */
  public static final int RESAMPLES = 1_000;

  private static final int LEVEL_PERMILLE = 950;

  private final int items;
  private final int[][] groups;
  private final int resamples;
  private final long seed;

  private Bootstrap(int items, int[][] groups, int resamples, long seed) {
    this.items = items;
    this.groups = groups;
    this.resamples = resamples;
    this.seed = seed;
  }

  /**
   * Returns the bootstrap of independent items.
   *
   * @param items how many there are, at least 0
   * @param seed of the draws
   * @return the bootstrap
   */
  public static Bootstrap of(int items, long seed) {
    int[][] groups = new int[items][];
    Arrays.setAll(groups, i -> new int[] {i});
    return new Bootstrap(items, groups, RESAMPLES, seed);
  }

  /**
   * Returns the bootstrap of items that are drawn in groups.
   *
   * @param groups the group of each item; equal ones belong together
   * @param seed of the draws
   * @return the bootstrap
   */
  public static Bootstrap clustered(List<String> groups, long seed) {
    Map<String, List<Integer>> members = new LinkedHashMap<>();
    for (int i = 0; i < groups.size(); i++) {
      members.computeIfAbsent(groups.get(i), group -> new ArrayList<>()).add(i);
    }
    int[][] indices =
        members.values().stream()
            .map(list -> list.stream().mapToInt(Integer::intValue).toArray())
            .toArray(int[][]::new);
    return new Bootstrap(groups.size(), indices, RESAMPLES, seed);
  }

  /**
   * Returns this bootstrap with another number of draws.
   *
   * @param value at least 1; {@value #RESAMPLES} by default
   * @return a new bootstrap
   */
  public Bootstrap resamples(int value) {
    if (value < 1) {
      throw new IllegalArgumentException("resamples must be at least 1, were " + value);
    }
    return new Bootstrap(items, groups, value, seed);
  }

  /**
   * Returns the interval of a statistic.
   *
   * @param statistic of how many times each item was drawn, shape (items), an array that is used
   *     again; NaN where it is not defined, which leaves the draw out
   * @return 95 % of its values; {@link Interval#UNKNOWN} if there is less than two of items or of
   *     groups, or no draw defines it
   */
  public Interval interval(ToDoubleFunction<int[]> statistic) {
    return intervals(times -> new double[] {statistic.applyAsDouble(times)}).get(0);
  }

  /**
   * Returns the intervals of several statistics of the same draws.
   *
   * @param statistics as {@link #interval}, always of the same number
   * @return one a statistic
   */
  public List<Interval> intervals(Function<int[], double[]> statistics) {
    int[] times = new int[items];
    Arrays.fill(times, 1);
    int size = statistics.apply(times).length;
    if (groups.length < 2) {
      return List.copyOf(Collections.nCopies(size, Interval.UNKNOWN));
    }
    double[][] values = new double[size][resamples];
    SplittableRandom random = new SplittableRandom(seed);
    for (int r = 0; r < resamples; r++) {
      Arrays.fill(times, 0);
      for (int g = 0; g < groups.length; g++) {
        for (int item : groups[random.nextInt(groups.length)]) {
          times[item]++;
        }
      }
      double[] drawn = statistics.apply(times);
      for (int s = 0; s < size; s++) {
        values[s][r] = drawn[s];
      }
    }
    List<Interval> intervals = new ArrayList<>(size);
    for (double[] of : values) {
      intervals.add(middle(Arrays.stream(of).filter(v -> !Double.isNaN(v)).toArray()));
    }
    return List.copyOf(intervals);
  }

  private static Interval middle(double[] values) {
    if (values.length == 0) {
      return Interval.UNKNOWN;
    }
    int tail = (1_000 - LEVEL_PERMILLE) / 2;
    Map<Integer, Double> ends =
        Quantiles.scale(1_000).indexes(tail, 1_000 - tail).computeInPlace(values);
    return new Interval(ends.getOrDefault(tail, 0.0), ends.getOrDefault(1_000 - tail, 0.0));
  }
}
