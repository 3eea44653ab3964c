package io.github.erv.fusion.train;

import static java.util.Objects.requireNonNull;

import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;

/** What is true of an {@link Example}. All examples of one training have the same kind. */
public sealed interface Target {
  /**
   * One class.
   *
   * @param emotion a class of the window's labels
   */
  record Label(Emotion emotion) implements Target {
    public Label {
      requireNonNull(emotion, "emotion");
    }
  }

  /**
   * How several people voted, a soft target.
   *
   * @param distribution their shares, over the window's labels
   */
  record Votes(Distribution distribution) implements Target {
    public Votes {
      requireNonNull(distribution, "distribution");
    }
  }

  /**
   * A position in affect space as people rated it.
   *
   * @param valence unpleasant -1 to pleasant +1
   * @param arousal calm -1 to excited +1
   */
  record Dimensions(float valence, float arousal) implements Target {
    public Dimensions {
      if (!(Math.abs(valence) <= 1 && Math.abs(arousal) <= 1)) { // so that NaN fails too
        throw new IllegalArgumentException(
            "valence and arousal must be in [-1, 1], were " + valence + " and " + arousal);
      }
    }
  }
}
