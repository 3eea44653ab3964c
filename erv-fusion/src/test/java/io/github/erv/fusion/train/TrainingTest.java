package io.github.erv.fusion.train;

import static io.github.erv.Modality.FACE;
import static io.github.erv.Modality.TEXT;
import static io.github.erv.Modality.VOICE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.erv.Evidence;
import io.github.erv.Fused;
import io.github.erv.FusionSession;
import io.github.erv.emotion.Affect;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.ModelException;
import io.github.erv.fusion.CrossAttentionFusion;
import io.github.erv.fusion.EarlyFusion;
import io.github.erv.fusion.Fusion;
import io.github.erv.fusion.TensorFusion;
import io.github.erv.onnx.ModelCard;
import io.github.erv.onnx.Provenance;
import io.github.erv.tensor.Safetensors;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingTest {
  private static final LabelSet TWO = LabelSet.of(Emotion.HAPPINESS, Emotion.SADNESS);
  private static final Training SHORT = Training.builder().epochs(2).threads(1).build();
  private static final Provenance PROVENANCE =
      new Provenance(
          "noise",
          "1.0",
          "Apache-2.0",
          ModelCard.LicenceClass.PERMISSIVE,
          "random numbers",
          "none",
          true,
          "none",
          "all");

  static Stream<Architecture> families() {
    return GradientTest.families();
  }

  private static List<Example> noise(int n) {
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      examples.add(GradientTest.example(i, 1 + i % 3, 2, i % 5 == 0 ? 0 : 3));
    }
    return examples;
  }

  private static float[] said(TrainedFusion fusion, Example example) {
    try (FusionSession session = fusion.open()) {
      Fused fused = new Fused();
      session.fuse(example.window(), fused);
      float[] p = new float[fusion.labels().size()];
      fused.distribution().orElseThrow().copyTo(p, 0);
      return p;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void fit_moreThreads_giveTheSameWeightsToTheBit(int threads) {
    Architecture family = new CrossAttentionFusion(4, 2, 1, 0.2f);
    byte[] one = family.fit(noise(40), SHORT).weights().toBytes();
    Training more = SHORT.toBuilder().threads(threads).build();
    assertArrayEquals(one, family.fit(noise(40), more).weights().toBytes());
    Training other = SHORT.toBuilder().seed(2).build();
    assertFalse(Arrays.equals(one, family.fit(noise(40), other).weights().toBytes()));
  }

  @ParameterizedTest
  @MethodSource("families")
  void save_thenLoad_saysTheSameToTheBit(Architecture family, @TempDir Path folder)
      throws IOException {
    TrainedFusion fitted = family.fit(noise(20), SHORT);
    Path file = folder.resolve("noise.safetensors");
    fitted.save(file, PROVENANCE);
    TrainedFusion loaded = Fusion.load(file);
    assertEquals(family.name(), loaded.family());
    assertEquals(List.of("noise 1.0"), loaded.models());
    assertArrayEquals(fitted.weights().toBytes(), loaded.weights().toBytes());
    for (Example example : noise(7)) {
      assertArrayEquals(said(fitted, example), said(loaded, example));
    }
  }

  @Test
  void load_notWhatTheCardSays_isRefused(@TempDir Path folder) throws IOException {
    TrainedFusion fitted = EarlyFusion.DEFAULT.fit(noise(20), SHORT);
    Path file = folder.resolve("noise.safetensors");
    assertThrows(ModelException.class, () -> Fusion.load(file));
    fitted.save(file, PROVENANCE);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    assertTrue(
        assertThrows(ModelException.class, () -> Fusion.load(file)).getMessage().contains("SHA"));
    Provenance closed =
        new Provenance(
            "noise",
            "1.0",
            "CC-BY-NC-4.0",
            ModelCard.LicenceClass.NON_COMMERCIAL,
            "d",
            "l",
            true,
            "",
            "");
    fitted.save(file, closed);
    assertThrows(ModelException.class, () -> Fusion.load(file));
    assertEquals("early", Fusion.load(file, true).family());
  }

  @Test
  void restore_otherTensors_namesThemAndBothShapes() {
    Architecture family = new EarlyFusion(5, 0);
    Safetensors weights = family.fit(noise(20), SHORT).weights();
    Safetensors.Builder wrong = Safetensors.builder();
    weights.metadata().forEach(wrong::metadata);
    for (String name : weights.names()) {
      int[] shape = weights.shape(name);
      float[] values = weights.require(name, shape);
      if (name.equals("hidden.weight")) {
        int[] swapped = {shape[1], shape[0]};
        wrong.tensor(name, values, swapped);
      } else {
        wrong.tensor(name, values, shape);
      }
    }
    String message =
        assertThrows(ModelException.class, () -> family.restore(wrong.build())).getMessage();
    assertTrue(message.contains("hidden.weight") && message.contains("[5, "), message);
    Safetensors.Builder more = Safetensors.builder();
    weights.metadata().forEach(more::metadata);
    for (String name : weights.names()) {
      more.tensor(name, weights.require(name, weights.shape(name)), weights.shape(name));
    }
    more.tensor("surplus", new float[1], 1);
    message = assertThrows(ModelException.class, () -> family.restore(more.build())).getMessage();
    assertTrue(message.contains("surplus"), message);
    Safetensors.Builder bare = Safetensors.builder();
    weights.metadata().forEach(bare::metadata);
    assertThrows(ModelException.class, () -> family.restore(bare.build()));
    for (String key : weights.metadata().keySet()) {
      Safetensors.Builder odd = Safetensors.builder();
      weights.metadata().forEach((k, v) -> odd.metadata(k, k.equals(key) ? "?" : v));
      for (String name : weights.names()) {
        odd.tensor(name, weights.require(name, weights.shape(name)), weights.shape(name));
      }
      if (!key.equals(TrainedFusion.FAMILY)) { // which Fusion.load reads
        assertThrows(ModelException.class, () -> family.restore(odd.build()), key);
      }
    }
  }

  @Test
  void fit_badExamples_saysWhat() {
    Architecture family = EarlyFusion.DEFAULT;
    assertRefused(family, List.of(), "none");
    Example happy = Example.builder(TWO).features(FACE, 1, 2).label(Emotion.HAPPINESS);
    assertRefused(family, List.of(happy, happy), "happiness");
    Example three = Example.builder(TWO).features(FACE, 1, 2, 3).label(Emotion.SADNESS);
    assertRefused(family, List.of(happy, three), "2 and 3");
    Example nan = Example.builder(TWO).features(FACE, 1, Float.NaN).label(Emotion.SADNESS);
    assertRefused(family, List.of(happy, nan), "NaN");
    Example rated = Example.builder(TWO).features(FACE, 1, 2).affect(new Affect(0, 0, 0));
    assertRefused(family, List.of(happy, rated), "kind");
    Example empty = Example.builder(TWO).label(Emotion.SADNESS);
    Example none = Example.builder(TWO).label(Emotion.HAPPINESS);
    assertRefused(family, List.of(empty, none), "present");
    assertThrows(
        IllegalArgumentException.class,
        () -> Example.builder(TWO).features(FACE, 1).label(Emotion.ANGER));
    assertThrows(IllegalArgumentException.class, () -> Training.builder().patience(3).build());
    assertThrows(IllegalArgumentException.class, () -> new CrossAttentionFusion(6, 4, 1, 0));
    String large =
        assertThrows(
                IllegalArgumentException.class,
                () -> new TensorFusion(200, 8, 0).fit(noise(4), SHORT))
            .getMessage();
    assertTrue(large.contains("low-rank"), large);
  }

  private static void assertRefused(Architecture family, List<Example> examples, String why) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> family.fit(examples, SHORT))
            .getMessage();
    assertTrue(message.contains(why), message);
  }

  @Test
  void fuse_badFeatures_otherLengthIsRefusedAndNaNIsMissing() {
    TrainedFusion fitted = EarlyFusion.DEFAULT.fit(noise(20), SHORT);
    Example longer = Example.builder(TWO).features(FACE, 1, 2, 3).label(Emotion.SADNESS);
    String message =
        assertThrows(IllegalArgumentException.class, () -> said(fitted, longer)).getMessage();
    assertTrue(message.contains("2") && message.contains("3"), message);
    Example broken =
        Example.builder(TWO)
            .features(FACE, Float.NaN, 1)
            .features(TEXT, 1, 2, 3)
            .label(Emotion.SADNESS);
    Example without = Example.builder(TWO).features(TEXT, 1, 2, 3).label(Emotion.SADNESS);
    assertArrayEquals(said(fitted, without), said(fitted, broken));
    try (FusionSession session = fitted.open()) {
      Fused fused = new Fused();
      session.fuse(broken.window(), fused);
      assertEquals(Set.of(TEXT), fused.contributions().keySet());
      Fused nothing = new Fused();
      session.fuse(
          Example.builder(TWO).features(VOICE, 1, 2, 3, Float.NaN).label(Emotion.SADNESS).window(),
          nothing);
      assertTrue(nothing.distribution().isEmpty() && nothing.contributions().isEmpty());
    }
  }

  /** The mean vote is what a constant prediction learns: soft targets are not rounded. */
  @Test
  void fit_votes_learnsTheirMean() {
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      examples.add(
          Example.builder(TWO).features(FACE, i % 7 - 3).votes(Distribution.of(TWO, 0.7f, 0.3f)));
    }
    Training training = Training.builder().epochs(60).learningRate(1e-2).build();
    float[] p = said(new EarlyFusion(4, 0).fit(examples, training), examples.get(0));
    assertEquals(0.7f, p[0], 0.02f);
  }

  @Test
  void fit_balanced_hearsTheRareClass() {
    SplittableRandom random = new SplittableRandom(4);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      boolean rare = i % 10 == 0;
      float x = (float) (random.nextDouble() + random.nextDouble() + (rare ? 0.5 : 0));
      examples.add(
          Example.builder(TWO).features(FACE, x).label(rare ? Emotion.SADNESS : Emotion.HAPPINESS));
    }
    Training training = Training.builder().epochs(20).learningRate(1e-2).build();
    Example middle = Example.builder(TWO).features(FACE, 1.25f).label(Emotion.SADNESS);
    float plain = said(new EarlyFusion(4, 0).fit(examples, training), middle)[1];
    Training balanced = training.toBuilder().balanced(true).build();
    float heard = said(new EarlyFusion(4, 0).fit(examples, balanced), middle)[1];
    assertTrue(plain < 0.3 && heard > 0.35, plain + " " + heard);
  }

  @Test
  void fit_dimensions_followsThem() {
    Random random = new Random(8);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      float v = random.nextFloat() * 1.6f - 0.8f;
      float a = random.nextFloat() * 1.6f - 0.8f;
      examples.add(
          Example.builder(TWO)
              .features(FACE, v + 0.1f * (float) random.nextGaussian(), 1)
              .features(VOICE, a - v, 2 * v)
              .affect(new Affect(v, a, 0)));
    }
    Training training = Training.builder().epochs(30).learningRate(1e-2).build();
    TrainedFusion fitted = new EarlyFusion(16, 0).fit(examples.subList(0, 150), training);
    double error = 0;
    try (FusionSession session = fitted.open()) {
      for (Example example : examples.subList(150, 200)) {
        Fused fused = new Fused();
        session.fuse(example.window(), fused);
        Affect affect = fused.affect().orElseThrow();
        Target.Dimensions true1 = (Target.Dimensions) example.target();
        error += Math.abs(affect.valence() - true1.valence()) / 100;
        error += Math.abs(affect.arousal() - true1.arousal()) / 100;
      }
    }
    assertTrue(error < 0.15, "mean error " + error + "; a constant has 0.4");
  }

  @Test
  void fit_patience_stopsEarlyAndKeepsTheBest() {
    List<TrainingListener.Progress> heard = new ArrayList<>();
    Training training =
        Training.builder()
            .epochs(200)
            .learningRate(2e-2)
            .validation(0.3)
            .patience(3)
            .listener(heard::add)
            .build();
    EarlyFusion.DEFAULT.fit(noise(60), training);
    assertTrue(heard.size() < 200, "noise must overfit, ran " + heard.size());
    assertTrue(heard.get(heard.size() - 4).best());
    double least =
        heard.stream().mapToDouble(TrainingListener.Progress::validationLoss).min().orElseThrow();
    assertEquals(least, heard.get(heard.size() - 4).validationLoss());
  }

  @Test
  void byGroup_anyK_dividesGroups() {
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      examples.add(
          Example.builder(TWO).features(FACE, i).group("g" + i % 9).label(Emotion.SADNESS));
    }
    Set<Example> tested = new HashSet<>();
    for (Fold fold : Fold.byGroup(examples, 4, 3)) {
      Set<String> left = new HashSet<>();
      fold.training().forEach(example -> left.add(example.group()));
      fold.test().forEach(example -> assertTrue(!left.contains(example.group())));
      tested.addAll(fold.test());
      assertEquals(50, fold.training().size() + fold.test().size());
    }
    assertEquals(50, tested.size());
    assertThrows(IllegalArgumentException.class, () -> Fold.byGroup(examples, 10, 3));
  }

  /** What fits in the memory of the windows before allocates nothing. */
  @ParameterizedTest
  @MethodSource("families")
  void outputs_sameSizesAgain_allocateNothing(Architecture family) {
    Example example = GradientTest.example(1, 6, 4, 5);
    Inputs inputs = Inputs.of(List.of(example));
    Network network = family.network(inputs, 2, Parameters.drawn(1));
    Streams streams = new Streams(inputs);
    streams.load(example.window());
    Tape tape = Tape.forUse();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    long bytes = Long.MAX_VALUE;
    float sum = 0;
    for (int round = 0; round < 5 && bytes > 0; round++) { // the first rounds are interpreted
      long before = threads.getThreadAllocatedBytes(thread);
      for (int i = 0; i < 1000; i++) {
        tape.rewind();
        sum += network.outputs(tape, streams).value[0];
      }
      bytes = threads.getThreadAllocatedBytes(thread) - before;
    }
    assertTrue(Float.isFinite(sum));
    assertEquals(0, bytes);
  }

  /** In use attention is fused and in training it is not: both are the same function. */
  @Test
  void outputs_inUseAndInTraining_agree() {
    Example example = GradientTest.example(1, 6, 4, 5);
    Inputs inputs = Inputs.of(List.of(example));
    Parameters parameters = Parameters.drawn(1);
    Network network = new CrossAttentionFusion(8, 2, 2, 0).network(inputs, 2, parameters);
    Streams streams = new Streams(inputs);
    streams.load(example.window());
    Node use = network.outputs(Tape.forUse(), streams);
    Node training = network.outputs(Tape.forTraining(new float[parameters.size()]), streams);
    assertEquals(use.value(0, 0), training.value(0, 0), 1e-5f);
    assertEquals(use.value(0, 1), training.value(0, 1), 1e-5f);
  }

  @Test
  void fuse_quality_movesAttention() {
    TrainedFusion fitted = new CrossAttentionFusion(8, 2, 1, 0).fit(noise(40), SHORT);
    double[] share = new double[2];
    for (int i = 0; i < 2; i++) {
      Example example =
          Example.builder(TWO)
              .at(FACE, 0, Evidence.Present.builder(i == 0 ? 1 : 0.1f).embedding(1, 1).build())
              .at(TEXT, 0, Evidence.Present.builder(1).embedding(1, 1, 1).build())
              .label(Emotion.SADNESS);
      try (FusionSession session = fitted.open()) {
        Fused fused = new Fused();
        session.fuse(example.window(), fused);
        share[i] = fused.contributions().get(FACE).weight();
      }
    }
    double odds = share[0] / (1 - share[0]) / (share[1] / (1 - share[1]));
    assertEquals(10, odds, 0.01); // attention is proportional to quality
  }
}
