package io.github.erv.bench.tensor;

import io.github.erv.tensor.Kernels;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Kernels of one vector.
 *
 * <p>Run: {@code java -jar erv-bench/target/benchmarks.jar VectorsBenchmark -prof gc}
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH sets parameters, and calls setup
public abstract class VectorsBenchmark {
  /** Emotions, mel bands, eGeMAPS functionals, a block's width, face embedding, wide embedding. */
  @Param({"7", "40", "88", "128", "512", "1280"})
  int length;

  private float[] x;
  private float[] y;
  private float[] out;

  /** Draws the vectors. */
  @Setup
  public void setup() {
    SplittableRandom random = new SplittableRandom(20250101);
    x = new float[length];
    y = new float[length];
    out = new float[length];
    for (int i = 0; i < length; i++) {
      x[i] = (float) random.nextDouble(-4, 4);
      y[i] = (float) random.nextDouble(-4, 4);
    }
  }

  @Benchmark
  public float dot() {
    return Kernels.dot(x, 0, y, 0, length);
  }

  @Benchmark
  public float[] axpy() {
    Kernels.axpy(1e-9f, x, 0, y, 0, length);
    return y;
  }

  @Benchmark
  public float[] multiply() {
    Kernels.multiply(x, 0, y, 0, out, 0, length);
    return out;
  }

  @Benchmark
  public float logSumExp() {
    return Kernels.logSumExp(x, 0, length);
  }

  @Benchmark
  public float[] relu() {
    Kernels.relu(x, 0, out, 0, length);
    return out;
  }

  @Benchmark
  public float[] gelu() {
    Kernels.gelu(x, 0, out, 0, length);
    return out;
  }

  @Benchmark
  public float[] sigmoid() {
    Kernels.sigmoid(x, 0, out, 0, length);
    return out;
  }

  @Benchmark
  public float[] tanh() {
    Kernels.tanh(x, 0, out, 0, length);
    return out;
  }

  @Benchmark
  public float[] exp() {
    Kernels.exp(x, 0, out, 0, length);
    return out;
  }

  /** With plain Java. */
  @Fork(value = 3, jvmArgsAppend = "-Derv.kernels=scalar")
  public static class Scalar extends VectorsBenchmark {}

  /** With the Vector API. */
  @Fork(
      value = 3,
      jvmArgsPrepend = "--add-modules=jdk.incubator.vector",
      jvmArgsAppend = "-Derv.kernels=vector")
  public static class Vector extends VectorsBenchmark {}
}
