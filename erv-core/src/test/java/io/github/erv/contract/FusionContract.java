package io.github.erv.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.emotion.LabelSet;
import io.github.erv.media.TimeSpan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * What every {@link FusionStrategy} must hold. Extend it, say how the strategy is made, and all
 * tests are inherited. They fuse windows of one second with a few observations of each modality,
 * drawn from a fixed seed: distributions, some with unknown classes, some affects, and embeddings
 * of the length that {@link #embeddingSize} says.
 */
public abstract class FusionContract {
  /** How far from 1 the float shares of a few modalities may sum. */
  private static final double SHARE_TOLERANCE = 1e-4;

  private static final long SEED = 20251121;
  private static final TimeSpan WINDOW = new TimeSpan(0, 1_000_000);
  private static final TimeSpan HOP = new TimeSpan(750_000, 1_000_000);

  /** For subclasses. */
  protected FusionContract() {}

  /**
   * Returns a new strategy, which the contract closes.
   *
   * @return always the same kind
   */
  protected abstract FusionStrategy strategy();

  /**
   * Returns the classes of the windows.
   *
   * @return {@link LabelSet#EKMAN_7} unless overridden
   */
  protected LabelSet labels() {
    return LabelSet.EKMAN_7;
  }

  /**
   * Returns the modalities of the windows.
   *
   * @return face, voice and text unless overridden
   */
  protected Set<Modality> modalities() {
    return Set.of(Modality.FACE, Modality.VOICE, Modality.TEXT);
  }

  /**
   * Returns the length of the embeddings that the observations of a modality hold.
   *
   * @param modality one of the modalities
   * @return 0, for none, unless overridden
   */
  protected int embeddingSize(Modality modality) {
    return 0;
  }

  /**
   * Declares whether a modality that is present alone is returned as it is, as opinion pools do.
   *
   * @return false unless overridden
   */
  protected boolean returnsOneAlone() {
    return false;
  }

  /**
   * Declares whether all modalities are treated alike, so that the result does not depend on which
   * of them said what.
   *
   * @return false unless overridden
   */
  protected boolean symmetric() {
    return false;
  }

  /** Closing a strategy or a session again does nothing. */
  @Test
  protected void close_twice_doesNothing() {
    FusionStrategy strategy = strategy();
    FusionSession session = strategy.open();
    session.close();
    session.close();
    strategy.close();
    strategy.close();
  }

  /** A strategy names its models the same whenever it is asked. */
  @Test
  protected void models_asked_areThereAndStay() {
    try (FusionStrategy strategy = strategy()) {
      assertNotNull(strategy.models());
      assertEquals(strategy.models(), strategy.models());
    }
  }

  /** Whatever is missing, there is a result, whose shares sum to 1 over what was present. */
  @Test
  protected void fuse_anySubsetPresent_sharesSumToOneOverThePresent() {
    List<Modality> all = new ArrayList<>(new TreeSet<>(modalities()));
    for (int bits = 1; bits < 1 << all.size(); bits++) {
      Set<Modality> present = new TreeSet<>();
      for (int i = 0; i < all.size(); i++) {
        if ((bits >> i & 1) == 1) {
          present.add(all.get(i));
        }
      }
      for (boolean silent : new boolean[] {false, true}) {
        List<Observation> observations = observations(bits, present);
        for (Modality modality : all) {
          if (!present.contains(modality) && !silent) {
            observations.add(missing(modality));
          }
        }
        requireResult(window(observations), present);
      }
    }
  }

  /** One modality alone gets all of the share, and is returned as it is if that is declared. */
  @Test
  protected void fuse_oneAlone_contributesAll() {
    for (Modality modality : modalities()) {
      FusionWindow window = window(observations(7, Set.of(modality)));
      Fused fused = requireResult(window, Set.of(modality));
      EmotionEstimate.Contribution only = fused.contributions().get(modality);
      assertNotNull(only, () -> modality + " alone has no share");
      assertEquals(1, only.weight(), SHARE_TOLERANCE);
      if (returnsOneAlone()) {
        Evidence.Present pooled = window.pooled(modality).orElseThrow();
        assertEquals(pooled.distribution(), fused.distribution());
        assertEquals(pooled.affect(), fused.affect());
      }
    }
  }

  /** Evidence that cannot be read at all, or whose quality is not a number, breaks nothing. */
  @Test
  protected void fuse_qualityZeroOrNaN_isStillAResult() {
    for (float quality : new float[] {0, Float.NaN}) {
      for (Modality unreadable : modalities()) {
        List<Observation> observations = new ArrayList<>();
        for (Observation observation : observations(3, modalities())) {
          observations.add(
              observation.modality().equals(unreadable)
                  ? withQuality(observation, quality)
                  : observation);
        }
        requireResult(window(observations), modalities());
      }
      List<Observation> none = new ArrayList<>();
      observations(4, modalities())
          .forEach(observation -> none.add(withQuality(observation, quality)));
      requireResult(window(none), modalities());
    }
  }

  /** Certain and contradictory evidence gives a distribution all the same. */
  @Test
  protected void fuse_contradiction_isStillAResult() {
    List<Observation> observations = new ArrayList<>();
    int i = 0;
    for (Modality modality : new TreeSet<>(modalities())) {
      Distribution certain = Distribution.certain(labels(), labels().get(i++ % labels().size()));
      observations.add(present(modality, 900_000, Evidence.Present.builder(1), certain));
    }
    requireResult(window(observations), modalities());
  }

  /** In which order observations of different times or modalities are given changes nothing. */
  @Test
  protected void fuse_otherOrder_saysTheSameToTheBit() {
    List<Observation> observations = observations(5, modalities());
    String inOrder = Transcript.line(fuse(window(observations)));
    Random random = new Random(SEED);
    for (int i = 0; i < 10; i++) {
      Collections.shuffle(observations, random);
      assertEquals(inOrder, Transcript.line(fuse(window(observations))));
    }
  }

  /** Where all modalities are declared alike, two of them may change places. */
  @Test
  protected void fuse_modalitiesSwapped_saysTheSame() {
    assumeTrue(symmetric(), "the strategy does not declare that it treats modalities alike");
    List<Modality> two = new ArrayList<>(new TreeSet<>(modalities())).subList(0, 2);
    List<Observation> observations = observations(6, Set.copyOf(two));
    List<Observation> swapped = new ArrayList<>();
    for (Observation observation : observations) {
      Modality other = two.get(1 - two.indexOf(observation.modality()));
      swapped.add(
          Observation.of(other, observation.subject(), observation.span(), observation.evidence()));
    }
    Distribution one = fuse(window(observations)).distribution().orElseThrow();
    Distribution mirrored = fuse(window(swapped)).distribution().orElseThrow();
    for (int e = 0; e < labels().size(); e++) {
      assertEquals(one.probability(e), mirrored.probability(e), SHARE_TOLERANCE);
      assertEquals(one.supports(e), mirrored.supports(e));
    }
  }

  /** A second session of the same strategy, and one of another, say the same to the bit. */
  @Test
  protected void fuse_sameWindows_saysTheSameToTheBit() {
    try (FusionStrategy strategy = strategy();
        FusionStrategy other = strategy()) {
      List<String> first = transcript(strategy);
      assertEquals(first, transcript(strategy));
      assertEquals(first, transcript(other));
    }
  }

  /** Sessions in two threads do not disturb one another. */
  @Test
  protected void fuse_twoThreads_saysTheSameToTheBit() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (FusionStrategy strategy = strategy()) {
      List<String> alone = transcript(strategy);
      Callable<List<String>> run = () -> transcript(strategy);
      for (Future<List<String>> result : threads.invokeAll(List.of(run, run))) {
        assertEquals(alone, result.get());
      }
    } finally {
      threads.shutdown();
    }
  }

  private List<String> transcript(FusionStrategy strategy) {
    List<String> lines = new ArrayList<>();
    try (FusionSession session = strategy.open()) {
      for (int i = 0; i < 50; i++) {
        Fused fused = new Fused();
        session.fuse(window(observations(100 + i, modalities())), fused);
        lines.add(Transcript.line(fused));
      }
    }
    return lines;
  }

  private Fused fuse(FusionWindow window) {
    try (FusionStrategy strategy = strategy();
        FusionSession session = strategy.open()) {
      Fused fused = new Fused();
      session.fuse(window, fused);
      return fused;
    }
  }

  private Fused requireResult(FusionWindow window, Set<Modality> present) {
    Fused fused = fuse(window);
    Distribution distribution =
        fused.distribution().orElseThrow(() -> new AssertionError("no distribution"));
    assertEquals(labels(), distribution.labels());
    assertTrue(distribution.informed(), "an empty support, though distributions were given");
    Map<Modality, EmotionEstimate.Contribution> shares = new TreeMap<>(fused.contributions());
    assertTrue(
        present.containsAll(shares.keySet()),
        () -> "shares of " + shares.keySet() + ", present were " + present);
    double sum = 0;
    for (EmotionEstimate.Contribution share : shares.values()) {
      sum += share.weight();
    }
    assertEquals(1, sum, SHARE_TOLERANCE, () -> "shares must sum to 1: " + shares);
    return fused;
  }

  private FusionWindow window(List<Observation> observations) {
    return new FusionWindow(
        labels(), Subject.face(1), WINDOW, HOP, new TreeSet<>(modalities()), observations);
  }

  /** Four observations of each modality in time order, no two at the same time. */
  private List<Observation> observations(long number, Set<Modality> present) {
    SplittableRandom random = new SplittableRandom(SEED + number);
    List<Observation> observations = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      for (Modality modality : new TreeSet<>(present)) {
        Evidence.Present.Builder evidence = Evidence.Present.builder((float) random.nextDouble());
        if (i % 2 == 0) {
          evidence.affect(
              new Affect(
                  (float) random.nextDouble(-1, 1),
                  (float) random.nextDouble(-1, 1),
                  (float) random.nextDouble(-1, 1)));
        }
        float[] embedding = new float[embeddingSize(modality)];
        for (int d = 0; d < embedding.length; d++) {
          embedding[d] = (float) random.nextDouble(-1, 1);
        }
        if (embedding.length > 0) {
          evidence.embedding(embedding);
        }
        observations.add(
            present(modality, i * 200_000L + observations.size(), evidence, draw(random)));
      }
    }
    return observations;
  }

  private Distribution draw(SplittableRandom random) {
    float[] weights = new float[labels().size()];
    boolean[] support = new boolean[weights.length];
    float sum = 0;
    for (int e = 0; e < weights.length; e++) {
      support[e] = e == 0 || random.nextInt(4) > 0;
      weights[e] = support[e] ? 0.01f + (float) random.nextDouble() : 0;
      sum += weights[e];
    }
    for (int e = 0; e < weights.length; e++) {
      weights[e] /= sum;
    }
    return Distribution.of(labels(), weights, support);
  }

  private static Observation present(
      Modality modality, long micros, Evidence.Present.Builder evidence, Distribution said) {
    return Observation.of(
        modality, Subject.face(1), TimeSpan.at(micros), evidence.distribution(said).build());
  }

  private static Observation missing(Modality modality) {
    return Observation.of(
        modality, Subject.face(1), HOP, new Evidence.Missing(Evidence.Reason.OCCLUDED));
  }

  private static Observation withQuality(Observation observation, float quality) {
    Evidence.Present present = (Evidence.Present) observation.evidence();
    return observation.withEvidence(present.toBuilder().quality(quality).build());
  }
}
