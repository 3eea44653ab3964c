package io.github.erv;

import io.github.erv.media.TimeSpan;
import io.github.erv.timeline.Gap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is known of one subject: the observations of the current window, and the gap it is in. */
final class Lane {
  final Subject subject;

  /** Observations not older than the window, in the order they came. */
  private final Deque<Observation> observations = new ArrayDeque<>();

  private @Nullable TimeSpan gapSpan;
  private Evidence.Reason gapReason = Evidence.Reason.NO_INPUT;
  private long silentSinceMicros = Long.MAX_VALUE;

  Lane(Subject subject) {
    this.subject = subject;
  }

  void add(Observation observation) {
    observations.add(observation);
  }

  /** Takes a bound observation, which may speak for more than one hop. */
  void addOnce(Observation observation) {
    for (Observation known : observations) {
      if (known.span().equals(observation.span())
          && known.modality().equals(observation.modality())
          && known.evidence() == observation.evidence()) {
        return;
      }
    }
    observations.add(observation);
  }

  void forgetBefore(long micros) {
    observations.removeIf(
        observation ->
            observation.span().endMicros() <= micros && observation.span().startMicros() < micros);
  }

  /** The observations that overlap a span, in the order they came. */
  List<Observation> in(TimeSpan span) {
    List<Observation> found = new ArrayList<>();
    for (Observation observation : observations) {
      if (observation.span().overlaps(span)) {
        found.add(observation);
      }
    }
    return found;
  }

  boolean inGap() {
    return gapSpan != null;
  }

  /** Adds a hop to the current gap, or begins one; a gap with another reason ends. */
  void gap(TimeSpan hop, Evidence.Reason reason, Consumer<Gap> out) {
    if (gapSpan != null && gapReason == reason && gapSpan.endMicros() == hop.startMicros()) {
      gapSpan = new TimeSpan(gapSpan.startMicros(), hop.endMicros());
    } else {
      endGap(out);
      gapSpan = hop;
      gapReason = reason;
    }
  }

  /** Lets the current gap, if there is one, go on for whatever reason it has. */
  void extendGap(TimeSpan hop, Consumer<Gap> out) {
    gap(hop, gapReason, out);
  }

  void endGap(Consumer<Gap> out) {
    if (gapSpan != null) {
      out.accept(new Gap(subject, gapSpan, gapReason));
      gapSpan = null;
    }
  }

  /** Notes that nothing at all came for a hop: a gap if something comes again. */
  void silent(TimeSpan hop) {
    silentSinceMicros = Math.min(silentSinceMicros, hop.startMicros());
  }

  long silentSinceMicros() {
    return silentSinceMicros;
  }

  /** Something came again at a hop: the silence before it was a gap. */
  void heard(TimeSpan hop, Consumer<Gap> out) {
    if (silentSinceMicros < hop.startMicros()) {
      gap(new TimeSpan(silentSinceMicros, hop.startMicros()), Evidence.Reason.NO_INPUT, out);
    }
    silentSinceMicros = Long.MAX_VALUE;
  }
}
