package io.github.erv.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TimeSpanTest {
  private static TimeSpan span(int start, int length) {
    return new TimeSpan(start, start + length);
  }

  @Property
  void overlaps_anyTwo_isWhetherSomeTimeLiesInBoth(
      @ForAll @IntRange(min = -8, max = 8) int start,
      @ForAll @IntRange(min = 0, max = 8) int length,
      @ForAll @IntRange(min = -8, max = 8) int otherStart,
      @ForAll @IntRange(min = 0, max = 8) int otherLength) {
    TimeSpan one = span(start, length);
    TimeSpan other = span(otherStart, otherLength);
    boolean shared = false;
    for (int t = -8; t <= 16; t++) {
      shared |= one.contains(t) && other.contains(t);
    }
    assertEquals(shared, one.overlaps(other), () -> one + " and " + other);
    assertEquals(shared, other.overlaps(one));
    assertEquals(Integer.signum(one.compareTo(other)), -Integer.signum(other.compareTo(one)));
    assertEquals(one.equals(other), one.compareTo(other) == 0);
  }

  @Test
  void contains_ends_startIsInAndEndIsNot() {
    TimeSpan span = new TimeSpan(10, 20);
    assertTrue(span.contains(10));
    assertTrue(span.contains(19));
    assertFalse(span.contains(20));
    assertFalse(span.contains(9));
    assertTrue(TimeSpan.at(10).contains(10));
    assertFalse(TimeSpan.at(10).contains(11));
  }

  @Test
  void lengths_negativeTimes_areDifferences() {
    assertEquals(30, new TimeSpan(-20, 10).lengthMicros());
    assertEquals(Duration.ofNanos(30_000), new TimeSpan(-20, 10).length());
    assertEquals(
        new TimeSpan(1_500_000, 2_000_001),
        TimeSpan.between(Duration.ofMillis(1500), Duration.ofNanos(2_000_001_999)));
  }

  @Test
  void of_endBeforeStart_isRefusedWithBoth() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> new TimeSpan(10, 9)).getMessage();
    assertTrue(message.contains("10") && message.contains("9"), message);
  }
}
