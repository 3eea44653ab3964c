package io.github.erv;

import java.util.Optional;
import java.util.SortedSet;

/**
 * Attributes speech to a face. Stateless or thread-safe; called once for every hop in which
 * somebody speaks.
 */
@FunctionalInterface
public interface SpeakerBinding {
  /**
   * Returns whose voice is heard in a hop.
   *
   * @param speech the observation of the voice
   * @param faces the subjects whose face is present in the same hop, in the order of their ids
   * @return one of the faces, or empty to leave the voice on its own lane
   */
  Optional<Subject> bind(Observation speech, SortedSet<Subject> faces);

  /**
   * Returns the binding that gives speech to the face that is visible alone, and to nobody when
   * there is none or more than one. Wrong for a face that listens while somebody off screen speaks;
   * estimates name the modalities they rest on, so that this can be seen.
   *
   * @return the binding
   */
  static SpeakerBinding soleFace() {
    return (speech, faces) -> faces.size() == 1 ? Optional.of(faces.first()) : Optional.empty();
  }

  /**
   * Returns the binding that leaves all speech on the lane of the voice.
   *
   * @return the binding
   */
  static SpeakerBinding none() {
    return (speech, faces) -> Optional.empty();
  }
}
