package io.github.erv.fusion.train;

import static java.util.Objects.requireNonNull;

import io.github.erv.Evidence;
import io.github.erv.FusionWindow;
import io.github.erv.Modality;
import io.github.erv.Observation;
import io.github.erv.Subject;
import io.github.erv.emotion.Affect;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.media.TimeSpan;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * What the modalities saw in one window, and what is true of it. The window is of the kind that a
 * {@link io.github.erv.FusionStrategy} gets, so whatever is fitted sees in training what it will
 * see in use. Immutable; safe for threads that only read.
 *
 * @param window observations of each modality in time order: a sequence, or one for a vector
 * @param target what is true
 * @param group whatever must not be on both sides of a split: a speaker, a video
 */
public record Example(FusionWindow window, Target target, String group) {
  public Example {
    requireNonNull(window, "window");
    requireNonNull(group, "group");
    LabelSet labels = window.labels();
    if (target instanceof Target.Label label && !labels.contains(label.emotion())) {
      throw new IllegalArgumentException(
          "the label \"" + label.emotion() + "\" is none of the window's " + labels);
    }
    if (target instanceof Target.Votes votes && !votes.distribution().labels().equals(labels)) {
      throw new IllegalArgumentException(
          "the votes are over " + votes.distribution().labels() + ", the window over " + labels);
    }
  }

  /**
   * Starts an example.
   *
   * @param labels the classes
   * @return a builder
   */
  public static Builder builder(LabelSet labels) {
    return new Builder(labels);
  }

  /** Collects what was seen. Not thread-safe. */
  public static final class Builder {
    private final LabelSet labels;
    private final List<Observation> observations = new ArrayList<>();
    private final TreeSet<Modality> modalities = new TreeSet<>();
    private String group = "";

    private Builder(LabelSet labels) {
      this.labels = requireNonNull(labels);
    }

    /**
     * Adds what a modality saw at one time.
     *
     * @param modality any modality
     * @param micros when, in microseconds from any origin that the modalities share
     * @param evidence what
     * @return this
     */
    public Builder at(Modality modality, long micros, Evidence.Present evidence) {
      modalities.add(modality);
      observations.add(Observation.of(modality, Subject.face(1), TimeSpan.at(micros), evidence));
      return this;
    }

    /**
     * Adds features of a modality at one time, of quality 1.
     *
     * @param modality any modality
     * @param micros when, in microseconds from any origin that the modalities share
     * @param features an embedding or any measurements; copied
     * @return this
     */
    public Builder featuresAt(Modality modality, long micros, float... features) {
      return at(modality, micros, Evidence.Present.builder(1).embedding(features).build());
    }

    /**
     * Adds a modality that is one vector for the whole window, of quality 1.
     *
     * @param modality any modality
     * @param features an embedding or any measurements; copied
     * @return this
     */
    public Builder features(Modality modality, float... features) {
      return featuresAt(modality, 0, features);
    }

    /**
     * Adds a modality of which only its conclusion for the whole window is known, of quality 1.
     *
     * @param modality any modality
     * @param distribution over the labels
     * @return this
     */
    public Builder distribution(Modality modality, Distribution distribution) {
      return at(modality, 0, Evidence.Present.of(distribution, 1));
    }

    /**
     * Sets whatever must not be on both sides of a split.
     *
     * @param value a speaker, a video; empty unless set
     * @return this
     */
    public Builder group(String value) {
      group = requireNonNull(value);
      return this;
    }

    /**
     * Returns the example with one class as its target.
     *
     * @param emotion one of the labels
     * @return the example
     */
    public Example label(Emotion emotion) {
      return build(new Target.Label(emotion));
    }

    /**
     * Returns the example with the votes of several people as its target.
     *
     * @param votes over the labels
     * @return the example
     */
    public Example votes(Distribution votes) {
      return build(new Target.Votes(votes));
    }

    /**
     * Returns the example with a rated position as its target.
     *
     * @param affect the position, of which dominance is not used
     * @return the example
     */
    public Example affect(Affect affect) {
      return build(new Target.Dimensions(affect.valence(), affect.arousal()));
    }

    private Example build(Target target) {
      long start = 0;
      long end = 0;
      for (int i = 0; i < observations.size(); i++) {
        TimeSpan span = observations.get(i).span();
        start = i == 0 ? span.startMicros() : Math.min(start, span.startMicros());
        end = i == 0 ? span.endMicros() : Math.max(end, span.endMicros());
      }
      TimeSpan window = new TimeSpan(start, end);
      return new Example(
          new FusionWindow(labels, Subject.face(1), window, window, modalities, observations),
          target,
          group);
    }
  }
}
