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
 * Kernels of the rows and columns of a matrix.
 *
 * <p>Run: {@code java -jar erv-bench/target/benchmarks.jar RowsBenchmark -prof gc}
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH sets parameters, and calls setup
public abstract class RowsBenchmark {
  /**
   * Scores of 50 x 30 steps, 4 heads; a block's activations; emotions of a minute at 30 a second.
   */
  @Param({"200x30", "50x128", "128x512", "1800x7"})
  String shape;

  private int rows;
  private int columns;
  private float[] x;
  private float[] out;
  private float[] gain;
  private float[] variance;
  private float[] mask;
  private float[] pooled;

  /** Draws the matrix. */
  @Setup
  public void setup() {
    int by = shape.indexOf('x');
    rows = Integer.parseInt(shape.substring(0, by));
    columns = Integer.parseInt(shape.substring(by + 1));
    SplittableRandom random = new SplittableRandom(20250101);
    x = new float[rows * columns];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextDouble(-4, 4);
    }
    out = new float[rows * columns];
    gain = new float[columns];
    variance = new float[columns];
    mask = new float[columns];
    pooled = new float[Math.max(rows, columns)];
    for (int i = 0; i < columns; i++) {
      gain[i] = (float) random.nextDouble(-1, 1);
      variance[i] = 1 + gain[i];
      mask[i] = random.nextInt(4) == 0 ? Float.NEGATIVE_INFINITY : 0;
    }
  }

  @Benchmark
  public float[] softmax() {
    Kernels.softmax(x, 0, out, 0, rows, columns);
    return out;
  }

  @Benchmark
  public float[] maskedSoftmax() {
    Kernels.softmax(x, 0, mask, 0, 0, out, 0, rows, columns);
    return out;
  }

  @Benchmark
  public float[] layerNorm() {
    Kernels.layerNorm(x, 0, gain, gain, 1e-5f, out, 0, rows, columns);
    return out;
  }

  @Benchmark
  public float[] batchNorm() {
    Kernels.batchNorm(x, 0, gain, variance, gain, gain, 1e-5f, out, 0, rows, columns);
    return out;
  }

  @Benchmark
  public float[] meanPool() {
    Kernels.meanPool(x, 0, pooled, 0, rows, columns);
    return pooled;
  }

  @Benchmark
  public float[] maxPool() {
    Kernels.maxPool(x, 0, pooled, 0, rows, columns);
    return pooled;
  }

  @Benchmark
  public float[] gemv() {
    Kernels.gemv(x, 0, columns, false, gain, 0, null, false, pooled, 0, rows, columns);
    return pooled;
  }

  /** With plain Java. */
  @Fork(value = 3, jvmArgsAppend = "-Derv.kernels=scalar")
  public static class Scalar extends RowsBenchmark {}

  /** With the Vector API. */
  @Fork(
      value = 3,
      jvmArgsPrepend = "--add-modules=jdk.incubator.vector",
      jvmArgsAppend = "-Derv.kernels=vector")
  public static class Vector extends RowsBenchmark {}
}
