package io.github.erv.training.classical;

import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.LabelSet;
import io.github.erv.metrics.Bootstrap;
import io.github.erv.metrics.ClassificationAccumulator;
import io.github.erv.metrics.ClassificationScores;
import io.github.erv.metrics.ConfusionMatrix;
import io.github.erv.metrics.Interval;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A recording that was held out, and what a model that had not heard its speaker read.
 *
 * @param recording the recording
 * @param scores a value a class, logarithms of odds once divided by a temperature
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Held(Recording recording, float[] scores) {
  /** The first of the greatest. */
  int guess() {
    int best = 0;
    for (int c = 1; c < scores.length; c++) {
      best = scores[c] > scores[best] ? c : best;
    }
    return best;
  }

  /** Mean over the classes of the part recognised. */
  static double uar(List<Held> held, LabelSet labels) {
    return matrix(held, labels, null).uar();
  }

  private static ConfusionMatrix matrix(List<Held> held, LabelSet labels, int @Nullable [] times) {
    long[][] counts = new long[labels.size()][labels.size()];
    for (int i = 0; i < held.size(); i++) {
      Held one = held.get(i);
      counts[one.recording.label()][one.guess()] += times == null ? 1 : times[i];
    }
    return ConfusionMatrix.of(labels, counts);
  }

  /** The figure with its interval over speakers, and the classes' own. */
  static String report(List<Held> held, LabelSet labels, float temperature, long seed) {
    Interval interval =
        Bootstrap.clustered(held.stream().map(h -> h.recording.speaker()).toList(), seed)
            .interval(times -> matrix(held, labels, times).uar());
    ConfusionMatrix matrix = matrix(held, labels, null);
    StringBuilder recalls = new StringBuilder();
    for (int c = 0; c < labels.size(); c++) {
      recalls.append(
          String.format(Locale.ROOT, " %s %.0f", labels.get(c).name(), 100 * matrix.recall(c)));
    }
    return String.format(
        Locale.ROOT,
        "UAR %.1f %% (95 %% %.1f-%.1f over speakers, n = %d), accuracy %.1f %%, ECE %.3f;%s",
        100 * matrix.uar(),
        100 * interval.low(),
        100 * interval.high(),
        held.size(),
        100 * matrix.accuracy(),
        scores(held, labels, temperature).reliability().ece(),
        recalls);
  }

  /** How well the probabilities agree with what was said. */
  static ClassificationScores scores(List<Held> held, LabelSet labels, float temperature) {
    ClassificationAccumulator scores = new ClassificationAccumulator(labels);
    for (Held one : held) {
      float[] logits = new float[labels.size()];
      for (int c = 0; c < logits.length; c++) {
        logits[c] = one.scores[c] / temperature;
      }
      scores.add(labels.get(one.recording.label()), Distribution.softmax(labels, logits));
    }
    return scores.scores();
  }

  /** The temperature at which the probabilities agree best, from steps of a twentieth. */
  static float temperature(List<Held> held, LabelSet labels) {
    double least = Double.POSITIVE_INFINITY;
    float best = 1;
    for (float temperature = 0.01f; temperature < 100; temperature *= 1.05f) {
      double nll = scores(held, labels, temperature).nll();
      if (nll < least) {
        least = nll;
        best = temperature;
      }
    }
    return best;
  }
}
