package io.github.erv.bench.fusion;

import io.github.erv.fusion.Fusion;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** ONNX Runtime computes of each family's weights what erv does. */
class StrategyDuelTest {
  static Stream<String> strategies() {
    return Fusion.families().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void strategies_agreeWithTheirGraph(String strategy) {
    new StrategyDuel(strategy).checked().close(); // throws where they differ
  }
}
