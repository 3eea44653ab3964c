package io.github.erv.report;

import com.google.common.xml.XmlEscapers;
import com.google.gson.JsonObject;
import io.github.erv.Subject;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.media.TimeSpan;
import io.github.erv.timeline.EmotionTimeline;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Time lines as WebVTT tracks for video players. A cue is a run of estimates of one subject that
 * follow one another and have the same emotion; gaps have no cue. Cues stand in the order of their
 * starts. Thread-safe.
 *
 * @see "W3C, WebVTT: The Web Video Text Tracks Format, Candidate Recommendation 2019"
 */
public final class WebVtt {
  /** What stands in a cue. */
  public enum Payload {
    /** A caption for people, as in {@code Face 1: happiness, 72 %}. */
    CAPTION,
    /**
     * A JSON object for scripts, for a track of kind {@code metadata}: {@code subject}, {@code
     * emotion}, {@code probability} and {@code confidence} (means over the run, in [0, 1]), {@code
     * abstained}.
     */
    JSON
  }

  /** Media time before 0 has no notation in WebVTT. */
  private static final long EARLIEST = 0;

  private WebVtt() {}

  /**
   * Writes a time line as captions.
   *
   * @param timeline what to write
   * @param file created, or overwritten
   * @throws IOException if the file cannot be written
   */
  public static void write(EmotionTimeline timeline, Path file) throws IOException {
    write(timeline, file, Payload.CAPTION);
  }

  /**
   * Writes a time line.
   *
   * @param timeline what to write
   * @param file created, or overwritten
   * @param payload what stands in the cues
   * @throws IOException if the file cannot be written
   */
  public static void write(EmotionTimeline timeline, Path file, Payload payload)
      throws IOException {
    List<Run> runs = new ArrayList<>();
    for (Subject subject : timeline.subjects()) {
      addRuns(timeline.estimates(subject), runs);
    }
    runs.sort(Comparator.comparing(Run::span).thenComparing(Run::subject));
    try (Writer out = Files.newBufferedWriter(file)) {
      out.append("WEBVTT\n\nNOTE Expressed emotion in ");
      out.append(oneLine(timeline.source())).append(", estimated by erv\n");
      for (Run run : runs) {
        long start = millis(run.span().startMicros());
        long end = Math.max(millis(run.span().endMicros()), start + 1); // a cue has a length
        out.append('\n').append(time(start)).append(" --> ").append(time(end)).append('\n');
        out.append(payload == Payload.JSON ? run.json() : run.caption()).append('\n');
      }
    }
  }

  private static void addRuns(List<EmotionEstimate> lane, List<Run> runs) {
    int start = 0;
    for (int i = 1; i <= lane.size(); i++) {
      if (i == lane.size() || !continues(lane.get(i - 1), lane.get(i))) {
        if (lane.get(start).distribution().informed()) {
          runs.add(new Run(lane.subList(start, i)));
        }
        start = i;
      }
    }
  }

  private static boolean continues(EmotionEstimate before, EmotionEstimate after) {
    return before.span().endMicros() == after.span().startMicros()
        && before.emotion().equals(after.emotion())
        && before.distribution().informed() == after.distribution().informed()
        && before.abstained() == after.abstained();
  }

  private static long millis(long micros) {
    return Math.max(EARLIEST, Math.floorDiv(micros + 500, 1000));
  }

  private static String time(long millis) {
    return String.format(
        Locale.ROOT,
        "%02d:%02d:%02d.%03d",
        millis / 3_600_000,
        millis / 60_000 % 60,
        millis / 1000 % 60,
        millis % 1000);
  }

  /** A blank line would end the cue, an arrow would begin another, and so may not stand in text. */
  private static String oneLine(String text) {
    return XmlEscapers.xmlContentEscaper().escape(text.replaceAll("[\\r\\n]+", " "));
  }

  /** Estimates that make one cue. */
  private record Run(List<EmotionEstimate> estimates) {
    Subject subject() {
      return estimates.get(0).subject();
    }

    TimeSpan span() {
      return new TimeSpan(
          estimates.get(0).span().startMicros(),
          estimates.get(estimates.size() - 1).span().endMicros());
    }

    private double probability() {
      return estimates.stream()
          .mapToDouble(estimate -> estimate.distribution().topProbability())
          .average()
          .orElse(0);
    }

    private double confidence() {
      return estimates.stream().mapToDouble(EmotionEstimate::confidence).average().orElse(0);
    }

    String caption() {
      EmotionEstimate first = estimates.get(0);
      return oneLine(SubjectName.of(subject()))
          + (": " + (first.abstained() ? "unsure, perhaps " : "") + first.emotion())
          + String.format(Locale.ROOT, ", %.0f %%", 100 * probability());
    }

    String json() {
      JsonObject object = new JsonObject();
      object.addProperty("subject", subject().id());
      object.addProperty("emotion", estimates.get(0).emotion().name());
      object.addProperty("probability", thousandths(probability()));
      object.addProperty("confidence", thousandths(confidence()));
      object.addProperty("abstained", estimates.get(0).abstained());
      return object.toString().replace(">", "\\u003e"); // as in JSON, for a payload without arrows
    }

    private static double thousandths(double value) {
      return Math.round(value * 1000) / 1000.0;
    }
  }
}
