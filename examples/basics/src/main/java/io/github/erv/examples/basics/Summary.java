package io.github.erv.examples.basics;

import static java.util.stream.Collectors.joining;

import io.github.erv.Subject;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.timeline.EmotionTimeline;
import io.github.erv.timeline.Gap;
import io.github.erv.timeline.SubjectSummary;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A time line in a few lines of text, for each person. */
final class Summary {
  private static final String NOTICE =
      """
      This is what faces and voices express, as far as models can read it; they are often wrong.
      An expression is not a feeling. Do not judge people by it.
      """;

  private final StringBuilder text = new StringBuilder();

  private Summary() {}

  /**
   * Returns a summary of a time line.
   *
   * @param timeline of a recording
   * @return lines of text, each ended by a line feed
   */
  static String of(EmotionTimeline timeline) {
    Summary summary = new Summary();
    summary.line("%s, %s", timeline.source(), clock(timeline.span().lengthMicros()));
    timeline.summary().forEach(person -> summary.person(timeline, person));
    if (timeline.subjects().isEmpty()) {
      summary.line("").line("Nobody was seen or heard.");
    }
    summary.nobody(timeline.gaps(Subject.SCENE));
    timeline
        .warnings()
        .forEach(warning -> summary.line("").line("%s", wrapped("Note: " + warning)));
    return summary.line("").line("%s", NOTICE.strip()).text.toString();
  }

  private void person(EmotionTimeline timeline, SubjectSummary person) {
    line("")
        .line(
            "%s, %s to %s",
            person.subject(), clock(person.span().startMicros()), clock(person.span().endMicros()));
    line("  expressed    %s", shares(person.shares()));
    person
        .affect()
        .ifPresent(
            affect ->
                line(
                    "  on average   valence %+.2f, arousal %+.2f%s",
                    affect.valence(),
                    affect.arousal(),
                    derived(timeline, person.subject()) ? " (derived from the emotions)" : ""));
    line(
        "  confidence   %.2f, too unsure to say for %.0f %% of the time",
        person.confidence(), 100 * person.abstained());
    line("  read from    %s", shares(person.modalities()));
    gaps("  no estimate  ", timeline.gaps(person.subject()));
  }

  private static boolean derived(EmotionTimeline timeline, Subject subject) {
    return timeline.estimates(subject).stream().anyMatch(EmotionEstimate::affectDerived);
  }

  /** Lists what was there for some of the time, the most frequent first. */
  private static <K> String shares(Map<K, Double> shares) {
    String listed =
        shares.entrySet().stream()
            .filter(share -> share.getValue() >= 0.005)
            .sorted(Map.Entry.<K, Double>comparingByValue().reversed())
            .map(
                share ->
                    String.format(
                        Locale.ROOT, "%s %.0f %%", share.getKey(), 100 * share.getValue()))
            .collect(joining(", "));
    return listed.isEmpty() ? "nothing clear enough" : listed;
  }

  private void nobody(List<Gap> gaps) {
    if (!gaps.isEmpty()) {
      line("").line("nobody");
      gaps("  no estimate  ", gaps);
    }
  }

  private void gaps(String heading, List<Gap> gaps) {
    Map<String, Long> lengths = new TreeMap<>();
    for (Gap gap : gaps) {
      String reason = gap.reason().name().toLowerCase(Locale.ROOT).replace('_', ' ');
      lengths.merge(reason, gap.span().lengthMicros(), Long::sum);
    }
    lengths.forEach((reason, micros) -> line("%s%s, %s", heading, clock(micros), reason));
  }

  /** Breaks a sentence where a line would be longer than most consoles are wide. */
  private static String wrapped(String sentence) {
    return sentence.replaceAll("(.{1,90})(?: +|$)", "$1\n").stripTrailing();
  }

  private static String clock(long micros) {
    long tenths = Math.round(micros / 1e5);
    return String.format(Locale.ROOT, "%d:%02d.%d", tenths / 600, tenths / 10 % 60, tenths % 10);
  }

  private Summary line(String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    return this;
  }
}
