package io.github.erv.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** Which implementation a JVM takes, in one started with the incubator module and one without. */
class KernelChoiceTest {
  private static final boolean MODULE =
      ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();

  @Test
  void kernels_useWhatTheirPropertyOrTheModuleSays() {
    String choice = System.getProperty("erv.kernels", "auto");
    String expected = choice.equals("auto") ? MODULE ? "vector" : "scalar" : choice;
    assertEquals(expected, Kernels.implementation());
    assertEquals(expected.equals("vector"), Kernels.vectorBits() >= 128);
  }

  @Test
  void scalar_isTakenAnywhere() {
    assertEquals("scalar", KernelChoice.choose("scalar").name());
  }

  @Test
  void vector_withoutItsModule_failsWithTheRemedy() {
    assumeTrue(!MODULE, "this JVM has the Vector API");
    Exception refusal =
        assertThrows(IllegalStateException.class, () -> KernelChoice.choose("vector"));
    assertTrue(
        refusal.getMessage().contains("--add-modules jdk.incubator.vector"), refusal.getMessage());
  }

  @Test
  void vector_withItsModule_isTaken() {
    assumeTrue(MODULE, "this JVM lacks the Vector API");
    assertEquals("vector", KernelChoice.choose("vector").name());
    assertEquals("vector", KernelChoice.choose("auto").name());
  }

  @Test
  void auto_withoutTheModule_takesPlainJavaAndLogsTheRemedy() {
    assumeTrue(!MODULE, "this JVM has the Vector API");
    List<String> logged = new ArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            logged.add(record.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger(Kernels.class.getName());
    logger.setUseParentHandlers(false);
    logger.addHandler(handler);
    try {
      assertInstanceOf(ScalarKernels.class, KernelChoice.choose("auto"));
    } finally {
      logger.removeHandler(handler);
      logger.setUseParentHandlers(true);
    }
    assertEquals(1, logged.size());
    assertTrue(logged.get(0).contains("--add-modules jdk.incubator.vector"), logged.get(0));
  }

  @Test
  void unknownChoice_isRefusedByName() {
    Exception refusal =
        assertThrows(IllegalArgumentException.class, () -> KernelChoice.choose("simd"));
    assertEquals("-Derv.kernels must be auto, scalar or vector, was simd", refusal.getMessage());
  }
}
