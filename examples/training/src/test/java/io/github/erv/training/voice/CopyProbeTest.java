package io.github.erv.training.voice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CopyProbeTest {
  private static final int SIZE = 6;

  /**
   * As in the corpus: ten speakers, two of them originals; speakers lie apart, and so do labels.
   */
  private static List<CopyProbe.Sample> speakers(double apart, double ofSpeakers, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<CopyProbe.Sample> samples = new ArrayList<>();
    for (int speaker = 0; speaker < 10; speaker++) {
      double[] own = new double[SIZE];
      for (int d = 0; d < SIZE; d++) {
        own[d] = ofSpeakers * random.nextGaussian();
      }
      for (int i = 0; i < 18; i++) {
        samples.add(sample(random, "s" + speaker, 4 + i % 3, speaker > 1, apart, own));
      }
    }
    return samples;
  }

  private static CopyProbe.Sample sample(
      SplittableRandom random,
      String speaker,
      int label,
      boolean copy,
      double apart,
      double[] own) {
    float[] embedding = new float[SIZE];
    for (int d = 0; d < SIZE; d++) {
      embedding[d] = (float) (own[d] + 5 * label + random.nextGaussian());
    }
    embedding[3] += (float) (copy ? apart : 0);
    return new CopyProbe.Sample(speaker, label, copy, embedding);
  }

  @Test
  void ofSpeakers_whereSpeakersAloneDiffer_isChanceOnAverage() {
    double mean = 0;
    int corpora = 24;
    for (int i = 0; i < corpora; i++) {
      mean += CopyProbe.ofSpeakers(speakers(0, 1, i), Set.of("s0", "s1")) / corpora;
    }
    // two speakers' areas scatter by some 0.2; four deviations of the mean of 24
    assertEquals(0.5, mean, 4 * 0.2 / Math.sqrt(corpora));
  }

  @Test
  void ofSpeakers_whereCopiesDiffer_findsItAndSaysThatItIsNoChance() {
    CopyProbe.Result result = CopyProbe.ofSpeakers(speakers(2, 0.1, 5), 1);
    // two normals 2 deviations apart: Phi(2 / sqrt 2)
    assertEquals(0.921, result.auc(), 0.05);
    assertTrue(result.auc() > result.high(), result.toString());
    assertEquals(0.5, result.chance(), 0.1);
  }

  @Test
  void ofTwins_tellsWhatCopyingChangedFromWhatItDidNot() {
    for (double apart : new double[] {0, 1}) {
      SplittableRandom random = new SplittableRandom(9);
      List<CopyProbe.Sample> originals = new ArrayList<>();
      List<CopyProbe.Sample> copies = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        originals.add(sample(random, "s" + i % 10, i % 4, false, apart, new double[SIZE]));
        copies.add(sample(random, "s" + i % 10, i % 4, true, apart, new double[SIZE]));
      }
      CopyProbe.Result result = CopyProbe.ofTwins(originals, copies, 1);
      // Phi(apart / sqrt 2)
      assertEquals(apart == 0 ? 0.5 : 0.760, result.auc(), 0.06);
      assertEquals(apart == 1, result.auc() > result.high() + 0.05, result.toString());
    }
  }

  @Test
  void ofSpeakers_withoutAnOriginal_saysThatThereIsNothingToCompare() {
    List<CopyProbe.Sample> copies =
        speakers(0, 1, 1).stream().filter(CopyProbe.Sample::copy).toList();
    assertThrows(IllegalArgumentException.class, () -> CopyProbe.ofSpeakers(copies, 1));
  }
}
