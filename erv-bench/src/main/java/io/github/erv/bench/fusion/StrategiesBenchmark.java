package io.github.erv.bench.fusion;

import io.github.erv.bench.tensor.Duel;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Every strategy on a window of 50 face and 30 voice steps, by erv and by ONNX Runtime from the
 * same weights, on one thread.
 *
 * <p>Run: {@code java -jar erv-bench/target/benchmarks.jar StrategiesBenchmark}
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH sets parameters, and calls setup
public abstract class StrategiesBenchmark {
  /** As tools name them. */
  @Param({
    "late",
    "late-linear",
    "stacking",
    "dempster-shafer",
    "cca",
    "early",
    "tensor",
    "low-rank",
    "gated",
    "hierarchical",
    "self-attention",
    "double-attention",
    "graph",
    "cross-attention"
  })
  String strategy;

  private Duel duel;

  /** Fits the strategy, opens the graph, and checks that both results agree. */
  @Setup
  public void setup() {
    duel = new StrategyDuel(strategy).checked();
  }

  /** Closes the graph. */
  @TearDown(Level.Trial)
  public void close() {
    duel.close();
  }

  @Benchmark
  public Object erv() {
    duel.erv();
    return duel;
  }

  @Benchmark
  public Object onnxRuntime() {
    duel.onnxRuntime();
    return duel;
  }

  /** With plain Java. */
  @Fork(value = 3, jvmArgsAppend = "-Derv.kernels=scalar")
  public static class Scalar extends StrategiesBenchmark {}

  /** With the Vector API. */
  @Fork(
      value = 3,
      jvmArgsPrepend = "--add-modules=jdk.incubator.vector",
      jvmArgsAppend = "-Derv.kernels=vector")
  public static class Vector extends StrategiesBenchmark {}
}
