package io.github.erv.training.fusion;

import com.google.common.hash.Hashing;
import com.google.gson.GsonBuilder;
import io.github.erv.Fused;
import io.github.erv.FusionSession;
import io.github.erv.FusionStrategy;
import io.github.erv.Modality;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.fusion.Fusion;
import io.github.erv.fusion.LateFusion;
import io.github.erv.fusion.train.Example;
import io.github.erv.fusion.train.Fold;
import io.github.erv.fusion.train.Target;
import io.github.erv.fusion.train.Trainable;
import io.github.erv.fusion.train.Training;
import io.github.erv.metrics.SoftAccumulator;
import io.github.erv.metrics.SoftScores;
import io.github.erv.tensor.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Fits how far voice and face count for each emotion in {@link Fusion#late()}: the weights with
 * which the votes of people who only heard a clip, and of others who only saw it, best predict
 * those of others again who saw and heard it. Scores pools on actors that were held out, then fits
 * to all and writes weights and card.
 *
 * <p>Besides the weights a temperature is fitted, so that they do not have to make up for how sharp
 * a pool of ten votes is. It depends on how the votes are smoothed, while the weights hardly do,
 * and says nothing of the posteriors of models, so what is written has the temperature 1.
 */
@Command(name = "FitLateFusion", mixinStandardHelpOptions = true)
public final class FitLateFusion implements Callable<Integer> {
  private static final int FOLDS = 10;
  private static final String EQUAL = "log-linear, equal weights";
  private static final String SHIPPED = "as bundled (temperature 1)";
  private static final String TEMPERED = "with a fitted temperature";

  @Option(names = "--data", required = true, description = "folder with tabulatedVotes.csv")
  private Path data = Path.of(".");

  @Option(names = "--out", required = true, description = "folder for weights, card and log")
  private Path out = Path.of(".");

  @Option(names = "--seed", defaultValue = "1", description = "of the folds")
  private long seed;

  @Option(names = "--smoothing", defaultValue = "0.5", description = "votes added to each class")
  private double smoothing;

  private final StringBuilder log = new StringBuilder();

  /** Called by the command line. */
  public FitLateFusion() {}

  /**
   * Runs the recipe.
   *
   * @param args see {@code --help}
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new FitLateFusion()).execute(args));
  }

  /** What was said of clips by a pool that had not seen the actor. */
  private static final class Row {
    private final SoftAccumulator soft = new SoftAccumulator(CremaVotes.LABELS);
    private long right;
    private long count;

    String figures() {
      SoftScores scores = soft.scores();
      return String.format(
          Locale.ROOT,
          "log-loss %.3f, accuracy %.1f %%, Jensen-Shannon distance %.3f",
          scores.crossEntropy(),
          100.0 * right / count,
          scores.jensenShannon());
    }

    void add(Example example, Distribution read) {
      Distribution votes = ((Target.Votes) example.target()).distribution();
      double[] shares = new double[CremaVotes.LABELS.size()];
      for (int e = 0; e < shares.length; e++) {
        shares[e] = votes.probability(e);
      }
      soft.add(shares, read);
      // where two emotions got the most votes, either is right
      right += votes.probability(read.top()) == votes.topProbability() ? 1 : 0;
      count++;
    }
  }

  @Override
  public Integer call() throws IOException {
    List<Example> clips = CremaVotes.read(data, smoothing);
    Map<String, Row> rows = new LinkedHashMap<>();
    for (Example clip : clips) {
      for (Modality modality : List.of(Modality.FACE, Modality.VOICE)) {
        row(rows, modality + " only")
            .add(clip, clip.window().pooled(modality).orElseThrow().distribution().orElseThrow());
      }
    }
    score(rows, "linear, equal weights", LateFusion.builder().linear().build(), clips);
    score(rows, EQUAL, LateFusion.builder().build(), clips);
    score(rows, "product", LateFusion.builder().temperature(0.5).build(), clips);
    for (Fold fold : Fold.byGroup(clips, FOLDS, seed)) {
      for (Trainable pool : List.of(Fusion.linearPool(), Fusion.logLinearPool())) {
        Safetensors weights = fit(pool, fold.training());
        String kind = pool.equals(Fusion.linearPool()) ? "linear, " : "";
        score(rows, kind + SHIPPED, pool.restore(untempered(weights)), fold.test());
        score(rows, kind + TEMPERED, pool.restore(weights), fold.test());
      }
    }
    say(
        String.format(
            Locale.ROOT,
            "%d clips of %d actors, smoothing %s",
            clips.size(),
            actors(clips),
            smoothing));
    say(String.format(Locale.ROOT, "%-44s %9s %9s %9s", "", "log-loss", "accuracy", "JS dist."));
    rows.forEach(
        (name, row) -> {
          SoftScores scores = row.soft.scores();
          say(
              String.format(
                  Locale.ROOT,
                  "%-44s %9.4f %9.4f %9.4f",
                  name,
                  scores.crossEntropy(),
                  (double) row.right / row.count,
                  scores.jensenShannon()));
        });
    Safetensors fitted = fit(Fusion.logLinearPool(), clips);
    say(
        String.format(
            Locale.ROOT, "temperature %.3f, left out", fitted.require("temperature", 1)[0]));
    StringBuilder accuracy =
        new StringBuilder(
            "Against the votes of those who saw and heard, %d folds by actor: ".formatted(FOLDS));
    for (String name : List.of(SHIPPED, TEMPERED, "face only", "voice only", EQUAL, "product")) {
      accuracy.append(name).append(": ").append(row(rows, name).figures()).append("; ");
    }
    accuracy.setLength(accuracy.length() - 2);
    write(untempered(fitted), clips, accuracy.append('.').toString());
    return 0;
  }

  private static Row row(Map<String, Row> rows, String name) {
    return rows.computeIfAbsent(name, key -> new Row());
  }

  private Safetensors fit(Trainable pool, List<Example> clips) {
    return pool.fit(clips, Training.builder().seed(seed).build()).weights();
  }

  private static Safetensors untempered(Safetensors weights) {
    Safetensors.Builder copy = Safetensors.builder();
    weights.metadata().forEach(copy::metadata);
    for (String name : weights.names()) {
      int[] shape = weights.shape(name);
      boolean temperature = name.equals("temperature");
      copy.tensor(name, temperature ? new float[] {1} : weights.require(name, shape), shape);
    }
    return copy.build();
  }

  private static long actors(List<Example> clips) {
    return clips.stream().map(Example::group).distinct().count();
  }

  private static void score(
      Map<String, Row> rows, String name, FusionStrategy strategy, List<Example> clips) {
    try (strategy;
        FusionSession session = strategy.open()) {
      for (Example clip : clips) {
        Fused fused = new Fused();
        session.fuse(clip.window(), fused);
        row(rows, name).add(clip, fused.distribution().orElseThrow());
      }
    }
  }

  private void write(Safetensors weights, List<Example> clips, String accuracy) throws IOException {
    Files.createDirectories(out);
    byte[] bytes = weights.toBytes();
    Files.write(out.resolve("late.safetensors"), bytes);
    int classes = CremaVotes.LABELS.size();
    float[] w = weights.require("weights", 2, classes); // face, voice
    for (int e = 0; e < classes; e++) {
      say(
          String.format(
              Locale.ROOT,
              "%-10s face %.3f voice %.3f",
              CremaVotes.LABELS.get(e),
              w[e],
              w[classes + e]));
    }
    Map<String, Object> card = new LinkedHashMap<>();
    card.put("name", "cremad-late");
    card.put("version", "1.0");
    card.put("sha256", Hashing.sha256().hashBytes(bytes).toString());
    card.put("task", "how far voice and face count for each emotion when both are there");
    card.put(
        "weights",
        Map.of(
            "source", "fitted by this project, " + FitLateFusion.class.getName(),
            "licence", "Apache-2.0",
            "licenceClass", "PERMISSIVE"));
    card.put(
        "data",
        Map.of(
            "name",
            "Contains information from CREMA-D (Cao, Cooper, Keutmann, Gur, Nenkova, Verma, 2014,"
                + " CREMA-D: Crowd-sourced Emotional Multimodal Actors Dataset, IEEE Transactions"
                + " on Affective Computing 5), which is made available under the Open Database"
                + " License: tabulatedVotes.csv",
            "licence",
            "ODbL-1.0 AND DbCL-1.0",
            "rightsClear",
            true));
    List<String> labels = new ArrayList<>();
    for (Emotion emotion : CremaVotes.LABELS) {
      labels.add(emotion.name());
    }
    card.put("labels", labels);
    card.put("input", Map.of("name", "posteriors", "shape", List.of(2, classes)));
    card.put("temperature", 1);
    card.put(
        "training",
        "FitLateFusion --smoothing %s --seed %d on the votes for %d clips of %d actors: posteriors of voice and of face are the votes of those who only heard or only saw, targets the votes of those who did both. Weights have a mean of 1 for each emotion."
            .formatted(smoothing, seed, clips.size(), actors(clips)));
    card.put("accuracy", accuracy);
    card.put(
        "limits",
        "Learnt from people who judged short acted clips of North American speakers, not from"
            + " models: a model that reads faces less well than people do needs another weight,"
            + " which its reliability gives. Surprise, contempt, calm and boredom were not among"
            + " the classes and take the mean.");
    Files.writeString(
        out.resolve("late.card.json"),
        new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(card) + '\n');
    Files.writeString(out.resolve("late.log"), log);
  }

  private void say(String text) {
    String line = text.stripTrailing();
    System.out.println(line);
    log.append(line).append('\n');
  }
}
