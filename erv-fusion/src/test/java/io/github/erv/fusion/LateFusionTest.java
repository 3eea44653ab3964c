package io.github.erv.fusion;

import static io.github.erv.Modality.FACE;
import static io.github.erv.Modality.TEXT;
import static io.github.erv.Modality.VOICE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.Evidence;
import io.github.erv.Fused;
import io.github.erv.FusionSession;
import io.github.erv.FusionStrategy;
import io.github.erv.FusionWindow;
import io.github.erv.Modality;
import io.github.erv.Observation;
import io.github.erv.Subject;
import io.github.erv.emotion.Affect;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.media.TimeSpan;
import io.github.erv.spi.FusionProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LateFusionTest {
  /** A float probability computed in doubles, then divided by a sum that is 1 to a few ulps. */
  private static final double TOLERANCE = 1e-6;

  /** What the floor of 1e-4 for each of seven classes can shift. */
  private static final double FLOORED = 7e-4;

  private static final LabelSet LABELS = LabelSet.EKMAN_7;

  private static Evidence.Present says(double quality, Distribution distribution) {
    return Evidence.Present.of(distribution, (float) quality);
  }

  private static Distribution over(double... weights) {
    float[] floats = new float[weights.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) weights[i];
    }
    return Distribution.proportionalTo(LABELS, floats);
  }

  /** A distribution that knows only the classes with a weight above 0. */
  private static Distribution knowing(double... weights) {
    float[] p = new float[weights.length];
    boolean[] support = new boolean[weights.length];
    double sum = 0;
    for (double weight : weights) {
      sum += weight;
    }
    for (int i = 0; i < p.length; i++) {
      support[i] = weights[i] > 0;
      p[i] = (float) (weights[i] / sum);
    }
    return Distribution.of(LABELS, p, support);
  }

  private static Distribution draw(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] weights = new double[LABELS.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = random.nextDouble(0.01, 1);
    }
    return over(weights);
  }

  private static Fused fuse(FusionStrategy strategy, Map<Modality, Evidence.Present> said) {
    List<Observation> observations = new ArrayList<>();
    said.forEach(
        (modality, evidence) ->
            observations.add(
                Observation.of(modality, Subject.face(1), TimeSpan.at(900), evidence)));
    FusionWindow window =
        new FusionWindow(
            LABELS,
            Subject.face(1),
            new TimeSpan(0, 1000),
            new TimeSpan(750, 1000),
            Set.of(FACE, VOICE, TEXT),
            observations);
    try (strategy;
        FusionSession session = strategy.open()) {
      Fused fused = new Fused();
      session.fuse(window, fused);
      return fused;
    }
  }

  private static Distribution fused(Map<Modality, Evidence.Present> said) {
    return fuse(LateFusion.EQUAL, said).distribution().orElseThrow();
  }

  private static void assertClose(Distribution expected, Distribution actual, double tolerance) {
    for (Emotion emotion : LABELS) {
      assertEquals(
          expected.probability(emotion), actual.probability(emotion), tolerance, emotion::name);
      assertEquals(expected.supports(emotion), actual.supports(emotion));
    }
  }

  /** The normalised product of powers, in doubles. */
  private static Distribution pool(Distribution one, double a, Distribution other, double b) {
    double[] product = new double[LABELS.size()];
    for (int e = 0; e < product.length; e++) {
      product[e] = Math.pow(one.probability(e), a) * Math.pow(other.probability(e), b);
    }
    return over(product);
  }

  @Property
  void fuse_equalQuality_isTheGeometricMean(@ForAll long seed) {
    Distribution face = draw(seed);
    Distribution voice = draw(~seed);
    Fused fused = fuse(LateFusion.EQUAL, Map.of(FACE, says(0.8, face), VOICE, says(0.8, voice)));
    assertClose(pool(face, 0.5, voice, 0.5), fused.distribution().orElseThrow(), TOLERANCE);
    assertEquals(0.5f, fused.contributions().get(FACE).weight(), TOLERANCE);
    assertEquals(0.8f, fused.contributions().get(VOICE).reliability());
  }

  @Property
  void fuse_otherQuality_sharesAreInProportion(
      @ForAll long seed,
      @ForAll @DoubleRange(min = 0.05, max = 1) double qualityOfFace,
      @ForAll @DoubleRange(min = 0.05, max = 1) double qualityOfVoice) {
    Distribution face = draw(seed);
    Distribution voice = draw(~seed);
    double share =
        (float) qualityOfFace / ((float) qualityOfFace + (double) (float) qualityOfVoice);
    Fused fused =
        fuse(
            LateFusion.EQUAL,
            Map.of(FACE, says(qualityOfFace, face), VOICE, says(qualityOfVoice, voice)));
    assertClose(pool(face, share, voice, 1 - share), fused.distribution().orElseThrow(), TOLERANCE);
    assertEquals(share, fused.contributions().get(FACE).weight(), TOLERANCE);
    assertEquals(1 - share, fused.contributions().get(VOICE).weight(), TOLERANCE);
  }

  @Property
  void fuse_twoWhoAgree_isWhatTheySay(
      @ForAll long seed, @ForAll @DoubleRange(min = 0, max = 1) double quality) {
    Distribution both = draw(seed);
    assertClose(both, fused(Map.of(FACE, says(0.7, both), VOICE, says(quality, both))), TOLERANCE);
  }

  @Property
  void fuse_threeModalities_whoSaidWhatDoesNotMatter(@ForAll long seed) {
    Evidence.Present a = says(0.9, draw(seed));
    Evidence.Present b = says(0.5, draw(seed + 1));
    Evidence.Present c = says(0.2, draw(seed + 2));
    Distribution one = fused(Map.of(FACE, a, VOICE, b, TEXT, c));
    assertClose(one, fused(Map.of(FACE, b, VOICE, c, TEXT, a)), TOLERANCE);
    assertClose(one, fused(Map.of(FACE, c, VOICE, b, TEXT, a)), TOLERANCE);
  }

  @Property
  void fuse_anySupports_isADistributionOverTheirUnion(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Map<Modality, Evidence.Present> said = new TreeMap<>();
    boolean[] known = new boolean[LABELS.size()];
    for (Modality modality : List.of(FACE, VOICE, TEXT)) {
      double[] weights = new double[LABELS.size()];
      weights[random.nextInt(weights.length)] = 1;
      for (int e = 0; e < weights.length; e++) {
        weights[e] += random.nextInt(2) * random.nextDouble();
        known[e] |= weights[e] > 0;
      }
      said.put(modality, says(random.nextInt(5) / 4.0, knowing(weights)));
    }
    Fused fused = fuse(LateFusion.EQUAL, said);
    Distribution distribution = fused.distribution().orElseThrow();
    for (int e = 0; e < known.length; e++) {
      assertEquals(known[e], distribution.supports(e));
    }
    double shares = fused.contributions().values().stream().mapToDouble(c -> c.weight()).sum();
    assertEquals(1, shares, TOLERANCE);
  }

  @Test
  void fuse_oneAlone_isReturnedAsItIsWhateverItsQuality() {
    for (double quality : new double[] {1, 0.3, 0}) {
      Distribution voice = knowing(0.2, 0.7, 0, 0.1, 0, 0, 0);
      Fused fused = fuse(LateFusion.EQUAL, Map.of(VOICE, says(quality, voice)));
      assertEquals(Optional.of(voice), fused.distribution());
      assertEquals(Set.of(VOICE), fused.contributions().keySet());
      assertEquals(1, fused.contributions().get(VOICE).weight());
      assertEquals((float) quality, fused.contributions().get(VOICE).reliability());
    }
  }

  @Test
  void fuse_unreadableFace_voiceDecides() {
    Distribution face = Distribution.certain(LABELS, Emotion.ANGER);
    Distribution voice = draw(1);
    Fused fused = fuse(LateFusion.EQUAL, Map.of(FACE, says(0, face), VOICE, says(0.4, voice)));
    assertClose(voice, fused.distribution().orElseThrow(), FLOORED);
    assertEquals(0, fused.contributions().get(FACE).weight());
    assertEquals(1, fused.contributions().get(VOICE).weight());
  }

  @Test
  void fuse_nothingReadable_allCountAlike() {
    Distribution face = draw(1);
    Distribution voice = draw(2);
    assertClose(
        pool(face, 0.5, voice, 0.5),
        fused(Map.of(FACE, says(0, face), VOICE, says(0, voice))),
        TOLERANCE);
  }

  @Test
  void fuse_voiceNeverHeardOfSurprise_surprisedFaceKeepsItsSurprise() {
    Distribution face = over(0.02, 0.02, 0.9, 0.02, 0.02, 0.01, 0.01);
    Distribution voice = knowing(0.6, 0.1, 0, 0.1, 0.1, 0.05, 0.05);
    Distribution both = fused(Map.of(FACE, says(0.9, face), VOICE, says(0.9, voice)));
    assertEquals(Emotion.SURPRISE, both.top());
    assertTrue(both.probability(Emotion.SURPRISE) >= 0.9, both::toString);
    // what both know is pooled as if surprise were not there
    double neutral = Math.sqrt(0.02 * 0.6);
    double sadness = Math.sqrt(0.02 * 0.1);
    assertEquals(
        neutral / sadness,
        both.probability(Emotion.NEUTRAL) / both.probability(Emotion.SADNESS),
        1e-4);
  }

  @Test
  void fuse_aLittleSurpriseThatTheVoiceDoesNotKnow_staysALittle() {
    Distribution face = over(0.85, 0.02, 0.05, 0.02, 0.02, 0.02, 0.02);
    Distribution voice = knowing(0.9, 0.02, 0, 0.02, 0.02, 0.02, 0.02);
    Distribution both = fused(Map.of(FACE, says(1, face), VOICE, says(1, voice)));
    assertEquals(0.05, both.probability(Emotion.SURPRISE), 0.005);
    assertEquals(Emotion.NEUTRAL, both.top());
  }

  @Test
  void fuse_disjointSupports_eachKeepsItsShare() {
    Distribution face = knowing(0.75, 0.25, 0, 0, 0, 0, 0);
    Distribution voice = knowing(0, 0, 0, 0.5, 0.5, 0, 0);
    Fused fused = fuse(LateFusion.EQUAL, Map.of(FACE, says(0.9, face), VOICE, says(0.3, voice)));
    Distribution both = fused.distribution().orElseThrow();
    assertClose(knowing(0.5625, 0.1875, 0, 0.125, 0.125, 0, 0), both, TOLERANCE);
    assertEquals(0.75, fused.contributions().get(FACE).weight(), TOLERANCE);
  }

  @Test
  void fuse_classNobodyKnows_staysOutsideTheSupport() {
    Distribution narrow = knowing(0.5, 0.25, 0, 0.25, 0, 0, 0);
    assertClose(narrow, fused(Map.of(FACE, says(1, narrow), VOICE, says(0.5, narrow))), TOLERANCE);
  }

  @Test
  void fuse_certainAndContrary_neitherIsAVeto() {
    Distribution both =
        fused(
            Map.of(
                FACE, says(1, Distribution.certain(LABELS, Emotion.ANGER)),
                VOICE, says(1, Distribution.certain(LABELS, Emotion.FEAR))));
    assertEquals(both.probability(Emotion.ANGER), both.probability(Emotion.FEAR));
    assertTrue(both.probability(Emotion.ANGER) > 0.45, both::toString);
  }

  @Test
  void fuse_weightForOneEmotion_countsThere() {
    LateFusion strategy =
        LateFusion.builder().weight(FACE, 2).weight(VOICE, Emotion.SADNESS, 6).build();
    assertEquals(2, strategy.weight(FACE, Emotion.SADNESS));
    assertEquals(6, strategy.weight(VOICE, Emotion.SADNESS));
    assertEquals(1, strategy.weight(VOICE, Emotion.ANGER));
    Distribution face = draw(3);
    Distribution voice = draw(4);
    double[] expected = new double[LABELS.size()];
    for (int e = 0; e < expected.length; e++) {
      double share = LABELS.get(e).equals(Emotion.SADNESS) ? 2 / 8.0 : 2 / 3.0;
      expected[e] =
          Math.pow(face.probability(e), share) * Math.pow(voice.probability(e), 1 - share);
    }
    assertClose(
        over(expected),
        fuse(strategy, Map.of(FACE, says(1, face), VOICE, says(1, voice)))
            .distribution()
            .orElseThrow(),
        TOLERANCE);
  }

  @Test
  void fuse_allWeightsScaled_changesNothing() {
    Map<Modality, Evidence.Present> said =
        Map.of(FACE, says(0.9, draw(5)), VOICE, says(0.4, draw(6)));
    LateFusion scaled = LateFusion.builder().weight(FACE, 16).weight(VOICE, 16).build();
    assertClose(fused(said), fuse(scaled, said).distribution().orElseThrow(), TOLERANCE);
  }

  @Test
  void fuse_allWeightsZero_allCountAlike() {
    Distribution face = draw(7);
    Distribution voice = draw(8);
    LateFusion strategy = LateFusion.builder().weight(FACE, 0).weight(VOICE, 0).build();
    assertClose(
        pool(face, 0.5, voice, 0.5),
        fuse(strategy, Map.of(FACE, says(1, face), VOICE, says(0.5, voice)))
            .distribution()
            .orElseThrow(),
        TOLERANCE);
  }

  @Test
  void fuse_affects_areAveragedWithTheSameShares() {
    Evidence.Present face = Evidence.Present.builder(0.75f).affect(new Affect(1, 0, -1)).build();
    Evidence.Present voice = Evidence.Present.builder(0.25f).affect(new Affect(-1, 1, -1)).build();
    Fused fused = fuse(LateFusion.EQUAL, Map.of(FACE, face, VOICE, voice));
    assertEquals(Optional.of(new Affect(0.5f, 0.25f, -1)), fused.affect());
    assertEquals(Optional.empty(), fused.distribution());
    assertEquals(0.75f, fused.contributions().get(FACE).weight());
    assertEquals(0.25f, fused.contributions().get(VOICE).weight());
  }

  @Test
  void fuse_onlyOneNamesEmotions_itsDistributionIsReturned() {
    Distribution said = draw(9);
    Evidence.Present mute = Evidence.Present.builder(1).embedding(1, 2).build();
    Fused fused = fuse(LateFusion.EQUAL, Map.of(FACE, says(0.5, said), VOICE, mute));
    assertEquals(Optional.of(said), fused.distribution());
    assertEquals(Set.of(FACE), fused.contributions().keySet());
    Fused uninformed =
        fuse(
            LateFusion.EQUAL,
            Map.of(FACE, says(0.5, said), VOICE, says(1, Distribution.uninformed(LABELS))));
    assertEquals(Optional.of(said), uninformed.distribution());
  }

  @Test
  void fuse_nothingSaid_isNothing() {
    Fused fused =
        fuse(LateFusion.EQUAL, Map.of(FACE, Evidence.Present.builder(1).embedding(1).build()));
    assertEquals(Optional.empty(), fused.distribution());
    assertEquals(Optional.empty(), fused.affect());
    assertEquals(Map.of(), fused.contributions());
  }

  @Property
  void fuse_linear_isTheWeightedMean(
      @ForAll long seed, @ForAll @DoubleRange(min = 0.05, max = 1) double quality) {
    Distribution face = draw(seed);
    Distribution voice = draw(~seed);
    double share = 3 / (3 + (double) (float) quality);
    double[] mean = new double[LABELS.size()];
    for (int e = 0; e < mean.length; e++) {
      mean[e] = share * face.probability(e) + (1 - share) * voice.probability(e);
    }
    LateFusion linear = LateFusion.builder().linear().weight(FACE, 3).build();
    Fused fused = fuse(linear, Map.of(FACE, says(1, face), VOICE, says(quality, voice)));
    assertClose(over(mean), fused.distribution().orElseThrow(), TOLERANCE);
    assertEquals(share, fused.contributions().get(FACE).weight(), TOLERANCE);
  }

  @Test
  void fuse_linearVoiceNeverHeardOfSurprise_surprisedFaceKeepsItsSurprise() {
    Distribution face = over(0.02, 0.02, 0.9, 0.02, 0.02, 0.01, 0.01);
    Distribution voice = knowing(0.6, 0.1, 0, 0.1, 0.1, 0.05, 0.05);
    Distribution both =
        fuse(
                LateFusion.builder().linear().build(),
                Map.of(FACE, says(1, face), VOICE, says(1, voice)))
            .distribution()
            .orElseThrow();
    assertEquals(0.9, both.probability(Emotion.SURPRISE), TOLERANCE);
    // the voice has a tenth left for what it knows
    assertEquals((0.02 + 0.06) / 2, both.probability(Emotion.NEUTRAL), TOLERANCE);
  }

  @Property
  void fuse_temperature_isAPowerOfThePool(
      @ForAll long seed, @ForAll @DoubleRange(min = 0.2, max = 5) double temperature) {
    Map<Modality, Evidence.Present> said =
        Map.of(FACE, says(1, draw(seed)), VOICE, says(1, draw(~seed)));
    Distribution plain = fused(said);
    double[] power = new double[LABELS.size()];
    for (int e = 0; e < power.length; e++) {
      power[e] = Math.pow(plain.probability(e), 1 / temperature);
    }
    LateFusion tempered = LateFusion.builder().temperature(temperature).build();
    // a float probability of relative error 2^-24, raised to at most the fifth power
    assertClose(over(power), fuse(tempered, said).distribution().orElseThrow(), TOLERANCE);
    assertEquals(
        said.get(FACE).distribution(),
        fuse(tempered, Map.of(FACE, said.get(FACE))).distribution(),
        "one alone is returned as it is");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void temperature_outOfRange_isRefusedWithActual(double bad) {
    LateFusion.Builder builder = LateFusion.builder();
    String message =
        assertThrows(IllegalArgumentException.class, () -> builder.temperature(bad)).getMessage();
    assertTrue(message.contains("" + bad), message);
  }

  @Test
  void late_defaults_weighAsPeopleDo() {
    LateFusion late = Fusion.late();
    double face = 0;
    for (Emotion emotion : LabelSet.EKMAN_7) {
      if (!emotion.equals(Emotion.SURPRISE)) {
        double both = late.weight(FACE, emotion) + late.weight(VOICE, emotion);
        assertEquals(2, both, TOLERANCE, emotion.name());
        assertTrue(late.weight(FACE, Emotion.HAPPINESS) >= late.weight(FACE, emotion));
        face += late.weight(FACE, emotion) / 6;
      }
    }
    assertEquals(face, late.weight(FACE, Emotion.SURPRISE), TOLERANCE, "not rated: the mean");
    assertEquals(face, late.weight(FACE, Emotion.CONTEMPT), TOLERANCE, "not rated: the mean");
    assertEquals(1, late.weight(TEXT, Emotion.ANGER));
    assertEquals(1, late.temperature());
    assertEquals(List.of("cremad-late 1.0"), late.models());
    assertEquals(List.of(), LateFusion.builder().build().models());
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY})
  void weight_outOfRange_isRefusedWithActual(double bad) {
    for (Runnable setter :
        List.<Runnable>of(
            () -> LateFusion.builder().weight(FACE, bad),
            () -> LateFusion.builder().weight(FACE, Emotion.FEAR, bad))) {
      String message = assertThrows(IllegalArgumentException.class, setter::run).getMessage();
      assertTrue(message.contains("" + bad), message);
    }
  }

  @Test
  void provider_isFoundByTheServiceLoader() {
    List<FusionProvider> providers = new ArrayList<>();
    ServiceLoader.load(FusionProvider.class).forEach(providers::add);
    assertEquals(1, providers.size());
    assertInstanceOf(LateFusion.class, providers.get(0).create());
  }
}
