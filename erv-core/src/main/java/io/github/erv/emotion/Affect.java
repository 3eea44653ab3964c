package io.github.erv.emotion;

import java.util.Map;
import java.util.Optional;

/**
 * A position in the space of valence, arousal and dominance (Mehrabian and Russell's
 * pleasure-arousal-dominance).
 *
 * @param valence unpleasant -1 to pleasant +1
 * @param arousal calm -1 to excited +1
 * @param dominance controlled -1 to in control +1
 * @see "Russell and Mehrabian (1977), Evidence for a three-factor theory of emotions, Journal of
 *     Research in Personality 11, 273-294"
 */
public record Affect(float valence, float arousal, float dominance) {
  /** The middle of the space. */
  public static final Affect NEUTRAL = new Affect(0, 0, 0);

  /*
   * Mean ratings of emotion terms by Russell and Mehrabian (1977), table 4, to two decimals:
   * happy, surprised, sad, angry, disgusted, fearful, bored, and relaxed for calm and disdainful
   * for contempt, the nearest terms they rated. Neutral is the origin by definition.
   */
  private static final Map<Emotion, Affect> NORMS =
      Map.of(
          Emotion.NEUTRAL, NEUTRAL,
          Emotion.HAPPINESS, new Affect(0.81f, 0.51f, 0.46f),
          Emotion.SURPRISE, new Affect(0.40f, 0.67f, -0.13f),
          Emotion.SADNESS, new Affect(-0.63f, -0.27f, -0.33f),
          Emotion.ANGER, new Affect(-0.51f, 0.59f, 0.25f),
          Emotion.DISGUST, new Affect(-0.60f, 0.35f, 0.11f),
          Emotion.FEAR, new Affect(-0.64f, 0.60f, -0.43f),
          Emotion.CONTEMPT, new Affect(-0.32f, -0.11f, 0.05f),
          Emotion.CALM, new Affect(0.68f, -0.46f, 0.20f),
          Emotion.BOREDOM, new Affect(-0.65f, -0.62f, -0.33f));

  public Affect {
    requireUnit(valence, "valence");
    requireUnit(arousal, "arousal");
    requireUnit(dominance, "dominance");
  }

  /**
   * Returns the published mean rating of an emotion term. A property of the word, not a measurement
   * of anybody.
   *
   * @param emotion any emotion
   * @return the norm, or empty if none is known
   */
  public static Optional<Affect> norm(Emotion emotion) {
    return Optional.ofNullable(NORMS.get(emotion));
  }

  /**
   * Returns the mean of the norms of a distribution's classes, weighted by their probabilities.
   * <em>Derived</em> from categories, which carry less than a model of the dimensions would.
   *
   * @param distribution any distribution
   * @return the mean over the classes that have a norm, or empty if none with probability has
   */
  public static Optional<Affect> derivedFrom(Distribution distribution) {
    double valence = 0;
    double arousal = 0;
    double dominance = 0;
    double mass = 0;
    for (int i = 0; i < distribution.labels().size(); i++) {
      float p = distribution.probability(i);
      Affect norm = NORMS.get(distribution.labels().get(i));
      if (p > 0 && norm != null) {
        valence += p * norm.valence;
        arousal += p * norm.arousal;
        dominance += p * norm.dominance;
        mass += p;
      }
    }
    return mass == 0
        ? Optional.empty()
        : Optional.of(
            new Affect(
                (float) (valence / mass), (float) (arousal / mass), (float) (dominance / mass)));
  }

  private static void requireUnit(float value, String name) {
    if (!(value >= -1f && value <= 1f)) { // so written that NaN fails too
      throw new IllegalArgumentException(name + " must be in [-1, 1], was " + value);
    }
  }
}
