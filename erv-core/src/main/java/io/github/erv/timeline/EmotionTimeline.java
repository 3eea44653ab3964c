package io.github.erv.timeline;

import static java.util.Objects.requireNonNull;

import io.github.erv.Modality;
import io.github.erv.Subject;
import io.github.erv.emotion.Affect;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.emotion.LabelSet;
import io.github.erv.media.TimeSpan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a recording expressed: estimates and explicit gaps, in time order for each
 * subject. Spans of one subject never overlap. Immutable and thread-safe.
 */
public final class EmotionTimeline {
  private final String source;
  private final LabelSet labels;
  private final TimeSpan span;
  private final List<EmotionEstimate> estimates;
  private final List<Gap> gaps;
  private final List<String> models;
  private final List<String> warnings;
  private final Map<Subject, List<EmotionEstimate>> bySubject = new LinkedHashMap<>();

  private EmotionTimeline(Builder builder) {
    source = builder.source;
    labels = builder.labels;
    estimates = new ArrayList<>(builder.estimates);
    estimates.sort(
        Comparator.comparing(EmotionEstimate::span).thenComparing(EmotionEstimate::subject));
    gaps = new ArrayList<>(builder.gaps);
    gaps.sort(Comparator.comparing(Gap::span).thenComparing(Gap::subject));
    models = List.copyOf(builder.models);
    warnings = List.copyOf(builder.warnings);
    for (EmotionEstimate estimate : estimates) {
      if (!estimate.distribution().labels().equals(labels)) {
        throw new IllegalArgumentException(
            "the time line is over "
                + labels
                + ", an estimate over "
                + estimate.distribution().labels());
      }
      List<EmotionEstimate> lane =
          bySubject.computeIfAbsent(estimate.subject(), subject -> new ArrayList<>());
      if (!lane.isEmpty()
          && lane.get(lane.size() - 1).span().endMicros() > estimate.span().startMicros()) {
        throw new IllegalArgumentException(
            "estimates of "
                + estimate.subject()
                + " overlap: "
                + lane.get(lane.size() - 1).span()
                + " and "
                + estimate.span());
      }
      lane.add(estimate);
    }
    bySubject.replaceAll((subject, lane) -> Collections.unmodifiableList(lane));
    long start = builder.span == null ? Long.MAX_VALUE : builder.span.startMicros();
    long end = builder.span == null ? Long.MIN_VALUE : builder.span.endMicros();
    if (builder.span == null) {
      for (EmotionEstimate estimate : estimates) {
        start = Math.min(start, estimate.span().startMicros());
        end = Math.max(end, estimate.span().endMicros());
      }
      for (Gap gap : gaps) {
        start = Math.min(start, gap.span().startMicros());
        end = Math.max(end, gap.span().endMicros());
      }
    }
    span = start > end ? TimeSpan.at(0) : new TimeSpan(start, end);
  }

  /**
   * Starts a time line.
   *
   * @param source the name of the recording, for people
   * @param labels the classes of every estimate
   * @return a builder
   */
  public static Builder builder(String source, LabelSet labels) {
    return new Builder(source, labels);
  }

  /**
   * Returns the name of the recording.
   *
   * @return a name for people
   */
  public String source() {
    return source;
  }

  /**
   * Returns the classes of every estimate.
   *
   * @return the label set
   */
  public LabelSet labels() {
    return labels;
  }

  /**
   * Returns the analysed part of the recording.
   *
   * @return in media time
   */
  public TimeSpan span() {
    return span;
  }

  /**
   * Returns all estimates, by start and then by subject.
   *
   * @return an immutable list
   */
  public List<EmotionEstimate> estimates() {
    return Collections.unmodifiableList(estimates);
  }

  /**
   * Returns the estimates of one subject in time order.
   *
   * @param subject anybody
   * @return an immutable list, empty if there are none
   */
  public List<EmotionEstimate> estimates(Subject subject) {
    return bySubject.getOrDefault(subject, List.of());
  }

  /**
   * Returns the estimates that speak for a time.
   *
   * @param micros presentation time
   * @return at most one for each subject, by subject
   */
  public List<EmotionEstimate> at(long micros) {
    List<EmotionEstimate> found = new ArrayList<>();
    for (List<EmotionEstimate> lane : bySubject.values()) {
      int low = 0;
      int high = lane.size() - 1;
      while (low <= high) {
        int middle = (low + high) >>> 1;
        TimeSpan candidate = lane.get(middle).span();
        if (candidate.contains(micros)) {
          found.add(lane.get(middle));
          break;
        } else if (candidate.startMicros() > micros) {
          high = middle - 1;
        } else {
          low = middle + 1;
        }
      }
    }
    found.sort(Comparator.comparing(EmotionEstimate::subject));
    return found;
  }

  /**
   * Returns the estimates that overlap a span.
   *
   * @param span of media time
   * @return by start and then by subject
   */
  public List<EmotionEstimate> between(TimeSpan span) {
    return estimates.stream().filter(estimate -> estimate.span().overlaps(span)).toList();
  }

  /**
   * Returns the subjects that have an estimate, in the order of their first.
   *
   * @return an immutable set
   */
  public Set<Subject> subjects() {
    return Collections.unmodifiableSet(new LinkedHashSet<>(bySubject.keySet()));
  }

  /**
   * Returns all gaps, by start and then by subject.
   *
   * @return an immutable list
   */
  public List<Gap> gaps() {
    return Collections.unmodifiableList(gaps);
  }

  /**
   * Returns the gaps of one subject in time order.
   *
   * @param subject anybody, or {@link Subject#SCENE} for the times in which nobody was there
   * @return a list, empty if there are none
   */
  public List<Gap> gaps(Subject subject) {
    return gaps.stream().filter(gap -> gap.subject().equals(subject)).toList();
  }

  /**
   * Returns the models that produced the estimates.
   *
   * @return name and version of each; immutable
   */
  public List<String> models() {
    return models;
  }

  /**
   * Returns what a reader should know: damaged parts, dropped input, experimental models.
   *
   * @return sentences; immutable
   */
  public List<String> warnings() {
    return warnings;
  }

  /**
   * Returns the segments of one subject: an emotion begins when its probability reaches {@code
   * onset} and ends when it falls below {@code offset}, at an abstention or at a gap. Since the
   * onset is at least a half, segments of one subject never overlap.
   *
   * @param subject anybody
   * @param onset in [0.5, 1]
   * @param offset in [0, onset]
   * @return in time order
   * @throws IllegalArgumentException if a threshold is out of its range
   */
  public List<Segment> segments(Subject subject, double onset, double offset) {
    if (!(onset >= 0.5 && onset <= 1)) {
      throw new IllegalArgumentException("onset must be in [0.5, 1], was " + onset);
    }
    if (!(offset >= 0 && offset <= onset)) {
      throw new IllegalArgumentException("offset must be in [0, " + onset + "], was " + offset);
    }
    List<Segment> segments = new ArrayList<>();
    List<EmotionEstimate> open = new ArrayList<>();
    for (EmotionEstimate estimate : estimates(subject)) {
      if (!open.isEmpty()) {
        EmotionEstimate last = open.get(open.size() - 1);
        Emotion emotion = open.get(0).emotion();
        boolean goesOn =
            !estimate.abstained()
                && last.span().endMicros() == estimate.span().startMicros()
                && estimate.distribution().probability(emotion) >= offset
                && !(estimate.distribution().topProbability() >= onset
                    && !estimate.emotion().equals(emotion));
        if (goesOn) {
          open.add(estimate);
          continue;
        }
        segments.add(segment(subject, open));
        open.clear();
      }
      if (!estimate.abstained() && estimate.distribution().topProbability() >= onset) {
        open.add(estimate);
      }
    }
    if (!open.isEmpty()) {
      segments.add(segment(subject, open));
    }
    return segments;
  }

  private static Segment segment(Subject subject, List<EmotionEstimate> run) {
    Emotion emotion = run.get(0).emotion();
    EmotionEstimate apex = run.get(0);
    for (EmotionEstimate estimate : run) {
      if (estimate.distribution().probability(emotion) > apex.distribution().probability(emotion)) {
        apex = estimate;
      }
    }
    TimeSpan last = run.get(run.size() - 1).span();
    return new Segment(
        subject,
        emotion,
        new TimeSpan(run.get(0).span().startMicros(), last.endMicros()),
        apex.span().startMicros() + apex.span().lengthMicros() / 2,
        apex.distribution().probability(emotion));
  }

  /**
   * Returns what each subject expressed over the whole recording.
   *
   * @return one for each of {@link #subjects}, in that order
   */
  public List<SubjectSummary> summary() {
    return bySubject.entrySet().stream()
        .map(lane -> summary(lane.getKey(), lane.getValue()))
        .toList();
  }

  private SubjectSummary summary(Subject subject, List<EmotionEstimate> lane) {
    long estimated = 0;
    double time = 0;
    double informed = 0;
    double firm = 0;
    double confidence = 0;
    double affectTime = 0;
    double[] affect = new double[3];
    double[] sum = new double[labels.size()];
    double[] top = new double[labels.size()];
    boolean[] known = new boolean[labels.size()];
    Map<Modality, Double> modalities = new TreeMap<>();
    for (EmotionEstimate estimate : lane) {
      // an instant counts as the shortest time there is, so that a lane of instants has a mean
      double length = Math.max(1, estimate.span().lengthMicros());
      estimated += estimate.span().lengthMicros();
      time += length;
      confidence += length * estimate.confidence();
      if (estimate.distribution().informed()) {
        informed += length;
        for (int i = 0; i < sum.length; i++) {
          sum[i] += length * estimate.distribution().probability(i);
          known[i] |= estimate.distribution().supports(i);
        }
      }
      if (!estimate.abstained()) {
        firm += length;
        top[labels.indexOf(estimate.emotion())] += length;
      }
      if (estimate.affect().isPresent()) {
        Affect a = estimate.affect().get();
        affectTime += length;
        affect[0] += length * a.valence();
        affect[1] += length * a.arousal();
        affect[2] += length * a.dominance();
      }
      estimate.contributions().keySet().forEach(m -> modalities.merge(m, length, Double::sum));
    }
    double total = time;
    modalities.replaceAll((modality, length) -> length / total);
    float[] mean = new float[sum.length];
    Map<Emotion, Double> shares = new LinkedHashMap<>();
    for (int i = 0; i < sum.length; i++) {
      mean[i] = informed == 0 ? 0 : (float) (sum[i] / informed);
      shares.put(labels.get(i), firm == 0 ? 0 : top[i] / firm);
    }
    return new SubjectSummary(
        subject,
        new TimeSpan(
            lane.get(0).span().startMicros(), lane.get(lane.size() - 1).span().endMicros()),
        Duration.ofNanos(estimated * 1000),
        Distribution.of(labels, mean, known),
        Collections.unmodifiableMap(shares),
        affectTime == 0
            ? Optional.empty()
            : Optional.of(
                new Affect(
                    (float) (affect[0] / affectTime),
                    (float) (affect[1] / affectTime),
                    (float) (affect[2] / affectTime))),
        confidence / time,
        1 - firm / time,
        Collections.unmodifiableMap(modalities));
  }

  @Override
  public String toString() {
    return source
        + ": "
        + estimates.size()
        + " estimates of "
        + bySubject.keySet()
        + ", "
        + gaps.size()
        + " gaps";
  }

  /** Collects the parts of a time line. Not thread-safe. */
  public static final class Builder {
    private final String source;
    private final LabelSet labels;
    private final List<EmotionEstimate> estimates = new ArrayList<>();
    private final List<Gap> gaps = new ArrayList<>();
    private final Set<String> models = new LinkedHashSet<>();
    private final List<String> warnings = new ArrayList<>();
    private @Nullable TimeSpan span;

    private Builder(String source, LabelSet labels) {
      this.source = requireNonNull(source, "source");
      this.labels = requireNonNull(labels, "labels");
    }

    /**
     * Adds an estimate.
     *
     * @param estimate in any order
     * @return this
     */
    public Builder add(EmotionEstimate estimate) {
      estimates.add(requireNonNull(estimate));
      return this;
    }

    /**
     * Adds a gap.
     *
     * @param gap in any order
     * @return this
     */
    public Builder add(Gap gap) {
      gaps.add(requireNonNull(gap));
      return this;
    }

    /**
     * Adds models that produced the estimates.
     *
     * @param names name and version of each
     * @return this
     */
    public Builder models(List<String> names) {
      models.addAll(names);
      return this;
    }

    /**
     * Adds something a reader should know.
     *
     * @param sentence for people
     * @return this
     */
    public Builder warning(String sentence) {
      warnings.add(requireNonNull(sentence));
      return this;
    }

    /**
     * Sets the analysed part of the recording. Without it, it is what estimates and gaps cover.
     *
     * @param value in media time
     * @return this
     */
    public Builder span(TimeSpan value) {
      span = requireNonNull(value);
      return this;
    }

    /**
     * Returns the time line.
     *
     * @return everything that was added
     * @throws IllegalArgumentException if an estimate has other labels, or two of one subject
     *     overlap
     */
    public EmotionTimeline build() {
      return new EmotionTimeline(this);
    }
  }
}
