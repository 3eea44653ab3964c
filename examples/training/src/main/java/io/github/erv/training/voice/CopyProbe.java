package io.github.erv.training.voice;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Tries to tell copies from originals by the embedding: a logistic regression on embeddings less
 * the mean of their emotion, judged on speakers that it was not fitted to, by pairs of the same
 * emotion. Half is chance, one would mean that the model hears the processing.
 *
 * @see "Airola, Pahikkala, Waegeman, De Baets and Salakoski (2011), An experimental comparison of
 *     cross-validation techniques for estimating the area under the ROC curve, Computational
 *     Statistics and Data Analysis 55(4)"
 */
final class CopyProbe {
  /*
   * In the corpus, all fear, disgust and boredom of two speakers is original and that of the
   * others is copied. Leaving out one speaker at a time shifts the balance of the rest against
   * him, and the area comes out below one half where there is nothing to find. Leaving out an
   * original's and a copy's speaker together, and comparing only what they said under the same
   * probe, does not (Airola et al. 2011). What two speakers' voices tell by chance is seen when
   * any others are taken for the originals' speakers.
   */

  private static final double PENALTY = 0.01;
  private static final int PERMUTATIONS = 199;

  /** One recording. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Sample(String speaker, int label, boolean copy, float[] embedding) {
    private Sample as(boolean another) {
      return new Sample(speaker, label, another, embedding);
    }
  }

  /**
   * What was found.
   *
   * @param auc area under the curve of copies against originals
   * @param chance its mean where what is a copy is drawn
   * @param high what a twentieth of those exceed
   */
  record Result(double auc, double chance, double high) {
    private static Result of(double auc, double[] drawn) {
      double[] sorted = drawn.clone();
      Arrays.sort(sorted);
      double mean = Arrays.stream(sorted).average().orElseThrow();
      return new Result(auc, mean, sorted[(int) (0.95 * sorted.length)]);
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "AUC %.2f (where copies are drawn: mean %.2f, 95 %% below %.2f)",
          auc,
          chance,
          high);
    }
  }

  private CopyProbe() {}

  /**
   * Probes recordings of speakers of whom each has either copies or originals, at least two of
   * either.
   */
  static Result ofSpeakers(List<Sample> samples, long seed) {
    List<String> speakers = new ArrayList<>(speakers(samples));
    Set<String> originals = new HashSet<>();
    samples.stream().filter(s -> !s.copy).forEach(s -> originals.add(s.speaker));
    double[] drawn = new double[PERMUTATIONS];
    Random random = new Random(seed);
    for (int i = 0; i < drawn.length; i++) {
      Collections.shuffle(speakers, random);
      drawn[i] = ofSpeakers(samples, Set.copyOf(speakers.subList(0, originals.size())));
    }
    return Result.of(ofSpeakers(samples, originals), drawn);
  }

  /** The area where all that some speakers said is taken for originals, the others' for copies. */
  static double ofSpeakers(List<Sample> samples, Set<String> originals) {
    List<Sample> taken = samples.stream().map(s -> s.as(!originals.contains(s.speaker))).toList();
    List<Set<String>> pairs = new ArrayList<>();
    for (String original : originals) {
      for (String other : speakers(samples)) {
        if (!originals.contains(other)) {
          pairs.add(Set.of(original, other));
        }
      }
    }
    return auc(taken, pairs);
  }

  /**
   * Probes recordings that are there twice.
   *
   * @param originals one sample each
   * @param copies of the same, in the same order
   */
  static Result ofTwins(List<Sample> originals, List<Sample> copies, long seed) {
    double[] drawn = new double[PERMUTATIONS];
    Random random = new Random(seed);
    for (int i = 0; i < drawn.length; i++) {
      drawn[i] = ofTwins(originals, copies, random);
    }
    return Result.of(ofTwins(originals, copies, null), drawn);
  }

  private static double ofTwins(
      List<Sample> originals, List<Sample> copies, @Nullable Random swap) {
    List<Sample> both = new ArrayList<>();
    for (int i = 0; i < originals.size(); i++) {
      boolean swapped = swap != null && swap.nextBoolean();
      both.add(originals.get(i).as(swapped));
      both.add(copies.get(i).as(!swapped));
    }
    return auc(both, speakers(both).stream().map(Set::of).toList());
  }

  private static Set<String> speakers(List<Sample> samples) {
    return new TreeSet<>(samples.stream().map(Sample::speaker).toList());
  }

  /** Of all pairs of a copy and an original of the same emotion that are held out together. */
  private static double auc(List<Sample> samples, List<Set<String>> heldOut) {
    double right = 0;
    double pairs = 0;
    for (Set<String> speakers : heldOut) {
      List<Sample> held = samples.stream().filter(s -> speakers.contains(s.speaker)).toList();
      List<Sample> rest = samples.stream().filter(s -> !speakers.contains(s.speaker)).toList();
      if (rest.stream().map(Sample::copy).distinct().count() < 2) {
        continue;
      }
      double[] scores = scores(rest, held);
      for (int a = 0; a < scores.length; a++) {
        for (int b = 0; b < scores.length; b++) {
          Sample copy = held.get(a);
          Sample original = held.get(b);
          if (copy.copy && !original.copy && copy.label == original.label) {
            right += scores[a] > scores[b] ? 1 : scores[a] == scores[b] ? 0.5 : 0;
            pairs++;
          }
        }
      }
    }
    if (pairs == 0) {
      throw new IllegalArgumentException("there is no copy to hold against an original");
    }
    return right / pairs;
  }

  /** How much like copies samples are, by a probe fitted to others; both kinds weigh alike. */
  private static double[] scores(List<Sample> fitted, List<Sample> asked) {
    int size = fitted.get(0).embedding.length;
    Map<Integer, double[]> centres = new LinkedHashMap<>();
    for (Sample sample : fitted) {
      centres.computeIfAbsent(sample.label, label -> centre(fitted, label, size));
    }
    double[] spread = new double[size];
    for (Sample s : fitted) {
      double[] centre = centres.getOrDefault(s.label, new double[size]);
      for (int i = 0; i < size; i++) {
        double off = s.embedding[i] - centre[i];
        spread[i] += off * off / fitted.size();
      }
    }
    long copies = fitted.stream().filter(Sample::copy).count();
    LogisticRegression probe =
        LogisticRegression.fit(
            new LogisticRegression.Examples(
                fitted.stream().map(s -> centred(s, centres, spread)).toList(),
                fitted.stream()
                    .map(s -> s.copy ? new double[] {0, 1} : new double[] {1, 0})
                    .toList(),
                fitted.stream()
                    .mapToDouble(s -> 1.0 / (s.copy ? copies : fitted.size() - copies))
                    .toArray()),
            PENALTY);
    return asked.stream()
        .map(s -> centred(s, centres, spread))
        .mapToDouble(x -> probe.logit(x, 1) - probe.logit(x, 0))
        .toArray();
  }

  /** Half way between an emotion's copies and its originals, so that neither pulls it. */
  private static double[] centre(List<Sample> samples, int label, int size) {
    double[] centre = new double[size];
    List<List<Sample>> kinds = new ArrayList<>();
    for (boolean copy : new boolean[] {false, true}) {
      List<Sample> kind = samples.stream().filter(s -> s.label == label && s.copy == copy).toList();
      if (!kind.isEmpty()) {
        kinds.add(kind);
      }
    }
    for (List<Sample> kind : kinds) {
      for (Sample s : kind) {
        for (int i = 0; i < size; i++) {
          centre[i] += s.embedding[i] / (double) kind.size() / kinds.size();
        }
      }
    }
    return centre;
  }

  private static float[] centred(Sample s, Map<Integer, double[]> centres, double[] spread) {
    float[] x = new float[s.embedding.length];
    double[] centre = centres.getOrDefault(s.label, new double[x.length]);
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) ((s.embedding[i] - centre[i]) / Math.sqrt(spread[i] + 1e-9));
    }
    return x;
  }
}
