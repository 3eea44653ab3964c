package io.github.erv.bench.tensor;

import io.github.erv.tensor.Kernels;
import io.github.erv.tensor.PackedMatrix;
import io.github.erv.tensor.Scratch;
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
 * Layers of fusion networks, one step or one sequence.
 *
 * <p>Run: {@code java -jar erv-bench/target/benchmarks.jar LayersBenchmark -prof gc}
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH sets parameters, and calls setup
public abstract class LayersBenchmark {
  /** A small network's width, a block's, a face embedding's. */
  @Param({"64", "128", "512"})
  int width;

  private static final int STEPS = 50;
  private static final int HEADS = 4;
  private static final int OUTPUTS = 8;

  private float[] x;
  private float[] out;
  private float[] weights;
  private float[] gates;
  private float[] hidden;
  private float[] cell;
  private PackedMatrix packed;
  private Scratch scratch;

  /** Draws the weights. */
  @Setup
  public void setup() {
    SplittableRandom random = new SplittableRandom(20250101);
    x = draw(random, STEPS * width);
    out = new float[STEPS * width];
    weights = draw(random, Math.max(OUTPUTS, 4) * width * width);
    gates = draw(random, 4 * width);
    hidden = new float[width];
    cell = new float[width];
    packed = PackedMatrix.linear(weights, x, width, width);
    scratch = new Scratch();
  }

  private static float[] draw(SplittableRandom random, int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextDouble(-0.1, 0.1);
    }
    return values;
  }

  @Benchmark
  public float[] linear() {
    Kernels.linear(x, 0, weights, null, out, 0, STEPS, width, width, scratch);
    return out;
  }

  @Benchmark
  public float[] packedLinear() {
    Kernels.gemm(x, 0, width, packed, false, out, 0, width, STEPS, scratch);
    return out;
  }

  @Benchmark
  public float[] weightGradient() {
    Kernels.gemm(
        1, x, 0, width, true, x, 0, width, false, null, true, weights, 0, width, width, width,
        STEPS, scratch);
    return weights;
  }

  @Benchmark
  public float[] selfAttention() {
    Kernels.attention(
        x,
        0,
        width,
        x,
        0,
        width,
        x,
        0,
        width,
        null,
        0,
        0,
        out,
        0,
        width,
        STEPS,
        STEPS,
        HEADS,
        width / HEADS,
        0.2f,
        scratch);
    return out;
  }

  @Benchmark
  public float[] bilinear() {
    Kernels.bilinear(x, 0, x, width, weights, null, out, 0, OUTPUTS, width, width);
    return out;
  }

  @Benchmark
  public float[] lstmStep() {
    Kernels.lstmStep(gates, 0, weights, hidden, 0, cell, 0, width);
    return hidden;
  }

  @Benchmark
  public float[] gruStep() {
    Kernels.gruStep(gates, 0, weights, weights, hidden, 0, width);
    return hidden;
  }

  /** With plain Java. */
  @Fork(value = 3, jvmArgsAppend = "-Derv.kernels=scalar")
  public static class Scalar extends LayersBenchmark {}

  /** With the Vector API. */
  @Fork(
      value = 3,
      jvmArgsPrepend = "--add-modules=jdk.incubator.vector",
      jvmArgsAppend = "-Derv.kernels=vector")
  public static class Vector extends LayersBenchmark {}
}
