package io.github.erv.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Arrays too short, sizes that cannot be, and memory that overlaps. */
class KernelMisuseTest {
  private static final Scratch SCRATCH = new Scratch();

  private static float[] floats(int n) {
    return new float[n];
  }

  static Stream<Named<Executable>> tooShort() {
    float[] six = floats(6);
    return Stream.of(
        Named.of("dot", () -> Kernels.dot(six, 4, six, 0, 3)),
        Named.of("dot offset", () -> Kernels.dot(six, -1, six, 0, 3)),
        Named.of("axpy", () -> Kernels.axpy(1, six, 0, floats(2), 0, 3)),
        Named.of("multiply", () -> Kernels.multiply(six, 0, floats(2), 0, floats(6), 0, 3)),
        Named.of("exp", () -> Kernels.exp(six, 0, floats(6), 4, 3)),
        Named.of(
            "gemv a",
            () -> Kernels.gemv(six, 1, 3, false, floats(3), 0, null, false, floats(2), 0, 2, 3)),
        Named.of(
            "gemv x",
            () -> Kernels.gemv(six, 0, 3, false, floats(2), 0, null, false, floats(2), 0, 2, 3)),
        Named.of(
            "gemv bias",
            () ->
                Kernels.gemv(six, 0, 3, false, floats(3), 0, floats(1), false, floats(2), 0, 2, 3)),
        Named.of("gemm a", () -> Kernels.gemm(floats(5), six, floats(4), 2, 2, 3, SCRATCH)),
        Named.of("gemm b", () -> Kernels.gemm(six, floats(5), floats(4), 2, 2, 3, SCRATCH)),
        Named.of("gemm c", () -> Kernels.gemm(six, floats(6), floats(3), 2, 2, 3, SCRATCH)),
        Named.of(
            "gemm beyond int",
            () -> Kernels.gemm(six, floats(6), floats(6), 1 << 20, 1 << 20, 1 << 20, SCRATCH)),
        Named.of(
            "linear bias",
            () -> Kernels.linear(six, 0, floats(6), floats(1), floats(4), 0, 2, 2, 3, SCRATCH)),
        Named.of("pack", () -> PackedMatrix.linear(six, null, 2, 4)),
        Named.of("softmax", () -> Kernels.softmax(six, 1, floats(6), 0, 2, 3)),
        Named.of("mask", () -> Kernels.softmax(six, 0, floats(5), 0, 3, floats(6), 0, 2, 3)),
        Named.of("shared mask", () -> Kernels.softmax(six, 0, floats(2), 0, 0, floats(6), 0, 2, 3)),
        Named.of("logSumExp", () -> Kernels.logSumExp(six, 0, 7)),
        Named.of(
            "layerNorm",
            () -> Kernels.layerNorm(six, 0, floats(2), floats(3), 1e-5f, floats(6), 0, 2, 3)),
        Named.of(
            "attention",
            () ->
                Kernels.attention(
                    six, 0, 3, six, 0, 3, floats(5), 0, 3, null, 0, 0, floats(6), 0, 3, 2, 2, 1, 3,
                    1, SCRATCH)),
        Named.of(
            "bilinear",
            () -> Kernels.bilinear(six, 0, six, 0, floats(17), null, floats(2), 0, 2, 3, 3)),
        Named.of("meanPool", () -> Kernels.meanPool(six, 0, floats(2), 0, 2, 3)),
        Named.of("maxPool", () -> Kernels.maxPool(six, 1, floats(3), 0, 2, 3)),
        Named.of(
            "lstm",
            () -> Kernels.lstmStep(floats(8), 0, floats(15), floats(2), 0, floats(2), 0, 2)),
        Named.of(
            "gru", () -> Kernels.gruStep(floats(8), 0, floats(12), floats(5), floats(2), 0, 2)));
  }

  @ParameterizedTest
  @MethodSource("tooShort")
  void arrayTooShort_isRefused(Executable call) {
    assertThrows(IndexOutOfBoundsException.class, call);
  }

  static Stream<Named<Executable>> impossible() {
    float[] shared = floats(100);
    return Stream.of(
        Named.of("rows", () -> Kernels.softmax(shared, 0, floats(6), 0, -1, 3)),
        Named.of(
            "stride",
            () ->
                Kernels.gemm(
                    1, shared, 0, 2, false, shared, 0, 3, false, null, false, floats(9), 0, 3, 3, 3,
                    3, SCRATCH)),
        Named.of(
            "heads",
            () ->
                Kernels.attention(
                    shared, 0, 3, shared, 0, 3, shared, 0, 3, null, 0, 0, floats(9), 0, 3, 3, 3, -1,
                    3, 1, SCRATCH)),
        Named.of(
            "epsilon",
            () -> Kernels.layerNorm(shared, 0, floats(3), floats(3), 0, floats(9), 0, 3, 3)),
        Named.of(
            "epsilon NaN",
            () ->
                Kernels.layerNorm(shared, 0, floats(3), floats(3), Float.NaN, floats(9), 0, 3, 3)),
        Named.of("elements overlap", () -> Kernels.exp(shared, 0, shared, 1, 5)),
        Named.of("rows overlap", () -> Kernels.softmax(shared, 3, shared, 0, 2, 3)),
        Named.of("axpy overlaps", () -> Kernels.axpy(1, shared, 1, shared, 0, 5)),
        Named.of("gemm overlaps", () -> Kernels.gemm(shared, floats(9), shared, 3, 3, 3, SCRATCH)),
        Named.of(
            "columns overlap",
            () ->
                Kernels.gemm(
                    1, shared, 0, 6, false, floats(9), 0, 3, false, null, false, shared, 2, 6, 3, 3,
                    3, SCRATCH)),
        Named.of(
            "gemv overlaps",
            () -> Kernels.gemv(floats(9), 0, 3, false, shared, 0, null, false, shared, 2, 3, 3)),
        Named.of(
            "attention overlaps",
            () ->
                Kernels.attention(
                    floats(9), 0, 3, floats(9), 0, 3, shared, 0, 3, null, 0, 0, shared, 8, 3, 3, 3,
                    1, 3, 1, SCRATCH)),
        Named.of("pool overlaps", () -> Kernels.maxPool(shared, 0, shared, 5, 2, 3)),
        Named.of(
            "lstm overlaps",
            () -> Kernels.lstmStep(shared, 0, floats(16), shared, 7, floats(2), 0, 2)));
  }

  @ParameterizedTest
  @MethodSource("impossible")
  void whatCannotBe_isRefused(Executable call) {
    assertThrows(IllegalArgumentException.class, call);
  }

  @Test
  void message_namesMatrixShapeAndLength() {
    Exception refusal =
        assertThrows(
            IndexOutOfBoundsException.class,
            () -> Kernels.gemm(floats(6), floats(5), floats(4), 2, 2, 3, SCRATCH));
    assertEquals(
        "b of shape (3, 2) with stride 2 from index 0 does not fit into 5 values",
        refusal.getMessage());
  }

  @Test
  void message_ofOverlap_namesBothRanges() {
    float[] shared = floats(9);
    Exception refusal =
        assertThrows(IllegalArgumentException.class, () -> Kernels.exp(shared, 0, shared, 1, 5));
    assertTrue(refusal.getMessage().contains("[0, 5)"), refusal.getMessage());
    assertTrue(refusal.getMessage().contains("[1, 6)"), refusal.getMessage());
  }
}
