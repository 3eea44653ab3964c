package io.github.erv.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private static final LabelSet TWO = LabelSet.of(Emotion.HAPPINESS, Emotion.SADNESS);
  private static final LabelSet THREE =
      LabelSet.of(Emotion.HAPPINESS, Emotion.SADNESS, Emotion.ANGER);

  /** Rounding of a few hundred additions of values near 1. */
  private static final double ROUNDING = 1e-12;

  private static final long SEED = 20250101;

  @Test
  void confusion_ofTwoByTwo_isWhatTheFormulasSay() {
    ConfusionMatrix matrix = ConfusionMatrix.of(TWO, new long[][] {{20, 5}, {10, 15}});
    assertEquals(0.7, matrix.accuracy(), ROUNDING);
    assertEquals((0.8 + 0.6) / 2, matrix.uar(), ROUNDING);
    assertEquals(0.4, matrix.kappa(), ROUNDING); // (0.7 - 0.5) / (1 - 0.5)
    assertEquals(2 * 20.0 / (25 + 30), matrix.f1(0), ROUNDING);
    assertEquals(5, matrix.count(Emotion.HAPPINESS, Emotion.SADNESS));
  }

  @Test
  void confusion_ofNothing_isUndefined() {
    ConfusionMatrix matrix = ConfusionMatrix.of(TWO, new long[2][2]);
    assertTrue(Double.isNaN(matrix.accuracy()));
    assertTrue(Double.isNaN(matrix.uar()));
    assertTrue(Double.isNaN(matrix.macroF1()));
    assertTrue(Double.isNaN(matrix.kappa()));
  }

  @Test
  void confusion_ofBadCounts_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> ConfusionMatrix.of(TWO, new long[3][2]));
    assertThrows(IllegalArgumentException.class, () -> ConfusionMatrix.of(TWO, new long[2][3]));
    assertThrows(
        IllegalArgumentException.class,
        () -> ConfusionMatrix.of(TWO, new long[][] {{1, -1}, {0, 0}}));
  }

  @Property(tries = 200)
  void confusion_rowsScaledAlike_keepTheUar(
      @ForAll @Size(9) List<@IntRange(max = 50) Integer> counts) {
    long[][] once = new long[3][3];
    long[][] scaled = new long[3][3];
    for (int i = 0; i < 9; i++) {
      once[i / 3][i % 3] = counts.get(i);
      scaled[i / 3][i % 3] = counts.get(i) * (1L + i / 3);
    }
    double uar = ConfusionMatrix.of(THREE, once).uar();
    assertEquals(uar, ConfusionMatrix.of(THREE, scaled).uar(), ROUNDING);
    assertTrue(Double.isNaN(uar) || (uar >= 0 && uar <= 1));
  }

  @Test
  void classification_ofAClassOutsideTheSupport_isMissedButCounted() {
    ClassificationAccumulator accumulator = new ClassificationAccumulator(THREE);
    Distribution read =
        Distribution.of(THREE, new float[] {1, 0, 0}, new boolean[] {true, true, false});
    accumulator.add(Emotion.ANGER, read);
    ClassificationScores scores = accumulator.scores();
    assertEquals(1, scores.count());
    assertEquals(0, scores.confusion().accuracy());
    assertEquals(0, scores.top2());
    assertEquals(2, scores.brier(), ROUNDING);
    assertEquals(-Math.log(ClassificationAccumulator.LEAST_PROBABILITY), scores.nll(), ROUNDING);
  }

  @Test
  void classification_ofWhatCannotBeScored_isRefused() {
    ClassificationAccumulator accumulator = new ClassificationAccumulator(TWO);
    Distribution read = Distribution.of(TWO, 0.5f, 0.5f);
    assertThrows(IllegalArgumentException.class, () -> accumulator.add(Emotion.FEAR, read));
    assertThrows(
        IllegalArgumentException.class,
        () -> accumulator.add(Emotion.HAPPINESS, Distribution.uninformed(TWO)));
    assertThrows(
        IllegalArgumentException.class,
        () -> accumulator.add(Emotion.HAPPINESS, Distribution.certain(THREE, Emotion.ANGER)));
    assertTrue(Double.isNaN(accumulator.scores().nll()));
  }

  @Test
  void ece_ofTwoBins_isTheWeightedDistance() {
    ClassificationAccumulator accumulator = new ClassificationAccumulator(TWO);
    for (int i = 0; i < 3; i++) { // confidence .875, all right
      accumulator.add(Emotion.HAPPINESS, Distribution.of(TWO, 0.875f, 0.125f));
    }
    accumulator.add(Emotion.SADNESS, Distribution.of(TWO, 0.625f, 0.375f)); // .625, wrong
    Reliability reliability = accumulator.scores().reliability();
    assertEquals((3 * 0.125 + 0.625) / 4, reliability.ece(), ROUNDING);
    assertEquals(15, reliability.bins().size());
    assertEquals(3, reliability.bins().get(13).count()); // (13/15, 14/15] holds .875
  }

  @Test
  void bin_ofEdges_belongsToTheLower() {
    assertEquals(0, Reliability.bin(0));
    assertEquals(0, Reliability.bin(1.0 / 15));
    assertEquals(1, Reliability.bin(Math.nextUp(1.0 / 15)));
    assertEquals(14, Reliability.bin(1));
  }

  @Test
  void soft_ofTheVotesThemselves_isThePeoplesOwnFloor() {
    SoftAccumulator accumulator = new SoftAccumulator(TWO);
    accumulator.add(new double[] {6, 2}, Distribution.of(TWO, 0.75f, 0.25f));
    SoftScores scores = accumulator.scores();
    assertEquals(0, scores.jensenShannon(), ROUNDING);
    assertEquals(scores.entropy(), scores.crossEntropy(), ROUNDING);
    assertEquals(0.75, scores.agreement(), ROUNDING);
    assertEquals(0.75, scores.agreementCeiling(), ROUNDING);
    assertEquals((6 * 5 + 2) / (8.0 * 7), scores.humanAgreement(), ROUNDING);
  }

  @Test
  void soft_ofOppositeCertainties_isOneApart() {
    SoftAccumulator accumulator = new SoftAccumulator(TWO);
    accumulator.add(new double[] {1, 0}, Distribution.certain(TWO, Emotion.SADNESS));
    assertEquals(1, accumulator.scores().jensenShannon(), ROUNDING);
    assertTrue(Double.isNaN(accumulator.scores().humanAgreement())); // one voter has no pair
    assertThrows(
        IllegalArgumentException.class,
        () -> accumulator.add(new double[2], Distribution.of(TWO, 0.5f, 0.5f)));
    assertThrows(
        IllegalArgumentException.class,
        () -> accumulator.add(new double[] {Double.NaN, 1}, Distribution.of(TWO, 0.5f, 0.5f)));
  }

  private static RegressionScores regression(double[] said, double[] read) {
    RegressionAccumulator accumulator = new RegressionAccumulator();
    for (int i = 0; i < said.length; i++) {
      accumulator.add(said[i], read[i]);
    }
    return accumulator.scores();
  }

  @Property(tries = 200)
  void ccc_ofAnything_isSymmetricAndAtMostPearsons(
      @ForAll @Size(8) List<@DoubleRange(min = -1, max = 1) Double> a,
      @ForAll @Size(8) List<@DoubleRange(min = -1, max = 1) Double> b) {
    double[] x = a.stream().mapToDouble(v -> v).toArray();
    double[] y = b.stream().mapToDouble(v -> v).toArray();
    RegressionScores scores = regression(x, y);
    assertEquals(scores.ccc(), regression(y, x).ccc(), 1e-9);
    if (!Double.isNaN(scores.pearson())) {
      assertTrue(Math.abs(scores.ccc()) <= Math.abs(scores.pearson()) + 1e-9);
    }
    assertEquals(1, regression(x, x).ccc(), 1e-9);
    assertEquals(0, regression(x, x).rmse());
  }

  @Test
  void regression_ofNothingOrNonsense_isUndefined() {
    assertTrue(Double.isNaN(regression(new double[0], new double[0]).ccc()));
    assertTrue(Double.isNaN(regression(new double[] {1, Double.NaN}, new double[] {1, 1}).rmse()));
    assertTrue(
        Double.isNaN(regression(new double[] {1, 0}, new double[] {1, 1.0 / 0}).signAgreement()));
    assertEquals(1, regression(new double[] {0.5}, new double[] {0.5}).ccc());
    assertEquals(0, regression(new double[] {0.5}, new double[] {0.4}).ccc());
  }

  @Property(tries = 100)
  void auc_ofAnything_isTheShareOfPairs(
      @ForAll @Size(min = 2, max = 30) List<@IntRange(max = 5) Integer> of, @ForAll Random random) {
    double[] scores = of.stream().mapToDouble(v -> v).toArray();
    boolean[] positive = new boolean[scores.length];
    double better = 0;
    double pairs = 0;
    for (int i = 0; i < positive.length; i++) {
      positive[i] = random.nextBoolean();
    }
    for (int i = 0; i < positive.length; i++) {
      for (int j = 0; j < positive.length; j++) {
        if (positive[i] && !positive[j]) {
          pairs++;
          better += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
        }
      }
    }
    assertEquals(better / pairs, RocCurve.auc(scores, positive), ROUNDING);
  }

  @Test
  void auc_ofBadScores_isRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> RocCurve.auc(new double[] {1}, new boolean[] {true, false}));
    assertThrows(
        IllegalArgumentException.class,
        () -> RocCurve.auc(new double[] {Double.NaN, 1}, new boolean[] {true, false}));
  }

  private static double mean(int[] times, double[] values) {
    double sum = 0;
    double count = 0;
    for (int i = 0; i < times.length; i++) {
      sum += times[i] * values[i];
      count += times[i];
    }
    return sum / count;
  }

  @Test
  void bootstrap_ofAMean_agreesWithTheNormalTheory() {
    int n = 400;
    double[] values = new double[n];
    SplittableRandom random = new SplittableRandom(SEED);
    Arrays.setAll(values, i -> random.nextDouble());
    double mean = Arrays.stream(values).average().orElseThrow();
    double variance = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / n;
    Interval interval =
        Bootstrap.of(n, SEED).resamples(4_000).interval(times -> mean(times, values));
    double reach = 1.96 * Math.sqrt(variance / n);
    // an end is itself an estimate: the 2.5 % quantile of 4,000 draws has an error of about 2 %
    // of the standard error times 2.7
    assertEquals(mean - reach, interval.low(), 0.1 * reach);
    assertEquals(mean + reach, interval.high(), 0.1 * reach);
  }

  @Test
  void bootstrap_ofTheSameSeed_isTheSame() {
    double[] values = {1, 2, 3, 4, 5, 6, 7};
    Bootstrap seeded = Bootstrap.of(7, SEED);
    Interval first = seeded.interval(times -> mean(times, values));
    assertEquals(first, seeded.interval(times -> mean(times, values)));
    assertNotEquals(first, Bootstrap.of(7, SEED + 1).interval(times -> mean(times, values)));
  }

  @Test
  void bootstrap_ofCopiesInClusters_isThatOfTheirOriginals() {
    double[] values = {1, 2, 3, 4, 1, 2, 3, 4};
    double[] originals = {1, 2, 3, 4};
    List<String> groups = List.of("a", "b", "c", "d", "a", "b", "c", "d");
    assertEquals(
        Bootstrap.of(4, SEED).interval(times -> mean(times, originals)),
        Bootstrap.clustered(groups, SEED).interval(times -> mean(times, values)));
  }

  @Test
  void bootstrap_ofTooLittle_saysNothing() {
    assertEquals(Interval.UNKNOWN, Bootstrap.of(0, SEED).interval(times -> 1));
    assertEquals(Interval.UNKNOWN, Bootstrap.of(1, SEED).interval(times -> 1));
    assertEquals(
        Interval.UNKNOWN,
        Bootstrap.clustered(Collections.nCopies(9, "one"), SEED).interval(times -> 1));
    assertEquals(Interval.UNKNOWN, Bootstrap.of(9, SEED).interval(times -> Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> Bootstrap.of(9, SEED).resamples(0));
    assertThrows(IllegalArgumentException.class, () -> new Interval(2, 1));
  }
}
