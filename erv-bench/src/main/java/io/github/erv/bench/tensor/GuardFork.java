package io.github.erv.bench.tensor;

import com.sun.management.ThreadMXBean;
import io.github.erv.tensor.Kernels;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A JVM of the {@link Guard}'s: measures with the kernels it was started with, and prints a line
 * for each piece of work.
 */
final class GuardFork {
  static final Map<String, Supplier<Duel>> WORK = new LinkedHashMap<>();

  static {
    WORK.put("cross-attention", CrossAttentionDuel::new);
    for (int size : new int[] {64, 128, 256}) {
      WORK.put("gemm " + size, () -> new MatMulDuel(size));
    }
    WORK.put("softmax 128x512", () -> new SoftmaxDuel(128, 512));
  }

  private static final int CALLS = 1000;
  private static final int ROUNDS = 20;
  private static final long WARM_UP_NANOS = 1_000_000_000;
  private static final long LONGEST_NANOS = 10 * WARM_UP_NANOS;

  // processor time of this thread, on which ONNX Runtime too does all its work: what other
  // programs take of the machine does not count
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private GuardFork() {}

  /**
   * Prints the width of the vectors, then name, time relative to ONNX Runtime, and bytes of heap in
   * {@value #CALLS} calls.
   *
   * @param args names of the pieces of work
   */
  public static void main(String[] args) {
    System.out.println("vectors\t" + Kernels.vectorBits());
    for (String name : args) {
      try (Duel duel = duel(name)) {
        long start = THREADS.getCurrentThreadCpuTime();
        while (THREADS.getCurrentThreadCpuTime() - start < WARM_UP_NANOS) {
          duel.erv();
          duel.onnxRuntime();
        }
        long bytes = bytes(duel);
        // on a busy machine the compiler may be late
        while (bytes != 0 && THREADS.getCurrentThreadCpuTime() - start < LONGEST_NANOS) {
          bytes = bytes(duel);
        }
        System.out.println(name + '\t' + ratio(duel) + '\t' + bytes);
      }
    }
  }

  /** Opens a piece of work and checks that both do the same. */
  static Duel duel(String name) {
    Supplier<Duel> work = WORK.get(name);
    if (work == null) {
      throw new IllegalArgumentException("no work " + name + ", only " + WORK.keySet());
    }
    return work.get().checked();
  }

  /** Median over rounds in turn, so that the processor's clock is the same for both. */
  private static double ratio(Duel duel) {
    double[] ratios = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      long start = THREADS.getCurrentThreadCpuTime();
      for (int i = 0; i < CALLS / ROUNDS; i++) {
        duel.erv();
      }
      long between = THREADS.getCurrentThreadCpuTime();
      for (int i = 0; i < CALLS / ROUNDS; i++) {
        duel.onnxRuntime();
      }
      ratios[round] = (between - start) / (double) (THREADS.getCurrentThreadCpuTime() - between);
    }
    Arrays.sort(ratios);
    return ratios[ROUNDS / 2];
  }

  private static long bytes(Duel duel) {
    long thread = Thread.currentThread().getId();
    long before = THREADS.getThreadAllocatedBytes(thread);
    for (int i = 0; i < CALLS; i++) {
      duel.erv();
    }
    return THREADS.getThreadAllocatedBytes(thread) - before;
  }
}
