package io.github.erv.audio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Class paths are long, and ONNX Runtime reads the command line: see OnnxModel. */
class LongCommandLineTest {
  /** Loads the models in a process of their own. */
  public static final class Load {
    private Load() {}

    public static void main(String[] args) {
      SpeechEncoder.bundled().close();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 30_000})
  void bundled_inAProcessWithALongCommandLine_loads(int length) throws Exception {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", classPath, Load.class.getName()));
    command.addAll(Collections.nCopies(length / 100, "x".repeat(99)));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
  }
}
