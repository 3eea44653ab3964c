package io.github.erv.training.sequence;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import com.google.common.hash.Hashing;
import com.google.gson.GsonBuilder;
import io.github.erv.EncoderSession;
import io.github.erv.Evidence;
import io.github.erv.Subject;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.onnx.OnnxOptions;
import io.github.erv.training.face.FerPlus;
import io.github.erv.vision.ExpressionEncoder;
import io.github.erv.vision.SequenceEncoder;
import io.github.erv.vision.face.FaceCrop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Trains a model of how a face changes on a {@link SequenceCorpus}, writes it with its card, and
 * scores what was written, read by {@link SequenceEncoder} as in a video. The corpus shows that the
 * layers learn order; how well they read real faces it does not show.
 */
@Command(name = "TrainSequence", mixinStandardHelpOptions = true)
public final class TrainSequence implements Callable<Integer> {
  /** The layers to choose from. */
  enum Layers {
    MEAN,
    LSTM,
    ATTENTION,
    CONVOLUTION;

    SequenceNet net(int features) {
      return switch (this) {
        case MEAN -> new MeanNet(STEPS, features, LABELS.size());
        case LSTM -> new LstmNet(STEPS, features, LABELS.size());
        case ATTENTION -> new AttentionNet(STEPS, features, LABELS.size());
        case CONVOLUTION -> new ConvolutionNet(STEPS, SIDE, LABELS.size());
      };
    }

    String lower() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static final int STEPS = 12;
  static final int SIDE = 24;
  static final LabelSet LABELS = LabelSet.of(new Emotion("rising"), new Emotion("falling"));

  private static final double STEP_SECONDS = 0.1;
  private static final int BATCH = 32;
  private static final float WEIGHT_DECAY = 1e-3f;

  /** Luma is brought to about -2 to 2. */
  private static final float LUMA_MEAN = 127.5f;

  private static final float LUMA_SCALE = 1 / 64f;

  @Parameters(arity = "1..*", description = "Layers to train: ${COMPLETION-CANDIDATES}.")
  private List<Layers> layers = List.of();

  @Option(names = "--data", required = true, description = "folder of FER+")
  private Path data = Path.of(".");

  @Option(
      names = "--frame-model",
      required = true,
      description = "ONNX file of a face model with an embedding")
  private Path frameModel = Path.of(".");

  @Option(names = "--out", required = true, description = "folder for models, cards and log")
  private Path out = Path.of(".");

  @Option(names = "--seed", defaultValue = "1", description = "of corpus, weights and order")
  private long seed;

  @Option(names = "--faces", defaultValue = "4000", description = "of the training part")
  private int faceLimit;

  @Option(names = "--valid-faces", defaultValue = "1500", description = "of the valid part")
  private int validLimit;

  @Option(names = "--paths", defaultValue = "600", description = "each trained on in both orders")
  private int pathCount;

  @Option(names = "--valid-paths", defaultValue = "80", description = "scored in both orders")
  private int validCount;

  @Option(names = "--epochs", defaultValue = "10", description = "passes over the paths")
  private int epochs;

  @Option(names = "--rate", defaultValue = "0.002", description = "the learning rate")
  private float rate;

  private final StringBuilder log = new StringBuilder();

  /** Called by the command line. */
  public TrainSequence() {}

  /**
   * Runs the recipe.
   *
   * @param args see {@code --help}
   */
  public static void main(String[] args) {
    System.exit(
        new CommandLine(new TrainSequence())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(args));
  }

  @Override
  public Integer call() throws IOException {
    Files.createDirectories(out);
    SequenceCorpus train;
    SequenceCorpus valid;
    String frameId;
    try (ExpressionEncoder frames = ExpressionEncoder.onnx(frameModel, OnnxOptions.DEFAULT)) {
      frameId = frames.card().id();
      train = new SequenceCorpus(some("train", faceLimit), frames);
      valid = new SequenceCorpus(some("valid", validLimit), frames);
    }
    SplittableRandom random = new SplittableRandom(seed);
    int[][] paths = train.rising(pathCount, STEPS, random.split());
    int[][] held = valid.rising(validCount, STEPS, random.split());
    say("%s; seed %d; %d paths for training, %d for scoring", frameId, seed, pathCount, validCount);
    for (Layers chosen : layers) {
      long start = System.nanoTime();
      Inputs inputs = chosen == Layers.CONVOLUTION ? Inputs.crops(train) : Inputs.of(train);
      Path model = train(chosen, inputs, paths, frameId);
      double seconds = (System.nanoTime() - start) / 1e9;
      int right = right(chosen, model, valid, held);
      int all = 2 * held.length;
      say(
          "%s: %d of %d right, accuracy %.1f %%; trained in %.0f s",
          chosen.lower(), right, all, 100.0 * right / all, seconds);
    }
    Files.writeString(out.resolve("sequence.log"), log);
    return 0;
  }

  private void say(String format, Object... values) {
    String line = String.format(Locale.ROOT, format, values);
    System.out.println(line);
    log.append(line).append('\n');
  }

  private List<FerPlus.Face> some(String part, int limit) throws IOException {
    List<FerPlus.Face> faces = FerPlus.read(data, part);
    Collections.shuffle(faces, new Random(seed));
    return faces.subList(0, Math.min(limit, faces.size()));
  }

  /** What goes in for each face of a corpus, standardised by what the card will say. */
  private static final class Inputs {
    final float[][] values;
    final float[] mean;
    final float[] scale;

    private Inputs(float[][] values, float[] mean, float[] scale) {
      this.values = values;
      this.mean = mean;
      this.scale = scale;
    }

    static Inputs of(SequenceCorpus corpus) {
      int size = corpus.embedding(0).length;
      float[] mean = new float[size];
      float[] scale = new float[size];
      for (int i = 0; i < size; i++) {
        double sum = 0;
        double squares = 0;
        for (int f = 0; f < corpus.size(); f++) {
          double value = corpus.embedding(f)[i];
          sum += value;
          squares += value * value;
        }
        double average = sum / corpus.size();
        double variance = Math.max(0, squares / corpus.size() - average * average);
        mean[i] = (float) average;
        scale[i] = (float) (1 / Math.max(1e-3, Math.sqrt(variance))); // dead features stay small
      }
      float[][] values = new float[corpus.size()][size];
      for (int f = 0; f < values.length; f++) {
        for (int i = 0; i < size; i++) {
          values[f][i] = (corpus.embedding(f)[i] - mean[i]) * scale[i];
        }
      }
      return new Inputs(values, mean, scale);
    }

    static Inputs crops(SequenceCorpus corpus) {
      float[][] values = new float[corpus.size()][SIDE * SIDE];
      byte[] pixels = new byte[SIDE * SIDE];
      for (int f = 0; f < values.length; f++) {
        corpus.crop(f, Subject.face(1), 0).lumaInto(SIDE, 1, pixels);
        for (int i = 0; i < pixels.length; i++) {
          values[f][i] = ((pixels[i] & 255) - LUMA_MEAN) * LUMA_SCALE;
        }
      }
      return new Inputs(values, new float[] {LUMA_MEAN}, new float[] {LUMA_SCALE});
    }

    int size() {
      return values[0].length;
    }
  }

  private Path train(Layers chosen, Inputs inputs, int[][] paths, String frameId)
      throws IOException {
    Engine engine = Engine.getEngine("PyTorch");
    engine.setRandomSeed((int) seed);
    Random order = new Random(seed);
    List<Integer> sequences = new ArrayList<>(); // path p rises as 2 p, falls as 2 p + 1
    for (int i = 0; i < 2 * paths.length; i++) {
      sequences.add(i);
    }
    int batches = sequences.size() / BATCH;
    int size = inputs.size();
    float[] values = new float[BATCH * STEPS * size];
    float[] targets = new float[BATCH * LABELS.size()];
    SequenceNet net = chosen.net(size);
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      net.initialize(manager, DataType.FLOAT32, new Shape(net.shape(BATCH)));
      net.getParameters().forEach(p -> p.getValue().getArray().setRequiresGradient(true));
      Optimizer optimizer =
          Optimizer.adamW()
              .optLearningRateTracker(Tracker.fixed(rate))
              .optWeightDecays(WEIGHT_DECAY)
              .build();
      for (int epoch = 1; epoch <= epochs; epoch++) {
        Collections.shuffle(sequences, order);
        double loss = 0;
        for (int b = 0; b < batches; b++) {
          Arrays.fill(targets, 0);
          for (int i = 0; i < BATCH; i++) {
            int sequence = sequences.get(b * BATCH + i);
            boolean mirrored = chosen == Layers.CONVOLUTION && order.nextBoolean();
            targets[i * LABELS.size() + sequence % 2] = 1;
            for (int k = 0; k < STEPS; k++) {
              int face = face(paths[sequence / 2], k, sequence % 2 == 1);
              int at = (i * STEPS + k) * size;
              for (int v = 0; v < size; v++) {
                int from = mirrored ? v - v % SIDE + SIDE - 1 - v % SIDE : v;
                values[at + v] = inputs.values[face][from];
              }
            }
          }
          try (NDManager scope = manager.newSubManager()) {
            NDArray one;
            try (GradientCollector gradients = engine.newGradientCollector()) {
              NDArray x = scope.create(values, new Shape(net.shape(BATCH)));
              NDArray y = scope.create(targets, new Shape(BATCH, LABELS.size()));
              NDArray logits =
                  net.forward(new ParameterStore(scope, false), new NDList(x), true)
                      .singletonOrThrow();
              one = logits.logSoftmax(1).mul(y).sum().div(-BATCH);
              one.attach(scope);
              gradients.backward(one);
            }
            loss += one.getFloat() / batches;
            for (Parameter parameter : net.getParameters().values()) {
              NDArray array = parameter.getArray();
              NDArray gradient = array.getGradient();
              gradient.attach(scope);
              optimizer.update(parameter.getId(), array, gradient);
              gradient.subi(gradient); // the collector does not
            }
          }
        }
        if (!Double.isFinite(loss)) {
          throw new IllegalStateException("the loss is not finite in epoch " + epoch);
        }
        if (epoch == 1 || epoch == epochs) {
          say("%s: epoch %d of %d: loss %.4f", chosen.lower(), epoch, epochs, loss);
        }
      }
      byte[] graph = net.graph();
      Path file = out.resolve("sequence-" + chosen.lower() + ".onnx");
      Files.write(file, graph);
      Files.writeString(
          out.resolve("sequence-" + chosen.lower() + ".card.json"),
          card(chosen, graph, net, inputs, frameId));
      return file;
    }
  }

  private static int face(int[] path, int step, boolean falling) {
    return path[falling ? STEPS - 1 - step : step];
  }

  /** Plays each path in both orders through the encoder and counts the right answers. */
  private int right(Layers chosen, Path model, SequenceCorpus corpus, int[][] paths) {
    int right = 0;
    try (SequenceEncoder encoder =
            chosen == Layers.CONVOLUTION
                ? SequenceEncoder.onnx(model, OnnxOptions.DEFAULT)
                : SequenceEncoder.onnx(
                    model,
                    ExpressionEncoder.onnx(frameModel, OnnxOptions.DEFAULT),
                    OnnxOptions.DEFAULT);
        EncoderSession<FaceCrop> session = encoder.open()) {
      for (int sequence = 0; sequence < 2 * paths.length; sequence++) {
        boolean falling = sequence % 2 == 1;
        Distribution said = read(session, corpus, paths[sequence / 2], falling);
        session.discontinuity(0);
        right += said.top().equals(LABELS.get(falling ? 1 : 0)) ? 1 : 0;
      }
    }
    return right;
  }

  private static Distribution read(
      EncoderSession<FaceCrop> session, SequenceCorpus corpus, int[] path, boolean falling) {
    Distribution[] last = new Distribution[1];
    for (int k = 0; k < STEPS; k++) {
      long micros = Math.round(k * STEP_SECONDS * 1e6);
      session.encode(
          corpus.crop(face(path, k, falling), Subject.face(1), micros),
          said -> {
            if (said.evidence() instanceof Evidence.Present present) {
              last[0] = present.distribution().orElseThrow();
            }
          });
    }
    if (last[0] == null) {
      throw new IllegalStateException("the encoder said nothing of a whole sequence");
    }
    return last[0];
  }

  private String card(Layers chosen, byte[] graph, SequenceNet net, Inputs inputs, String frameId) {
    Map<String, Object> input = new LinkedHashMap<>();
    input.put("name", "sequence");
    input.put("shape", net.shape(1));
    input.put("step", STEP_SECONDS);
    input.put("mean", inputs.mean);
    input.put("scale", inputs.scale);
    if (chosen != Layers.CONVOLUTION) {
      input.put("frameModel", frameId);
    }
    Map<String, Object> card = new LinkedHashMap<>();
    card.put("name", "sequence-" + chosen.lower());
    card.put("version", "1.0");
    card.put("sha256", Hashing.sha256().hashBytes(graph).toString());
    card.put("task", "Tells an expression that rises from one that falls.");
    card.put(
        "weights",
        Map.of(
            "source", "trained by io.github.erv.training.sequence.TrainSequence",
            "licence", "Apache-2.0",
            "licenceClass", "PERMISSIVE"));
    card.put(
        "data",
        Map.of(
            "name", "sequences made of the faces of FER+ by neighbours in embedding space",
            "licence", "votes MIT; pictures unknown",
            "rightsClear", false));
    card.put("labels", LABELS.emotions().stream().map(Emotion::name).toList());
    card.put("input", input);
    card.put(
        "outputs",
        List.of(Map.of("name", "logits", "shape", List.of(1, LABELS.size()), "meaning", "logits")));
    card.put("experimental", true);
    card.put(
        "limits", "Shows that the layers learn order; never held against real faces in motion.");
    return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(card) + "\n";
  }
}
