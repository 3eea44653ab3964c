package io.github.erv.report;

import com.google.gson.stream.JsonWriter;
import io.github.erv.Evidence;
import io.github.erv.Modality;
import io.github.erv.Subject;
import io.github.erv.emotion.Affect;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.emotion.EmotionEstimate.Contribution;
import io.github.erv.media.TimeSpan;
import io.github.erv.timeline.EmotionTimeline;
import io.github.erv.timeline.Gap;
import io.github.erv.timeline.Segment;
import io.github.erv.timeline.SubjectSummary;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What {@code report.js} draws, as JSON in columns: an hour of a subject is some 700 kB. Times are
 * microseconds; probabilities, weights and affect are thousandths, {@code null} where there is
 * nothing.
 */
final class ReportData {
  private final EmotionTimeline timeline;
  private final List<Modality> modalities;
  private final JsonWriter json;

  private ReportData(EmotionTimeline timeline, JsonWriter json) {
    this.timeline = timeline;
    this.json = json;
    Set<Modality> names = new TreeSet<>();
    for (EmotionEstimate estimate : timeline.estimates()) {
      names.addAll(estimate.contributions().keySet());
      names.addAll(estimate.missing().keySet());
    }
    modalities = List.copyOf(names);
  }

  /** Returns JSON that is safe within a {@code script} element. */
  static String json(EmotionTimeline timeline, String title, List<KeyFrame> keyFrames)
      throws IOException {
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.setHtmlSafe(true);
      new ReportData(timeline, json).write(title, keyFrames);
    }
    return text.toString();
  }

  private void write(String title, List<KeyFrame> keyFrames) throws IOException {
    json.beginObject();
    json.name("title").value(title);
    json.name("source").value(timeline.source());
    json.name("startMicros").value(timeline.span().startMicros());
    json.name("endMicros").value(timeline.span().endMicros());
    json.name("offset").value(HtmlReport.SEGMENT_OFFSET);
    json.name("labels").beginArray();
    for (int i = 0; i < timeline.labels().size(); i++) {
      json.value(timeline.labels().get(i).name());
    }
    json.endArray();
    json.name("modalities").beginArray();
    for (Modality modality : modalities) {
      json.value(modality.name());
    }
    json.endArray();
    json.name("models").beginArray();
    for (String model : timeline.models()) {
      json.beginObject();
      json.name("name").value(model);
      json.name("experimental").value(experimental(model));
      json.endObject();
    }
    json.endArray();
    json.name("warnings").beginArray();
    for (String warning : timeline.warnings()) {
      json.value(warning);
    }
    json.endArray();
    gaps(Subject.SCENE);
    json.name("subjects").beginArray();
    for (Subject subject : subjects()) {
      subject(subject, keyFrames);
    }
    json.endArray();
    json.endObject();
  }

  /** A model is experimental if a warning of the time line says so by its name. */
  private boolean experimental(String model) {
    return timeline.warnings().stream()
        .anyMatch(
            warning ->
                warning.contains(model)
                    && warning.toLowerCase(Locale.ROOT).contains("experimental"));
  }

  /**
   * Returns everybody who has an estimate or a gap: faces in their order, then others, the voice.
   */
  private List<Subject> subjects() {
    Set<Subject> all = new LinkedHashSet<>(timeline.subjects());
    timeline.gaps().forEach(gap -> all.add(gap.subject()));
    all.remove(Subject.SCENE);
    List<Subject> subjects = new ArrayList<>(all);
    subjects.sort(Comparator.comparingInt(ReportData::rank));
    return subjects;
  }

  private static int rank(Subject subject) {
    return switch (kind(subject)) {
      case "face" -> 0;
      case "voice" -> 2;
      default -> 1;
    };
  }

  private static String kind(Subject subject) {
    if (subject.equals(Subject.VOICE)) {
      return "voice";
    }
    return SubjectName.isFace(subject) ? "face" : "other";
  }

  private void subject(Subject subject, List<KeyFrame> keyFrames) throws IOException {
    List<EmotionEstimate> lane = timeline.estimates(subject);
    json.beginObject();
    json.name("id").value(subject.id());
    json.name("name").value(SubjectName.of(subject));
    json.name("kind").value(kind(subject));
    json.name("derived").value(lane.stream().anyMatch(EmotionEstimate::affectDerived));
    summary(subject);
    runs(lane);
    json.name("top").beginArray();
    for (EmotionEstimate estimate : lane) {
      json.value(
          estimate.distribution().informed() ? timeline.labels().indexOf(estimate.emotion()) : -1);
    }
    json.endArray();
    probabilities(lane);
    column("confidence", lane, EmotionEstimate::confidence);
    column("valence", lane, estimate -> affect(estimate, Affect::valence));
    column("arousal", lane, estimate -> affect(estimate, Affect::arousal));
    column("dominance", lane, estimate -> affect(estimate, Affect::dominance));
    abstentions(lane);
    contributions("weight", lane, Contribution::weight);
    contributions("reliability", lane, Contribution::reliability);
    missing(lane);
    json.name("segments").beginArray();
    for (Segment segment :
        timeline.segments(subject, HtmlReport.SEGMENT_ONSET, HtmlReport.SEGMENT_OFFSET)) {
      json.beginArray();
      json.value(timeline.labels().indexOf(segment.emotion()));
      json.value(segment.span().startMicros()).value(segment.span().endMicros());
      json.value(segment.apexMicros());
      thousandths(segment.peak());
      json.endArray();
    }
    json.endArray();
    gaps(subject);
    json.name("frames").beginArray();
    for (KeyFrame frame :
        keyFrames.stream()
            .filter(frame -> frame.subject().equals(subject))
            .sorted(Comparator.comparingLong(KeyFrame::micros))
            .toList()) {
      json.beginObject();
      json.name("micros").value(frame.micros());
      json.name("image").value(frame.dataUri());
      json.endObject();
    }
    json.endArray();
    json.endObject();
  }

  private void summary(Subject subject) throws IOException {
    json.name("summary");
    @Nullable SubjectSummary summary =
        timeline.summary().stream()
            .filter(each -> each.subject().equals(subject))
            .findFirst()
            .orElse(null);
    if (summary == null) {
      json.nullValue();
      return;
    }
    json.beginObject();
    json.name("startMicros").value(summary.span().startMicros());
    json.name("endMicros").value(summary.span().endMicros());
    json.name("estimatedMicros").value(summary.estimated().toNanos() / 1000);
    json.name("shares").beginArray();
    for (double share : summary.shares().values()) {
      json.value(rounded(share));
    }
    json.endArray();
    json.name("affect");
    @Nullable Affect affect = summary.affect().orElse(null);
    if (affect == null) {
      json.nullValue();
    } else {
      json.beginArray();
      json.value(rounded(affect.valence()));
      json.value(rounded(affect.arousal()));
      json.value(rounded(affect.dominance()));
      json.endArray();
    }
    json.name("confidence").value(rounded(summary.confidence()));
    json.name("abstained").value(rounded(summary.abstained()));
    json.name("modalities").beginObject();
    for (Map.Entry<Modality, Double> entry : summary.modalities().entrySet()) {
      json.name(entry.getKey().name()).value(rounded(entry.getValue()));
    }
    json.endObject();
    json.endObject();
  }

  private static double rounded(double value) {
    return Math.round(value * 1000) / 1000.0;
  }

  /** Writes the spans as runs of equally long ones that follow one another. */
  private void runs(List<EmotionEstimate> lane) throws IOException {
    json.name("runs").beginArray();
    int first = 0;
    for (int i = 1; i <= lane.size(); i++) {
      TimeSpan before = lane.get(i - 1).span();
      @Nullable TimeSpan next = i < lane.size() ? lane.get(i).span() : null;
      if (next == null
          || next.startMicros() != before.endMicros()
          || next.lengthMicros() != before.lengthMicros()) {
        json.beginArray();
        json.value(lane.get(first).span().startMicros());
        json.value(before.lengthMicros());
        json.value(i - first);
        json.endArray();
        first = i;
      }
    }
    json.endArray();
  }

  private void probabilities(List<EmotionEstimate> lane) throws IOException {
    boolean[] known = new boolean[timeline.labels().size()];
    json.name("p").beginArray();
    for (int label = 0; label < known.length; label++) {
      json.beginArray();
      for (EmotionEstimate estimate : lane) {
        boolean supported = estimate.distribution().supports(label);
        known[label] |= supported;
        thousandths(supported ? estimate.distribution().probability(label) : null);
      }
      json.endArray();
    }
    json.endArray();
    json.name("known").beginArray();
    for (boolean each : known) {
      json.value(each);
    }
    json.endArray();
  }

  /** A number of an estimate. */
  private interface Value {
    @Nullable Float of(EmotionEstimate estimate);
  }

  private void column(String name, List<EmotionEstimate> lane, Value value) throws IOException {
    json.name(name);
    column(lane, value);
  }

  private void column(List<EmotionEstimate> lane, Value value) throws IOException {
    json.beginArray();
    for (EmotionEstimate estimate : lane) {
      thousandths(value.of(estimate));
    }
    json.endArray();
  }

  /** A dimension of an affect. */
  private interface Dimension {
    float of(Affect affect);
  }

  private static @Nullable Float affect(EmotionEstimate estimate, Dimension dimension) {
    @Nullable Affect affect = estimate.affect().orElse(null);
    return affect == null ? null : dimension.of(affect);
  }

  /** A part of a contribution. */
  private interface Part {
    float of(Contribution contribution);
  }

  private void contributions(String name, List<EmotionEstimate> lane, Part part)
      throws IOException {
    json.name(name).beginArray();
    for (Modality modality : modalities) {
      if (lane.stream().noneMatch(estimate -> estimate.contributions().containsKey(modality))) {
        json.nullValue();
        continue;
      }
      column(
          lane,
          estimate -> {
            Contribution contribution = estimate.contributions().get(modality);
            return contribution == null ? null : part.of(contribution);
          });
    }
    json.endArray();
  }

  /** Writes runs of indices {@code [from, to)}. */
  private void abstentions(List<EmotionEstimate> lane) throws IOException {
    json.name("abstained").beginArray();
    int first = 0;
    for (int i = 1; i <= lane.size(); i++) {
      if (i == lane.size() || lane.get(i).abstained() != lane.get(first).abstained()) {
        if (lane.get(first).abstained()) {
          json.beginArray().value(first).value(i).endArray();
        }
        first = i;
      }
    }
    json.endArray();
  }

  /** Writes runs of indices: {@code [modality, from, to, reason]}. */
  private void missing(List<EmotionEstimate> lane) throws IOException {
    json.name("missing").beginArray();
    for (int m = 0; m < modalities.size(); m++) {
      int first = 0;
      for (int i = 1; i <= lane.size(); i++) {
        Evidence.@Nullable Reason reason = lane.get(first).missing().get(modalities.get(m));
        if (i == lane.size() || lane.get(i).missing().get(modalities.get(m)) != reason) {
          if (reason != null) {
            json.beginArray().value(m).value(first).value(i).value(reason.name()).endArray();
          }
          first = i;
        }
      }
    }
    json.endArray();
  }

  private void gaps(Subject subject) throws IOException {
    json.name("gaps").beginArray();
    for (Gap gap : timeline.gaps(subject)) {
      json.beginArray();
      json.value(gap.span().startMicros()).value(gap.span().endMicros());
      json.value(gap.reason().name());
      json.endArray();
    }
    json.endArray();
  }

  private void thousandths(@Nullable Float value) throws IOException {
    if (value == null) {
      json.nullValue();
    } else {
      json.value(Math.round(1000 * value));
    }
  }
}
