package io.github.erv;

/**
 * Somebody whose expression is estimated: a tracked face, or a voice that is not bound to a face.
 * An identifier within one recording or session, never an identity: nothing about who it is is
 * computed or kept.
 *
 * @param id not empty, as in {@code face-1} or {@code voice}
 */
public record Subject(String id) implements Comparable<Subject> {
  /** The voice that is heard, as long as no {@link SpeakerBinding} gives it to a face. */
  public static final Subject VOICE = new Subject("voice");

  /**
   * Nobody in particular: what an encoder says of the scene as a whole, as that there is no face in
   * it. Only {@link Evidence.Missing} is ever said of it.
   */
  public static final Subject SCENE = new Subject("scene");

  public Subject {
    if (id.isBlank()) {
      throw new IllegalArgumentException("a subject's id must not be blank");
    }
  }

  /**
   * Returns the subject of the n-th face of a recording.
   *
   * @param number counted from 1 in order of appearance
   * @return the subject {@code face-<number>}
   */
  public static Subject face(int number) {
    return new Subject("face-" + number);
  }

  /**
   * Orders by identifier; a number at the end counts as a number, so that {@code face-2} comes
   * before {@code face-10}.
   *
   * @param other another subject
   * @return negative, zero or positive
   */
  @Override
  public int compareTo(Subject other) {
    int length = prefixLength();
    int otherLength = other.prefixLength();
    for (int i = 0; i < Math.min(length, otherLength); i++) {
      if (id.charAt(i) != other.id.charAt(i)) {
        return id.charAt(i) - other.id.charAt(i);
      }
    }
    if (length != otherLength) {
      return length - otherLength;
    }
    return id.length() != other.id.length()
        ? id.length() - other.id.length()
        : id.compareTo(other.id);
  }

  private int prefixLength() {
    int length = id.length();
    while (length > 0 && id.charAt(length - 1) >= '0' && id.charAt(length - 1) <= '9') {
      length--;
    }
    return length;
  }

  @Override
  public String toString() {
    return id;
  }
}
