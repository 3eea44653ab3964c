package io.github.erv.emotion;

import java.util.regex.Pattern;

/**
 * An emotion category, identified by its name. An open value: data sets disagree about which
 * categories there are, so constants exist for the common ones and any other can be made.
 *
 * @param name lower-case noun, as in {@code happiness}; letters, digits and hyphens
 */
public record Emotion(String name) {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

  /** No marked expression. */
  public static final Emotion NEUTRAL = new Emotion("neutral");

  /** Happiness, joy. */
  public static final Emotion HAPPINESS = new Emotion("happiness");

  /** Surprise, of either sign. */
  public static final Emotion SURPRISE = new Emotion("surprise");

  /** Sadness. */
  public static final Emotion SADNESS = new Emotion("sadness");

  /** Anger. */
  public static final Emotion ANGER = new Emotion("anger");

  /** Disgust. */
  public static final Emotion DISGUST = new Emotion("disgust");

  /** Fear, anxiety. */
  public static final Emotion FEAR = new Emotion("fear");

  /** Contempt. */
  public static final Emotion CONTEMPT = new Emotion("contempt");

  /** Calm: relaxed, as RAVDESS sets it apart from neutral. */
  public static final Emotion CALM = new Emotion("calm");

  /** Boredom, as in EMO-DB. */
  public static final Emotion BOREDOM = new Emotion("boredom");

  public Emotion {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "an emotion's name must be lower-case letters, digits and hyphens, was \"" + name + '"');
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
