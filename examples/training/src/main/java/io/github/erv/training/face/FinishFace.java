package io.github.erv.training.face;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.google.common.hash.Hashing;
import com.google.gson.GsonBuilder;
import io.github.erv.Evidence;
import io.github.erv.Subject;
import io.github.erv.emotion.Emotion;
import io.github.erv.media.Frame;
import io.github.erv.media.PixelFormat;
import io.github.erv.metrics.ClassificationScores;
import io.github.erv.onnx.OnnxOptions;
import io.github.erv.vision.face.FaceCrop;
import io.github.erv.vision.face.FaceModels;
import io.github.erv.vision.face.FaceTracker;
import io.github.erv.vision.face.TrackerOptions;
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
 * Makes the model that ships of what {@link TrainFace} left: fits the operating point on the held
 * out faces, writes graph and card, and reports on the validation part, which had no say in
 * anything.
 */
@Command(name = "FinishFace", mixinStandardHelpOptions = true)
public final class FinishFace implements Callable<Integer> {
  static final String NAME = "ferplus-expression";

  /** How much accuracy on the held-out faces may go for recall of rare expressions. */
  private static final double COST = 0.01;

  /** How much larger than the face its crop may be. */
  private static final double[] MARGINS = {0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5};

  /** Held-out faces that are found by the detector to choose the margin. */
  private static final int FOUND_FACES = 1_000;

  @Option(names = "--data", required = true, description = "folder of FER+")
  private Path data = Path.of(".");

  @Option(names = "--run", required = true, description = "folder that TrainFace wrote to")
  private Path run = Path.of(".");

  @Option(names = "--out", required = true, description = "folder for model, card and log")
  private Path out = Path.of(".");

  @Option(names = "--seed", defaultValue = "1", description = "the one TrainFace was given")
  private long seed;

  private final StringBuilder log = new StringBuilder();

  /** Called by the command line. */
  public FinishFace() {}

  /**
   * Runs the recipe.
   *
   * @param args see {@code --help}
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new FinishFace()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    List<FerPlus.Face> train = FerPlus.read(data, "train");
    List<FerPlus.Face> held = TrainFace.heldOut(train, seed);
    List<FerPlus.Face> valid = FerPlus.read(data, "valid");
    Map<String, float[]> weights = Weights.read(run.resolve(TrainFace.BEST));
    float[][] heldLogits;
    float[][] validLogits;
    double margin;
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      FaceNet net = new FaceNet(FerPlus.LABELS.size());
      net.initialize(manager, DataType.FLOAT32, new Shape(1, 1, FerPlus.SIDE, FerPlus.SIDE));
      heldLogits = TrainFace.logits(net, weights, held);
      validLogits = TrainFace.logits(net, weights, valid);
      margin = margin(net, weights, held);
    }
    List<OperatingPoint> points = OperatingPoint.all(heldLogits, held, frequency(train));
    for (OperatingPoint point : points) {
      say(
          "adjusted by %.1f: held out accuracy %.2f %%, uar %.1f %%; temperature %.3f",
          point.adjustment(), 100 * point.accuracy(), 100 * point.uar(), point.temperature());
    }
    OperatingPoint chosen = OperatingPoint.choose(points, COST);
    say("chosen: %.1f", chosen.adjustment());
    String plain = report("valid, not adjusted", points.get(0).scores(validLogits, valid));
    String shipped = report("valid, as shipped", chosen.scores(validLogits, valid));
    byte[] graph = FaceOnnx.graph(weights, FerPlus.LABELS.size());
    Files.createDirectories(out);
    Files.write(out.resolve(NAME + ".onnx"), graph);
    Files.writeString(
        out.resolve(NAME + ".card.json"), card(graph, margin, chosen, plain, shipped) + "\n");
    Files.writeString(
        out.resolve(NAME + ".log"), Files.readString(run.resolve(TrainFace.LOG)) + log);
    return 0;
  }

  /**
   * Chooses how much of a face that the detector found is shown, by the cross-entropy on held-out
   * faces: who made the pictures framed them in a way that only their looks tell.
   */
  private double margin(FaceNet net, Map<String, float[]> weights, List<FerPlus.Face> held) {
    List<FerPlus.Face> some = held.subList(0, Math.min(FOUND_FACES, held.size()));
    List<List<FerPlus.Face>> crops = new ArrayList<>();
    for (int m = 0; m < MARGINS.length; m++) {
      crops.add(new ArrayList<>());
    }
    try (FaceModels models = FaceModels.bundled(OnnxOptions.DEFAULT);
        FaceTracker tracker = models.open(TrackerOptions.DEFAULT)) {
      for (FerPlus.Face face : some) {
        tracker.discontinuity(); // no picture follows another
        tracker.track(
            Frame.of(PixelFormat.GRAY8, FerPlus.SIDE, FerPlus.SIDE, face.pixels(), 0),
            new FaceTracker.Sink() {
              private boolean found;

              @Override
              public void seen(FaceCrop crop) {
                for (int m = 0; m < MARGINS.length && !found; m++) {
                  byte[] pixels = new byte[face.pixels().length];
                  crop.lumaInto(FerPlus.SIDE, MARGINS[m], pixels);
                  crops.get(m).add(new FerPlus.Face(pixels, face.target(), face.majority()));
                }
                found = true;
              }

              @Override
              public void unseen(Subject subject, Evidence.Reason reason) {}
            });
      }
    }
    double best = MARGINS[0];
    double least = Double.POSITIVE_INFINITY;
    for (int m = 0; m < MARGINS.length; m++) {
      float[][] logits = TrainFace.logits(net, weights, crops.get(m));
      double entropy = TrainFace.crossEntropy(logits, crops.get(m));
      say(
          "margin %.1f: cross-entropy %.4f, accuracy %.2f %%, found %d of %d held-out faces",
          MARGINS[m],
          entropy,
          100 * OperatingPoint.PLAIN.scores(logits, crops.get(m)).confusion().accuracy(),
          crops.get(m).size(),
          some.size());
      if (entropy < least) {
        least = entropy;
        best = MARGINS[m];
      }
    }
    return best;
  }

  private void say(String format, Object... values) {
    String line = String.format(Locale.ROOT, format, values);
    System.out.println(line);
    log.append(line).append('\n');
  }

  private String report(String name, ClassificationScores scores) {
    String text = OperatingPoint.described(scores);
    say("%s: %s", name, text);
    return text;
  }

  /** How often each class has the majority, by the share of the votes. */
  private static double[] frequency(List<FerPlus.Face> faces) {
    double[] frequency = new double[FerPlus.LABELS.size()];
    for (FerPlus.Face face : faces) {
      for (int c = 0; c < frequency.length; c++) {
        frequency[c] += face.target()[c] / faces.size();
      }
    }
    return frequency;
  }

  private String card(
      byte[] graph, double margin, OperatingPoint point, String plain, String shipped) {
    int side = FerPlus.SIDE;
    int classes = FerPlus.LABELS.size();
    Map<String, Object> card = new LinkedHashMap<>();
    card.put("name", NAME);
    card.put("version", "1.0");
    card.put("sha256", Hashing.sha256().hashBytes(graph).toString());
    card.put("task", "Reads eight expressions from a face.");
    card.put(
        "weights",
        ordered(
            "source", "trained by this project, io.github.erv.training.face.TrainFace",
            "licence", "Apache-2.0",
            "licenceClass", "PERMISSIVE"));
    card.put(
        "data",
        ordered(
            "name",
            "FER+ votes (Barsoum et al., 2016; MIT) on the pictures of FER2013 (Goodfellow et al.,"
                + " 2013), gathered from the web",
            "licence",
            "votes MIT; pictures unknown",
            "rightsClear",
            false));
    card.put("labels", FerPlus.LABELS.emotions().stream().map(Emotion::name).toList());
    card.put(
        "input",
        ordered(
            "name",
            "image",
            "shape",
            List.of(1, 1, side, side),
            "layout",
            "NCHW",
            "colour",
            "GRAY",
            "margin",
            margin,
            "range",
            "0 to 255; the graph takes off the picture's mean and divides by its deviation",
            "mean",
            0,
            "scale",
            1));
    card.put(
        "outputs",
        List.of(
            ordered("name", "logits", "shape", List.of(1, classes), "meaning", "logits"),
            ordered(
                "name",
                "embedding",
                "shape",
                List.of(1, FaceNet.EMBEDDING),
                "meaning",
                "embedding")));
    card.put("temperature", rounded(point.temperature()));
    card.put("logitBias", point.bias().stream().map(FinishFace::rounded).toList());
    card.put(
        "training",
        "TrainFace, seed "
            + seed
            + ", cycles as in its log: residual net with channel attention, votes as soft targets,"
            + " single votes left out,"
            + " rare expressions shown more often, pictures varied in place, light, sharpness and"
            + " occlusion; average of the weights. A tenth of the training part chose the epoch,"
            + " the temperature and the bias. The log lies beside the recipe.");
    card.put(
        "accuracy",
        "FER+ valid, majority protocol, ready crops, as shipped: "
            + shipped
            + ". Without the adjustment towards rare expressions: "
            + plain
            + '.');
    card.put(
        "limits",
        "Gray pictures of 48 x 48 gathered by web search and read by ten people each: posed and"
            + " strong expressions are over-represented, disgust and contempt rare and read badly;"
            + " fear is taken for surprise. Faces turned away, masked, or much smaller than 48"
            + " pixels are read worse.");
    return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(card);
  }

  private static double rounded(double value) {
    return Math.round(value * 1e4) / 1e4;
  }

  private static Map<String, Object> ordered(Object... namesAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }
}
