package io.github.erv.bench.whole;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** A JVM of its own with this one's class path: for what a process has only one of. */
final class ChildJvm {
  private static final long MOST_MINUTES = 60;

  private final List<String> options = new ArrayList<>();
  private Predicate<String> jars = jar -> true;

  ChildJvm() {
    if (Runtime.version().feature() >= 24) {
      options.add("--enable-native-access=ALL-UNNAMED");
    }
  }

  /**
   * A heap that is in memory from the start, so that what the process grows by is native, and a
   * compiler and an allocator that keep little of their own.
   */
  static ChildJvm pinned(int heapMegabytes) {
    return new ChildJvm()
        .options(
            "-Xms" + heapMegabytes + "m",
            "-Xmx" + heapMegabytes + "m",
            "-XX:+AlwaysPreTouch",
            "-XX:+UseSerialGC",
            "-XX:MarkSweepAlwaysCompactCount=1", // else dead objects stay where they cost little
            "-XX:TieredStopAtLevel=1");
  }

  ChildJvm options(String... more) {
    options.addAll(Arrays.asList(more));
    return this;
  }

  /** Leaves out the jars that do not pass. */
  ChildJvm only(Predicate<String> fileName) {
    jars = fileName;
    return this;
  }

  /** Runs a main class and returns what it printed, standard error included. */
  String run(Class<?> main, Object... arguments) {
    String path =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> jars.test(Path.of(entry).getFileName().toString()))
            .collect(Collectors.joining(File.pathSeparator));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", path, main.getName()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      // glibc gives each thread an arena of its own, whose number depends on who waits for whom,
      // and lets what it keeps for itself grow with the largest block that was freed
      builder.environment().put("MALLOC_ARENA_MAX", "2");
      builder.environment().put("MALLOC_MMAP_THRESHOLD_", "65536");
      builder.environment().put("MALLOC_TRIM_THRESHOLD_", "65536");
      Process process = builder.start();
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (!process.waitFor(MOST_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new AssertionError(main.getName() + " failed:\n" + said);
      }
      return said;
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException("the JVM beside this one cannot be run", e);
    }
  }

  /** The number after a name in what a main class printed, as in {@code growth 12.5}. */
  static double figure(String said, String name) {
    return said.lines()
        .filter(line -> line.startsWith(name + ' '))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " in:\n" + said));
  }
}
