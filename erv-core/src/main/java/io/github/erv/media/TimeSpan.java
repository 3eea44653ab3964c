package io.github.erv.media;

import java.time.Duration;

/**
 * A stretch of media time, half-open: {@code [startMicros, endMicros)}. An instant has equal ends.
 *
 * @param startMicros presentation time in microseconds
 * @param endMicros presentation time in microseconds, not before the start
 */
public record TimeSpan(long startMicros, long endMicros) implements Comparable<TimeSpan> {
  public TimeSpan {
    if (endMicros < startMicros) {
      throw new IllegalArgumentException(
          "a time span's end must not be before its start " + startMicros + ", was " + endMicros);
    }
  }

  /**
   * Returns the span of no length at a time.
   *
   * @param micros presentation time in microseconds
   * @return the instant
   */
  public static TimeSpan at(long micros) {
    return new TimeSpan(micros, micros);
  }

  /**
   * Returns the span between two times.
   *
   * @param start from media time 0
   * @param end from media time 0, not before the start
   * @return the span
   */
  public static TimeSpan between(Duration start, Duration end) {
    return new TimeSpan(start.toNanos() / 1000, end.toNanos() / 1000);
  }

  /**
   * Returns the length.
   *
   * @return in microseconds, at least 0
   */
  public long lengthMicros() {
    return endMicros - startMicros;
  }

  /**
   * Returns the length.
   *
   * @return at least zero
   */
  public Duration length() {
    return Duration.ofNanos(Math.multiplyExact(lengthMicros(), 1000L));
  }

  /**
   * Tells whether a time lies in this span; an instant holds its own time.
   *
   * @param micros presentation time in microseconds
   * @return true if it does
   */
  public boolean contains(long micros) {
    return micros >= startMicros && (micros < endMicros || micros == startMicros);
  }

  /**
   * Tells whether two spans share a time; an instant overlaps the span that contains it.
   *
   * @param other any span
   * @return true if they do
   */
  public boolean overlaps(TimeSpan other) {
    return contains(other.startMicros) || other.contains(startMicros);
  }

  /**
   * Orders by start, then by end.
   *
   * @param other another span
   * @return negative, zero or positive
   */
  @Override
  public int compareTo(TimeSpan other) {
    int byStart = Long.compare(startMicros, other.startMicros);
    return byStart != 0 ? byStart : Long.compare(endMicros, other.endMicros);
  }

  @Override
  public String toString() {
    return "[" + startMicros / 1e6 + " s, " + endMicros / 1e6 + " s)";
  }
}
