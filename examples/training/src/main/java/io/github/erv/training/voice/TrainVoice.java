package io.github.erv.training.voice;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import com.google.common.hash.Hashing;
import com.google.gson.GsonBuilder;
import io.github.erv.audio.spectrum.LogMel;
import io.github.erv.audio.spectrum.MelScale;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Trains the bundled voice model on EMO-DB: scores it on speakers it has not heard, fits the
 * temperature on them, then trains on all speakers and writes model, card and log.
 *
 * <p>Run with one thread of libtorch ({@code ai.djl.pytorch.num_threads}, set here), the result
 * depends on data and seed alone.
 */
@Command(name = "TrainVoice", mixinStandardHelpOptions = true)
public final class TrainVoice implements Callable<Integer> {
  static final LabelSet LABELS =
      LabelSet.of(
          Emotion.NEUTRAL,
          Emotion.HAPPINESS,
          Emotion.SADNESS,
          Emotion.ANGER,
          Emotion.FEAR,
          Emotion.DISGUST,
          Emotion.BOREDOM);

  /** The classes whose recordings are all originals, see {@link EmoDb}. */
  private static final int[] ORIGINALS = {0, 1, 2, 3};

  private static final int[] ALL = {0, 1, 2, 3, 4, 5, 6};

  static final LogMel.Spec SPEC =
      new LogMel.Spec(16_000, 400, 160, 512, 48, MelScale.SLANEY, 60, 6_000, 1e-8);

  private static final int BATCH = 32;
  private static final float SMOOTHING = 0.1f;

  @Option(names = "--data", required = true, description = "folder of EMO-DB with manifest.csv")
  private Path data = Path.of(".");

  @Option(names = "--out", required = true, description = "folder for model, card and log")
  private Path out = Path.of(".");

  @Option(names = "--seed", defaultValue = "1", description = "of weights, crops and dropout")
  private long seed;

  @Option(names = "--epochs", defaultValue = "50", description = "passes over the recordings")
  private int epochs;

  private final StringBuilder log = new StringBuilder();

  /** Called by the command line. */
  public TrainVoice() {}

  /**
   * Runs the recipe.
   *
   * @param args see {@code --help}
   */
  public static void main(String[] args) {
    System.setProperty("ai.djl.pytorch.num_threads", "1");
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    System.exit(new CommandLine(new TrainVoice()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    List<Recording> all = EmoDb.read(data, LABELS, SPEC);
    List<Recording> recordings = all.stream().filter(r -> r.frames().length > 0).toList();
    say("%d recordings, %d without speech left out", all.size(), all.size() - recordings.size());
    List<Score.Held> held = new ArrayList<>();
    for (String speaker :
        recordings.stream().map(Recording::speaker).distinct().sorted().toList()) {
      List<Recording> others =
          recordings.stream().filter(r -> !r.speaker().equals(speaker)).toList();
      List<Recording> own = recordings.stream().filter(r -> r.speaker().equals(speaker)).toList();
      List<Score.Held> fold = new ArrayList<>();
      try (Model model = train(others)) {
        List<float[]> logits = logits(model, own);
        for (int i = 0; i < own.size(); i++) {
          fold.add(new Score.Held(speaker, own.get(i).label(), logits.get(i)));
        }
      }
      held.addAll(fold);
      Score score = Score.of(fold, ALL, seed);
      say("speaker %s held out: UAR %.1f %% (n = %d)", speaker, 100 * score.uar(), score.n());
    }
    Score seven = Score.of(held, ALL, seed);
    Score four = Score.of(held, ORIGINALS, seed);
    float temperature = Score.temperature(held);
    say("seven classes: %s", seven);
    say("four classes that are all originals: %s", four);
    say("%s", confusion(held));
    say(
        "temperature %.3f: cross-entropy %.3f, before %.3f",
        temperature, Score.crossEntropy(held, temperature), Score.crossEntropy(held, 1));

    byte[] graph;
    try (Model model = train(recordings)) {
      graph = VoiceOnnx.graph(VoiceNet.parameters(model.getBlock()), SPEC.bands(), LABELS.size());
    }
    Files.createDirectories(out);
    Files.write(out.resolve("emodb-voice.onnx"), graph);
    Files.writeString(
        out.resolve("emodb-voice.card.json"), card(graph, temperature, seven, four) + "\n");
    Files.writeString(out.resolve("emodb-voice.log"), log);
    return 0;
  }

  private void say(String format, Object... values) {
    String line = String.format(Locale.ROOT, format, values);
    System.out.println(line);
    log.append(line).append('\n');
  }

  private Model train(List<Recording> recordings) {
    Engine.getEngine("PyTorch").setRandomSeed((int) seed);
    SplittableRandom random = new SplittableRandom(seed);
    int updates = epochs * (recordings.size() / BATCH);
    Model model = Model.newInstance("voice", "PyTorch");
    model.setBlock(VoiceNet.block(LABELS.size()));
    DefaultTrainingConfig settings =
        new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
            .optOptimizer(
                Optimizer.adamW()
                    .optLearningRateTracker(
                        Tracker.cosine()
                            .setBaseValue(2e-3f)
                            .optFinalValue(2e-5f)
                            .setMaxUpdates(updates)
                            .build())
                    .optWeightDecays(1e-2f)
                    .build());
    List<List<Recording>> byLabel = new ArrayList<>();
    for (int c = 0; c < LABELS.size(); c++) {
      int label = c;
      byLabel.add(recordings.stream().filter(r -> r.label() == label).toList());
    }
    try (Trainer trainer = model.newTrainer(settings)) {
      trainer.initialize(new Shape(BATCH, Crops.MOST, SPEC.bands()));
      for (int update = 0; update < updates; update++) {
        float[] frames = new float[BATCH * Crops.MOST * SPEC.bands()];
        float[] targets = new float[BATCH * LABELS.size()];
        for (int i = 0; i < BATCH; i++) {
          List<Recording> some = byLabel.get(random.nextInt(LABELS.size())); // classes weigh alike
          Recording recording = some.get(random.nextInt(some.size()));
          float[] crop = Crops.random(recording, SPEC.bands(), random);
          System.arraycopy(crop, 0, frames, i * crop.length, crop.length);
          for (int c = 0; c < LABELS.size(); c++) {
            targets[i * LABELS.size() + c] =
                SMOOTHING / LABELS.size() + (c == recording.label() ? 1 - SMOOTHING : 0);
          }
        }
        try (NDManager scope = trainer.getManager().newSubManager();
            GradientCollector gradients = trainer.newGradientCollector()) {
          NDArray x = scope.create(frames, new Shape(BATCH, Crops.MOST, SPEC.bands()));
          NDArray y = scope.create(targets, new Shape(BATCH, LABELS.size()));
          NDArray logits = trainer.forward(new NDList(x)).singletonOrThrow();
          NDArray loss = logits.logSoftmax(1).mul(y).sum().div(-BATCH);
          loss.attach(scope);
          logits.attach(scope);
          gradients.backward(loss);
        }
        trainer.step();
      }
    }
    return model;
  }

  private static List<float[]> logits(Model model, List<Recording> recordings) {
    List<float[]> logits = new ArrayList<>();
    try (NDManager scope = model.getNDManager().newSubManager()) {
      for (Recording recording : recordings) {
        NDArray x =
            scope.create(
                Crops.middle(recording, SPEC.bands()), new Shape(1, Crops.MOST, SPEC.bands()));
        logits.add(
            model
                .getBlock()
                .forward(new ParameterStore(scope, false), new NDList(x), false)
                .singletonOrThrow()
                .toFloatArray());
      }
    }
    return logits;
  }

  private static String confusion(List<Score.Held> held) {
    int[][] counts = new int[ALL.length][ALL.length];
    held.forEach(one -> counts[one.label()][one.guess(ALL)]++);
    StringBuilder table = new StringBuilder("confusion, rows are true, columns in the same order");
    for (int c = 0; c < ALL.length; c++) {
      table.append(String.format(Locale.ROOT, "%n%10s", LABELS.get(c)));
      for (int count : counts[c]) {
        table.append(String.format(Locale.ROOT, "%5d", count));
      }
    }
    return table.toString();
  }

  private String card(byte[] graph, float temperature, Score seven, Score four) {
    Map<String, Object> card = new LinkedHashMap<>();
    card.put("name", "emodb-voice");
    card.put("version", "0.1");
    card.put("sha256", Hashing.sha256().hashBytes(graph).toString());
    card.put("task", "emotion expressed in speech");
    card.put(
        "weights",
        ordered(
            "source", "trained by this project, io.github.erv.training.voice.TrainVoice",
            "licence", "Apache-2.0",
            "licenceClass", "PERMISSIVE"));
    card.put(
        "data",
        ordered(
            "name", "EMO-DB (Burkhardt et al., 2005, A database of German emotional speech)",
            "licence", "CC0-1.0",
            "rightsClear", true));
    card.put("labels", LABELS.emotions().stream().map(Emotion::name).toList());
    card.put(
        "input",
        ordered(
            "name",
            "frames",
            "shape",
            List.of(-1, -1, SPEC.bands()),
            "layout",
            "NTF",
            "logMel",
            SPEC));
    card.put(
        "outputs",
        List.of(
            ordered("name", "logits", "shape", List.of(-1, LABELS.size()), "meaning", "logits"),
            ordered(
                "name", "embedding",
                "shape", List.of(-1, VoiceNet.EMBEDDING),
                "meaning", "embedding")));
    card.put("temperature", temperature);
    card.put("reliability", 0.5);
    card.put("experimental", true);
    card.put(
        "training",
        ("TrainVoice --seed %d --epochs %d on %d recordings of 10 speakers: log-mel frames of speech"
                + " at 16 kHz, less their mean level over the context; three convolutions over time,"
                + " mean and deviation over time. All recordings through one chain (low-pass near"
                + " 6.7 kHz, one resampler, zeros stripped, random crops of at most 1.8 s), varied in"
                + " pace, vocal tract, level, spectral tilt and noise; classes drawn alike.")
            .formatted(seed, epochs, seven.n()));
    card.put(
        "accuracy",
        ("Leave one speaker out, crops of at most 1.8 s, interval by bootstrap over speakers. Seven"
                + " classes: %s; part of the fear, disgust and boredom recordings are processed"
                + " copies, so this may flatter. Guessing among the four classes that are all"
                + " originals (neutral, happiness, sadness, anger): %s. Temperature fitted on the"
                + " held-out speakers.")
            .formatted(seven, four));
    card.put(
        "limits",
        "Ten actors, German, ten sentences, one studio. On spontaneous speech, other languages,"
            + " other microphones and rooms, children or sung voices accuracy is unknown and"
            + " certainly lower. It has never heard surprise, contempt or calm.");
    return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(card);
  }

  private static Map<String, Object> ordered(Object... namesAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }
}
