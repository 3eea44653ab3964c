package io.github.erv.bench.tensor;

import com.google.gson.GsonBuilder;
import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Fails when the kernels got slower than recorded, in relation to ONNX Runtime or to plain Java, or
 * when they allocate. Times themselves are not compared: they depend on the machine.
 *
 * <p>Each pair of JVMs, one with the Vector API and one without, measures each piece of work in
 * turn with ONNX Runtime; the median over the pairs may be {@value #ALLOWANCE} times what was
 * recorded for this width of vectors and version of Java. What is above is measured again, {@value
 * #ATTEMPTS} times in all: a kernel that got slower is slower every time, a neighbour on the
 * machine is not. Garbage fails where every JVM leaves some; where nothing was recorded, only
 * garbage does.
 *
 * <p>To record anew, on a quiet machine and with each Java that is to be guarded:
 *
 * <pre>
 * java -cp erv-bench/target/benchmarks.jar io.github.erv.bench.tensor.Guard --pairs 5 \
 *   --record erv-bench/src/main/resources/io/github/erv/bench/tensor/limits.json
 * </pre>
 *
 * <p>Other widths and versions in the file stay. A ratio above 1 is time lost against the rival.
 * The commit that records says why a ratio rose.
 */
@Command(
    name = "Guard",
    mixinStandardHelpOptions = true,
    description = "Holds the kernels' speed against recorded ratios.")
final class Guard implements Callable<Integer> {
  private static final double ALLOWANCE = 1.3;
  private static final int ATTEMPTS = 3;
  private static final String LIMITS = "limits.json";

  @Option(names = "--pairs", description = "Pairs of JVMs that measure (${DEFAULT-VALUE}).")
  private int pairs = 3;

  @Option(names = "--record", description = "Limits file to put the ratios in.")
  private @Nullable Path record;

  /** The least that a JVM left on the heap in a measurement, in bytes, by work and kernels. */
  private final Map<String, Long> garbage = new TreeMap<>();

  private int vectorBits;

  /**
   * Measures, then compares or records.
   *
   * @param args see {@code --help}
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Guard()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Map<String, Double> medians = medians(GuardFork.WORK.keySet());
    String key = vectorBits + " bits, Java " + Runtime.version().feature();
    if (record != null) {
      record(record, key, medians);
    }
    Map<String, Double> limits = record == null ? limits(key) : Map.of();
    System.out.println("kernels, time in relation to others, " + key + ":");
    medians.forEach((name, ratio) -> print(name, ratio, limits));
    if (limits.isEmpty() && record == null) {
      System.out.println("  nothing recorded for " + key + "; see Guard's documentation");
    }
    List<String> slower = slower(medians, limits);
    for (int attempt = 1; attempt < ATTEMPTS && !slower.isEmpty(); attempt++) {
      System.out.println("  above what is allowed, measured again:");
      Set<String> work = new TreeSet<>();
      slower.forEach(name -> work.add(name.substring(0, name.indexOf(": "))));
      Map<String, Double> again = medians(work);
      again.keySet().retainAll(slower);
      again.forEach((name, ratio) -> print(name, ratio, limits));
      slower = slower(again, limits);
    }
    garbage.values().removeIf(bytes -> bytes == 0);
    slower.forEach(name -> System.out.println("  SLOWER than recorded: " + name));
    garbage.forEach((name, bytes) -> System.out.println("  ALLOCATES: " + name + ": " + bytes));
    return slower.isEmpty() && garbage.isEmpty() ? 0 : 1;
  }

  private static void print(String name, double ratio, Map<String, Double> limits) {
    String recorded = limits.containsKey(name) ? ", recorded " + limits.get(name) : "";
    System.out.printf(Locale.ROOT, "  %-44s %6.3f%s%n", name, ratio, recorded);
  }

  /** Runs the pairs of JVMs; the median ratio of each piece of work and rival. */
  private Map<String, Double> medians(Set<String> work) throws IOException, InterruptedException {
    Map<String, List<Double>> ratios = new TreeMap<>();
    for (int pair = 0; pair < pairs; pair++) {
      Map<String, Double> vector = fork("vector", work);
      Map<String, Double> scalar = fork("scalar", work);
      vector.forEach((name, ratio) -> add(ratios, name + ": vector / ONNX Runtime", ratio));
      scalar.forEach((name, ratio) -> add(ratios, name + ": scalar / ONNX Runtime", ratio));
      // both are relative to the same rival, which thereby cancels
      vector.forEach(
          (name, ratio) ->
              add(ratios, name + ": vector / scalar", ratio / scalar.getOrDefault(name, 1.0)));
    }
    Map<String, Double> medians = new TreeMap<>();
    ratios.forEach((name, measured) -> medians.put(name, median(measured)));
    return medians;
  }

  private static void add(Map<String, List<Double>> ratios, String name, double ratio) {
    ratios.computeIfAbsent(name, key -> new ArrayList<>()).add(ratio);
  }

  /** The names whose ratio is above what their limit allows. */
  static List<String> slower(Map<String, Double> measured, Map<String, Double> limits) {
    List<String> slower = new ArrayList<>();
    measured.forEach(
        (name, ratio) -> {
          // written so that NaN fails too
          if (limits.containsKey(name) && !(ratio <= ALLOWANCE * limits.get(name))) {
            slower.add(name);
          }
        });
    return slower;
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }

  private Map<String, Double> fork(String kernels, Set<String> work)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (kernels.equals("vector")) {
      command.add("--add-modules=jdk.incubator.vector");
    }
    if (Runtime.version().feature() >= 22) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(
        List.of(
            "-Derv.kernels=" + kernels,
            "-cp",
            System.getProperty("java.class.path"),
            GuardFork.class.getName()));
    command.addAll(work);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException("measuring the " + kernels + " kernels failed:\n" + output);
    }
    Map<String, Double> measured = new TreeMap<>();
    for (String line : output.lines().toList()) {
      String[] fields = line.split("\t", -1);
      if (fields.length == 2 && fields[0].equals("vectors")) {
        vectorBits = Math.max(vectorBits, Integer.parseInt(fields[1]));
      } else if (fields.length == 3) {
        measured.put(fields[0], Double.parseDouble(fields[1]));
        garbage.merge(
            "%s, %s, bytes in a thousand calls".formatted(fields[0], kernels),
            Long.parseLong(fields[2]),
            Math::min);
      }
    }
    if (!measured.keySet().equals(work)) {
      throw new IllegalStateException("measured only " + measured.keySet());
    }
    return measured;
  }

  private static Map<String, Double> limits(String key) throws IOException {
    try (InputStream in = Guard.class.getResourceAsStream(LIMITS)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + LIMITS + " is missing; repack the jar");
      }
      return read(new InputStreamReader(in, StandardCharsets.UTF_8)).getOrDefault(key, Map.of());
    }
  }

  private static Map<String, Map<String, Double>> read(Reader json) {
    return new GsonBuilder()
        .create()
        .fromJson(json, new TypeToken<TreeMap<String, Map<String, Double>>>() {}.getType());
  }

  private static void record(Path file, String key, Map<String, Double> medians)
      throws IOException {
    Map<String, Map<String, Double>> limits = new TreeMap<>();
    if (Files.exists(file)) {
      try (Reader json = Files.newBufferedReader(file)) {
        limits.putAll(read(json));
      }
    }
    Map<String, Double> rounded = new TreeMap<>();
    medians.forEach((name, ratio) -> rounded.put(name, Math.round(ratio * 1000) / 1000.0));
    limits.put(key, rounded);
    Files.writeString(file, new GsonBuilder().setPrettyPrinting().create().toJson(limits) + "\n");
  }
}
