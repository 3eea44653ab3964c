package io.github.erv.training.voice;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * How well held-out recordings were told apart.
 *
 * @param uar mean over the classes of the part recognised
 * @param low lower end of the 95 % interval
 * @param high upper end of it
 * @param n recordings
 */
record Score(double uar, double low, double high, int n) {
  private static final int RESAMPLES = 2_000;

  /** One held-out recording: what it is, and the model's logits. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Held(String speaker, int label, float[] logits) {
    int guess(int[] among) {
      int best = among[0];
      for (int c : among) {
        best = logits[c] > logits[best] ? c : best;
      }
      return best;
    }
  }

  /**
   * Scores the recordings of some classes, the guess being the best of those.
   *
   * <p>The interval is the percentile bootstrap over speakers, since what one speaker says is not
   * independent.
   */
  static Score of(List<Held> held, int[] among, long seed) {
    Map<String, int[][]> speakers = new LinkedHashMap<>();
    int classes = held.get(0).logits().length;
    int n = 0;
    for (Held one : held) {
      for (int c : among) {
        if (c == one.label()) {
          speakers
              .computeIfAbsent(one.speaker(), name -> new int[classes][2])[c][
              one.guess(among) == c ? 1 : 0]++;
          n++;
        }
      }
    }
    List<int[][]> tables = new ArrayList<>(speakers.values());
    SplittableRandom random = new SplittableRandom(seed);
    double[] drawn =
        IntStream.range(0, RESAMPLES)
            .mapToDouble(
                i -> {
                  List<int[][]> sample = new ArrayList<>();
                  for (int s = 0; s < tables.size(); s++) {
                    sample.add(tables.get(random.nextInt(tables.size())));
                  }
                  return uar(sample, among);
                })
            .sorted()
            .toArray();
    return new Score(
        uar(tables, among), drawn[(int) (0.025 * RESAMPLES)], drawn[(int) (0.975 * RESAMPLES)], n);
  }

  private static double uar(List<int[][]> tables, int[] among) {
    double sum = 0;
    int present = 0;
    for (int c : among) {
      int wrong = 0;
      int right = 0;
      for (int[][] table : tables) {
        wrong += table[c][0];
        right += table[c][1];
      }
      if (wrong + right > 0) {
        sum += (double) right / (wrong + right);
        present++;
      }
    }
    return sum / present;
  }

  /** The temperature at which the logits' softmax has the least mean cross-entropy. */
  static float temperature(List<Held> held) {
    double low = Math.log(0.2);
    double high = Math.log(10);
    for (int i = 0; i < 60; i++) { // the loss has one minimum in the temperature's logarithm
      double third = (high - low) / 3;
      if (crossEntropy(held, Math.exp(low + third)) < crossEntropy(held, Math.exp(high - third))) {
        high -= third;
      } else {
        low += third;
      }
    }
    return (float) Math.exp((low + high) / 2);
  }

  static double crossEntropy(List<Held> held, double temperature) {
    double sum = 0;
    for (Held one : held) {
      double total = 0;
      for (float logit : one.logits()) {
        total += Math.exp((logit - one.logits()[one.label()]) / temperature);
      }
      sum += Math.log(total);
    }
    return sum / held.size();
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "UAR %.1f %% (95 %% %.1f-%.1f, n = %d)", 100 * uar, 100 * low, 100 * high, n);
  }
}
