package io.github.erv.training.voice;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.github.erv.audio.VoiceFeatures;
import io.github.erv.personal.Population;
import io.github.erv.personal.SubjectProfile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A population and networks that were trained on some speakers; what recordings are read with. */
final class TrainedVoice {
  /** Greatest size of a normalised feature. */
  static final float LIMIT = 4;

  static final double MEAN_WEIGHT = 4;
  static final double DEVIATION_WEIGHT = 8;

  /** Two seconds of speech each: 20 s. */
  static final double ENOUGH = 10;

  /** Arousal by emotion in the order of {@link TrainVoice#LABELS}; NaN teaches nothing. */
  private static final float[] AROUSAL = {0, 1, -1, 1, 1, Float.NaN, -1};

  private static final float AROUSAL_SHARE = 0.3f;
  private static final float SMOOTHING = 0.1f;
  private static final int BATCH = 128;

  /** How many of a speaker's recordings his baseline is made of while training. */
  private static final int[] HEARD = {0, 1, 2, 4, 8, 16, 32, 48};

  /**
   * Settings.
   *
   * @param updates of each network
   * @param members networks that are averaged
   * @param dropout of hidden values
   * @param weightDecay of AdamW
   */
  record Settings(int updates, int members, float dropout, float weightDecay) {}

  final float[] means;
  final float[] deviations;
  final Population population;
  final List<List<float[]>> members = new ArrayList<>();

  private TrainedVoice(float[] means, float[] deviations) {
    this.means = means;
    this.deviations = deviations;
    this.population = new Population(means, deviations, MEAN_WEIGHT, DEVIATION_WEIGHT, ENOUGH);
  }

  static TrainedVoice train(
      List<FeatureTable.Row> rows, List<EmoDb.Sound> sounds, Settings settings, long seed) {
    Map<String, SubjectProfile> sessions = new LinkedHashMap<>();
    SubjectProfile all = SubjectProfile.empty(VoiceFeatures.SIZE);
    Map<String, List<FeatureTable.Row>> bySession = new LinkedHashMap<>();
    for (FeatureTable.Row row : rows) {
      all = all.plus(row.values(), 1);
      String session = session(row, sounds);
      bySession.computeIfAbsent(session, s -> new ArrayList<>()).add(row);
      sessions.merge(
          session,
          SubjectProfile.empty(VoiceFeatures.SIZE).plus(row.values(), 1),
          SubjectProfile::merge);
    }
    float[] means = new float[VoiceFeatures.SIZE];
    float[] deviations = new float[VoiceFeatures.SIZE];
    for (int i = 0; i < means.length; i++) {
      means[i] = (float) all.mean(i);
      double squares = 0;
      double weight = 0;
      for (SubjectProfile session : sessions.values()) {
        if (session.weight(i) > 0) {
          squares += session.deviation(i) * session.deviation(i) * session.weight(i);
          weight += session.weight(i);
        }
      }
      deviations[i] = (float) Math.sqrt(squares / weight);
    }
    TrainedVoice voice = new TrainedVoice(means, deviations);
    List<List<FeatureTable.Row>> byLabel = new ArrayList<>();
    for (int c = 0; c < TrainVoice.LABELS.size(); c++) {
      int label = c;
      byLabel.add(
          rows.stream().filter(row -> sounds.get(row.recording()).label() == label).toList());
    }
    for (int m = 0; m < settings.members; m++) {
      voice.members.add(voice.member(byLabel, bySession, sounds, settings, seed * 31 + m));
    }
    return voice;
  }

  private static String session(FeatureTable.Row row, List<EmoDb.Sound> sounds) {
    return sounds.get(row.recording()).speaker() + " " + row.channel();
  }

  private List<float[]> member(
      List<List<FeatureTable.Row>> byLabel,
      Map<String, List<FeatureTable.Row>> bySession,
      List<EmoDb.Sound> sounds,
      Settings settings,
      long seed) {
    int classes = byLabel.size();
    Engine.getEngine("PyTorch").setRandomSeed((int) seed);
    SplittableRandom random = new SplittableRandom(seed);
    DefaultTrainingConfig config =
        new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
            .optOptimizer(
                Optimizer.adamW()
                    .optLearningRateTracker(
                        Tracker.cosine()
                            .setBaseValue(2e-3f)
                            .optFinalValue(2e-5f)
                            .setMaxUpdates(settings.updates)
                            .build())
                    .optWeightDecays(settings.weightDecay)
                    .build());
    try (Model model = Model.newInstance("voice", "PyTorch")) {
      model.setBlock(VoiceNet.block(classes, settings.dropout));
      try (Trainer trainer = model.newTrainer(config)) {
        trainer.initialize(VoiceNet.inputShape(BATCH));
        for (int update = 0; update < settings.updates; update++) {
          float[] inputs = new float[BATCH * VoiceNet.INPUTS];
          float[] targets = new float[BATCH * (classes + 2)];
          for (int i = 0; i < BATCH; i++) {
            int label = random.nextInt(classes); // classes weigh alike
            List<FeatureTable.Row> some = byLabel.get(label);
            FeatureTable.Row row = some.get(random.nextInt(some.size()));
            SubjectProfile speaker =
                heardBefore(
                    row, bySession.getOrDefault(session(row, sounds), List.of(row)), random);
            System.arraycopy(
                input(speaker, row.values()), 0, inputs, i * VoiceNet.INPUTS, VoiceNet.INPUTS);
            int at = i * (classes + 2);
            for (int c = 0; c < classes; c++) {
              targets[at + c] = SMOOTHING / classes + (c == label ? 1 - SMOOTHING : 0);
            }
            boolean taught = !Float.isNaN(AROUSAL[label]);
            targets[at + classes] = taught ? AROUSAL[label] : 0;
            targets[at + classes + 1] = taught ? 1 : 0;
          }
          try (NDManager scope = trainer.getManager().newSubManager();
              GradientCollector gradients = trainer.newGradientCollector()) {
            NDArray x = scope.create(inputs, VoiceNet.inputShape(BATCH));
            NDArray y = scope.create(targets, new Shape(BATCH, classes + 2));
            NDArray out = trainer.forward(new NDList(x)).singletonOrThrow();
            NDArray logits = out.get(":, :" + classes);
            NDArray arousal = out.get(":, " + classes).tanh();
            NDArray cross = logits.logSoftmax(1).mul(y.get(":, :" + classes)).sum().div(-BATCH);
            NDArray off = arousal.sub(y.get(":, " + classes)).square();
            NDArray square = off.mul(y.get(":, " + (classes + 1))).sum().div(BATCH);
            NDArray loss = cross.add(square.mul(AROUSAL_SHARE));
            loss.attach(scope);
            out.attach(scope);
            gradients.backward(loss);
          }
          trainer.step();
        }
      }
      return VoiceNet.parameters(model.getBlock());
    }
  }

  /** A baseline of some of a speaker's recordings, this one among them, or of none. */
  private static SubjectProfile heardBefore(
      FeatureTable.Row row, List<FeatureTable.Row> session, SplittableRandom random) {
    int many = HEARD[random.nextInt(HEARD.length)];
    SubjectProfile speaker = SubjectProfile.empty(VoiceFeatures.SIZE);
    for (int i = 0; i < many; i++) {
      FeatureTable.Row other = i == 0 ? row : session.get(random.nextInt(session.size()));
      speaker = speaker.plus(other.values(), 1);
    }
    return speaker;
  }

  /** What the network is fed. */
  float[] input(SubjectProfile speaker, float[] values) {
    float[] input = new float[VoiceNet.INPUTS];
    population.normaliseInto(speaker, values, LIMIT, input);
    input[VoiceNet.INPUTS - 1] = (float) (speaker.evidence() / (speaker.evidence() + MEAN_WEIGHT));
    return input;
  }

  /**
   * What the networks answer.
   *
   * @param values logits, then arousal before its hyperbolic tangent
   * @param embedding of all members, one after the other
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Answer(float[] values, float[] embedding) {}

  Answer answer(float[] input) {
    int outputs = TrainVoice.LABELS.size() + 1;
    float[] mean = new float[outputs];
    float[] embedding = new float[VoiceNet.EMBEDDING * members.size()];
    for (int m = 0; m < members.size(); m++) {
      List<float[]> p = members.get(m);
      float[] hidden = relu(dense(input, p.get(0), p.get(1)));
      float[] own = relu(dense(hidden, p.get(2), p.get(3)));
      System.arraycopy(own, 0, embedding, m * own.length, own.length);
      float[] out = dense(own, p.get(4), p.get(5));
      for (int i = 0; i < outputs; i++) {
        mean[i] += out[i] / members.size();
      }
    }
    return new Answer(mean, embedding);
  }

  private static float[] dense(float[] x, float[] weights, float[] bias) {
    float[] out = bias.clone();
    for (int o = 0; o < out.length; o++) {
      for (int i = 0; i < x.length; i++) {
        out[o] += weights[o * x.length + i] * x[i];
      }
    }
    return out;
  }

  private static float[] relu(float[] x) {
    for (int i = 0; i < x.length; i++) {
      x[i] = Math.max(0, x[i]);
    }
    return x;
  }
}
