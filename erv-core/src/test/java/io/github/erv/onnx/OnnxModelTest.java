package io.github.erv.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.erv.error.ModelException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxModelTest {
  /** Three products and a sum, each rounded, of values below ten. */
  private static final float TOLERANCE = 8 * Math.ulp(10f);

  /** What ONNX Runtime's own bookkeeping may leave behind a run; measured: 500 to 600 bytes. */
  private static final long GARBAGE_PER_RUN = 1024;

  private static final byte[] MODEL = Gemm.bytes(-1);

  private static OnnxModel load() {
    return load(MODEL, Gemm.card(MODEL), OnnxOptions.DEFAULT);
  }

  private static OnnxModel load(byte[] bytes, String card, OnnxOptions options) {
    return OnnxModel.load(bytes, ModelCard.parse(card, "gemm.card.json"), options);
  }

  private static void requireRefused(byte[] bytes, String card, String... parts) {
    String message =
        assertThrows(ModelException.class, () -> load(bytes, card, OnnxOptions.DEFAULT))
            .getMessage();
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
  }

  private static float[] run(OnnxSession session, float... x) {
    session.floatInput("x").put(x);
    session.run();
    float[] logits = new float[2 * x.length / 3];
    session.floatOutput("logits").get(logits);
    return logits;
  }

  private static float[] expected(float... x) {
    float[] logits = new float[2 * x.length / 3];
    for (int i = 0; i < logits.length; i++) {
      double sum = Gemm.BIAS[i % 2];
      for (int k = 0; k < 3; k++) {
        sum += x[i / 2 * 3 + k] * (double) Gemm.WEIGHTS[k][i % 2];
      }
      logits[i] = (float) sum;
    }
    return logits;
  }

  @Test
  void run_randomInputs_isTheClosedForm() {
    SplittableRandom random = new SplittableRandom(1);
    try (OnnxModel model = load();
        OnnxSession session = model.open()) {
      for (int i = 0; i < 100; i++) {
        float[] x = new float[3];
        for (int k = 0; k < 3; k++) {
          x[k] = (float) random.nextDouble(-1, 1);
        }
        assertArrayEquals(expected(x), run(session, x), TOLERANCE);
      }
      assertEquals(Set.of("logits"), session.outputNames());
      assertEquals("gemm 1.0", model.toString());
    }
  }

  @Test
  void open_freeDimensionGiven_runsABatch() {
    try (OnnxModel model = load();
        OnnxSession session =
            model.open(Map.of("x", new long[] {2, 3}, "logits", new long[] {2, 2}))) {
      float[] x = {1, 2, 3, -0.5f, 0.25f, 0};
      assertArrayEquals(expected(x), run(session, x), TOLERANCE);
    }
  }

  @Test
  void open_shapeThatContradicts_isRefusedNamingBoth() {
    try (OnnxModel model = load()) {
      for (long[] shape : new long[][] {{1, 4}, {1}, {1, -1}, {0, 3}, {1, 3, 1}}) {
        String message =
            assertThrows(ModelException.class, () -> model.open(Map.of("x", shape))).getMessage();
        assertTrue(
            message.contains("[-1, 3]") && message.contains(Arrays.toString(shape)), message);
      }
    }
  }

  @Test
  void load_file_takesTheCardBesideIt(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("gemm.onnx");
    Files.write(file, MODEL);
    String message =
        assertThrows(ModelException.class, () -> OnnxModel.load(file, OnnxOptions.DEFAULT))
            .getMessage();
    assertTrue(message.contains("gemm.card.json"), message);
    Files.writeString(folder.resolve("gemm.card.json"), Gemm.card(MODEL));
    try (OnnxModel model = OnnxModel.load(file, OnnxOptions.DEFAULT)) {
      assertEquals("gemm", model.card().name());
    }
  }

  @Test
  void load_missing_isRefusedNamingIt() {
    assertTrue(
        assertThrows(
                ModelException.class,
                () -> OnnxModel.load(Path.of("no-such.onnx"), OnnxOptions.DEFAULT))
            .getMessage()
            .contains("no-such.onnx"));
    assertTrue(
        assertThrows(
                ModelException.class,
                () -> OnnxModel.resource(OnnxModelTest.class, "no-such", OnnxOptions.DEFAULT))
            .getMessage()
            .contains("no-such.card.json"));
  }

  @Test
  void load_otherBytesThanTheCards_isRefusedWithBothHashes() {
    byte[] other = MODEL.clone();
    other[other.length / 2] ^= 1;
    requireRefused(other, Gemm.card(MODEL), Gemm.hash(MODEL), Gemm.hash(other));
  }

  @Test
  void load_damagedBytes_isRefused() {
    byte[] half = Arrays.copyOf(MODEL, MODEL.length / 2);
    requireRefused(half, Gemm.card(half), "gemm 1.0", "cannot be loaded");
    byte[] noise = new byte[1000];
    new SplittableRandom(3).nextBytes(noise);
    requireRefused(noise, Gemm.card(noise), "cannot be loaded", "1000 bytes");
    byte[] nothing = new byte[0];
    requireRefused(nothing, Gemm.card(nothing), "gemm 1.0");
  }

  @Test
  void load_asManyLabelsAsOutputsNot_isRefusedWithBoth() {
    String three =
        Gemm.card(MODEL).replace("[\"happiness\", \"anger\"]", "[\"joy\", \"anger\", \"fear\"]");
    requireRefused(MODEL, three, "3", "2", "label");
  }

  @Test
  void load_otherInputThanTheCards_isRefusedWithBoth() {
    String wide = Gemm.card(MODEL).replace("[-1, 3]", "[-1, 4]");
    requireRefused(MODEL, wide, "[-1, 4]", "[-1, 3]");
    requireRefused(MODEL, Gemm.card(MODEL).replace("[-1, 3]", "[3]"), "[3]", "[-1, 3]");
    String named = Gemm.card(MODEL).replace("\"name\": \"x\"", "\"name\": \"image\"");
    requireRefused(MODEL, named, "image", "x");
  }

  @Test
  void load_nonCommercial_onlyWhenTheCallerSaysSo() {
    String card = Gemm.card(MODEL).replace("PERMISSIVE", "NON_COMMERCIAL");
    requireRefused(MODEL, card, "non-commercial", "allowNonCommercial");
    load(MODEL, card, OnnxOptions.DEFAULT.allowNonCommercial()).close();
  }

  @Test
  void close_oneHandleOfTwo_otherGoesOn() {
    OnnxModel one = load();
    OnnxModel two = load();
    one.close();
    one.close(); // must not take the other's share
    try (OnnxSession session = two.open()) {
      assertArrayEquals(expected(1, 1, 1), run(session, 1, 1, 1), TOLERANCE);
    }
    two.close();
    assertThrows(IllegalStateException.class, two::open);
  }

  @Test
  void close_modelBeforeItsSession_sessionGoesOn() {
    OnnxModel model = load();
    OnnxSession session = model.open();
    model.close();
    assertArrayEquals(expected(1, 2, 3), run(session, 1, 2, 3), TOLERANCE);
    session.close();
    session.close();
  }

  @Test
  void use_afterClose_isRefusedNamingTheModel() {
    OnnxModel model = load();
    OnnxSession session = model.open();
    session.close();
    model.close();
    List<Runnable> uses =
        List.of(
            session::run,
            () -> session.floatInput("x"),
            () -> session.floatOutput("logits"),
            model::open);
    for (Runnable use : uses) {
      String message = assertThrows(IllegalStateException.class, use::run).getMessage();
      assertTrue(message.contains("gemm 1.0") && message.contains("closed"), message);
    }
  }

  @Test
  void tensors_unknownNameOrType_areRefusedNamingWhatIsThere() {
    try (OnnxModel model = load();
        OnnxSession session = model.open()) {
      List<Runnable> uses =
          List.of(
              () -> session.floatInput("logits"),
              () -> session.longInput("x"),
              () -> session.floatOutput("x"));
      for (Runnable use : uses) {
        assertThrows(IllegalArgumentException.class, use::run);
      }
    }
  }

  @Test
  void run_twoThreads_doNotDisturbOneAnother() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (OnnxModel model = load()) {
      List<Callable<Boolean>> runs = new ArrayList<>();
      for (int thread = 0; thread < 2; thread++) {
        float sign = thread == 0 ? 1 : -1;
        runs.add(
            () -> {
              try (OnnxSession session = model.open()) {
                for (int i = 0; i < 2000; i++) {
                  float[] x = {sign * i / 1000f, 1, sign};
                  assertArrayEquals(expected(x), run(session, x), TOLERANCE);
                }
              }
              return true;
            });
      }
      for (Future<Boolean> result : threads.invokeAll(runs)) {
        assertTrue(result.get());
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void openAndClose_twoThreads_neverFreeWhatIsInUse() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Callable<Boolean> rounds =
          () -> {
            for (int i = 0; i < 100; i++) {
              try (OnnxModel model = load();
                  OnnxSession session = model.open()) {
                assertArrayEquals(expected(1, 2, 3), run(session, 1, 2, 3), TOLERANCE);
              }
            }
            return true;
          };
      for (Future<Boolean> result : threads.invokeAll(List.of(rounds, rounds))) {
        assertTrue(result.get());
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void run_tenThousandTimes_leavesNoDirectMemoryAndLittleGarbage() {
    BufferPoolMXBean direct =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .findFirst()
            .orElseThrow();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (OnnxModel model = load();
        OnnxSession session = model.open()) {
      FloatBuffer x = session.floatInput("x");
      FloatBuffer logits = session.floatOutput("logits");
      float sum = 0;
      for (int i = 0; i < 2000; i++) { // until everything is compiled
        session.run();
      }
      long buffers = direct.getCount();
      long bytes = direct.getMemoryUsed();
      long allocated = threads.getCurrentThreadAllocatedBytes();
      int runs = 10_000;
      for (int i = 0; i < runs; i++) {
        x.put(0, i);
        session.run();
        sum += logits.get(0);
      }
      long perRun = (threads.getCurrentThreadAllocatedBytes() - allocated) / runs;
      // fewer if what earlier tests left is collected meanwhile
      assertTrue(direct.getCount() <= buffers);
      assertTrue(direct.getMemoryUsed() <= bytes);
      assertTrue(perRun <= GARBAGE_PER_RUN, () -> "a run left " + perRun + " bytes");
      assertTrue(sum > 0);
      System.out.println("OnnxSession.run leaves " + perRun + " bytes");
    }
  }
}
