package io.github.erv.bench.evaluate;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.github.erv.Fused;
import io.github.erv.FusionSession;
import io.github.erv.Modality;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.ErvException;
import io.github.erv.fusion.Fusion;
import io.github.erv.fusion.train.Example;
import io.github.erv.fusion.train.Target;
import io.github.erv.fusion.train.Trainable;
import io.github.erv.fusion.train.TrainedFusion;
import io.github.erv.fusion.train.Training;
import io.github.erv.metrics.ClassificationAccumulator;
import io.github.erv.metrics.ClassificationScores;
import io.github.erv.metrics.ConfusionMatrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Fits a fusion to one table and scores it on another:
 *
 * <pre>{@code
 * java -cp erv-bench/target/benchmarks.jar io.github.erv.bench.evaluate.EvaluateFusion \
 *     --train A.csv --test B.csv --strategy stacking --drop audio --out R.json
 * }</pre>
 *
 * <p>A table is CSV with a header: {@code id}, {@code label}, and {@code <modality>:<name>} for
 * whatever each modality says. A modality whose names are all labels is a distribution, any other a
 * vector of features. A modality whose cells are empty is missing from that row. Rows with the same
 * {@code group}, if there is such a column, are never on both sides where fitting holds rows out.
 *
 * <p>The JSON: {@code n} rows that were scored and {@code missed} of which no modality was left,
 * {@code accuracy}, {@code uar} (mean recall over the classes that occur), {@code macroF1}, {@code
 * logLoss} (nats), {@code ece} (15 bins), and {@code perClass} {@code n}, {@code recall}, {@code
 * precision} and {@code f1}; what is not defined is null. Input that cannot be used ends the
 * program with exit code 1 and the file, line and reason on the standard error.
 */
@Command(
    name = "EvaluateFusion",
    description = "Fits a fusion to one table and scores it on another.",
    mixinStandardHelpOptions = true)
public final class EvaluateFusion implements Callable<Integer> {
  @Option(names = "--train", required = true, description = "CSV to fit to.")
  private Path train = Path.of(".");

  @Option(names = "--test", required = true, description = "CSV to score on.")
  private Path test = Path.of(".");

  @Option(
      names = "--strategy",
      required = true,
      description = "What fuses: ${COMPLETION-CANDIDATES}.",
      completionCandidates = Names.class)
  private String strategy = "";

  @Option(
      names = "--drop",
      split = ",",
      description = "Modality to leave out of the test; may be repeated.")
  private List<String> drop = new ArrayList<>();

  @Option(names = "--seed", defaultValue = "1", description = "Of everything drawn.")
  private long seed;

  @Option(names = "--out", description = "JSON to write; the standard output if not given.")
  private @Nullable Path out;

  @Spec private @Nullable CommandSpec spec;

  /** Called by the command line. */
  public EvaluateFusion() {}

  /** The names of the strategies, for the usage text. */
  static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Fusion.families().keySet().iterator();
    }
  }

  /**
   * Runs the evaluation.
   *
   * @param args see {@code --help}
   */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new EvaluateFusion())
        .setExecutionExceptionHandler(
            (e, line, parsed) -> {
              String reason;
              if (e instanceof NoSuchFileException) {
                reason = "there is no file " + e.getMessage();
              } else if (e instanceof IOException
                  || e instanceof IllegalArgumentException
                  || e instanceof ErvException) {
                reason = String.valueOf(e.getMessage());
              } else {
                throw e;
              }
              line.getErr().println(line.getColorScheme().errorText(reason));
              return CommandLine.ExitCode.SOFTWARE;
            });
  }

  @Override
  public Integer call() throws IOException {
    Trainable family = Fusion.family(strategy);
    FusionTable fitted = FusionTable.read(train);
    FusionTable scored = FusionTable.read(test);
    FusionTable.Layout layout = fitted.layout();
    scored.requireColumns(layout);
    Set<Modality> dropped = dropped(layout.columns().keySet());
    List<Example> tests = scored.examples(layout, dropped);
    TrainedFusion fusion =
        family.fit(fitted.examples(layout, Set.of()), Training.builder().seed(seed).build());
    JsonObject json = score(fusion, tests, layout, dropped);
    String text =
        new GsonBuilder()
            .setPrettyPrinting()
            .serializeNulls()
            .disableHtmlEscaping()
            .create()
            .toJson(json);
    if (out != null) {
      Files.writeString(out, text + '\n');
    } else if (spec != null) {
      spec.commandLine().getOut().println(text);
    }
    return CommandLine.ExitCode.OK;
  }

  private Set<Modality> dropped(Set<Modality> known) {
    Set<Modality> dropped = new TreeSet<>();
    for (String name : drop) {
      Modality match =
          known.stream()
              .filter(modality -> modality.name().equalsIgnoreCase(name.strip()))
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "there is no modality \""
                              + name
                              + "\" to drop; there are "
                              + new TreeSet<>(known)));
      dropped.add(match);
    }
    return dropped;
  }

  private JsonObject score(
      TrainedFusion fusion, List<Example> tests, FusionTable.Layout layout, Set<Modality> dropped) {
    ClassificationAccumulator accumulator = new ClassificationAccumulator(layout.labels());
    int missed = 0;
    try (FusionSession session = fusion.open()) {
      for (Example example : tests) {
        Fused fused = new Fused();
        session.fuse(example.window(), fused);
        Distribution read = fused.distribution().filter(Distribution::informed).orElse(null);
        if (read == null) {
          missed++;
        } else {
          accumulator.add(((Target.Label) example.target()).emotion(), read);
        }
      }
    }
    ClassificationScores scores = accumulator.scores();
    ConfusionMatrix confusion = scores.confusion();
    JsonObject json = new JsonObject();
    json.addProperty("strategy", strategy);
    JsonArray drops = new JsonArray();
    dropped.forEach(modality -> drops.add(modality.name()));
    json.add("dropped", drops);
    json.addProperty("n", scores.count());
    json.addProperty("missed", missed);
    number(json, "accuracy", confusion.accuracy());
    number(json, "uar", confusion.uar());
    number(json, "macroF1", confusion.macroF1());
    number(json, "logLoss", scores.nll());
    number(json, "ece", scores.reliability().ece());
    json.add("perClass", perClass(confusion, layout.labels(), layout.spelt()));
    return json;
  }

  private static JsonArray perClass(
      ConfusionMatrix confusion, LabelSet labels, Map<Emotion, String> spelt) {
    JsonArray perClass = new JsonArray();
    for (int e = 0; e < labels.size(); e++) {
      JsonObject one = new JsonObject();
      one.addProperty("label", spelt.get(labels.get(e)));
      one.addProperty("n", confusion.said(e));
      number(one, "recall", confusion.recall(e));
      number(one, "precision", confusion.precision(e));
      number(one, "f1", confusion.f1(e));
      perClass.add(one);
    }
    return perClass;
  }

  private static void number(JsonObject to, String name, double value) {
    if (Double.isFinite(value)) {
      to.addProperty(name, value);
    } else {
      to.add(name, JsonNull.INSTANCE);
    }
  }
}
