package io.github.erv;

import java.util.List;

/**
 * What a session has done so far.
 *
 * @param stages one for each encoder
 * @param estimates how many estimates were made
 * @param late observations that came after their hop had been closed, and were left out
 * @param fusionNanos time spent in fusion and in the listener
 */
public record SessionStatistics(List<Stage> stages, long estimates, long late, long fusionNanos) {
  public SessionStatistics {
    stages = List.copyOf(stages);
  }

  /**
   * What one encoder has done so far.
   *
   * @param modality what it looks at or listens to
   * @param pushed inputs that came in
   * @param dropped inputs that were dropped because the encoder had fallen behind
   * @param encoded inputs that were read
   * @param busyNanos time spent reading them
   */
  public record Stage(Modality modality, long pushed, long dropped, long encoded, long busyNanos) {}
}
