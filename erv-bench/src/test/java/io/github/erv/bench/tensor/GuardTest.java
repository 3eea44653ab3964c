package io.github.erv.bench.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What the guard finds too slow, and that its rivals agree. */
class GuardTest {
  @Test
  void slower_isWhatIsMoreThanAThirdAboveItsLimit() {
    Map<String, Double> limits = Map.of("a", 1.0, "b", 1.0, "c", 1.0);
    Map<String, Double> measured = Map.of("a", 1.29, "b", 1.31, "c", Double.NaN, "new", 100.0);
    assertEquals(List.of("b", "c"), Guard.slower(measured, limits).stream().sorted().toList());
  }

  @Test
  void rivals_agreeWithinTheirTolerance() {
    for (Supplier<Duel> work : GuardFork.WORK.values()) {
      work.get().checked().close(); // throws where they differ
    }
  }
}
