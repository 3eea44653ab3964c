package io.github.erv.bench.evaluate;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.erv.error.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Writes the accuracy table of a README from results of {@link Evaluate}, between the lines {@value
 * #BEGIN} and {@value #END}:
 *
 * <pre>{@code
 * java -cp erv-bench/target/benchmarks.jar io.github.erv.bench.evaluate.AccuracyTable \
 *     --results erv-bench/results --readme README.md
 * }</pre>
 *
 * <p>A row for each JSON file, in the order of their names; those made with {@code --degrade} go
 * into a second table. Nothing is said that is not in the files.
 */
@Command(
    name = "AccuracyTable",
    description = "Writes the accuracy table of a README from results.",
    mixinStandardHelpOptions = true)
public final class AccuracyTable implements Callable<Integer> {
  static final String BEGIN = "<!-- accuracy: begin -->";
  static final String END = "<!-- accuracy: end -->";

  /** Recall below which a label is named as weak. */
  private static final double WEAK = 0.6;

  @Option(names = "--results", required = true, description = "The folder of the JSON files.")
  private Path results = Path.of(".");

  @Option(names = "--readme", required = true, description = "The file to rewrite.")
  private Path readme = Path.of(".");

  private AccuracyTable() {}

  /**
   * Runs the program.
   *
   * @param args see {@code --help}
   */
  public static void main(String... args) {
    System.exit(run(args));
  }

  static int run(String... args) {
    return new CommandLine(new AccuracyTable())
        .setExecutionExceptionHandler((e, command, parsed) -> Evaluate.failed(e))
        .execute(args);
  }

  @Override
  public Integer call() throws IOException {
    Files.writeString(readme, rewrite(Files.readString(readme), results));
    return 0;
  }

  /** Returns a text with what stands between the markers replaced. */
  static String rewrite(String text, Path results) throws IOException {
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new FormatException(
          "the file needs a line \"" + BEGIN + "\" and after it a line \"" + END + '"');
    }
    return text.substring(0, begin + BEGIN.length()) + '\n' + of(results) + text.substring(end);
  }

  private static String of(Path results) throws IOException {
    List<JsonObject> plain = new ArrayList<>();
    List<JsonObject> degraded = new ArrayList<>();
    List<Path> files;
    try (Stream<Path> all = Files.list(results)) {
      files =
          all.filter(file -> file.toString().endsWith(".json"))
              .sorted(Comparator.comparing(file -> file.getFileName().toString()))
              .toList();
    }
    for (Path file : files) {
      JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
      (json.get("degradation").getAsString().equals("none") ? plain : degraded).add(json);
    }
    StringBuilder out = new StringBuilder();
    out.append("| model | data | n | accuracy (95 %) | missed | UAR (95 %) | ECE |")
        .append(" weak: recall under 60 % | date |\n|---|---|---|---|---|---|---|---|---|\n");
    for (JsonObject json : plain) {
      out.append(row(json, "")).append('\n');
      if (json.has("withoutSession")) {
        JsonObject without = json.deepCopy();
        json.getAsJsonObject("withoutSession").asMap().forEach(without::add);
        out.append(row(without, ", each recording by itself")).append('\n');
      }
    }
    if (!degraded.isEmpty()) {
      out.append("\n| made harder | model | data | n | accuracy (95 %) | missed | UAR (95 %) |\n")
          .append("|---|---|---|---|---|---|---|\n");
      for (JsonObject json : degraded) {
        out.append(
            "| %s | %s | %s | %s | %s | %s | %s |%n"
                .formatted(
                    json.get("degradation").getAsString(),
                    model(json),
                    data(json),
                    json.get("n"),
                    rate(json, "accuracy"),
                    json.get("missed"),
                    rate(json, "uar"))
                .replace(System.lineSeparator(), "\n"));
      }
    }
    return out.toString();
  }

  private static String row(JsonObject json, String how) {
    String session = json.get("session").getAsString();
    String played =
        !how.isEmpty() ? how : session.isEmpty() ? "" : ", one session for each " + session;
    JsonElement ece = json.get("ece");
    return "| %s | %s | %s | %s | %s | %s | %s | %s | %s |"
        .formatted(
            model(json),
            data(json) + played,
            json.get("n"),
            rate(json, "accuracy"),
            json.get("missed"),
            rate(json, "uar"),
            ece.isJsonNull() ? "–" : String.format(Locale.ROOT, "%.3f", ece.getAsDouble()),
            weak(json),
            json.get("date").getAsString());
  }

  private static String model(JsonObject json) {
    List<String> names = new ArrayList<>();
    for (JsonElement card : json.getAsJsonArray("modelCards")) {
      JsonObject object = card.getAsJsonObject();
      names.add(object.get("name").getAsString() + ' ' + object.get("version").getAsString());
    }
    return String.join(", ", names);
  }

  private static String data(JsonObject json) {
    return json.get("data").getAsString()
        + (json.get("aligned").getAsBoolean() ? ", ready crops" : "")
        + (json.get("restricted").getAsBoolean() ? ", among the labels present" : "");
  }

  private static String rate(JsonObject json, String name) {
    if (json.get(name).isJsonNull()) {
      return "–";
    }
    String text = percent(json.get(name));
    JsonElement interval = json.get(name + "Interval");
    return interval.isJsonNull()
        ? text + " %"
        : "%s %% (%s to %s)"
            .formatted(
                text,
                percent(interval.getAsJsonArray().get(0)),
                percent(interval.getAsJsonArray().get(1)));
  }

  private static String percent(JsonElement rate) {
    return String.format(Locale.ROOT, "%.1f", 100 * rate.getAsDouble());
  }

  private static String weak(JsonObject json) {
    JsonObject classes = json.getAsJsonObject("perClass");
    String weak =
        classes.keySet().stream()
            .filter(label -> !classes.getAsJsonObject(label).get("recall").isJsonNull())
            .filter(label -> recall(classes, label) < WEAK)
            .sorted(Comparator.comparingDouble(label -> recall(classes, label)))
            .map(label -> "%s %.0f %%".formatted(label, 100 * recall(classes, label)))
            .reduce((a, b) -> a + ", " + b)
            .orElse("");
    return weak.isEmpty() ? "none" : weak;
  }

  private static double recall(JsonObject classes, String label) {
    return classes.getAsJsonObject(label).get("recall").getAsDouble();
  }
}
