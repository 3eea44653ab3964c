package io.github.erv;

import io.github.erv.emotion.Affect;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.LabelSet;
import io.github.erv.media.TimeSpan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  /**
   * Returns what one modality saw over the whole window: the mean of its present observations,
   * weighted by their quality. Distributions are averaged class by class over those that know the
   * class, affects and embeddings (of the length of the first) likewise; the quality is the plain
   * mean, the region the last.
   *
   * @param modality any modality
   * @return one piece of evidence for the window, or empty if the modality was not present
   */
  public Optional<Evidence.Present> pooled(Modality modality) {
    List<Evidence.Present> present = new ArrayList<>();
    for (Observation observation : observations(modality)) {
      if (observation.evidence() instanceof Evidence.Present evidence) {
        present.add(evidence);
      }
    }
    if (present.size() <= 1) {
      return present.stream().findFirst();
    }
    return Optional.of(mean(present));
  }

  private Evidence.Present mean(List<Evidence.Present> present) {
    double quality = 0;
    for (Evidence.Present evidence : present) {
      quality += evidence.quality();
    }
    boolean unreadable = quality == 0; // then all count alike
    double[] sum = new double[labels.size()];
    double[] known = new double[labels.size()];
    double affectWeight = 0;
    double[] affect = new double[3];
    double embeddingWeight = 0;
    int size = 0;
    for (Evidence.Present evidence : present) {
      size = Math.max(size, evidence.embeddingSize());
    }
    float[] one = new float[size];
    double[] embedding = new double[size];
    Region region = null;
    for (Evidence.Present evidence : present) {
      double weight = unreadable ? 1 : evidence.quality();
      Distribution distribution = evidence.distribution().orElse(null);
      for (int i = 0; distribution != null && i < sum.length; i++) {
        if (distribution.supports(i)) {
          sum[i] += weight * distribution.probability(i);
          known[i] += weight;
        }
      }
      if (evidence.affect().isPresent()) {
        Affect a = evidence.affect().get();
        affectWeight += weight;
        affect[0] += weight * a.valence();
        affect[1] += weight * a.arousal();
        affect[2] += weight * a.dominance();
      }
      if (size > 0 && evidence.embeddingSize() == size) {
        evidence.copyEmbedding(one, 0);
        embeddingWeight += weight;
        for (int i = 0; i < size; i++) {
          embedding[i] += weight * one[i];
        }
      }
      region = evidence.region().orElse(region);
    }
    Evidence.Present.Builder mean =
        Evidence.Present.builder((float) Math.min(1, quality / present.size()));
    distribution(sum, known).ifPresent(mean::distribution);
    if (affectWeight > 0) {
      mean.affect(
          new Affect(
              (float) (affect[0] / affectWeight),
              (float) (affect[1] / affectWeight),
              (float) (affect[2] / affectWeight)));
    }
    if (embeddingWeight > 0) {
      for (int i = 0; i < size; i++) {
        one[i] = (float) (embedding[i] / embeddingWeight);
      }
      mean.embedding(one);
    }
    if (region != null) {
      mean.region(region);
    }
    return mean.build();
  }

  private Optional<Distribution> distribution(double[] sum, double[] known) {
    double total = 0;
    for (int i = 0; i < sum.length; i++) {
      sum[i] = known[i] > 0 ? sum[i] / known[i] : 0;
      total += sum[i];
    }
    if (total == 0) {
      return Optional.empty();
    }
    float[] probabilities = new float[sum.length];
    boolean[] support = new boolean[sum.length];
    for (int i = 0; i < sum.length; i++) {
      probabilities[i] = (float) (sum[i] / total);
      support[i] = known[i] > 0;
    }
    return Optional.of(Distribution.of(labels, probabilities, support));
  }
}
