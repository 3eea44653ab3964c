package io.github.erv.fusion.train;

import io.github.erv.emotion.LabelSet;
import io.github.erv.error.ErvException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/*
 * AdamW (Loshchilov and Hutter, 2019, algorithm 2). A batch runs in three parts: forward for each
 * example on a tape of its own; the loss over the whole batch, since concordance is a property of
 * many; backward for each example. A batch is dealt to a fixed number of shards, each with its own
 * gradients, which are then added in one order: so the result does not depend on which thread did
 * what, nor on how many there are.
 */

/** One training of one architecture. */
final class GradientDescent {
  private static final int SHARDS = 4;
  private static final double BETA_1 = 0.9;
  private static final double BETA_2 = 0.999;
  private static final double EPSILON = 1e-8;

  private final Architecture architecture;
  private final Training training;
  private final Inputs inputs;
  private final TrainedNetwork.Kind kind;
  private final Parameters parameters;
  private final Network network;
  private final int outputs;
  private final List<Item> learnt = new ArrayList<>();
  private final List<Item> heldOut = new ArrayList<>();
  private final float[][] gradients = new float[SHARDS][];
  private final Tape[] tapes;
  private final Node[] results;
  private final float[][] outputGradients;
  private final double[] m;
  private final double[] v;
  private int steps;

  /** An example, read once. */
  private static final class Item {
    final Streams streams;
    final float[] target;
    double weight = 1;

    Item(Streams streams, float[] target) {
      this.streams = streams;
      this.target = target;
    }
  }

  GradientDescent(Architecture architecture, List<Example> examples, Training training) {
    this.architecture = architecture;
    this.training = training;
    kind = requireKind(examples);
    inputs = Inputs.of(examples);
    outputs = kind.outputs(inputs.labels());
    SplittableRandom random = new SplittableRandom(training.seed());
    parameters = Parameters.drawn(random.nextLong());
    network = architecture.network(inputs, outputs, parameters);
    List<Example> training1 = examples;
    List<Example> validation = List.of();
    if (training.validation() > 0) {
      int folds = Math.max(2, (int) Math.round(1 / training.validation()));
      Fold fold = Fold.byGroup(examples, folds, training.seed()).get(0);
      training1 = fold.training();
      validation = fold.test();
    }
    training1.forEach(example -> add(example, learnt));
    validation.forEach(example -> add(example, heldOut));
    if (learnt.isEmpty()) {
      throw new IllegalArgumentException("no example has anything present");
    }
    weigh();
    int batch = Math.min(training.batchSize(), learnt.size());
    tapes = new Tape[batch];
    results = new Node[batch];
    outputGradients = new float[batch][outputs];
    for (int s = 0; s < SHARDS; s++) {
      gradients[s] = new float[parameters.size()];
    }
    for (int i = 0; i < batch; i++) {
      tapes[i] = Tape.forTraining(gradients[i % SHARDS]);
    }
    m = new double[parameters.size()];
    v = new double[parameters.size()];
  }

  private static TrainedNetwork.Kind requireKind(List<Example> examples) {
    if (examples.isEmpty()) {
      throw new IllegalArgumentException("there must be examples to learn from, there are none");
    }
    LabelSet labels = examples.get(0).window().labels();
    boolean dimensions = examples.get(0).target() instanceof Target.Dimensions;
    boolean several = dimensions;
    Target first = examples.get(0).target();
    for (Example example : examples) {
      if (!example.window().labels().equals(labels)) {
        throw new IllegalArgumentException(
            "all examples must be over one label set; there are "
                + labels
                + " and "
                + example.window().labels());
      }
      if (example.target() instanceof Target.Dimensions != dimensions) {
        throw new IllegalArgumentException(
            "all examples must have one kind of target; there are "
                + first
                + " and "
                + example.target());
      }
      several |= example.target() instanceof Target.Votes || !example.target().equals(first);
    }
    if (!several) {
      throw new IllegalArgumentException(
          "there must be examples of two classes or more; all "
              + examples.size()
              + " are "
              + ((Target.Label) first).emotion());
    }
    return dimensions ? TrainedNetwork.Kind.DIMENSIONS : TrainedNetwork.Kind.DISTRIBUTION;
  }

  private void add(Example example, List<Item> to) {
    Streams streams = new Streams(inputs);
    streams.load(example.window());
    if (streams.presentCount() == 0) {
      return; // nothing to learn from, and nothing to say of it
    }
    float[] target = new float[outputs];
    if (example.target() instanceof Target.Label label) {
      float spread = (float) training.labelSmoothing();
      Arrays.fill(target, spread / outputs);
      target[inputs.labels().indexOf(label.emotion())] += 1 - spread;
    } else if (example.target() instanceof Target.Votes votes) {
      votes.distribution().copyTo(target, 0);
    } else if (example.target() instanceof Target.Dimensions dimensions) {
      target[0] = dimensions.valence();
      target[1] = dimensions.arousal();
    }
    to.add(new Item(streams, target));
  }

  /** Gives every class the same weight in total, if that is asked for. */
  private void weigh() {
    if (!training.balanced() || kind == TrainedNetwork.Kind.DIMENSIONS) {
      return;
    }
    double[] mass = new double[outputs];
    for (Item item : learnt) {
      for (int e = 0; e < outputs; e++) {
        mass[e] += item.target[e];
      }
    }
    int classes = 0;
    for (double value : mass) {
      classes += value > 0 ? 1 : 0;
    }
    for (Item item : learnt) {
      item.weight = 0;
      for (int e = 0; e < outputs; e++) {
        if (mass[e] > 0) {
          item.weight += item.target[e] * learnt.size() / (classes * mass[e]);
        }
      }
    }
  }

  TrainedFusion run() {
    int[] order = new int[learnt.size()];
    Arrays.setAll(order, i -> i);
    SplittableRandom random = new SplittableRandom(training.seed() * 31 + 7);
    int batches = (order.length + tapes.length - 1) / tapes.length;
    int total = batches * training.epochs();
    double best = Double.POSITIVE_INFINITY;
    float[] bestWeights = null;
    int since = 0;
    ExecutorService threads =
        Executors.newFixedThreadPool(
            training.threads(),
            task -> {
              Thread thread = new Thread(task, "fusion-training");
              thread.setDaemon(true);
              return thread;
            });
    try {
      for (int epoch = 1; epoch <= training.epochs(); epoch++) {
        for (int i = order.length - 1; i > 0; i--) {
          int j = random.nextInt(i + 1);
          int swapped = order[i];
          order[i] = order[j];
          order[j] = swapped;
        }
        double loss = 0;
        double rate = 0;
        for (int b = 0; b < batches; b++) {
          int from = b * order.length / batches; // even batches, no small rest
          int to = (b + 1) * order.length / batches;
          rate = rate(++steps, total);
          loss += step(threads, order, from, to, random, rate) * (to - from);
        }
        loss /= order.length;
        if (!Double.isFinite(loss)) {
          throw new IllegalStateException(
              "training diverged in epoch "
                  + epoch
                  + " (loss "
                  + loss
                  + "); lower the learning rate "
                  + training.learningRate());
        }
        double held = heldOut.isEmpty() ? Double.NaN : evaluate(threads);
        boolean better = held < best;
        if (better) {
          best = held;
          bestWeights = parameters.snapshot();
        }
        since = better ? 0 : since + 1;
        training
            .listener()
            .epoch(
                new TrainingListener.Progress(epoch, training.epochs(), loss, held, rate, better));
        if (training.patience() > 0 && since >= training.patience()) {
          break;
        }
      }
    } finally {
      threads.shutdownNow();
    }
    if (bestWeights != null) {
      parameters.restore(bestWeights);
    }
    return new TrainedNetwork(architecture, inputs, kind, parameters, network);
  }

  private double rate(int step, int total) {
    double warm = training.warmUp() * total;
    if (step < warm) {
      return training.learningRate() * step / warm;
    }
    double done = (step - warm) / Math.max(1, total - warm);
    return training.learningRate()
        * switch (training.schedule()) {
          case CONSTANT -> 1;
          case COSINE -> (1 + Math.cos(Math.PI * done)) / 2;
          case LINEAR -> 1 - done;
        };
  }

  private double step(
      ExecutorService threads,
      int[] order,
      int from,
      int to,
      SplittableRandom random,
      double rate) {
    int n = to - from;
    List<Item> batch = new ArrayList<>(n);
    long[] seeds = new long[n];
    for (int i = 0; i < n; i++) {
      Item item = learnt.get(order[from + i]);
      hide(item.streams, random);
      batch.add(item);
      seeds[i] = random.nextLong();
    }
    parallel(
        threads,
        n,
        i -> {
          tapes[i].rewind();
          tapes[i].train(seeds[i]);
          results[i] = network.outputs(tapes[i], batch.get(i).streams);
        });
    double loss = loss(batch, results, outputGradients);
    for (float[] shard : gradients) {
      Arrays.fill(shard, 0);
    }
    parallel(threads, n, i -> tapes[i].backward(results[i], outputGradients[i]));
    update(rate);
    return loss;
  }

  private void hide(Streams streams, SplittableRandom random) {
    for (int k = 0; k < streams.size(); k++) {
      streams.hide(k, false);
    }
    int left = streams.presentCount();
    int first = random.nextInt(streams.size()); // so that none is spared more often than others
    for (int k = 0; k < streams.size(); k++) {
      int modality = (first + k) % streams.size();
      boolean hidden = random.nextDouble() < training.modalityDropout();
      if (hidden && left > 1 && streams.present(modality)) {
        streams.hide(modality, true);
        left--;
      }
    }
  }

  /** Does something for each example of a batch; those of one shard one after another. */
  private interface ForExample {
    void run(int i);
  }

  private static void parallel(ExecutorService threads, int n, ForExample task) {
    List<Callable<Void>> shards = new ArrayList<>();
    for (int s = 0; s < Math.min(SHARDS, n); s++) {
      int shard = s;
      shards.add(
          () -> {
            for (int i = shard; i < n; i += SHARDS) {
              task.run(i);
            }
            return null;
          });
    }
    try {
      for (Future<Void> done : threads.invokeAll(shards)) {
        done.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("training was interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IllegalArgumentException
          || e.getCause() instanceof ErvException) {
        throw (RuntimeException) e.getCause();
      }
      throw new IllegalStateException("training failed: " + e.getCause(), e);
    }
  }

  private double loss(List<Item> batch, Node[] nodes, float[][] gradientsOut) {
    return kind == TrainedNetwork.Kind.DISTRIBUTION
        ? crossEntropy(batch, nodes, gradientsOut)
        : concordance(batch, nodes, gradientsOut);
  }

  /**
   * {@code -sum t log p}, whose gradient by the logits is {@code p sum(t) - t}; mean over a batch.
   */
  private double crossEntropy(List<Item> batch, Node[] nodes, float[][] gradientsOut) {
    double total = 0;
    int n = batch.size();
    for (int i = 0; i < n; i++) {
      Item item = batch.get(i);
      float[] logits = nodes[i].value;
      double greatest = Double.NEGATIVE_INFINITY;
      for (int e = 0; e < outputs; e++) {
        greatest = Math.max(greatest, logits[e]);
      }
      double sum = 0;
      for (int e = 0; e < outputs; e++) {
        sum += Math.exp(logits[e] - greatest);
      }
      double log = greatest + Math.log(sum);
      for (int e = 0; e < outputs; e++) {
        total -= item.weight * item.target[e] * (logits[e] - log);
        gradientsOut[i][e] =
            (float) (item.weight * (Math.exp(logits[e] - log) - item.target[e]) / n);
      }
    }
    return total / n;
  }

  /**
   * Mean over the dimensions of 1 - CCC, CCC = 2 cov(x, y) / (var x + var y + (mean x - mean y)²)
   * (Lin, 1989), over the batch. With N and D its two sides, its gradient by x_i is 2 (y_i - mean
   * y) / (n D) - N / D² (2 (x_i - mean x) + 2 (mean x - mean y)) / n.
   */
  private double concordance(List<Item> batch, Node[] nodes, float[][] gradientsOut) {
    int n = batch.size();
    double total = 0;
    double[] x = new double[n];
    for (int d = 0; d < outputs; d++) {
      double meanX = 0;
      double meanY = 0;
      for (int i = 0; i < n; i++) {
        x[i] = Math.tanh(nodes[i].value[d]);
        meanX += x[i] / n;
        meanY += batch.get(i).target[d] / (double) n;
      }
      double numerator = 0;
      double denominator = (meanX - meanY) * (meanX - meanY) + EPSILON; // all may be equal
      for (int i = 0; i < n; i++) {
        double dx = x[i] - meanX;
        double dy = batch.get(i).target[d] - meanY;
        numerator += 2 * dx * dy / n;
        denominator += (dx * dx + dy * dy) / n;
      }
      total += (1 - numerator / denominator) / outputs;
      for (int i = 0; i < n; i++) {
        double byX =
            2 * (batch.get(i).target[d] - meanY) / (n * denominator)
                - numerator / (denominator * denominator) * 2 * (x[i] - meanY) / n;
        gradientsOut[i][d] = (float) (-byX * (1 - x[i] * x[i]) / outputs);
      }
    }
    return total;
  }

  /** Returns the loss on what is held out, with all that is present and no dropout. */
  private double evaluate(ExecutorService threads) {
    Node[] nodes = new Node[heldOut.size()];
    parallel(
        threads,
        nodes.length,
        i -> {
          Tape tape = Tape.forUse();
          nodes[i] = network.outputs(tape, heldOut.get(i).streams);
        });
    return loss(heldOut, nodes, new float[nodes.length][outputs]);
  }

  private void update(double rate) {
    float[] sum = gradients[0];
    for (int s = 1; s < SHARDS; s++) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += gradients[s][i];
      }
    }
    double square = 0;
    for (float g : sum) {
      square += (double) g * g;
    }
    double clip = Math.min(1, training.clipNorm() / (Math.sqrt(square) + EPSILON));
    double bias1 = 1 - Math.pow(BETA_1, steps);
    double bias2 = 1 - Math.pow(BETA_2, steps);
    for (Parameter parameter : parameters.all()) {
      // biases and gains are not decayed: their size is no complexity
      double decay = parameter.shape.length > 1 ? rate * training.weightDecay() : 0;
      float[] values = parameter.values;
      for (int i = 0; i < values.length; i++) {
        int k = parameter.offset + i;
        double g = sum[k] * clip;
        m[k] = BETA_1 * m[k] + (1 - BETA_1) * g;
        v[k] = BETA_2 * v[k] + (1 - BETA_2) * g * g;
        double move = m[k] / bias1 / (Math.sqrt(v[k] / bias2) + EPSILON);
        values[i] = (float) (values[i] - decay * values[i] - rate * move);
      }
    }
  }
}
