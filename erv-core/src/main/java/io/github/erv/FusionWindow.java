package io.github.erv;

import io.github.erv.emotion.LabelSet;
import io.github.erv.media.TimeSpan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the modalities saw of one subject in one window: per modality, the observations in time
 * order, possibly none. Distributions are already over {@link #labels}. Not thread-safe.
 */
public final class FusionWindow {
  private final LabelSet labels;
  private final Subject subject;
  private final TimeSpan window;
  private final TimeSpan hop;
  private final SortedMap<Modality, List<Observation>> observations = new TreeMap<>();

  /**
   * Creates a window from observations.
   *
   * @param labels the classes of every distribution
   * @param subject of whom the observations speak
   * @param window the time they come from
   * @param hop the end of that time, for which the estimate speaks
   * @param modalities every modality that is listened to, present or not
   * @param observations in any order
   * @throws IllegalArgumentException if a distribution has other labels
   */
  public FusionWindow(
      LabelSet labels,
      Subject subject,
      TimeSpan window,
      TimeSpan hop,
      Set<Modality> modalities,
      List<Observation> observations) {
    this.labels = labels;
    this.subject = subject;
    this.window = window;
    this.hop = hop;
    for (Modality modality : modalities) {
      this.observations.put(modality, new ArrayList<>());
    }
    for (Observation observation : observations) {
      if (observation.evidence() instanceof Evidence.Present present) {
        present
            .distribution()
            .filter(distribution -> !distribution.labels().equals(labels))
            .ifPresent(
                distribution -> {
                  throw new IllegalArgumentException(
                      "the window is over "
                          + labels
                          + ", an observation over "
                          + distribution.labels());
                });
      }
      this.observations
          .computeIfAbsent(observation.modality(), modality -> new ArrayList<>())
          .add(observation);
    }
    for (Map.Entry<Modality, List<Observation>> entry : this.observations.entrySet()) {
      entry.getValue().sort((a, b) -> a.span().compareTo(b.span()));
      entry.setValue(Collections.unmodifiableList(entry.getValue()));
    }
  }

  /**
   * Returns the classes of every distribution.
   *
   * @return the recogniser's label set
   */
  public LabelSet labels() {
    return labels;
  }

  /**
   * Returns of whom the observations speak.
   *
   * @return the subject
   */
  public Subject subject() {
    return subject;
  }

  /**
   * Returns the time the observations come from.
   *
   * @return a span that ends where the hop ends
   */
  public TimeSpan window() {
    return window;
  }

  /**
   * Returns the time for which the estimate speaks.
   *
   * @return the last part of the window
   */
  public TimeSpan hop() {
    return hop;
  }

  /**
   * Returns every modality that is listened to, in the order of their names.
   *
   * @return an immutable set
   */
  public Set<Modality> modalities() {
    return Collections.unmodifiableSet(observations.keySet());
  }

  /**
   * Returns what one modality saw.
   *
   * @param modality any modality
   * @return observations in time order, empty if there are none
   */
  public List<Observation> observations(Modality modality) {
    return observations.getOrDefault(modality, List.of());
  }
}
