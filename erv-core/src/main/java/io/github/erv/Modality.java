package io.github.erv;

import java.util.regex.Pattern;

/**
 * A channel through which emotion is expressed, identified by its name. An open value: a user's
 * encoder may bring its own.
 *
 * @param name lower-case noun, as in {@code face}; letters, digits and hyphens
 */
public record Modality(String name) implements Comparable<Modality> {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

  /** Facial expression. */
  public static final Modality FACE = new Modality("face");

  /** Tone of voice. */
  public static final Modality VOICE = new Modality("voice");

  /** Words. */
  public static final Modality TEXT = new Modality("text");

  /** Posture and gesture. */
  public static final Modality BODY = new Modality("body");

  public Modality {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a modality's name must be lower-case letters, digits and hyphens, was \"" + name + '"');
    }
  }

  /**
   * Orders by name, so that everything that goes through modalities does so in one order.
   *
   * @param other another modality
   * @return negative, zero or positive
   */
  @Override
  public int compareTo(Modality other) {
    return name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return name;
  }
}
