package io.github.erv.classical;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.management.ThreadMXBean;
import io.github.erv.classical.SupportVectorMachine.Scheme;
import io.github.erv.error.ModelException;
import io.github.erv.tensor.Safetensors;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against scikit-learn; machines.py beside the figures made them. */
class SupportVectorMachineTest {
  /** libsvm stops coupling when it is this near to the solution. */
  private static final double LIBSVM_STOPS = 0.005;

  /** Of a decision, relative to the sizes of its terms: some hundred roundings of a float. */
  private static final double FLOAT = 100 * Math.ulp(1f);

  private static final JsonObject REFERENCE = reference();

  private static JsonObject reference() {
    try (InputStream in =
        Objects.requireNonNull(
            SupportVectorMachineTest.class.getResourceAsStream("machines.json"))) {
      return JsonParser.parseReader(new InputStreamReader(in, UTF_8)).getAsJsonObject();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static List<JsonObject> pairwise() {
    return REFERENCE.getAsJsonArray("pairwise").asList().stream()
        .map(JsonElement::getAsJsonObject)
        .toList();
  }

  private static double[] doubles(JsonElement array) {
    return array.getAsJsonArray().asList().stream().mapToDouble(JsonElement::getAsDouble).toArray();
  }

  private static float[] floats(JsonElement array) {
    double[] values = doubles(array);
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static int[] ints(JsonElement array) {
    return array.getAsJsonArray().asList().stream().mapToInt(JsonElement::getAsInt).toArray();
  }

  private static SupportVectorMachine machine(JsonObject json) {
    SupportVectorMachine.Builder builder =
        json.get("kernel").getAsString().equals("rbf")
            ? SupportVectorMachine.pairwiseRadial(
                json.get("gamma").getAsDouble(),
                ints(json.get("counts")),
                floats(json.get("supports")),
                doubles(json.get("dual")),
                floats(json.get("intercepts")))
            : SupportVectorMachine.pairwiseLinear(
                ints(json.get("counts")),
                floats(json.get("supports")),
                doubles(json.get("dual")),
                floats(json.get("intercepts")));
    return builder
        .standardised(floats(json.get("mean")), floats(json.get("deviation")))
        .sigmoids(floats(json.get("slopes")), floats(json.get("offsets")))
        .build();
  }

  private static SupportVectorMachine rest() {
    JsonObject json = REFERENCE.getAsJsonObject("oneVsRest");
    return SupportVectorMachine.linear(
            Scheme.ONE_VS_REST, 3, floats(json.get("weights")), floats(json.get("intercepts")))
        .standardised(floats(json.get("mean")), floats(json.get("deviation")))
        .temperature(json.get("temperature").getAsFloat())
        .build();
  }

  private static SupportVectorMachine again(SupportVectorMachine machine) {
    Safetensors.Builder file = Safetensors.builder().metadata("other", "is left alone");
    machine.writeInto(file);
    return SupportVectorMachine.read(Safetensors.parse(file.build().toBytes(), "test"));
  }

  @ParameterizedTest
  @MethodSource("pairwise")
  void pairwise_agreesWithScikitLearn(JsonObject json) {
    double size = Arrays.stream(doubles(json.get("dual"))).map(Math::abs).sum();
    if (json.get("kernel").getAsString().equals("linear")) { // products, not likenesses up to 1
      size *= 30;
    }
    for (SupportVectorMachine machine : List.of(machine(json), again(machine(json)))) {
      assertAgrees(json, machine, size * FLOAT);
      SupportVectorMachine.Session session = machine.open();
      float[] p = new float[machine.classes()];
      for (int i = 0; i < json.getAsJsonArray("inputs").size(); i++) {
        session.probabilitiesInto(floats(json.getAsJsonArray("inputs").get(i)), 0, p, 0);
        double[] libsvm = doubles(json.getAsJsonArray("probabilities").get(i));
        for (int c = 0; c < p.length; c++) {
          assertEquals(libsvm[c], p[c], LIBSVM_STOPS, json.get("name") + " input " + i);
        }
      }
    }
  }

  @Test
  void oneVsRest_agreesWithScikitLearn() {
    for (SupportVectorMachine machine : List.of(rest(), again(rest()))) {
      assertAgrees(REFERENCE.getAsJsonObject("oneVsRest"), machine, 10 * FLOAT);
    }
  }

  private static void assertAgrees(
      JsonObject json, SupportVectorMachine machine, double tolerance) {
    SupportVectorMachine.Session session = machine.open();
    int offset = 2;
    float[] decisions = new float[offset + machine.functions()];
    float[] p = new float[offset + machine.classes()];
    for (int i = 0; i < json.getAsJsonArray("inputs").size(); i++) {
      float[] input = floats(json.getAsJsonArray("inputs").get(i));
      float[] shifted = new float[input.length + 1];
      System.arraycopy(input, 0, shifted, 1, input.length);
      session.decisionsInto(shifted, 1, decisions, offset);
      double[] expected = doubles(json.getAsJsonArray("decisions").get(i));
      for (int f = 0; f < expected.length; f++) {
        assertEquals(expected[f], decisions[offset + f], tolerance, "input " + i);
      }
      assertEquals(ints(json.get("classes"))[i], session.classify(shifted, 1), "input " + i);
      session.probabilitiesInto(shifted, 1, p, offset);
      double[] coupled = doubles(json.getAsJsonArray("coupled").get(i));
      for (int c = 0; c < coupled.length; c++) {
        assertEquals(coupled[c], p[offset + c], 3 * tolerance + 1e-6, "input " + i);
      }
    }
  }

  /** Probabilities of pairs that come from probabilities of classes give those back. */
  @Property(tries = 200)
  void coupling_consistentPairs_areSolved(
      @ForAll @IntRange(min = 2, max = 9) int classes, @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] p = random.doubles(classes, 0.01, 1).toArray();
    double sum = Arrays.stream(p).sum();
    PairwiseCoupling coupling = new PairwiseCoupling(classes);
    for (int i = 0; i < classes; i++) {
      for (int j = i + 1; j < classes; j++) {
        coupling.pair(i, j, p[i] / (p[i] + p[j]));
      }
    }
    coupling.couple();
    for (int c = 0; c < classes; c++) {
      assertEquals(p[c] / sum, coupling.probability(c), 1e-6);
    }
  }

  /** Any pairs, contradicting ones and certain ones too. */
  @Property(tries = 200)
  void coupling_anyPairs_isADistribution(
      @ForAll @IntRange(min = 2, max = 9) int classes, @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    PairwiseCoupling coupling = new PairwiseCoupling(classes);
    for (int i = 0; i < classes; i++) {
      for (int j = i + 1; j < classes; j++) {
        double p = random.nextInt(3) == 0 ? random.nextInt(2) : random.nextDouble();
        coupling.pair(i, j, Math.max(1e-7, Math.min(1 - 1e-7, p)));
      }
    }
    coupling.couple();
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      assertTrue(coupling.probability(c) >= 0, "seed " + seed);
      sum += coupling.probability(c);
    }
    assertEquals(1, sum, 1e-9);
  }

  @Test
  void features_notFiniteOrAbsurd_countAsMeanOrLimit() {
    for (SupportVectorMachine machine : List.of(machine(pairwise().get(1)), rest())) {
      SupportVectorMachine.Session session = machine.open();
      float[] mean =
          floats(
              (machine.features() == 5 && machine.classes() == 4
                      ? pairwise().get(1)
                      : REFERENCE.getAsJsonObject("oneVsRest"))
                  .get("mean"));
      float[] atMean = new float[machine.functions()];
      float[] broken = new float[machine.functions()];
      session.decisionsInto(mean, 0, atMean, 0);
      for (float odd : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
        float[] in = mean.clone();
        in[2] = odd;
        session.decisionsInto(in, 0, broken, 0);
        assertArrayEquals(atMean, broken);
      }
      float[] p = new float[machine.classes()];
      for (float odd : new float[] {Float.MAX_VALUE, -1e30f}) {
        float[] in = new float[mean.length];
        Arrays.fill(in, odd);
        session.probabilitiesInto(in, 0, p, 0);
        float sum = 0;
        for (float value : p) {
          assertTrue(value >= 0 && value <= 1, Arrays.toString(p));
          sum += value;
        }
        assertEquals(1, sum, 1e-5);
      }
    }
  }

  @Test
  void standardised_deviationOfZero_leavesTheFeatureOut() {
    SupportVectorMachine.Session session =
        SupportVectorMachine.linear(
                Scheme.ONE_VS_REST, 2, new float[] {1, 2, 3, 4}, new float[] {5, 6})
            .standardised(new float[] {0, 0}, new float[] {0, 0.5f})
            .build()
            .open();
    float[] decisions = new float[2];
    session.decisionsInto(new float[] {77, 1}, 0, decisions, 0);
    assertArrayEquals(new float[] {2 * 2 + 5, 4 * 2 + 6}, decisions);
  }

  @Test
  void sessions_warm_allocateNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long self = Thread.currentThread().getId();
    SupportVectorMachine machine = machine(pairwise().get(1));
    SupportVectorMachine.Session session = machine.open();
    float[] input = floats(pairwise().get(1).getAsJsonArray("inputs").get(0));
    float[] p = new float[machine.classes()];
    long bytes = Long.MAX_VALUE;
    long start = System.nanoTime();
    while (bytes != 0 && System.nanoTime() - start < 10e9) { // until it is compiled
      long before = threads.getThreadAllocatedBytes(self);
      for (int i = 0; i < 1_000; i++) {
        session.probabilitiesInto(input, 0, p, 0);
        session.classify(input, 0);
      }
      bytes = threads.getThreadAllocatedBytes(self) - before;
    }
    assertEquals(0, bytes);
  }

  @Test
  void build_badValues_sayWhatIsWrong() {
    assertSays("3 classes ONE_VS_ONE have 3", () -> linear(Scheme.ONE_VS_ONE, 3, 6, 2));
    assertSays("from 2 to 1000, were 1", () -> linear(Scheme.ONE_VS_REST, 1, 2, 1));
    assertSays("one length", () -> linear(Scheme.ONE_VS_REST, 3, 7, 3));
    assertSays(
        "NaN",
        () ->
            SupportVectorMachine.linear(
                Scheme.ONE_VS_REST, 2, new float[] {1, Float.NaN}, new float[2]));
    for (double gamma : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY, 1e-60}) {
      assertSays(
          "gamma",
          () ->
              SupportVectorMachine.pairwiseRadial(
                  gamma, new int[] {1, 1}, new float[4], new double[2], new float[1]));
    }
    assertSays(
        "need 2 coefficients, had 3",
        () ->
            SupportVectorMachine.pairwiseLinear(
                new int[] {1, 1}, new float[4], new double[3], new float[1]));
    assertSays(
        "at least 0",
        () -> linear(Scheme.ONE_VS_REST, 2, 4, 2).standardised(new float[2], new float[] {1, -1}));
    assertSays(
        "must be 2 means",
        () -> linear(Scheme.ONE_VS_REST, 2, 4, 2).standardised(new float[3], new float[2]));
    assertSays("temperature", () -> linear(Scheme.ONE_VS_REST, 2, 4, 2).temperature(Float.NaN));
    assertThrows(
        IllegalStateException.class, () -> linear(Scheme.ONE_VS_ONE, 2, 4, 1).temperature(1));
    assertThrows(
        IllegalStateException.class,
        () -> linear(Scheme.ONE_VS_REST, 2, 4, 2).sigmoids(new float[2], new float[2]));
    SupportVectorMachine bare = linear(Scheme.ONE_VS_ONE, 2, 4, 1).build();
    assertFalse(bare.probabilistic());
    SupportVectorMachine.Session session = bare.open();
    assertThrows(
        IllegalStateException.class,
        () -> session.probabilitiesInto(new float[4], 0, new float[2], 0));
    assertThrows(IndexOutOfBoundsException.class, () -> session.classify(new float[4], 1));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> session.decisionsInto(new float[4], 0, new float[0], 0));
  }

  private static SupportVectorMachine.Builder linear(
      Scheme scheme, int classes, int weights, int intercepts) {
    return SupportVectorMachine.linear(scheme, classes, new float[weights], new float[intercepts]);
  }

  private static void assertSays(String part, Runnable build) {
    String message = assertThrows(IllegalArgumentException.class, build::run).getMessage();
    assertTrue(message.contains(part), message);
  }

  @Test
  void read_damaged_saysWhatIsWrong() {
    Safetensors.Builder whole = Safetensors.builder();
    machine(pairwise().get(1)).writeInto(whole);
    Safetensors good = whole.build();
    for (String name : good.names()) {
      if (!name.equals("svm.sigmoids")) { // without them there are no probabilities
        assertReadFails(name, changed(good, name, -1));
      }
      assertReadFails("", changed(good, name, 0)); // the wrong shape
      assertReadFails("finite", changed(good, name, 1));
    }
    for (String key : List.of("svm.scheme", "svm.classes", "svm.gamma")) {
      for (String bad : List.of("", "-3", "NaN", "1e60")) {
        Safetensors.Builder other = Safetensors.builder();
        good.names().forEach(n -> other.tensor(n, good.require(n, good.shape(n)), good.shape(n)));
        good.metadata().forEach((k, v) -> other.metadata(k, k.equals(key) ? bad : v));
        assertReadFails("", other.build());
      }
    }
    assertReadFails("svm.scheme", Safetensors.builder().build());
  }

  /** Without a tensor, with another shape, or with a value that is not a number. */
  private static Safetensors changed(Safetensors good, String name, int how) {
    Safetensors.Builder other = Safetensors.builder();
    good.metadata().forEach(other::metadata);
    for (String each : good.names()) {
      int[] shape = good.shape(each);
      float[] values = good.require(each, shape);
      if (!each.equals(name)) {
        other.tensor(each, values, shape);
      } else if (how == 0) {
        other.tensor(each, Arrays.copyOf(values, values.length - 1), values.length - 1);
      } else if (how == 1) {
        values[values.length / 2] = Float.NaN;
        other.tensor(each, values, shape);
      }
    }
    return other.build();
  }

  private static void assertReadFails(String part, Safetensors file) {
    String message =
        assertThrows(ModelException.class, () -> SupportVectorMachine.read(file)).getMessage();
    assertTrue(message.contains(part), message);
  }
}
