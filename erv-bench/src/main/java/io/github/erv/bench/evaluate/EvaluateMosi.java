package io.github.erv.bench.evaluate;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.erv.Fused;
import io.github.erv.FusionSession;
import io.github.erv.Modality;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.fusion.CrossAttentionFusion;
import io.github.erv.fusion.DoubleAttentionFusion;
import io.github.erv.fusion.EarlyFusion;
import io.github.erv.fusion.Fusion;
import io.github.erv.fusion.GatedFusion;
import io.github.erv.fusion.GraphAttentionFusion;
import io.github.erv.fusion.HierarchicalFusion;
import io.github.erv.fusion.LowRankFusion;
import io.github.erv.fusion.SelfAttentionFusion;
import io.github.erv.fusion.TensorFusion;
import io.github.erv.fusion.train.Example;
import io.github.erv.fusion.train.Target;
import io.github.erv.fusion.train.Trainable;
import io.github.erv.fusion.train.TrainedFusion;
import io.github.erv.fusion.train.Training;
import io.github.erv.metrics.Bootstrap;
import io.github.erv.metrics.Interval;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.zip.GZIPInputStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Fits every fusion to the CMU-MOSI utterances and prints the accuracy on its 752 test utterances:
 * mean and standard deviation over seeds, the modalities one by one, and how far each fusion is
 * from a logistic regression on text alone, with a 95 % interval of a paired bootstrap.
 *
 * <pre>{@code
 * java -cp erv-bench/target/benchmarks.jar io.github.erv.bench.evaluate.EvaluateMosi \
 *     --data ../shared/data/mosi --strategies gated,cross-attention --seeds 5 --context 3
 * }</pre>
 *
 * <p>The files of features hold all positive utterances first. Within a class they follow the
 * transcripts (train: videos up to number 62), which the speaker's voice confirms; so utterances
 * get their videos back, and with {@code --context} their neighbours, as further modalities with
 * the distance in utterances as their time. The weights are for evaluation only and are not kept.
 */
@Command(
    name = "EvaluateMosi",
    description = "Fits every fusion to CMU-MOSI and scores it.",
    mixinStandardHelpOptions = true)
public final class EvaluateMosi implements Callable<Integer> {
  private static final LabelSet LABELS =
      LabelSet.of(new Emotion("negative"), new Emotion("positive"));
  private static final int LAST_TRAINING_VIDEO = 62;
  private static final int RESAMPLES = 10_000;

  @Option(names = "--data", required = true, description = "Folder with text_train.csv.gz ...")
  private Path data = Path.of(".");

  @Option(names = "--strategies", split = ",", description = "Which; all unless given.")
  private List<String> strategies = new ArrayList<>();

  @Option(names = "--modalities", split = ",", description = "Which; all unless given.")
  private List<String> modalities = List.of("audio", "text", "video");

  @Option(names = "--seeds", description = "How many trainings of each.")
  private int seeds = 5;

  @Option(names = "--context", description = "How many utterances before and after to show.")
  private int context;

  @Option(names = "--drop", split = ",", description = "Modalities to hide from the test.")
  private List<String> drop = new ArrayList<>();

  @Option(names = "--epochs", description = "Epochs of networks.")
  private int epochs = 12;

  /** For picocli. */
  private EvaluateMosi() {}

  /**
   * Runs the program.
   *
   * @param args see the class
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new EvaluateMosi()).execute(args));
  }

  /** One utterance. */
  private record Utterance(String video, int number, boolean positive) {}

  /** All utterances of one part, and the features of each modality. */
  private record Part(List<Utterance> utterances, Map<String, float[][]> features) {}

  /**
   * Networks for few examples: the text features were themselves learnt from the training
   * utterances and tell nearly all of them apart, so little is left to learn and much to forget.
   */
  private static Trainable family(String name) {
    float dropout = 0.5f;
    return switch (name) {
      case "early" -> new EarlyFusion(32, dropout);
      case "hierarchical" -> new HierarchicalFusion(32, 1, 5, dropout);
      case "tensor" -> new TensorFusion(8, 32, dropout);
      case "low-rank" -> new LowRankFusion(16, 32, dropout);
      case "gated" -> new GatedFusion(64, 0.7f);
      case "self-attention" -> new SelfAttentionFusion(32, 4, 1, dropout);
      case "double-attention" -> new DoubleAttentionFusion(32, 4, dropout);
      case "graph" -> new GraphAttentionFusion(32, 4, 1, 1, dropout);
      case "cross-attention" -> new CrossAttentionFusion(32, 4, 1, dropout);
      default -> Fusion.family(name);
    };
  }

  @Override
  public Integer call() throws IOException {
    Part train = read("train");
    Part test = read("test");
    List<Example> textTrain = examples(train, List.of("text"), 0);
    boolean[] text =
        right(
            Fusion.stacking().fit(textTrain, Training.builder().build()),
            examples(test, List.of("text"), 0));
    System.out.printf(Locale.ROOT, "logistic regression on text alone: %.1f %%%n", percent(text));
    List<Example> learnt = examples(train, modalities, context);
    List<String> left = new ArrayList<>(modalities);
    left.removeAll(drop);
    List<Example> scored = examples(test, left, context);
    Set<String> names = new TreeSet<>(strategies);
    if (names.isEmpty()) {
      names.addAll(Fusion.families().keySet());
    }
    for (String name : names) {
      score(name, learnt, scored, text);
    }
    return 0;
  }

  private void score(String name, List<Example> learnt, List<Example> scored, boolean[] text) {
    double[] accuracy = new double[seeds];
    double[] meanRight = new double[scored.size()];
    long start = System.nanoTime();
    for (int s = 0; s < seeds; s++) {
      Training training =
          Training.builder()
              .epochs(epochs)
              .weightDecay(0.3)
              .modalityDropout(0.5)
              .labelSmoothing(0.1)
              .seed(s + 1)
              .build();
      boolean[] right = right(family(name).fit(learnt, training), scored);
      accuracy[s] = percent(right);
      for (int i = 0; i < right.length; i++) {
        meanRight[i] += (right[i] ? 1.0 : 0) / seeds;
      }
    }
    double seconds = (System.nanoTime() - start) * 1e-9 / seeds;
    double mean = Arrays.stream(accuracy).average().orElse(Double.NaN);
    double square = Arrays.stream(accuracy).map(a -> (a - mean) * (a - mean)).sum();
    double deviation = seeds > 1 ? Math.sqrt(square / (seeds - 1)) : Double.NaN;
    Interval more =
        Bootstrap.of(scored.size(), 1)
            .resamples(RESAMPLES)
            .interval(
                times -> {
                  double sum = 0;
                  for (int i = 0; i < times.length; i++) {
                    sum += times[i] * (meanRight[i] - (text[i] ? 1 : 0));
                  }
                  return 100 * sum / times.length;
                });
    System.out.printf(
        Locale.ROOT,
        "%s %s context %d: %.2f %% (SD %.2f); %+.2f on text alone [%+.2f, %+.2f]; %.1f s each%n",
        name,
        modalities,
        context,
        mean,
        deviation,
        mean - percent(text),
        more.low(),
        more.high(),
        seconds);
  }

  private static double percent(boolean[] right) {
    int count = 0;
    for (boolean one : right) {
      count += one ? 1 : 0;
    }
    return 100.0 * count / right.length;
  }

  private static boolean[] right(TrainedFusion fusion, List<Example> examples) {
    boolean[] right = new boolean[examples.size()];
    try (fusion;
        FusionSession session = fusion.open()) {
      for (int i = 0; i < right.length; i++) {
        Example example = examples.get(i);
        Fused fused = new Fused();
        session.fuse(example.window(), fused);
        right[i] =
            example.target() instanceof Target.Label label
                && fused.distribution().filter(d -> d.top().equals(label.emotion())).isPresent();
      }
    }
    return right;
  }

  private Part read(String part) throws IOException {
    Map<String, float[][]> features = new TreeMap<>();
    for (String modality : List.of("audio", "text", "video")) {
      features.put(modality, table(data.resolve(modality + '_' + part + ".csv.gz")));
    }
    List<Utterance> positive = new ArrayList<>();
    List<Utterance> negative = new ArrayList<>();
    for (String line : Files.readAllLines(data.resolve("transcripts.csv"), UTF_8)) {
      List<String> fields = List.of(line.substring(1, line.length() - 1).split("\",\"", -1));
      String id = fields.get(0);
      int cut = id.lastIndexOf('_');
      boolean training = Integer.parseInt(fields.get(2)) <= LAST_TRAINING_VIDEO;
      if (training == part.equals("train")) {
        boolean good = fields.get(3).equals("1");
        int number = Integer.parseInt(id.substring(cut + 1));
        (good ? positive : negative).add(new Utterance(id.substring(0, cut), number, good));
      }
    }
    List<Utterance> all = new ArrayList<>(positive);
    all.addAll(negative);
    for (Map.Entry<String, float[][]> entry : features.entrySet()) {
      float[][] rows = entry.getValue();
      if (rows.length != all.size()) {
        throw new IOException(
            entry.getKey() + " has " + rows.length + " rows, the transcripts " + all.size());
      }
      for (int i = 0; i < rows.length; i++) {
        if (rows[i][rows[i].length - 1] != (all.get(i).positive ? 1 : 0)) {
          throw new IOException(entry.getKey() + " row " + i + " has another label");
        }
      }
    }
    return new Part(all, features);
  }

  private static float[][] table(Path file) throws IOException {
    List<float[]> rows = new ArrayList<>();
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), UTF_8))) {
      in.readLine(); // names
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        List<String> cells = List.of(line.split(",", -1));
        float[] row = new float[cells.size()];
        for (int i = 0; i < row.length; i++) {
          row[i] = Float.parseFloat(cells.get(i));
        }
        rows.add(row);
      }
    }
    return rows.toArray(float[][]::new);
  }

  private static List<Example> examples(Part part, List<String> modalities, int context) {
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < part.utterances.size(); i++) {
      Utterance own = part.utterances.get(i);
      Example.Builder example = Example.builder(LABELS).group(own.video);
      for (String modality : modalities) {
        float[][] rows = part.features.get(modality);
        if (rows == null) {
          throw new IllegalArgumentException(
              "there is no modality " + modality + "; there are " + part.features.keySet());
        }
        example.features(new Modality(modality), features(rows[i]));
        for (int j = 0; j < part.utterances.size(); j++) {
          Utterance other = part.utterances.get(j);
          int distance = other.number - own.number;
          if (distance != 0 && Math.abs(distance) <= context && other.video.equals(own.video)) {
            example.featuresAt(
                new Modality(modality + "-context"), distance * 1_000_000L, features(rows[j]));
          }
        }
      }
      examples.add(example.label(LABELS.get(own.positive ? 1 : 0)));
    }
    return examples;
  }

  /** All but the label. */
  private static float[] features(float[] row) {
    return Arrays.copyOf(row, row.length - 1);
  }
}
