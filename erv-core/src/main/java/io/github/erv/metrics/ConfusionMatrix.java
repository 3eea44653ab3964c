package io.github.erv.metrics;

import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How often each class was read where each class was said, and the figures that follow from these
 * counts alone. They agree with scikit-learn's of the same name. Immutable and thread-safe.
 */
public final class ConfusionMatrix {
  private final LabelSet labels;
  private final long[][] counts;
  private final long[] said;
  private final long[] read;
  private final long total;
  private final long right;

  private ConfusionMatrix(LabelSet labels, long[][] counts) {
    int classes = labels.size();
    this.labels = labels;
    this.counts = new long[classes][];
    said = new long[classes];
    read = new long[classes];
    long all = 0;
    long diagonal = 0;
    for (int i = 0; i < classes; i++) {
      this.counts[i] = counts[i].clone();
      for (int j = 0; j < classes; j++) {
        said[i] += counts[i][j];
        read[j] += counts[i][j];
        all += counts[i][j];
      }
      diagonal += counts[i][i];
    }
    total = all;
    right = diagonal;
  }

  /**
   * Returns a matrix of given counts.
   *
   * @param labels the classes
   * @param counts shape (labels, labels), said by read, none negative; copied
   * @return the matrix
   * @throws IllegalArgumentException if the shape or a count is off
   */
  public static ConfusionMatrix of(LabelSet labels, long[][] counts) {
    if (counts.length != labels.size()) {
      throw new IllegalArgumentException(
          labels + " has " + labels.size() + " classes, the matrix " + counts.length + " rows");
    }
    for (long[] row : counts) {
      if (row.length != labels.size()) {
        throw new IllegalArgumentException(
            labels + " has " + labels.size() + " classes, a row " + row.length + " columns");
      }
      for (long count : row) {
        if (count < 0) {
          throw new IllegalArgumentException("a count must be at least 0, was " + count);
        }
      }
    }
    return new ConfusionMatrix(labels, counts);
  }

  /**
   * Returns the classes.
   *
   * @return the label set of both sides
   */
  public LabelSet labels() {
    return labels;
  }

  /**
   * Returns how often one class was read where one was said.
   *
   * @param saidIndex in [0, labels)
   * @param readIndex in [0, labels)
   * @return at least 0
   */
  public long count(int saidIndex, int readIndex) {
    return counts[saidIndex][readIndex];
  }

  /**
   * Returns how often one class was read where one was said.
   *
   * @param saidEmotion one of the labels
   * @param readEmotion one of the labels
   * @return at least 0
   * @throws IllegalArgumentException if the labels lack one of them
   */
  public long count(Emotion saidEmotion, Emotion readEmotion) {
    return counts[index(saidEmotion)][index(readEmotion)];
  }

  private int index(Emotion emotion) {
    int index = labels.indexOf(emotion);
    if (index < 0) {
      throw new IllegalArgumentException(labels + " does not hold " + emotion);
    }
    return index;
  }

  /**
   * Returns how often a class was said.
   *
   * @param index in [0, labels)
   * @return at least 0
   */
  public long said(int index) {
    return said[index];
  }

  /**
   * Returns how often a class was read.
   *
   * @param index in [0, labels)
   * @return at least 0
   */
  public long read(int index) {
    return read[index];
  }

  /**
   * Returns the number of items.
   *
   * @return at least 0
   */
  public long total() {
    return total;
  }

  /**
   * Returns the part of the items that was read as was said.
   *
   * @return in [0, 1]; NaN if there are none
   */
  public double accuracy() {
    return (double) right / total;
  }

  /**
   * Returns the part of what was said that was read.
   *
   * @param index in [0, labels)
   * @return in [0, 1]; NaN if the class was never said
   */
  public double recall(int index) {
    return (double) counts[index][index] / said[index];
  }

  /**
   * Returns the part of what was read that was said.
   *
   * @param index in [0, labels)
   * @return in [0, 1]; NaN if the class was never read
   */
  public double precision(int index) {
    return (double) counts[index][index] / read[index];
  }

  /**
   * Returns the harmonic mean of recall and precision.
   *
   * @param index in [0, labels)
   * @return in [0, 1], 0 if the class was said or read but never rightly; NaN if it was neither
   */
  public double f1(int index) {
    return 2.0 * counts[index][index] / (said[index] + read[index]);
  }

  /**
   * Returns the unweighted average recall: the mean over the classes that were said.
   *
   * @return in [0, 1]; NaN if there are no items
   */
  public double uar() {
    double sum = 0;
    int present = 0;
    for (int i = 0; i < said.length; i++) {
      if (said[i] > 0) {
        sum += recall(i);
        present++;
      }
    }
    return sum / present;
  }

  /**
   * Returns the mean F1 over the classes that were said or read.
   *
   * @return in [0, 1]; NaN if there are no items
   */
  public double macroF1() {
    double sum = 0;
    int present = 0;
    for (int i = 0; i < said.length; i++) {
      if (said[i] + read[i] > 0) {
        sum += f1(i);
        present++;
      }
    }
    return sum / present;
  }

  /**
   * Returns the agreement beyond what chance gives two who use the classes as often as these do.
   *
   * @return at most 1; NaN if there are no items, or only one class was ever said and read
   * @see "Cohen (1960), A coefficient of agreement for nominal scales, Educational and
   *     Psychological Measurement 20"
   */
  public double kappa() {
    double chance = 0;
    for (int i = 0; i < said.length; i++) {
      chance += (double) said[i] / total * read[i] / total;
    }
    return (accuracy() - chance) / (1 - chance);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ConfusionMatrix that
        && labels.equals(that.labels)
        && Arrays.deepEquals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return 31 * labels.hashCode() + Arrays.deepHashCode(counts);
  }

  @Override
  public String toString() {
    return "ConfusionMatrix[" + labels + ' ' + Arrays.deepToString(counts) + ']';
  }
}
