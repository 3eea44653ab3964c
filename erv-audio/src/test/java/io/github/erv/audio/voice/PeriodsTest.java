package io.github.erv.audio.voice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.audio.Speech;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeriodsTest {
  private static final int STEP = 160;

  /** Bumps at given distances, in turn, of given heights, in turn. */
  private static float[] bumps(double[] distances, double[] heights) {
    float[] samples = new float[16_000];
    double at = 50;
    for (int n = 0; at < samples.length; n++) {
      for (int i = Math.max(0, (int) at - 20); i < Math.min(samples.length, at + 20); i++) {
        double x = (i - at) / 4;
        samples[i] += (float) (heights[n % heights.length] * Math.exp(-0.5 * x * x));
      }
      at += distances[n % distances.length];
    }
    return samples;
  }

  private static Periods after(float[] samples, double expected) {
    Periods periods = new Periods();
    for (long step = 5; step < 50; step++) {
      periods.follow(samples, 0, step * STEP, (step + 1) * STEP, expected);
    }
    return periods;
  }

  @Test
  void follow_evenPeriods_haveNoJitterAndNoShimmer() {
    Periods periods = after(bumps(new double[] {100}, new double[] {0.5}), 103);
    assertEquals(0, periods.jitter(), 1e-6);
    assertEquals(0, periods.shimmerDb(), 1e-3);
  }

  @Test
  void follow_periodsBetweenSamples_areFoundBetweenSamples() {
    // the parabola misses by less than a hundredth of a sample: of two errors, over the period
    Periods periods = after(bumps(new double[] {100.4}, new double[] {0.5}), 103);
    assertEquals(0, periods.jitter(), 2e-4);
  }

  @Test
  void follow_heightsInTurn_haveTheirShimmer() {
    Periods periods = after(bumps(new double[] {100}, new double[] {0.5, 0.4}), 98);
    assertEquals(20 * Math.log10(1 + 0.1 / 0.45), periods.shimmerDb(), 1e-3);
  }

  @Test
  void follow_noPeriod_keepsWhatWas_untilPause() {
    float[] samples = bumps(new double[] {100}, new double[] {0.5, 0.4});
    Periods periods = after(samples, 98);
    float shimmer = periods.shimmerDb();
    periods.follow(new float[16_000], 0, 50L * STEP, 51L * STEP, 98);
    assertEquals(shimmer, periods.shimmerDb());
    periods.pause();
    assertEquals(0, periods.shimmerDb());
    assertEquals(0, periods.jitter());
  }

  @Test
  void follow_fromAnyOrigin_isTheSame() {
    float[] samples = bumps(new double[] {100, 103}, new double[] {0.5, 0.4, 0.45});
    Periods periods = new Periods();
    for (long step = 5; step < 50; step++) {
      long first = (step - 4) * STEP; // as far back as a stream keeps
      float[] window = new float[10 * STEP];
      System.arraycopy(samples, (int) first, window, 0, window.length);
      periods.follow(window, first, step * STEP, (step + 1) * STEP, 101);
    }
    Periods whole = after(samples, 101);
    assertEquals(whole.jitter(), periods.jitter());
    assertEquals(whole.shimmerDb(), periods.shimmerDb());
  }

  /** What a stream keeps: five steps back, and the 60 ms from the step on. */
  @ParameterizedTest
  @ValueSource(ints = {8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 192_000})
  void follow_lowestPitch_readsNoFartherThanAStreamKeeps(int rate) {
    int hop = Math.round(0.010f * rate);
    SplittableRandom random = new SplittableRandom(rate);
    float[] samples = Speech.noise(100 * hop, 0.1f, rate);
    Periods periods = new Periods();
    for (long step = 0; step < 90; step++) {
      int first = (int) Math.max(0, (step - 5) * hop);
      int last = (int) Math.min(samples.length, step * hop + Math.round(0.060 * rate));
      float[] window = Arrays.copyOfRange(samples, first, last);
      double expected = rate / (54.5 + 2 * random.nextDouble());
      periods.follow(window, first, step * hop, (step + 1) * hop, expected);
    }
    assertTrue(periods.jitter() >= 0);
  }

  @Test
  void follow_noLength_isRejected() {
    Periods periods = new Periods();
    assertThrows(
        IllegalArgumentException.class,
        () -> periods.follow(new float[STEP], 0, 0, STEP, Double.NaN));
  }
}
