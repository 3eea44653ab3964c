package io.github.erv;

import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.emotion.LabelMapping;
import io.github.erv.emotion.LabelSet;
import io.github.erv.media.TimeSpan;
import io.github.erv.timeline.Gap;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/*
 * Time in here. Media time is cut into hops of equal length on a grid anchored at 0. A stage's
 * watermark says up to where it has said everything; a hop is closed once every watermark has
 * reached its end, so that what a hop sees does not depend on which thread ran first. A live
 * session does not wait for a stage that has nothing to do and whose last input lies further back
 * than the allowed lateness: its watermark then counts as that far behind the newest input that
 * was read. Closed hops never open again.
 *
 * What is kept: per subject the observations of one window, and one open gap. Subjects that nobody
 * speaks of any more are forgotten, so memory does not grow with time.
 */

/**
 * Gathers what all stages observe, and closes hop after hop: binds speech to faces, fuses, and
 * tells the listener. Everything happens under one lock, on whichever stage's thread came last.
 */
final class Fusing {
  /** A face of which nothing at all was said for this long is forgotten. */
  private static final long FORGET_AFTER_MICROS = 2_000_000;

  /** What this needs of a recogniser. */
  record Settings(
      LabelSet labels,
      FusionStrategy strategy,
      SpeakerBinding binding,
      long windowMicros,
      long hopMicros,
      double abstainBelow,
      List<String> models,
      Set<Modality> modalities) {}

  /** Puts distributions over the recogniser's labels; what that loses lowers the quality. */
  static final class Labels {
    private final LabelSet labels;
    private final Map<LabelSet, LabelMapping> mappings = new HashMap<>();

    Labels(LabelSet labels) {
      this.labels = labels;
    }

    Observation apply(Observation observation) {
      if (!(observation.evidence() instanceof Evidence.Present present)
          || present.distribution().isEmpty()) {
        return observation;
      }
      Distribution distribution = present.distribution().get();
      if (distribution.labels().equals(labels)) {
        return observation;
      }
      LabelMapping mapping =
          mappings.computeIfAbsent(
              distribution.labels(), from -> LabelMapping.between(from, labels));
      return observation.withEvidence(
          present.toBuilder()
              .distribution(mapping.apply(distribution))
              .quality(present.quality() * mapping.retained(distribution))
              .build());
    }
  }

  private static final class StageState {
    long watermark = Long.MIN_VALUE;
    long inputEndMicros = NEVER;
    BooleanSupplier idle = () -> false;
  }

  /** Before all time, with room to subtract from. */
  private static final long NEVER = Long.MIN_VALUE / 2;

  /** The stage of what is known without any: that there is no stream. */
  private static final int NO_STAGE = -1;

  private final Settings settings;
  private final RecognitionListener listener;
  private final FusionSession fusion;
  private final long latenessMicros;
  private final StageState[] stages;
  private final Map<Modality, Evidence.Reason> absent = new TreeMap<>();
  private final Labels over;
  private final TreeMap<Subject, Lane> lanes = new TreeMap<>();

  /** Speech in the window of the voice that a face got last, as its lane holds it. */
  private final Map<Observation, Observation> bound = new HashMap<>();

  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile boolean stopped;
  private Runnable onFailure = () -> {};

  private Optional<Long> durationMicros = Optional.empty();
  private long nextHop = Long.MAX_VALUE;
  private boolean anyClosed;
  private long newestMicros = NEVER;
  private long endMicros = Long.MIN_VALUE;
  private int running;
  private long estimates;
  private long late;
  private long fusionNanos;

  /**
   * @param latenessMicros how long a stage that gets no input is waited for; {@link Long#MAX_VALUE}
   *     for ever
   */
  Fusing(Settings settings, RecognitionListener listener, int stageCount, long latenessMicros) {
    this.settings = settings;
    this.listener = listener;
    this.latenessMicros = latenessMicros;
    this.over = new Labels(settings.labels);
    this.fusion = settings.strategy.open();
    this.stages = new StageState[stageCount];
    this.running = stageCount;
    Arrays.setAll(stages, i -> new StageState());
  }

  synchronized void onIdle(int stage, BooleanSupplier idle) {
    stages[stage].idle = idle;
  }

  /** What ends the other stages once one has failed; set before any of them starts. */
  void onFailure(Runnable action) {
    onFailure = action;
  }

  /** Tells from where on a recording is read, and how long it lasts. */
  synchronized void begin(long startMicros, Optional<Long> duration) {
    nextHop = Math.floorDiv(startMicros, settings.hopMicros);
    durationMicros = duration;
  }

  /** Tells that the media has no stream for a stage. */
  synchronized void absent(int stage, Modality modality, long untilMicros) {
    absent.put(modality, Evidence.Reason.NO_STREAM);
    stages[stage].watermark = Long.MAX_VALUE;
    endMicros = Math.max(endMicros, untilMicros);
  }

  /** Takes what a stage observed in an input, and the time up to which it has said everything. */
  synchronized void deliver(
      int stage, List<Observation> observations, TimeSpan input, long watermark) {
    if (!anyClosed) {
      nextHop = Math.min(nextHop, Math.floorDiv(input.startMicros(), settings.hopMicros));
    }
    endMicros = Math.max(endMicros, Math.max(input.endMicros(), input.startMicros() + 1));
    newestMicros = Math.max(newestMicros, input.endMicros());
    stages[stage].inputEndMicros = Math.max(stages[stage].inputEndMicros, input.endMicros());
    take(stage, observations, watermark);
  }

  /** Takes what a stage says last. */
  synchronized void ended(int stage, List<Observation> observations) {
    take(stage, observations, Long.MAX_VALUE);
  }

  /** Looks again at what waits, as a stage has run out of input. */
  synchronized void idle() {
    long start = System.nanoTime();
    closeHops();
    fusionNanos += System.nanoTime() - start;
  }

  private void take(int stage, List<Observation> observations, long watermark) {
    long start = System.nanoTime();
    for (Observation observation : observations) {
      if (!stopped) {
        listener.observation(observation);
        take(stage, observation);
      }
    }
    stages[stage].watermark = Math.max(stages[stage].watermark, watermark);
    closeHops();
    fusionNanos += System.nanoTime() - start;
  }

  private void take(int stage, Observation observation) {
    if (anyClosed
        && Math.max(observation.span().startMicros(), observation.span().endMicros() - 1)
            < nextHop * settings.hopMicros) {
      late++;
      if (late == 1) {
        listener.warning(
            "observations came after their time had been estimated, the first at "
                + observation.span()
                + ": "
                + observation.modality());
      }
      return;
    }
    lanes.computeIfAbsent(observation.subject(), Lane::new).add(stage, over.apply(observation));
  }

  private void closeHops() {
    long watermark = latestEnd();
    boolean live = latenessMicros != Long.MAX_VALUE;
    for (StageState stage : stages) {
      long reached = stage.watermark;
      if (live) {
        long waitedFor = newestMicros - latenessMicros;
        // a stage that holds back what it hears is waited for, one that hears nothing is not
        if (stage.inputEndMicros < waitedFor && stage.idle.getAsBoolean()) {
          reached = Math.max(reached, waitedFor);
        }
      }
      watermark = Math.min(watermark, reached);
    }
    long closable = Math.floorDiv(watermark, settings.hopMicros);
    while (nextHop < closable && !stopped) {
      close(Math.min(closable, nextEventful()));
    }
  }

  /** Hops are closed only as far as input goes, also when every stage has ended. */
  private long latestEnd() {
    return endMicros == Long.MIN_VALUE
        ? Long.MIN_VALUE
        : Math.floorDiv(endMicros + settings.hopMicros - 1, settings.hopMicros)
            * settings.hopMicros;
  }

  /**
   * Up to which hop all can be closed as if they were one, because nothing was said of any and
   * nobody is to be forgotten on the way: time stamps may leap by years. At least one.
   */
  private long nextEventful() {
    long first = Long.MAX_VALUE;
    for (Lane lane : lanes.values()) {
      if (lane.begun() && !permanent(lane)) {
        return nextHop + 1;
      }
      first = Math.min(first, lane.firstFrom(nextHop * settings.hopMicros));
    }
    return Math.max(nextHop + 1, Math.floorDiv(first, settings.hopMicros));
  }

  private static boolean permanent(Lane lane) {
    return lane.subject.equals(Subject.SCENE) || lane.subject.equals(Subject.VOICE);
  }

  /** Closes the next hop, or all up to one when none of them has anything in it. */
  private void close(long until) {
    TimeSpan hop = new TimeSpan(nextHop * settings.hopMicros, until * settings.hopMicros);
    long end = hop.endMicros();
    TimeSpan window = new TimeSpan(end - settings.windowMicros, end);
    anyClosed = true;
    nextHop = until;
    absent.forEach(
        (modality, reason) -> {
          Subject subject = modality.equals(Modality.VOICE) ? Subject.VOICE : Subject.SCENE;
          lanes
              .computeIfAbsent(subject, Lane::new)
              .add(NO_STAGE, Observation.of(modality, subject, hop, new Evidence.Missing(reason)));
        });
    nothingCame(hop);
    SortedSet<Subject> visible = visible(hop);
    bind(hop, visible);
    for (Iterator<Lane> each = lanes.values().iterator(); each.hasNext() && !stopped; ) {
      Lane lane = each.next();
      if (lane.subject.equals(Subject.SCENE)) {
        closeScene(lane, hop, !visible.isEmpty());
      } else {
        closeLane(lane, hop, window);
      }
      lane.forgetBefore(end - settings.windowMicros + settings.hopMicros);
      if (lane.empty() && !lane.begun() && !permanent(lane)) {
        each.remove();
      }
    }
    bound.keySet().removeIf(speech -> speech.span().endMicros() <= window.startMicros());
    if (!stopped) {
      listener.progress(new RecognitionListener.Progress(Math.min(end, endMicros), durationMicros));
    }
  }

  /**
   * Where a stream begins late or stalls, the voice, and the scene as long as nobody is in it, have
   * a gap that says so.
   */
  private void nothingCame(TimeSpan hop) {
    if (settings.modalities.contains(Modality.VOICE)) {
      Lane voice = lanes.computeIfAbsent(Subject.VOICE, Lane::new);
      if (voice.in(hop).isEmpty()) {
        voice.add(NO_STAGE, noInput(Modality.VOICE, Subject.VOICE, hop));
      }
    }
    if (settings.modalities.contains(Modality.FACE)
        && lanes.values().stream().noneMatch(lane -> lane.begun() && !permanent(lane))
        && visible(hop).isEmpty()) {
      Lane scene = lanes.computeIfAbsent(Subject.SCENE, Lane::new);
      if (scene.in(hop).isEmpty() && !scene.inGap()) {
        scene.add(NO_STAGE, noInput(Modality.FACE, Subject.SCENE, hop));
      }
    }
  }

  private static Observation noInput(Modality modality, Subject subject, TimeSpan hop) {
    return Observation.of(modality, subject, hop, new Evidence.Missing(Evidence.Reason.NO_INPUT));
  }

  private SortedSet<Subject> visible(TimeSpan hop) {
    SortedSet<Subject> visible = new TreeSet<>();
    for (Lane lane : lanes.values()) {
      for (Observation observation : lane.in(hop)) {
        if (observation.present() && observation.modality().equals(Modality.FACE)) {
          visible.add(lane.subject);
        }
      }
    }
    return visible;
  }

  /**
   * Gives speech of the hop to faces. A long stretch of speech that spans several hops belongs to
   * whoever got it last, so that at any time it is on one lane only.
   */
  private void bind(TimeSpan hop, SortedSet<Subject> visible) {
    Lane voice = lanes.get(Subject.VOICE);
    if (voice == null) {
      return;
    }
    SortedSet<Subject> faces = Collections.unmodifiableSortedSet(visible);
    for (Lane.Entry entry : voice.entries(hop)) {
      Observation speech = entry.observation();
      if (speech.present()) {
        Subject speaker = settings.binding.bind(speech, faces).orElse(null);
        Observation given = bound.get(speech);
        if (given != null && !given.subject().equals(speaker)) {
          bound.remove(speech);
          Lane former = lanes.get(given.subject());
          if (former != null) {
            former.remove(given);
          }
        }
        if (speaker != null && (given == null || !given.subject().equals(speaker))) {
          Lane lane = lanes.get(speaker);
          if (lane == null || !visible.contains(speaker)) {
            throw new IllegalArgumentException(
                "speech must be bound to one of the visible faces "
                    + visible
                    + ", was to "
                    + speaker);
          }
          Observation own = speech.withSubject(speaker);
          lane.add(entry.stage(), own);
          bound.put(speech, own);
        }
      }
    }
  }

  /** Nobody in particular: a gap in every hop where somebody looked and nobody was there. */
  private void closeScene(Lane lane, TimeSpan hop, boolean anybody) {
    if (anybody) {
      lane.endGap(this::tell);
      return;
    }
    List<Observation> said = lane.in(hop);
    if (!said.isEmpty()) {
      lane.gap(hop, reason(said), this::tell);
    } else if (lane.inGap()) {
      lane.extendGap(hop, this::tell);
    }
  }

  /** Closes one hop of a person or a voice. */
  private void closeLane(Lane lane, TimeSpan hop, TimeSpan window) {
    List<Observation> own = lane.in(hop);
    if (own.isEmpty()) {
      lane.silent(hop);
      if (lane.silentMicros(hop.endMicros()) >= FORGET_AFTER_MICROS && !permanent(lane)) {
        lane.forget(this::tell);
      }
      return;
    }
    lane.heard(hop, this::tell);
    if (own.stream().noneMatch(Observation::present)) {
      lane.gap(hop, reason(own), this::tell);
      return;
    }
    lane.endGap(this::tell);
    // speech that a face got is told there; the voice then has neither an estimate nor a gap
    own.removeIf(bound::containsKey);
    if (own.stream().anyMatch(Observation::present)) {
      List<Observation> seen = lane.in(window);
      seen.removeIf(bound::containsKey);
      estimate(lane, hop, window, seen);
    }
  }

  private void estimate(Lane lane, TimeSpan hop, TimeSpan window, List<Observation> seen) {
    FusionWindow in =
        new FusionWindow(settings.labels, lane.subject, window, hop, settings.modalities, seen);
    EmotionEstimate estimate = estimate(in, fusion, settings, this::whyMissing);
    estimates++;
    listener.estimate(estimate);
  }

  /** Fuses one window into an estimate: the one place where fused results become estimates. */
  static EmotionEstimate estimate(
      FusionWindow in,
      FusionSession fusion,
      Settings settings,
      BiFunction<Modality, TimeSpan, Optional<Evidence.Reason>> whyMissing) {
    Fused out = new Fused();
    fusion.fuse(in, out);
    Distribution distribution =
        out.distribution().orElseGet(() -> Distribution.uninformed(settings.labels));
    double weight = 0;
    double reliability = 0;
    for (EmotionEstimate.Contribution contribution : out.contributions().values()) {
      weight += contribution.weight();
      reliability += contribution.weight() * contribution.reliability();
    }
    double trust = weight > 0 ? Math.min(1, reliability / weight) : 0;
    float confidence = (float) (distribution.topProbability() * trust);
    Map<Modality, Evidence.Reason> missing = new TreeMap<>();
    Region region = null;
    for (Modality modality : in.modalities()) {
      Evidence.Reason reason = null;
      boolean present = false;
      for (Observation observation : in.observations(modality)) {
        if (observation.evidence() instanceof Evidence.Present evidence) {
          present = true;
          region = evidence.region().orElse(region);
        } else if (observation.evidence() instanceof Evidence.Missing evidence) {
          reason = evidence.reason();
        }
      }
      if (!present) {
        Optional.ofNullable(reason)
            .or(() -> whyMissing.apply(modality, in.hop()))
            .ifPresent(why -> missing.put(modality, why));
      }
    }
    EmotionEstimate.Builder estimate =
        EmotionEstimate.builder(in.subject(), in.hop(), distribution)
            .confidence(confidence)
            .abstained(!distribution.informed() || confidence < settings.abstainBelow)
            .contributions(out.contributions())
            .missing(missing)
            .region(region)
            .models(settings.models);
    out.affect().ifPresent(estimate::affect);
    return estimate.build();
  }

  /** Why a modality has nothing for a face: what its own lane says of the same hop. */
  private Optional<Evidence.Reason> whyMissing(Modality modality, TimeSpan hop) {
    for (Subject subject : List.of(Subject.VOICE, Subject.SCENE)) {
      Lane lane = lanes.get(subject);
      if (lane == null) {
        continue;
      }
      for (Observation observation : lane.in(hop)) {
        if (observation.modality().equals(modality)
            && observation.evidence() instanceof Evidence.Missing evidence) {
          return Optional.of(evidence.reason());
        }
      }
    }
    return Optional.empty();
  }

  private static Evidence.Reason reason(List<Observation> observations) {
    Evidence.Reason reason = Evidence.Reason.NO_INPUT;
    for (Observation observation : observations) {
      if (observation.evidence() instanceof Evidence.Missing missing
          && missing.reason() != Evidence.Reason.NO_INPUT) { // any other reason says more
        reason = missing.reason();
      }
    }
    return reason;
  }

  private void tell(Gap gap) {
    if (!stopped) {
      listener.gap(gap);
    }
  }

  /** Tells that a stage's thread is about to end; the last one says what is left. */
  synchronized void leave() {
    running--;
    if (running == 0) {
      try (fusion) {
        if (!stopped) {
          for (Lane lane : lanes.values()) {
            lane.endGap(this::tell);
          }
          lanes.clear();
        }
      } catch (RuntimeException | Error e) {
        fail(e);
      }
    }
  }

  synchronized void warn(String message) {
    if (!stopped) {
      listener.warning(message);
    }
  }

  /** Tells the listener nothing more. */
  void stop() {
    stopped = true;
  }

  /** Gives up before any stage was started. */
  void abandon() {
    fusion.close();
  }

  /** Keeps the first failure of any thread, and ends all of them. */
  void fail(Throwable cause) {
    failure.compareAndSet(null, cause);
    stop();
    onFailure.run();
  }

  @Nullable Throwable failure() {
    return failure.get();
  }

  synchronized SessionStatistics statistics(List<SessionStatistics.Stage> stages) {
    return new SessionStatistics(stages, estimates, late, fusionNanos);
  }

  /** Media time that input covered, or an instant at 0 if none came. */
  synchronized TimeSpan covered(long startMicros) {
    return new TimeSpan(startMicros, Math.max(startMicros, endMicros));
  }
}
