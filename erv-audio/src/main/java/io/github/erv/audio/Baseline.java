package io.github.erv.audio;

import io.github.erv.personal.Population;
import io.github.erv.personal.SubjectProfile;

/**
 * What is usual for a speaker: for people at large, or more and more for himself. Used by one
 * thread at a time.
 */
final class Baseline {
  /** A window counts as this much of an independent observation of the speaker, a second. */
  static final double OBSERVATIONS_PER_SECOND = 0.5;

  private final Population population;

  /** Whether the speaker's own usual takes the place of people's. */
  private final boolean own;

  private SubjectProfile speaker;

  Baseline(Population population, boolean own) {
    this.population = population;
    this.own = own;
    speaker = SubjectProfile.empty(population.size());
  }

  /** NaN if no heed is taken of the speaker. */
  double known() {
    return own ? population.known(speaker) : Double.NaN;
  }

  void learn(float[] features, double weight) {
    if (own) {
      speaker = speaker.plus(features, weight);
    }
  }

  void normaliseInPlace(float[] features) {
    population.normaliseInto(speaker, features, ClassicalSpeechEncoder.LIMIT, features);
  }
}
