package io.github.erv.bench.tensor;

import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;
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
 * The same work by the kernels, by ONNX Runtime and, for products, by OpenBLAS.
 *
 * <p>Run: {@code java -jar erv-bench/target/benchmarks.jar RivalsBenchmark -prof gc}
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH sets parameters, and calls setup
public abstract class RivalsBenchmark {
  /** As the guard measures them. */
  @Param({"cross-attention", "gemm 64", "gemm 128", "gemm 256", "softmax 128x512"})
  String work;

  private Duel duel;

  /** Opens the graph and checks that both results agree. */
  @Setup
  public void setup() {
    duel = GuardFork.duel(work);
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

  /** OpenBLAS through its preset, the matrices already where it wants them. */
  @State(Scope.Thread)
  @BenchmarkMode(Mode.AverageTime)
  @OutputTimeUnit(TimeUnit.NANOSECONDS)
  @Warmup(iterations = 5, time = 1)
  @Measurement(iterations = 5, time = 1)
  @Fork(3)
  @SuppressWarnings("NullAway.Init") // likewise
  public static class OpenBlas {
    /** Sides of the matrices. */
    @Param({"64", "128", "256"})
    int size;

    private FloatPointer a;
    private FloatPointer b;
    private FloatPointer c;

    /** Copies the matrices and checks the product. */
    @Setup
    public void setup() {
      openblas.blas_set_num_threads(1);
      try (MatMulDuel duel = new MatMulDuel(size)) {
        a = new FloatPointer(duel.a);
        b = new FloatPointer(duel.b);
        c = new FloatPointer((long) size * size);
        duel.erv();
        multiply();
        for (int i = 0; i < size * size; i++) {
          if (!(Math.abs(duel.c[i] - c.get(i)) <= 1e-4f)) {
            throw new IllegalStateException("value " + i + " differs");
          }
        }
      }
    }

    /** Frees the matrices. */
    @TearDown(Level.Trial)
    public void close() {
      a.close();
      b.close();
      c.close();
    }

    @Benchmark
    public Object multiply() {
      openblas.cblas_sgemm(
          openblas.CblasRowMajor,
          openblas.CblasNoTrans,
          openblas.CblasNoTrans,
          size,
          size,
          size,
          1,
          a,
          size,
          b,
          size,
          0,
          c,
          size);
      return c;
    }
  }

  /** With plain Java. */
  @Fork(value = 3, jvmArgsAppend = "-Derv.kernels=scalar")
  public static class Scalar extends RivalsBenchmark {}

  /** With the Vector API. */
  @Fork(
      value = 3,
      jvmArgsPrepend = "--add-modules=jdk.incubator.vector",
      jvmArgsAppend = "-Derv.kernels=vector")
  public static class Vector extends RivalsBenchmark {}
}
