package io.github.erv.tensor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;

/**
 * Heap garbage of each kernel once it is compiled: none. Whether C2 keeps all vectors in registers
 * depends on what else it has compiled before: in one machine of five some of {@code gelu}, {@code
 * tanh} or the recurrent steps leave one on the heap for good. So each kernel has a few machines to
 * show that it can do without; what allocates by itself does so in all of them.
 */
class KernelGarbageTest {
  private static final int ROWS = 13;
  private static final int WIDTH = 70;
  private static final int CALLS = 1000;

  private static final int MACHINES = 6;

  /** By when the compiler must be done, on a busy machine too. */
  private static final Duration LONGEST = Duration.ofSeconds(8);

  private static final float[] X = new float[ROWS * WIDTH];
  private static final float[] Y = new float[ROWS * WIDTH];
  private static final float[] OUT = new float[4 * ROWS * WIDTH];
  private static final float[] SQUARE = new float[4 * WIDTH * WIDTH];
  private static final float[] STATE = new float[WIDTH];
  private static final float[] CELL = new float[WIDTH];
  private static final Scratch SCRATCH = new Scratch();
  private static final PackedMatrix PACKED = PackedMatrix.linear(SQUARE, X, WIDTH, WIDTH);

  static Stream<Named<Runnable>> kernels() {
    return Stream.of(
        Named.of("dot", () -> OUT[0] = Kernels.dot(X, 0, Y, 0, WIDTH)),
        Named.of("axpy", () -> Kernels.axpy(0.5f, X, 0, Y, 0, WIDTH)),
        Named.of("multiply", () -> Kernels.multiply(X, 0, Y, 0, OUT, 0, WIDTH)),
        Named.of(
            "gemv", () -> Kernels.gemv(X, 0, WIDTH, false, STATE, 0, Y, true, OUT, 0, ROWS, WIDTH)),
        Named.of(
            "gemv transposed",
            () -> Kernels.gemv(X, 0, WIDTH, true, STATE, 0, Y, false, OUT, 0, WIDTH, ROWS)),
        Named.of("gemm", () -> Kernels.gemm(X, SQUARE, OUT, ROWS, WIDTH, WIDTH, SCRATCH)),
        Named.of(
            "gemm transposed",
            () ->
                Kernels.gemm(
                    2, SQUARE, 0, WIDTH, true, X, 0, WIDTH, true, Y, true, OUT, 0, ROWS, WIDTH,
                    ROWS, WIDTH, SCRATCH)),
        Named.of(
            "gemm packed",
            () -> Kernels.gemm(X, 0, WIDTH, PACKED, false, OUT, 0, WIDTH, ROWS, SCRATCH)),
        Named.of("softmax", () -> Kernels.softmax(X, 0, OUT, 0, ROWS, WIDTH)),
        Named.of("softmax masked", () -> Kernels.softmax(X, 0, Y, 0, 0, OUT, 0, ROWS, WIDTH)),
        Named.of("logSumExp", () -> OUT[0] = Kernels.logSumExp(X, 0, WIDTH)),
        Named.of("layerNorm", () -> Kernels.layerNorm(X, 0, Y, Y, 1e-5f, OUT, 0, ROWS, WIDTH)),
        Named.of(
            "batchNorm", () -> Kernels.batchNorm(X, 0, STATE, STATE, Y, Y, 1, OUT, 0, ROWS, WIDTH)),
        Named.of("relu", () -> Kernels.relu(X, 0, OUT, 0, WIDTH)),
        Named.of("gelu", () -> Kernels.gelu(X, 0, OUT, 0, WIDTH)),
        Named.of("sigmoid", () -> Kernels.sigmoid(X, 0, OUT, 0, WIDTH)),
        Named.of("tanh", () -> Kernels.tanh(X, 0, OUT, 0, WIDTH)),
        Named.of("exp", () -> Kernels.exp(X, 0, OUT, 0, WIDTH)),
        Named.of(
            "attention",
            () ->
                Kernels.attention(
                    X, 0, WIDTH, Y, 0, WIDTH, Y, 0, WIDTH, STATE, 0, 0, OUT, 0, WIDTH, ROWS, ROWS,
                    2, WIDTH / 2, 0.2f, SCRATCH)),
        Named.of("bilinear", () -> Kernels.bilinear(X, 0, Y, 0, SQUARE, X, OUT, 0, 2, 40, 40)),
        Named.of("meanPool", () -> Kernels.meanPool(X, 0, OUT, 0, ROWS, WIDTH)),
        Named.of("maxPool", () -> Kernels.maxPool(X, 0, OUT, 0, ROWS, WIDTH)),
        Named.of("lstmStep", () -> Kernels.lstmStep(OUT, 0, SQUARE, STATE, 0, CELL, 0, WIDTH)),
        Named.of("gruStep", () -> Kernels.gruStep(OUT, 0, SQUARE, X, STATE, 0, WIDTH)));
  }

  /**
   * Prints the names of the kernels that allocate in this JVM.
   *
   * @param args none
   */
  public static void main(String[] args) {
    kernels()
        .filter(kernel -> allocates(kernel.getPayload()))
        .forEach(kernel -> System.out.println(kernel.getName()));
  }

  private static boolean allocates(Runnable kernel) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    long bytes = Long.MAX_VALUE;
    long start = System.nanoTime();
    while (bytes != 0 && System.nanoTime() - start < LONGEST.toNanos()) {
      long before = threads.getThreadAllocatedBytes(thread);
      for (int i = 0; i < CALLS; i++) {
        kernel.run();
      }
      bytes = threads.getThreadAllocatedBytes(thread) - before;
    }
    return bytes != 0;
  }

  @Test
  void compiledKernels_allocateNothing() throws IOException, InterruptedException {
    List<String> left = new ArrayList<>(kernels().map(Named::getName).toList());
    for (int machine = 0; machine < MACHINES && !left.isEmpty(); machine++) {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
      command.addAll(
          List.of("-cp", System.getProperty("java.class.path"), KernelGarbageTest.class.getName()));
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      left.retainAll(new String(process.getInputStream().readAllBytes(), UTF_8).lines().toList());
      assertEquals(0, process.waitFor());
    }
    assertEquals(List.of(), left, "allocate in each of " + MACHINES + " machines");
  }
}
