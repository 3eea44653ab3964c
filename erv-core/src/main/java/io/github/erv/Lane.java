package io.github.erv;

import io.github.erv.media.TimeSpan;
import io.github.erv.timeline.Gap;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is known of one subject: the observations of the current window, and the gap it is in. */
final class Lane {
  /** An observation and the stage that made it. */
  record Entry(int stage, Observation observation) {
    private boolean before(Entry other) {
      int byStart =
          Long.compare(observation.span().startMicros(), other.observation.span().startMicros());
      return byStart != 0 ? byStart < 0 : stage < other.stage;
    }
  }

  final Subject subject;

  /**
   * Observations not older than the window, by start and then by stage: an order that does not
   * depend on which thread came first.
   */
  private final List<Entry> entries = new ArrayList<>();

  private boolean begun;
  private @Nullable TimeSpan gapSpan;
  private Evidence.Reason gapReason = Evidence.Reason.NO_INPUT;
  private long silentSinceMicros = Long.MAX_VALUE;

  Lane(Subject subject) {
    this.subject = subject;
  }

  void add(int stage, Observation observation) {
    Entry entry = new Entry(stage, observation);
    int at = entries.size();
    while (at > 0 && entry.before(entries.get(at - 1))) {
      at--;
    }
    entries.add(at, entry);
  }

  void remove(Observation observation) {
    entries.removeIf(entry -> entry.observation == observation);
  }

  void forgetBefore(long micros) {
    int started = 0;
    while (started < entries.size()
        && entries.get(started).observation.span().startMicros() < micros) {
      started++;
    }
    entries.subList(0, started).removeIf(entry -> entry.observation.span().endMicros() <= micros);
  }

  /** The observations that overlap a span, in order. */
  List<Entry> entries(TimeSpan span) {
    List<Entry> found = new ArrayList<>();
    for (Entry entry : entries) {
      if (entry.observation.span().startMicros() >= span.endMicros()) {
        break;
      }
      if (entry.observation.span().overlaps(span)) {
        found.add(entry);
      }
    }
    return found;
  }

  /** The observations that overlap a span, in order. */
  List<Observation> in(TimeSpan span) {
    List<Observation> found = new ArrayList<>();
    for (Entry entry : entries(span)) {
      found.add(entry.observation);
    }
    return found;
  }

  /** Where the first observation that is not over at a time starts. */
  long firstFrom(long micros) {
    for (Entry entry : entries) {
      TimeSpan span = entry.observation.span();
      if (span.startMicros() >= micros || span.endMicros() > micros) {
        return span.startMicros();
      }
    }
    return Long.MAX_VALUE;
  }

  boolean empty() {
    return entries.isEmpty();
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

  /** Whether something was said in a hop that is closed, and it is not forgotten. */
  boolean begun() {
    return begun;
  }

  /** Notes that nothing at all was said of a hop: a gap if something comes again. */
  void silent(TimeSpan hop) {
    if (begun) {
      silentSinceMicros = Math.min(silentSinceMicros, hop.startMicros());
    }
  }

  /** For how long nothing was said, up to a time. */
  long silentMicros(long untilMicros) {
    return silentSinceMicros == Long.MAX_VALUE ? 0 : untilMicros - silentSinceMicros;
  }

  /** Something was said of a hop: the silence before it was a gap. */
  void heard(TimeSpan hop, Consumer<Gap> out) {
    if (silentSinceMicros < hop.startMicros()) {
      gap(new TimeSpan(silentSinceMicros, hop.startMicros()), Evidence.Reason.NO_INPUT, out);
    }
    silentSinceMicros = Long.MAX_VALUE;
    begun = true;
  }

  /** Begins anew: what comes later does not continue what was. */
  void forget(Consumer<Gap> out) {
    endGap(out);
    begun = false;
    silentSinceMicros = Long.MAX_VALUE;
  }
}
