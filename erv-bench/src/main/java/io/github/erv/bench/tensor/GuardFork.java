package io.github.erv.bench.tensor;

import com.sun.management.ThreadMXBean;
import io.github.erv.tensor.Kernels;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A JVM of the {@link Guard}'s: measures with the kernels it was started with, and prints a line for
 * each piece of work.
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

  private GuardFork() {}

  /**
   * Prints the width of the vectors, then name, time relative to ONNX Runtime, and bytes of heap in
   * {@value #CALLS} calls.
   *
   * @param args none
   */
  public static void main(String[] args) {
    System.out.println("vectors\t" + Kernels.vectorBits());
    WORK.forEach(
        (name, work) -> {
          try (Duel duel = work.get().checked()) {
            long start = System.nanoTime();
            while (System.nanoTime() - start < WARM_UP_NANOS) {
              duel.erv();
              duel.onnxRuntime();
            }
            System.out.println(name + '\t' + ratio(duel) + '\t' + bytes(duel));
          }
        });
  }

  /** Rounds in turn, so that whatever else the machine does slows both down; their median. */
  private static double ratio(Duel duel) {
    double[] ratios = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      long start = System.nanoTime();
      for (int i = 0; i < CALLS / ROUNDS; i++) {
        duel.erv();
      }
      long between = System.nanoTime();
      for (int i = 0; i < CALLS / ROUNDS; i++) {
        duel.onnxRuntime();
      }
      ratios[round] = (between - start) / (double) (System.nanoTime() - between);
    }
    Arrays.sort(ratios);
    return ratios[ROUNDS / 2];
  }

  private static long bytes(Duel duel) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    long before = threads.getThreadAllocatedBytes(thread);
    for (int i = 0; i < CALLS; i++) {
      duel.erv();
    }
    return threads.getThreadAllocatedBytes(thread) - before;
  }
}
