package io.github.erv.emotion;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Probabilities over a {@link LabelSet}, and the <em>support</em>: the classes that whoever made it
 * knows. A class outside the support is no information, not zero: a voice model that has never
 * heard of surprise does not vote against it.
 *
 * <p>Probabilities sum to 1 over the support and are 0 outside it. A distribution with an empty
 * support says nothing; see {@link #uninformed}. Immutable and thread-safe.
 */
public final class Distribution {
  /** How far from 1 the given probabilities may sum: float softmax outputs stay well within. */
  private static final float SUM_TOLERANCE = 1e-3f;

  /**
   * How far from 1 normalised probabilities may sum: each is within half an ulp of its exact share.
   */
  private static final double ROUNDING = 0x1p-23;

  private final LabelSet labels;
  private final float[] probabilities;
  private final boolean[] support;
  private final int top;

  private Distribution(LabelSet labels, float[] probabilities, boolean[] support) {
    this.labels = labels;
    this.probabilities = probabilities;
    this.support = support;
    int best = -1;
    for (int i = 0; i < probabilities.length; i++) {
      if (support[i] && (best < 0 || probabilities[i] > probabilities[best])) {
        best = i;
      }
    }
    this.top = best;
  }

  /**
   * Returns a distribution that knows every class.
   *
   * @param labels the classes, in the order of the probabilities
   * @param probabilities shape (labels), each in [0, 1], summing to 1 within 0.001; copied and
   *     divided by their sum, unless that is 1 to float precision
   * @return the distribution
   * @throws IllegalArgumentException if the length, a value or the sum is off
   */
  public static Distribution of(LabelSet labels, float... probabilities) {
    boolean[] support = new boolean[labels.size()];
    Arrays.fill(support, true);
    return of(labels, probabilities, support);
  }

  /**
   * Returns a distribution that knows some classes.
   *
   * @param labels the classes, in the order of the probabilities
   * @param probabilities shape (labels), each in [0, 1]; those inside the support sum to 1 within
   *     0.001, those outside are 0; copied
   * @param support shape (labels), which classes are known; copied
   * @return the distribution
   * @throws IllegalArgumentException if a length, a value or the sum is off
   */
  public static Distribution of(LabelSet labels, float[] probabilities, boolean[] support) {
    requireLength(labels, probabilities.length);
    requireLength(labels, support.length);
    float[] copy = probabilities.clone();
    double sum = 0;
    boolean any = false;
    for (int i = 0; i < copy.length; i++) {
      if (!(copy[i] >= 0 && copy[i] <= 1 + SUM_TOLERANCE)) { // so written that NaN fails too
        throw new IllegalArgumentException(
            "the probability of " + labels.get(i) + " must be in [0, 1], was " + copy[i]);
      }
      if (!support[i] && copy[i] != 0) {
        throw new IllegalArgumentException(
            "the probability of "
                + labels.get(i)
                + " must be 0 outside the support, was "
                + copy[i]);
      }
      copy[i] += 0f; // a negative zero would not be equal to zero
      any |= support[i];
      sum += copy[i];
    }
    if (!any) {
      return uninformed(labels);
    }
    if (Math.abs(sum - 1) > SUM_TOLERANCE) {
      throw new IllegalArgumentException("probabilities must sum to 1, summed to " + sum);
    }
    if (Math.abs(sum - 1) > ROUNDING) { // what is normalised stays as it is, to the bit
      for (int i = 0; i < copy.length; i++) {
        copy[i] = (float) (copy[i] / sum);
      }
    }
    return new Distribution(labels, copy, support.clone());
  }

  /**
   * Returns a distribution proportional to given weights, over all classes.
   *
   * @param labels the classes, in the order of the weights
   * @param weights shape (labels), each finite and at least 0, not all 0
   * @return the weights divided by their sum
   * @throws IllegalArgumentException if the length or a value is off
   */
  public static Distribution proportionalTo(LabelSet labels, float... weights) {
    requireLength(labels, weights.length);
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      if (!(weights[i] >= 0 && weights[i] <= Float.MAX_VALUE)) {
        throw new IllegalArgumentException(
            "the weight of " + labels.get(i) + " must be finite and >= 0, was " + weights[i]);
      }
      sum += weights[i];
    }
    if (sum == 0) {
      throw new IllegalArgumentException("weights must not all be 0");
    }
    float[] probabilities = new float[weights.length];
    for (int i = 0; i < weights.length; i++) {
      probabilities[i] = (float) (weights[i] / sum);
    }
    return of(labels, probabilities);
  }

  /**
   * Returns the softmax of logits, over all classes.
   *
   * @param labels the classes, in the order of the logits
   * @param logits shape (labels), finite
   * @return the distribution
   * @throws IllegalArgumentException if the length is off or a logit is not finite
   */
  public static Distribution softmax(LabelSet labels, float... logits) {
    requireLength(labels, logits.length);
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < logits.length; i++) {
      if (!Float.isFinite(logits[i])) {
        throw new IllegalArgumentException(
            "the logit of " + labels.get(i) + " must be finite, was " + logits[i]);
      }
      max = Math.max(max, logits[i]);
    }
    float[] weights = new float[logits.length];
    for (int i = 0; i < logits.length; i++) {
      weights[i] = (float) Math.exp(logits[i] - max);
    }
    return proportionalTo(labels, weights);
  }

  /**
   * Returns the distribution that puts everything on one class and knows all.
   *
   * @param labels the classes
   * @param emotion one of them
   * @return the distribution
   * @throws IllegalArgumentException if the emotion is not among the labels
   */
  public static Distribution certain(LabelSet labels, Emotion emotion) {
    int index = labels.indexOf(emotion);
    if (index < 0) {
      throw new IllegalArgumentException(labels + " does not hold " + emotion);
    }
    float[] probabilities = new float[labels.size()];
    probabilities[index] = 1;
    return of(labels, probabilities);
  }

  /**
   * Returns the distribution of somebody who knows none of the classes: its support is empty and
   * every probability is 0.
   *
   * @param labels the classes
   * @return the distribution
   */
  public static Distribution uninformed(LabelSet labels) {
    return new Distribution(labels, new float[labels.size()], new boolean[labels.size()]);
  }

  private static void requireLength(LabelSet labels, int length) {
    if (length != labels.size()) {
      throw new IllegalArgumentException(
          labels + " has " + labels.size() + " classes, the array has " + length);
    }
  }

  /**
   * Returns the classes.
   *
   * @return the label set
   */
  public LabelSet labels() {
    return labels;
  }

  /**
   * Returns the probability of an emotion.
   *
   * @param emotion any emotion
   * @return in [0, 1]; 0 for one outside the support
   */
  public float probability(Emotion emotion) {
    int index = labels.indexOf(emotion);
    return index < 0 ? 0 : probabilities[index];
  }

  /**
   * Returns the probability of the class at an index of the label set.
   *
   * @param index in [0, labels)
   * @return in [0, 1]; 0 for one outside the support
   */
  public float probability(int index) {
    return probabilities[index];
  }

  /**
   * Tells whether whoever made this distribution knows an emotion.
   *
   * @param emotion any emotion
   * @return true if it is in the support
   */
  public boolean supports(Emotion emotion) {
    int index = labels.indexOf(emotion);
    return index >= 0 && support[index];
  }

  /**
   * Tells whether the class at an index of the label set is in the support.
   *
   * @param index in [0, labels)
   * @return true if it is
   */
  public boolean supports(int index) {
    return support[index];
  }

  /**
   * Tells whether this distribution says anything at all.
   *
   * @return false if its support is empty
   */
  public boolean informed() {
    return top >= 0;
  }

  /**
   * Returns the most probable emotion, the first of equals.
   *
   * @return the emotion, or the first of the label set if the support is empty
   */
  public Emotion top() {
    return labels.get(Math.max(0, top));
  }

  /**
   * Returns the probability of the most probable emotion.
   *
   * @return in [0, 1]; 0 if the support is empty
   */
  public float topProbability() {
    return top < 0 ? 0 : probabilities[top];
  }

  /**
   * Returns Shannon's entropy.
   *
   * @return in bits, at least 0
   */
  public double entropyBits() {
    double sum = 0;
    for (float p : probabilities) {
      if (p > 0) {
        sum -= p * Math.log(p);
      }
    }
    return sum / Math.log(2);
  }

  /**
   * Copies the probabilities into an array.
   *
   * @param target receives them
   * @param offset where the first goes
   * @throws IndexOutOfBoundsException if they do not fit
   */
  public void copyTo(float[] target, int offset) {
    System.arraycopy(probabilities, 0, target, offset, probabilities.length);
  }

  /**
   * Returns the supported classes with their probabilities, in the order of the label set.
   *
   * @return a new, mutable, ordered map
   */
  public Map<Emotion, Float> asMap() {
    Map<Emotion, Float> map = new LinkedHashMap<>();
    for (int i = 0; i < probabilities.length; i++) {
      if (support[i]) {
        map.put(labels.get(i), probabilities[i]);
      }
    }
    return map;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Distribution that
        && labels.equals(that.labels)
        && Arrays.equals(probabilities, that.probabilities)
        && Arrays.equals(support, that.support);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * labels.hashCode() + Arrays.hashCode(probabilities))
        + Arrays.hashCode(support);
  }

  @Override
  public String toString() {
    return asMap().toString();
  }
}
