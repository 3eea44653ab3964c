package io.github.erv.personal;

import io.github.erv.error.ModelException;
import io.github.erv.tensor.Safetensors;

/**
 * What is usual for people at large, and how fast one person's own {@link SubjectProfile} takes its
 * place. Somebody never met is read against the population; with evidence, his mean and deviation
 * move to his own:
 *
 * <pre>
 * mean      = (a m + w M) / (a + w)
 * deviation = sqrt((b s^2 + sum of squares about that mean) / (b + w))
 * </pre>
 *
 * where m and s are the population's, M the subject's own mean, w the weight of his evidence, and a
 * and b the weights that the population's mean and deviation are held with. The sum is about the
 * shrunk mean, so that somebody far from the population counts as spread until he is known.
 *
 * <p>Immutable and thread-safe.
 *
 * @see "Efron and Morris (1973), Stein's estimation rule and its competitors: an empirical Bayes
 *     approach, Journal of the American Statistical Association 68"
 */
public final class Population {
  private static final String PREFIX = "population.";

  private final double[] means;
  private final double[] deviations;
  private final double meanWeight;
  private final double deviationWeight;
  private final double enough;

  /**
   * Creates a population.
   *
   * @param means of the features, finite; copied
   * @param deviations as many, positive and finite: how much a feature varies within one subject
   * @param meanWeight of the population's mean, in observations of a subject; positive
   * @param deviationWeight of its deviation; positive
   * @param enough with how much evidence a subject counts as known; positive
   * @throws IllegalArgumentException if a number is off
   */
  public Population(
      float[] means, float[] deviations, double meanWeight, double deviationWeight, double enough) {
    if (means.length == 0 || means.length != deviations.length) {
      throw new IllegalArgumentException(
          "a population needs as many deviations as means, at least one; had %d and %d"
              .formatted(deviations.length, means.length));
    }
    this.means = new double[means.length];
    this.deviations = new double[means.length];
    for (int i = 0; i < means.length; i++) {
      if (!Float.isFinite(means[i])) {
        throw new IllegalArgumentException("mean " + i + " must be finite, was " + means[i]);
      }
      this.means[i] = means[i];
      this.deviations[i] = requirePositive(deviations[i], "deviation " + i);
    }
    this.meanWeight = requirePositive(meanWeight, "meanWeight");
    this.deviationWeight = requirePositive(deviationWeight, "deviationWeight");
    this.enough = requirePositive(enough, "enough");
  }

  private static double requirePositive(double value, String name) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + " must be positive and finite, was " + value);
    }
    return value;
  }

  /**
   * Returns how many features there are.
   *
   * @return at least 1
   */
  public int size() {
    return means.length;
  }

  /**
   * Tells how well a subject is known.
   *
   * @param profile of the subject
   * @return his evidence over what is enough, at most 1
   */
  public double known(SubjectProfile profile) {
    return Math.min(1, profile.evidence() / enough);
  }

  /**
   * Reads features against a subject's own mean and deviation, as far as he is known.
   *
   * @param profile of the subject
   * @param values of the features
   * @param limit greatest size of what comes out
   * @param target receives deviations from the mean, in deviations; 0 where a value is not finite.
   *     May be {@code values}
   * @throws IllegalArgumentException if the numbers of features differ
   */
  public void normaliseInto(SubjectProfile profile, float[] values, float limit, float[] target) {
    if (profile.size() != size() || values.length != size() || target.length < size()) {
      throw new IllegalArgumentException(
          "the population has %d features, the profile %d, given were %d with room for %d"
              .formatted(size(), profile.size(), values.length, target.length));
    }
    for (int i = 0; i < means.length; i++) {
      double weight = profile.weight(i);
      double mean = means[i];
      double squares = 0;
      if (weight > 0) {
        mean = (meanWeight * mean + weight * profile.mean(i)) / (meanWeight + weight);
        squares = profile.squaresAbout(mean, i);
      }
      double deviation =
          Math.sqrt(
              (deviationWeight * deviations[i] * deviations[i] + squares)
                  / (deviationWeight + weight));
      double value = Float.isFinite(values[i]) ? (values[i] - mean) / deviation : 0;
      target[i] = (float) Math.max(-limit, Math.min(limit, value));
    }
  }

  /**
   * Writes the population into a file under way, under names that start with {@code population.}.
   *
   * @param to receives tensors and metadata; numbers become floats
   */
  public void writeInto(Safetensors.Builder to) {
    to.tensor(PREFIX + "means", floats(means), means.length);
    to.tensor(PREFIX + "deviations", floats(deviations), means.length);
    to.metadata(PREFIX + "meanWeight", Double.toString(meanWeight));
    to.metadata(PREFIX + "deviationWeight", Double.toString(deviationWeight));
    to.metadata(PREFIX + "enough", Double.toString(enough));
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /**
   * Reads what {@link #writeInto} wrote.
   *
   * @param from a file; tensors of other names are left alone
   * @return the population
   * @throws ModelException if something is missing or off, saying what
   */
  public static Population read(Safetensors from) {
    try {
      int[] shape = from.shape(PREFIX + "means");
      return new Population(
          from.require(PREFIX + "means", shape),
          from.require(PREFIX + "deviations", shape),
          Double.parseDouble(from.requireMetadata(PREFIX + "meanWeight")),
          Double.parseDouble(from.requireMetadata(PREFIX + "deviationWeight")),
          Double.parseDouble(from.requireMetadata(PREFIX + "enough")));
    } catch (IllegalArgumentException e) {
      throw new ModelException("the population is damaged: " + e.getMessage(), e);
    }
  }

  @Override
  public String toString() {
    return "Population[" + size() + " features]";
  }
}
