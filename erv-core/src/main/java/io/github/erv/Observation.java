package io.github.erv;

import static java.util.Objects.requireNonNull;

import io.github.erv.media.TimeSpan;

/**
 * What one encoder says of one subject at one time.
 *
 * <p>The span is the time that the observation <em>speaks for</em>, not the context it looked at: a
 * picture speaks for the instant of its presentation, a voice encoder that reads the last two
 * seconds every quarter of a second speaks for that quarter. Immutable and thread-safe.
 */
public final class Observation {
  private final Modality modality;
  private final Subject subject;
  private final TimeSpan span;
  private final Evidence evidence;

  private Observation(Modality modality, Subject subject, TimeSpan span, Evidence evidence) {
    this.modality = requireNonNull(modality, "modality");
    this.subject = requireNonNull(subject, "subject");
    this.span = requireNonNull(span, "span");
    this.evidence = requireNonNull(evidence, "evidence");
    if (subject.equals(Subject.SCENE) && evidence instanceof Evidence.Present) {
      throw new IllegalArgumentException("only missing evidence can be said of the whole scene");
    }
  }

  /**
   * Returns an observation.
   *
   * @param modality what was looked at or listened to
   * @param subject of whom it speaks
   * @param span for which time it speaks
   * @param evidence what was found, or why nothing was
   * @return the observation
   * @throws IllegalArgumentException if present evidence is said of {@link Subject#SCENE}
   */
  public static Observation of(
      Modality modality, Subject subject, TimeSpan span, Evidence evidence) {
    return new Observation(modality, subject, span, evidence);
  }

  /**
   * Returns what was looked at or listened to.
   *
   * @return the modality
   */
  public Modality modality() {
    return modality;
  }

  /**
   * Returns of whom it speaks.
   *
   * @return the subject
   */
  public Subject subject() {
    return subject;
  }

  /**
   * Returns for which time it speaks.
   *
   * @return the span, an instant for a picture
   */
  public TimeSpan span() {
    return span;
  }

  /**
   * Returns what was found.
   *
   * @return present or missing evidence
   */
  public Evidence evidence() {
    return evidence;
  }

  /**
   * Tells whether something was found.
   *
   * @return true if the evidence is {@link Evidence.Present}
   */
  public boolean present() {
    return evidence instanceof Evidence.Present;
  }

  /**
   * Returns this observation with other evidence.
   *
   * @param other the evidence to hold instead
   * @return a new observation
   */
  public Observation withEvidence(Evidence other) {
    return new Observation(modality, subject, span, other);
  }

  /**
   * Returns this observation, said of somebody else.
   *
   * @param other the subject to name instead
   * @return a new observation
   */
  public Observation withSubject(Subject other) {
    return new Observation(modality, other, span, evidence);
  }

  @Override
  public String toString() {
    return modality + " of " + subject + " at " + span + ": " + evidence;
  }
}
