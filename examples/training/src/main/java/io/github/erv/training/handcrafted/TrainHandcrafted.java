package io.github.erv.training.handcrafted;

import io.github.erv.Subject;
import io.github.erv.classical.SupportVectorMachine;
import io.github.erv.media.Frame;
import io.github.erv.media.PixelFormat;
import io.github.erv.metrics.ClassificationScores;
import io.github.erv.onnx.ModelCard.LicenceClass;
import io.github.erv.onnx.Provenance;
import io.github.erv.training.face.FerPlus;
import io.github.erv.training.face.OperatingPoint;
import io.github.erv.vision.face.FaceCrop;
import io.github.erv.vision.face.Landmarks;
import io.github.erv.vision.handcrafted.HandcraftedFaceEncoder;
import io.github.erv.vision.handcrafted.HandcraftedFeatures;
import io.github.erv.vision.handcrafted.LocalBinaryPatterns.Labelling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Trains the bundled reader of expressions by hand-crafted features: local binary patterns at two
 * radii and oriented gradients of a face of 48 pixels, and a linear machine, on the training part
 * of FER+.
 *
 * <p>Every face is shown as it is and mirrored at once, as the mean of both descriptions. For a
 * linear machine that is the same as to show both: the mirrored set has a mirrored solution, the
 * solution is unique, so its weights are symmetric, and symmetric weights decide alike on a face,
 * its mirror image and their mean. It takes half the memory and time.
 *
 * <p>A seeded tenth of the training part chooses the cost and the operating point. The validation
 * part has no say in anything.
 */
@Command(name = "TrainHandcrafted", mixinStandardHelpOptions = true)
public final class TrainHandcrafted implements Callable<Integer> {
  static final String NAME = "ferplus-handcrafted";

  static final HandcraftedFeatures FEATURES =
      HandcraftedFeatures.builder(FerPlus.SIDE, 1)
          .hog(6, 2, 9)
          .lbp(Labelling.UNIFORM, 8, 1, 6)
          .lbp(Labelling.UNIFORM, 8, 2, 6)
          .build();

  /** How much accuracy on the held-out faces may go for recall of rare expressions. */
  private static final double GIVEN = 0.01;

  @Option(names = "--data", required = true, description = "folder of FER+")
  private Path data = Path.of(".");

  @Option(names = "--out", required = true, description = "folder for model, card and log")
  private Path out = Path.of(".");

  @Option(names = "--seed", defaultValue = "1", description = "draws the held-out tenth")
  private long seed;

  @Option(
      names = "--costs",
      split = ",",
      defaultValue = "0.01,0.02,0.04",
      description = "of errors, tried on the held-out tenth: ${DEFAULT-VALUE}")
  private double[] costs = {};

  private final StringBuilder log = new StringBuilder();

  /** Called by the command line. */
  public TrainHandcrafted() {}

  /**
   * Runs the recipe.
   *
   * @param args see {@code --help}
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new TrainHandcrafted()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    int classes = FerPlus.LABELS.size();
    List<FerPlus.Face> all = majority(FerPlus.read(data, "train"));
    Collections.shuffle(all, new Random(seed));
    List<FerPlus.Face> held = all.subList(0, all.size() / 10);
    List<FerPlus.Face> train = all.subList(all.size() / 10, all.size());
    say("%d features: %s", FEATURES.size(), FEATURES);
    List<FerPlus.Face> valid = majority(FerPlus.read(data, "valid"));
    float[][] rows = new float[train.size()][];
    int[] labels = train.stream().mapToInt(FerPlus.Face::majority).toArray();
    float[][] heldFeatures;
    float[][] validFeatures;
    try (HandcraftedFeatures.Session session = FEATURES.open()) {
      for (int i = 0; i < rows.length; i++) {
        rows[i] = bothWays(session, train.get(i).pixels());
      }
      heldFeatures = features(session, held);
      validFeatures = features(session, valid);
    }
    double bestAccuracy = -1;
    double bestCost = 0;
    float[][] heldDecisions = {};
    LinearMachine best = null;
    for (double cost : costs) {
      LinearMachine learnt = LinearMachine.fit(rows, labels, classes, cost, seed);
      float[][] decisions = decisions(learnt.machine(1, new double[classes]), heldFeatures);
      double accuracy = OperatingPoint.PLAIN.scores(decisions, held).confusion().accuracy();
      say("cost %s: held out accuracy %.2f %% (n = %d)", cost, 100 * accuracy, held.size());
      if (accuracy > bestAccuracy) {
        bestAccuracy = accuracy;
        bestCost = cost;
        heldDecisions = decisions;
        best = learnt;
      }
    }
    if (best == null) {
      throw new IllegalArgumentException("there must be at least one cost");
    }
    List<OperatingPoint> points = OperatingPoint.all(heldDecisions, held, frequency(train));
    OperatingPoint chosen = OperatingPoint.choose(points, GIVEN);
    say(
        "cost %s; adjusted by %.1f: held out accuracy %.2f %%, uar %.1f %%; temperature %.3f",
        bestCost,
        chosen.adjustment(),
        100 * chosen.accuracy(),
        100 * chosen.uar(),
        chosen.temperature());
    float[][] validDecisions = decisions(best.machine(1, new double[classes]), validFeatures);
    String plain = report("valid, not adjusted", points.get(0).scores(validDecisions, valid));
    String shipped = report("valid, as shipped", chosen.scores(validDecisions, valid));
    double[] bias = chosen.bias().stream().mapToDouble(b -> b).toArray();
    Files.createDirectories(out);
    HandcraftedFaceEncoder.save(
        out.resolve(NAME + ".safetensors"),
        provenance(plain, shipped),
        FerPlus.LABELS,
        FEATURES,
        best.machine(chosen.temperature(), bias));
    Files.writeString(out.resolve(NAME + ".log"), log);
    return 0;
  }

  private static List<FerPlus.Face> majority(List<FerPlus.Face> faces) {
    return new ArrayList<>(faces.stream().filter(face -> face.majority() >= 0).toList());
  }

  /** Describes a face as the encoder does. */
  private static float[] features(HandcraftedFeatures.Session session, byte[] pixels) {
    int side = FerPlus.SIDE;
    float[] values = new float[FEATURES.size()];
    session.into(
        FaceCrop.of(
            Frame.of(PixelFormat.GRAY8, side, side, pixels, 0),
            Subject.face(1),
            Landmarks.frontal(side / 2.0, side / 2.0, side)),
        values,
        0);
    return values;
  }

  private static float[][] features(HandcraftedFeatures.Session session, List<FerPlus.Face> faces) {
    return faces.stream().map(face -> features(session, face.pixels())).toArray(float[][]::new);
  }

  private static float[] bothWays(HandcraftedFeatures.Session session, byte[] pixels) {
    int side = FerPlus.SIDE;
    byte[] mirrored = new byte[side * side];
    for (int i = 0; i < mirrored.length; i++) {
      mirrored[i] = pixels[i / side * side + side - 1 - i % side];
    }
    float[] values = features(session, pixels);
    float[] other = features(session, mirrored);
    for (int i = 0; i < values.length; i++) {
      values[i] = (values[i] + other[i]) / 2;
    }
    return values;
  }

  private static float[][] decisions(SupportVectorMachine machine, float[][] features) {
    SupportVectorMachine.Session session = machine.open();
    float[][] decisions = new float[features.length][machine.functions()];
    for (int i = 0; i < features.length; i++) {
      session.decisionsInto(features[i], 0, decisions[i], 0);
    }
    return decisions;
  }

  private static double[] frequency(List<FerPlus.Face> faces) {
    double[] frequency = new double[FerPlus.LABELS.size()];
    faces.forEach(face -> frequency[face.majority()] += 1.0 / faces.size());
    return frequency;
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

  private Provenance provenance(String plain, String shipped) {
    return new Provenance(
        NAME,
        "1.0",
        "Apache-2.0",
        LicenceClass.PERMISSIVE,
        "FER+ votes (Barsoum et al., 2016; MIT) on the pictures of FER2013 (Goodfellow et al.,"
            + " 2013), gathered from the web",
        "votes MIT; pictures unknown",
        false,
        "FER+ valid, majority protocol, ready crops, as shipped: "
            + shipped
            + ". Without the adjustment towards rare expressions: "
            + plain
            + '.',
        "Gray pictures of 48 x 48 gathered by web search: posed and strong expressions are"
            + " over-represented, disgust and contempt rare and read badly. It has no idea of a"
            + " face: anything with edges is read. A neural network reads better; this one is"
            + " small, fast, and says what it saw.");
  }
}
