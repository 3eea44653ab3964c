package io.github.erv.training.voice;

import java.util.ArrayList;
import java.util.List;

/**
 * Tries to tell copies from originals by an embedding: a logistic regression within emotions, each
 * speaker judged by one fitted on the others. Half is chance, one would mean that the model hears
 * the processing instead of the emotion.
 */
final class CopyProbe {
  private static final int STEPS = 300;
  private static final double RATE = 0.3;
  private static final double DECAY = 0.01;

  /** One recording. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Sample(String speaker, int label, boolean copy, float[] embedding) {}

  private CopyProbe() {}

  /** The area under the curve of copies against originals. */
  static double auc(List<Sample> samples) {
    int size = samples.get(0).embedding.length;
    int labels = samples.stream().mapToInt(Sample::label).max().orElseThrow() + 1;
    List<double[]> centred = new ArrayList<>();
    double[][] means = new double[labels][size];
    int[] counts = new int[labels];
    for (Sample s : samples) {
      counts[s.label]++;
      for (int i = 0; i < size; i++) {
        means[s.label][i] += s.embedding[i];
      }
    }
    double[] spread = new double[size];
    for (Sample s : samples) {
      double[] x = new double[size];
      for (int i = 0; i < size; i++) {
        x[i] = s.embedding[i] - means[s.label][i] / counts[s.label];
        spread[i] += x[i] * x[i] / samples.size();
      }
      centred.add(x);
    }
    for (double[] x : centred) {
      for (int i = 0; i < size; i++) {
        x[i] /= Math.sqrt(spread[i] + 1e-9);
      }
    }
    double[] scores = new double[samples.size()];
    for (String speaker : samples.stream().map(Sample::speaker).distinct().toList()) {
      double[] weights = fit(samples, centred, speaker, size);
      for (int s = 0; s < scores.length; s++) {
        if (samples.get(s).speaker.equals(speaker)) {
          scores[s] = dot(weights, centred.get(s));
        }
      }
    }
    double right = 0;
    double pairs = 0;
    for (int a = 0; a < scores.length; a++) {
      for (int b = 0; b < scores.length; b++) {
        if (samples.get(a).copy && !samples.get(b).copy) {
          right += scores[a] > scores[b] ? 1 : scores[a] == scores[b] ? 0.5 : 0;
          pairs++;
        }
      }
    }
    return right / pairs;
  }

  /** Copies and originals weigh alike; the last weight is the bias. */
  private static double[] fit(List<Sample> samples, List<double[]> x, String without, int size) {
    double[] weights = new double[size + 1];
    long copies = samples.stream().filter(s -> s.copy && !s.speaker.equals(without)).count();
    long originals = samples.stream().filter(s -> !s.copy && !s.speaker.equals(without)).count();
    for (int step = 0; step < STEPS; step++) {
      double[] gradient = new double[size + 1];
      for (int s = 0; s < samples.size(); s++) {
        Sample sample = samples.get(s);
        if (sample.speaker.equals(without)) {
          continue;
        }
        double p = 1 / (1 + Math.exp(-dot(weights, x.get(s))));
        double off = (p - (sample.copy ? 1 : 0)) / (sample.copy ? 2.0 * copies : 2.0 * originals);
        for (int i = 0; i < size; i++) {
          gradient[i] += off * x.get(s)[i];
        }
        gradient[size] += off;
      }
      for (int i = 0; i <= size; i++) {
        weights[i] -= RATE * (gradient[i] + (i < size ? DECAY * weights[i] : 0));
      }
    }
    return weights;
  }

  private static double dot(double[] weights, double[] x) {
    double sum = weights[x.length];
    for (int i = 0; i < x.length; i++) {
      sum += weights[i] * x[i];
    }
    return sum;
  }
}
