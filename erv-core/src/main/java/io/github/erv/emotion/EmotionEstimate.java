package io.github.erv.emotion;

import static java.util.Objects.requireNonNull;

import io.github.erv.Evidence;
import io.github.erv.Modality;
import io.github.erv.Region;
import io.github.erv.Subject;
import io.github.erv.media.TimeSpan;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a subject expressed in a stretch of time, how sure that is, and what it rests on. Immutable
 * and thread-safe.
 */
public final class EmotionEstimate {
  /**
   * What one modality brought to an estimate.
   *
   * @param weight its share in the result, in [0, 1]
   * @param reliability how far its evidence could be read, in [0, 1]
   */
  public record Contribution(float weight, float reliability) {
    public Contribution {
      if (!(weight >= 0 && weight <= 1) || !(reliability >= 0 && reliability <= 1)) {
        throw new IllegalArgumentException(
            "weight and reliability must be in [0, 1], were " + weight + " and " + reliability);
      }
    }
  }

  private final Subject subject;
  private final TimeSpan span;
  private final Distribution distribution;
  private final @Nullable Affect affect;
  private final boolean affectDerived;
  private final float confidence;
  private final boolean abstained;
  private final SortedMap<Modality, Contribution> contributions;
  private final SortedMap<Modality, Evidence.Reason> missing;
  private final @Nullable Region region;
  private final List<String> models;

  private EmotionEstimate(Builder builder) {
    subject = builder.subject;
    span = builder.span;
    distribution = builder.distribution;
    affectDerived = builder.affect == null;
    affect = affectDerived ? Affect.derivedFrom(distribution).orElse(null) : builder.affect;
    confidence = builder.confidence;
    abstained = builder.abstained;
    contributions = Collections.unmodifiableSortedMap(new TreeMap<>(builder.contributions));
    missing = Collections.unmodifiableSortedMap(new TreeMap<>(builder.missing));
    region = builder.region;
    models = List.copyOf(builder.models);
  }

  /**
   * Starts an estimate.
   *
   * @param subject who
   * @param span when
   * @param distribution what; uninformed if nothing can be said of categories
   * @return a builder
   */
  public static Builder builder(Subject subject, TimeSpan span, Distribution distribution) {
    return new Builder(subject, span, distribution);
  }

  /**
   * Returns who expressed it.
   *
   * @return the subject
   */
  public Subject subject() {
    return subject;
  }

  /**
   * Returns when it was expressed.
   *
   * @return the span of media time
   */
  public TimeSpan span() {
    return span;
  }

  /**
   * Returns the most probable emotion, also when the estimate {@linkplain #abstained abstained}.
   *
   * @return the first of equals
   */
  public Emotion emotion() {
    return distribution.top();
  }

  /**
   * Returns the probabilities of all emotions.
   *
   * @return over the recogniser's labels
   */
  public Distribution distribution() {
    return distribution;
  }

  /**
   * Returns valence, arousal and dominance: read by a model of the dimensions, or else derived from
   * the distribution by published norms, see {@link #affectDerived}.
   *
   * @return the position, or empty if there is neither a model nor a norm
   */
  public Optional<Affect> affect() {
    return Optional.ofNullable(affect);
  }

  /**
   * Tells where the affect comes from.
   *
   * @return true if it was derived from the distribution, false if a model read it
   */
  public boolean affectDerived() {
    return affectDerived;
  }

  /**
   * Returns how sure the estimate is: the probability of its emotion, times the reliability of the
   * evidence (the modalities' reliabilities averaged by their weights).
   *
   * @return in [0, 1]
   */
  public float confidence() {
    return confidence;
  }

  /**
   * Tells whether the confidence fell short of what the recogniser asks for: the emotion is the
   * best guess, and should not be acted on.
   *
   * @return true if it did
   */
  public boolean abstained() {
    return abstained;
  }

  /**
   * Returns what each modality contributed.
   *
   * @return only modalities that were present, in the order of their names; immutable
   */
  public SortedMap<Modality, Contribution> contributions() {
    return contributions;
  }

  /**
   * Returns the modalities that were listened to but had nothing, and why.
   *
   * @return in the order of their names; immutable
   */
  public SortedMap<Modality, Evidence.Reason> missing() {
    return missing;
  }

  /**
   * Returns where the subject's face was last seen in this span.
   *
   * @return the region in pixels of the analysed frame, or empty for a voice
   */
  public Optional<Region> region() {
    return Optional.ofNullable(region);
  }

  /**
   * Returns the models that produced it.
   *
   * @return name and version of each; immutable
   */
  public List<String> models() {
    return models;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s %.2f-%.2f s: %s %.2f (confidence %.2f%s) from %s",
        subject,
        span.startMicros() / 1e6,
        span.endMicros() / 1e6,
        emotion(),
        distribution.topProbability(),
        confidence,
        abstained ? ", abstained" : "",
        contributions.keySet());
  }

  /** Collects the parts of an estimate. Not thread-safe. */
  public static final class Builder {
    private final Subject subject;
    private final TimeSpan span;
    private final Distribution distribution;
    private @Nullable Affect affect;
    private float confidence;
    private boolean abstained;
    private Map<Modality, Contribution> contributions = Map.of();
    private Map<Modality, Evidence.Reason> missing = Map.of();
    private @Nullable Region region;
    private List<String> models = List.of();

    private Builder(Subject subject, TimeSpan span, Distribution distribution) {
      this.subject = requireNonNull(subject, "subject");
      this.span = requireNonNull(span, "span");
      this.distribution = requireNonNull(distribution, "distribution");
      this.confidence = distribution.topProbability();
    }

    /**
     * Sets the affect that a model read. Without it, the affect is derived from the distribution.
     *
     * @param value the position
     * @return this
     */
    public Builder affect(Affect value) {
      affect = requireNonNull(value);
      return this;
    }

    /**
     * Sets the confidence. Without it, it is the probability of the top emotion.
     *
     * @param value in [0, 1]
     * @return this
     */
    public Builder confidence(float value) {
      if (!(value >= 0 && value <= 1)) {
        throw new IllegalArgumentException("confidence must be in [0, 1], was " + value);
      }
      confidence = value;
      return this;
    }

    /**
     * Sets whether the estimate abstains.
     *
     * @param value true if it does
     * @return this
     */
    public Builder abstained(boolean value) {
      abstained = value;
      return this;
    }

    /**
     * Sets what each modality contributed.
     *
     * @param value only modalities that were present
     * @return this
     */
    public Builder contributions(Map<Modality, Contribution> value) {
      contributions = requireNonNull(value);
      return this;
    }

    /**
     * Sets the modalities that had nothing.
     *
     * @param value each with its reason
     * @return this
     */
    public Builder missing(Map<Modality, Evidence.Reason> value) {
      missing = requireNonNull(value);
      return this;
    }

    /**
     * Sets where the face was seen.
     *
     * @param value in pixels of the analysed frame, or null
     * @return this
     */
    public Builder region(@Nullable Region value) {
      region = value;
      return this;
    }

    /**
     * Sets the models that produced it.
     *
     * @param value name and version of each
     * @return this
     */
    public Builder models(List<String> value) {
      models = requireNonNull(value);
      return this;
    }

    /**
     * Returns the estimate.
     *
     * @return what was collected
     */
    public EmotionEstimate build() {
      return new EmotionEstimate(this);
    }
  }
}
