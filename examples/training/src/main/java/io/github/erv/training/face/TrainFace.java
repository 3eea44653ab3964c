package io.github.erv.training.face;

import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import io.github.erv.metrics.ConfusionMatrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Trains the bundled expression model on FER+: votes as soft targets, rare expressions shown more
 * often, pictures varied by {@link Augmentation}, smaller at first; stochastic gradient descent
 * with Nesterov's momentum, one cycle of the learning rate, and a running average of the weights,
 * which is what is kept. A run may start another cycle from the weights of one before ({@code
 * --from}; Loshchilov and Hutter, 2017, Stochastic gradient descent with warm restarts), on
 * pictures of full size.
 *
 * <p>A tenth of the training part, drawn by the seed, is held out; it chooses the epoch that is
 * kept. Every epoch ends with a checkpoint, from which a run that was broken off goes on as if it
 * had not been. {@link FinishFace} fits the operating point and writes model and card.
 */
@Command(name = "TrainFace", mixinStandardHelpOptions = true)
public final class TrainFace implements Callable<Integer> {
  static final String CHECKPOINT = "checkpoint.bin";
  static final String BEST = "best.bin";
  static final String LOG = "face.log";

  private static final int BATCH = 64;
  private static final float PEAK_RATE = 0.1f;

  /** Of cycles after the first, which must not undo it. */
  private static final float LATER_PEAK_RATE = 0.05f;

  private static final float MOMENTUM = 0.9f;
  private static final float WEIGHT_DECAY = 5e-4f;

  /** Share of the updates in which the learning rate rises. */
  private static final double RISE = 0.1;

  /** How often the average of the weights follows, in updates, and how much it keeps. */
  private static final int AVERAGE_EVERY = 8;

  private static final float AVERAGE_KEEPS = 0.98f;

  /** Exponent of the inverse frequency by which rare expressions are shown more often. */
  private static final double REBALANCE = 0.4;

  /** Pictures grow with the epochs: small ones teach the rough in less than half the time. */
  private static final int[] SIDES = {32, 40, FerPlus.SIDE};

  /** Shares of the epochs after which the pictures grow. */
  private static final double[] GROW = {0.42, 0.67};

  /** From here on pictures are varied half as much, so that the end sees what it is used on. */
  private static final double CALM_SHARE = 0.88;

  /** How much pictures are varied in cycles after the first. */
  private static final double LATER_STRENGTH = 0.7;

  @Option(names = "--data", required = true, description = "folder of FER+")
  private Path data = Path.of(".");

  @Option(names = "--out", required = true, description = "folder for checkpoints and log")
  private Path out = Path.of(".");

  @Option(names = "--from", description = "folder of a run that this one follows: a warm restart")
  private @Nullable Path from;

  @Option(names = "--seed", defaultValue = "1", description = "of weights, order and variation")
  private long seed;

  @Option(names = "--epochs", defaultValue = "24", description = "passes over the pictures")
  private int epochs;

  @Option(names = "--stop-after", defaultValue = "1000", description = "epochs to run now at most")
  private int stopAfter;

  /** Called by the command line. */
  public TrainFace() {}

  /**
   * Runs the recipe.
   *
   * @param args see {@code --help}
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new TrainFace()).execute(args));
  }

  /** The held-out tenth of the training part, which every step of the recipe draws alike. */
  static List<FerPlus.Face> heldOut(List<FerPlus.Face> train, long seed) {
    return split(train, seed).subList(0, train.size() / 10);
  }

  private static List<FerPlus.Face> split(List<FerPlus.Face> train, long seed) {
    List<FerPlus.Face> shuffled = new ArrayList<>(train);
    Collections.shuffle(shuffled, new Random(seed));
    return shuffled;
  }

  @Override
  public Integer call() throws IOException {
    List<FerPlus.Face> all = split(FerPlus.read(data, "train"), seed);
    List<FerPlus.Face> held = all.subList(0, all.size() / 10);
    List<FerPlus.Face> faces = all.subList(all.size() / 10, all.size());
    Files.createDirectories(out);
    Engine engine = Engine.getEngine("PyTorch");
    engine.setRandomSeed((int) seed);
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      FaceNet net = new FaceNet(FerPlus.LABELS.size());
      net.initialize(manager, DataType.FLOAT32, new Shape(BATCH, 1, FerPlus.SIDE, FerPlus.SIDE));
      TrainingState state = new TrainingState(net);
      if (Files.exists(out.resolve(CHECKPOINT))) {
        state.load(out.resolve(CHECKPOINT));
        say("goes on after epoch %d", state.epoch);
      } else {
        if (from != null) {
          Files.copy(from.resolve(LOG), out.resolve(LOG));
          state.start(Weights.read(from.resolve(BEST)));
        }
        say(
            "seed %d, %d epochs, %d faces, %d held out, %d weights, %s %s, mkl %s",
            seed,
            epochs,
            faces.size(),
            held.size(),
            state.learnt(),
            engine.getEngineName(),
            engine.getVersion(),
            engine.hasCapability(StandardCapabilities.MKL));
      }
      double[] shown = shown(faces);
      int last = (int) Math.min(epochs, state.epoch + (long) stopAfter);
      while (state.epoch < last) {
        long start = System.nanoTime();
        engine.setRandomSeed((int) (seed * 1000 + state.epoch)); // of dropout
        double loss = epoch(state, engine, faces, shown);
        state.epoch++;
        float[][] logits = logits(net, state.averages(), held);
        double entropy = crossEntropy(logits, held);
        ConfusionMatrix matrix = OperatingPoint.PLAIN.scores(logits, held).confusion();
        say(
            "epoch %d: loss %.4f; held out: cross-entropy %.4f, accuracy %.2f %%, uar %.1f %%; %.0f s",
            state.epoch,
            loss,
            entropy,
            100 * matrix.accuracy(),
            100 * matrix.uar(),
            (System.nanoTime() - start) * 1e-9);
        if (entropy < state.best) {
          state.best = entropy;
          Weights.write(out.resolve(BEST), state.averages());
        }
        state.save(out.resolve(CHECKPOINT));
      }
    }
    return 0;
  }

  /** The mean cross-entropy of what the votes say, in nats. */
  static double crossEntropy(float[][] logits, List<FerPlus.Face> faces) {
    double sum = 0;
    for (int i = 0; i < logits.length; i++) {
      double normaliser = OperatingPoint.logSumExp(logits[i]);
      for (int c = 0; c < logits[i].length; c++) {
        sum -= faces.get(i).target()[c] * (logits[i][c] - normaliser);
      }
    }
    return sum / logits.length;
  }

  private void say(String format, Object... values) throws IOException {
    String line = String.format(Locale.ROOT, format, values);
    System.out.println(line);
    Files.writeString(
        out.resolve(LOG), line + '\n', StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** How often each face is shown in an epoch, 1 on average: more often the rarer what it shows. */
  private static double[] shown(List<FerPlus.Face> faces) {
    double[] share = new double[FerPlus.LABELS.size()];
    for (FerPlus.Face face : faces) {
      for (int c = 0; c < share.length; c++) {
        share[c] += face.target()[c] / faces.size();
      }
    }
    double[] shown = new double[faces.size()];
    double sum = 0;
    for (int i = 0; i < shown.length; i++) {
      for (int c = 0; c < share.length; c++) {
        shown[i] += faces.get(i).target()[c] * Math.pow(share[c], -REBALANCE);
      }
      sum += shown[i];
    }
    for (int i = 0; i < shown.length; i++) {
      shown[i] *= shown.length / sum;
    }
    return shown;
  }

  private double epoch(
      TrainingState state, Engine engine, List<FerPlus.Face> faces, double[] shown) {
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + state.epoch);
    List<FerPlus.Face> order = new ArrayList<>();
    for (int i = 0; i < shown.length; i++) {
      int times = (int) (shown[i] + random.nextDouble());
      for (int k = 0; k < times; k++) {
        order.add(faces.get(i));
      }
    }
    Collections.shuffle(order, new Random(random.nextLong()));
    double progress = state.epoch / (double) epochs;
    boolean first = from == null;
    int side = first ? SIDES[progress < GROW[0] ? 0 : progress < GROW[1] ? 1 : 2] : FerPlus.SIDE;
    double strength = (first ? 1 : LATER_STRENGTH) * (progress < CALM_SHARE ? 1 : 0.5);
    Augmentation augmentation = new Augmentation(side, strength);
    int batches = order.size() / BATCH;
    float[] pixels = new float[BATCH * side * side];
    float[] targets = new float[BATCH * FerPlus.LABELS.size()];
    double loss = 0;
    for (int b = 0; b < batches; b++) {
      for (int i = 0; i < BATCH; i++) {
        FerPlus.Face face = order.get(b * BATCH + i);
        augmentation.into(face.pixels(), FerPlus.SIDE, random, pixels, i * side * side);
        System.arraycopy(
            face.target(), 0, targets, i * FerPlus.LABELS.size(), FerPlus.LABELS.size());
      }
      float peak = first ? PEAK_RATE : LATER_PEAK_RATE;
      float rate = peak * height((state.epoch + b / (double) batches) / epochs);
      try (NDManager scope = state.manager().newSubManager()) {
        NDArray one;
        try (GradientCollector gradients = engine.newGradientCollector()) {
          NDArray x = scope.create(pixels, new Shape(BATCH, 1, side, side));
          NDArray y = scope.create(targets, new Shape(BATCH, FerPlus.LABELS.size()));
          NDArray logits =
              state
                  .net()
                  .forward(new ParameterStore(scope, false), new NDList(x), true)
                  .singletonOrThrow();
          one = FaceNet.softmaxCrossEntropy(logits, y);
          one.attach(scope);
          logits.attach(scope);
          gradients.backward(one);
        }
        loss += one.getFloat() / batches;
        state.step(rate, MOMENTUM, WEIGHT_DECAY);
        if ((b + 1) % AVERAGE_EVERY == 0) {
          state.average(AVERAGE_KEEPS);
        }
      }
      if (!Double.isFinite(loss)) {
        throw new IllegalStateException("the loss is not finite in epoch " + state.epoch);
      }
    }
    return loss;
  }

  /** Up along a cosine and down along another (Smith, 2018). */
  private static float height(double progress) {
    double height =
        progress < RISE
            ? 0.5 - 0.5 * Math.cos(Math.PI * progress / RISE)
            : 0.5 + 0.5 * Math.cos(Math.PI * (progress - RISE) / (1 - RISE));
    return (float) Math.max(height, 1e-3);
  }

  /** Runs weights over faces as they are. */
  static float[][] logits(FaceNet net, Map<String, float[]> weights, List<FerPlus.Face> faces) {
    Map<String, float[]> own = Weights.of(net);
    Weights.into(net, weights);
    float[][] logits = new float[faces.size()][];
    int pixels = FerPlus.SIDE * FerPlus.SIDE;
    int classes = FerPlus.LABELS.size();
    NDManager manager = net.getParameters().valueAt(0).getArray().getManager();
    for (int at = 0; at < logits.length; at += BATCH) {
      int n = Math.min(BATCH, logits.length - at);
      float[] values = new float[n * pixels];
      for (int i = 0; i < values.length; i++) {
        values[i] = faces.get(at + i / pixels).pixels()[i % pixels] & 255;
      }
      try (NDManager scope = manager.newSubManager()) {
        NDArray x = scope.create(values, new Shape(n, 1, FerPlus.SIDE, FerPlus.SIDE));
        NDArray y =
            net.forward(new ParameterStore(scope, false), new NDList(x), false).singletonOrThrow();
        y.attach(scope);
        float[] flat = y.toFloatArray();
        for (int i = 0; i < n; i++) {
          logits[at + i] = Arrays.copyOfRange(flat, i * classes, (i + 1) * classes);
        }
      }
    }
    Weights.into(net, own);
    return logits;
  }
}
