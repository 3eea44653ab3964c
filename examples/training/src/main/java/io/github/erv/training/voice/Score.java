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

  /** Expected calibration error over ten bins of confidence; logits are logarithms of odds. */
  static double calibrationError(List<Held> held) {
    double[][] bins = new double[10][2];
    for (Held one : held) {
      double confidence = top(one);
      int[] all = IntStream.range(0, one.logits.length).toArray();
      int bin = Math.min(9, (int) (confidence * 10));
      bins[bin][0] += confidence;
      bins[bin][1] += one.guess(all) == one.label ? 1 : 0;
    }
    double sum = 0;
    for (double[] bin : bins) {
      sum += Math.abs(bin[0] - bin[1]);
    }
    return sum / held.size();
  }

  /** Part of the guesses among all classes that are right. */
  static double accuracy(List<Held> held) {
    return held.stream()
        .mapToInt(h -> h.guess(IntStream.range(0, h.logits.length).toArray()) == h.label ? 1 : 0)
        .average()
        .orElse(Double.NaN);
  }

  /** Mean probability of the guess. */
  static double confidence(List<Held> held) {
    return held.stream().mapToDouble(Score::top).average().orElse(Double.NaN);
  }

  private static double top(Held one) {
    double sum = 0;
    double most = 0;
    for (float logit : one.logits) {
      sum += Math.exp(logit);
      most = Math.max(most, Math.exp(logit));
    }
    return most / sum;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "UAR %.1f %% (95 %% %.1f-%.1f, n = %d)", 100 * uar, 100 * low, 100 * high, n);
  }
}
