package io.github.erv.emotion;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How the classes of one {@link LabelSet} become those of another, and what that loses.
 *
 * <p>A class goes to the class of the same name. Where the target has none, {@code calm} and {@code
 * boredom} go to {@code neutral} if that exists, since all three are low-arousal readings without a
 * marked expression; any other class is dropped unless {@link #merging} says where it goes. Target
 * classes that nothing maps to stay outside the support: the source knows nothing of them.
 * Immutable and thread-safe.
 */
public final class LabelMapping {
  /**
   * Something a mapping loses.
   *
   * @param emotion the class of the source
   * @param becomes the class it is counted as; the same as {@code emotion} if it is dropped
   * @param dropped true if its probability goes nowhere
   */
  public record Loss(Emotion emotion, Emotion becomes, boolean dropped) {
    @Override
    public String toString() {
      return dropped ? emotion + " is dropped" : emotion + " is counted as " + becomes;
    }
  }

  private final LabelSet from;
  private final LabelSet to;
  private final Map<Emotion, Emotion> merged;
  private final int[] target;
  private final List<Loss> losses;

  private LabelMapping(LabelSet from, LabelSet to, Map<Emotion, Emotion> merged) {
    this.from = from;
    this.to = to;
    this.merged = Map.copyOf(merged);
    this.target = new int[from.size()];
    List<Loss> lost = new ArrayList<>();
    for (int i = 0; i < target.length; i++) {
      Emotion emotion = from.get(i);
      Emotion becomes = merged.getOrDefault(emotion, emotion);
      if (!to.contains(becomes)
          && (becomes.equals(Emotion.CALM) || becomes.equals(Emotion.BOREDOM))) {
        becomes = Emotion.NEUTRAL;
      }
      target[i] = to.indexOf(becomes);
      if (target[i] < 0) {
        lost.add(new Loss(emotion, emotion, true));
      } else {
        if (!becomes.equals(emotion)) {
          lost.add(new Loss(emotion, becomes, false));
        }
      }
    }
    this.losses = List.copyOf(lost);
  }

  /**
   * Returns the mapping by name between two label sets.
   *
   * @param from the classes of the source
   * @param to the classes of the target
   * @return the mapping
   */
  public static LabelMapping between(LabelSet from, LabelSet to) {
    return new LabelMapping(from, to, Map.of());
  }

  /**
   * Returns this mapping with one class of the source counted as one of the target.
   *
   * @param emotion a class of the source
   * @param becomes a class of the target
   * @return a new mapping
   * @throws IllegalArgumentException if either set lacks its class
   */
  public LabelMapping merging(Emotion emotion, Emotion becomes) {
    if (!from.contains(emotion)) {
      throw new IllegalArgumentException(from + " does not hold " + emotion);
    }
    if (!to.contains(becomes)) {
      throw new IllegalArgumentException(to + " does not hold " + becomes);
    }
    Map<Emotion, Emotion> all = new LinkedHashMap<>(merged);
    all.put(emotion, becomes);
    return new LabelMapping(from, to, all);
  }

  /**
   * Returns the classes of the source.
   *
   * @return the label set mapped from
   */
  public LabelSet from() {
    return from;
  }

  /**
   * Returns the classes of the target.
   *
   * @return the label set mapped to
   */
  public LabelSet to() {
    return to;
  }

  /**
   * Returns what this mapping loses, in the order of the source.
   *
   * @return an immutable list, empty if every class keeps its name
   */
  public List<Loss> losses() {
    return losses;
  }

  /**
   * Maps a distribution. Dropped probability is spread over the kept classes in proportion; {@link
   * #retained} says how much was kept.
   *
   * @param distribution over {@link #from()}
   * @return over {@link #to()}; uninformed if nothing was kept
   * @throws IllegalArgumentException if the distribution has other labels
   */
  public Distribution apply(Distribution distribution) {
    float kept = retained(distribution);
    if (kept == 0) {
      return Distribution.uninformed(to);
    }
    if (from.equals(to) && losses.isEmpty()) {
      return distribution;
    }
    float[] probabilities = new float[to.size()];
    boolean[] known = new boolean[to.size()];
    for (int i = 0; i < target.length; i++) {
      if (target[i] >= 0 && distribution.supports(i)) {
        probabilities[target[i]] += distribution.probability(i) / kept;
        known[target[i]] = true;
      }
    }
    return Distribution.of(to, probabilities, known);
  }

  /**
   * Returns how much of a distribution's probability falls on classes that the target holds: what
   * is left says how far the mapped reading can be trusted.
   *
   * @param distribution over {@link #from()}
   * @return in [0, 1]
   * @throws IllegalArgumentException if the distribution has other labels
   */
  public float retained(Distribution distribution) {
    if (!distribution.labels().equals(from)) {
      throw new IllegalArgumentException(
          "this mapping is from " + from + ", the distribution is over " + distribution.labels());
    }
    double kept = 0;
    for (int i = 0; i < target.length; i++) {
      if (target[i] >= 0) {
        kept += distribution.probability(i);
      }
    }
    return (float) Math.min(1, kept);
  }

  @Override
  public String toString() {
    return from + " to " + to + ' ' + losses;
  }
}
