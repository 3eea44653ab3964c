package io.github.erv.personal;

import java.util.Arrays;

/**
 * The running baseline of one subject: for each of some features the weight of what was seen, its
 * mean and its spread. {@link #plus} takes up one more observation, {@link #merge} another profile;
 * a {@link Population} reads features against it.
 *
 * <p>The weight of an observation says how much of an independent one it is: windows that overlap
 * by half count half. Features that are not finite are skipped, each on its own, so features may
 * differ in weight. Observations taken up in another order give the same profile up to rounding.
 *
 * <p>Immutable and thread-safe.
 *
 * @see "West (1979), Updating mean and variance estimates: an improved method, Communications of
 *     the ACM 22(9)"
 * @see "Chan, Golub and LeVeque (1983), Algorithms for computing the sample variance, The American
 *     Statistician 37(3)"
 */
public final class SubjectProfile {
  private final double evidence;
  private final double[] weights;
  private final double[] means;

  /** Weighted sums of squares about the mean. */
  private final double[] squares;

  private SubjectProfile(double evidence, double[] weights, double[] means, double[] squares) {
    this.evidence = evidence;
    this.weights = weights;
    this.means = means;
    this.squares = squares;
  }

  /**
   * Returns the profile of somebody never met.
   *
   * @param size how many features there are, at least 1
   * @return a profile without evidence
   */
  public static SubjectProfile empty(int size) {
    if (size < 1) {
      throw new IllegalArgumentException("a profile needs a feature, had " + size);
    }
    return new SubjectProfile(0, new double[size], new double[size], new double[size]);
  }

  /**
   * Returns how many features there are.
   *
   * @return at least 1
   */
  public int size() {
    return weights.length;
  }

  /**
   * Returns the weight of all observations.
   *
   * @return 0 if there was none
   */
  public double evidence() {
    return evidence;
  }

  /**
   * Returns the weight of the observations in which a feature was there.
   *
   * @param feature its index
   * @return at most the {@link #evidence}
   */
  public double weight(int feature) {
    return weights[feature];
  }

  /**
   * Returns the mean of a feature.
   *
   * @param feature its index
   * @return NaN if it was never there
   */
  public double mean(int feature) {
    return weights[feature] == 0 ? Double.NaN : means[feature];
  }

  /**
   * Returns the standard deviation of a feature, with its weight as the divisor.
   *
   * @param feature its index
   * @return at least 0; NaN if it was never there
   */
  public double deviation(int feature) {
    return Math.sqrt(squares[feature] / weights[feature]);
  }

  /** The weighted sum of squares about any centre. */
  double squaresAbout(double centre, int feature) {
    double off = means[feature] - centre;
    return squares[feature] + weights[feature] * off * off;
  }

  /**
   * Returns this profile with one more observation.
   *
   * @param values of the features; those that are not finite are skipped
   * @param weight finite and not negative
   * @return a new profile
   * @throws IllegalArgumentException if there are not as many values as features, or the weight is
   *     off
   */
  public SubjectProfile plus(float[] values, double weight) {
    requireSize(values.length);
    if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("weight must be finite and at least 0, was " + weight);
    }
    if (weight == 0) {
      return this;
    }
    SubjectProfile sum = copy(evidence + weight);
    for (int i = 0; i < values.length; i++) {
      if (Float.isFinite(values[i])) {
        sum.take(i, weight, values[i], 0);
      }
    }
    return sum;
  }

  /**
   * Returns what both profiles know.
   *
   * @param other of the same features
   * @return the profile of the observations of both
   * @throws IllegalArgumentException if the other has another number of features
   */
  public SubjectProfile merge(SubjectProfile other) {
    requireSize(other.size());
    SubjectProfile sum = copy(evidence + other.evidence);
    for (int i = 0; i < size(); i++) {
      if (other.weights[i] > 0) {
        sum.take(i, other.weights[i], other.means[i], other.squares[i]);
      }
    }
    return sum;
  }

  private SubjectProfile copy(double newEvidence) {
    return new SubjectProfile(newEvidence, weights.clone(), means.clone(), squares.clone());
  }

  /** Chan et al.'s equation 2.1, with weights for counts. */
  private void take(int i, double weight, double mean, double square) {
    double total = weights[i] + weight;
    double off = mean - means[i];
    means[i] += off * weight / total;
    squares[i] += square + off * off * weights[i] * weight / total;
    weights[i] = total;
  }

  private void requireSize(int other) {
    if (other != size()) {
      throw new IllegalArgumentException(
          "the profile has %d features, given were %d".formatted(size(), other));
    }
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof SubjectProfile other
        && evidence == other.evidence
        && Arrays.equals(weights, other.weights)
        && Arrays.equals(means, other.means)
        && Arrays.equals(squares, other.squares);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(means) + Double.hashCode(evidence);
  }

  @Override
  public String toString() {
    return "SubjectProfile[" + size() + " features, evidence " + evidence + "]";
  }
}
