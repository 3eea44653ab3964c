package io.github.erv.report;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import io.github.erv.Modality;
import io.github.erv.Subject;
import io.github.erv.emotion.Affect;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.emotion.EmotionEstimate.Contribution;
import io.github.erv.media.TimeSpan;
import io.github.erv.timeline.EmotionTimeline;
import io.github.erv.timeline.Gap;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Time lines as tidy comma-separated values (RFC 4180, with a header): one row for each subject and
 * hop, one for each gap, in time order. A cell is empty where there is nothing to say.
 *
 * <table>
 *   <caption>The columns, in order</caption>
 *   <tr><th>column</th><th>value</th></tr>
 *   <tr><td>{@code subject}</td><td>who; empty for a gap of the scene: nobody was there</td></tr>
 *   <tr><td>{@code start_s}, {@code end_s}</td><td>when, in seconds of media time, exact to the
 *       microsecond</td></tr>
 *   <tr><td>{@code emotion}</td><td>the most probable one</td></tr>
 *   <tr><td>{@code confidence}</td><td>in [0, 1]</td></tr>
 *   <tr><td>{@code abstained}</td><td>{@code true} or {@code false}</td></tr>
 *   <tr><td>{@code valence}, {@code arousal}, {@code dominance}</td><td>in [-1, 1]</td></tr>
 *   <tr><td>one for each label of the time line, as {@code happiness}</td><td>its probability in
 *       [0, 1]; empty if the models do not know it</td></tr>
 *   <tr><td>{@code weight_<modality>}, for each modality of the time line, by name</td><td>its share
 *       in the result, in [0, 1]; empty if it was missing</td></tr>
 *   <tr><td>{@code reliability_<modality>}, the same</td><td>how far its evidence could be read, in
 *       [0, 1]</td></tr>
 *   <tr><td>{@code gap_reason}</td><td>a name of {@link io.github.erv.Evidence.Reason}; empty for an
 *       estimate</td></tr>
 * </table>
 *
 * <p>Thread-safe.
 */
public final class Csv {
  private Csv() {}

  /**
   * Writes a time line to a file.
   *
   * @param timeline what to write
   * @param file created, or overwritten
   * @throws IOException if the file cannot be written
   */
  public static void write(EmotionTimeline timeline, Path file) throws IOException {
    try (Writer out = Files.newBufferedWriter(file);
        CsvWriter csv = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(out)) {
      List<Modality> modalities = modalities(timeline);
      csv.writeRecord(columns(timeline, modalities));
      TimelineVisitor.visitAll(
          timeline,
          new TimelineVisitor() {
            @Override
            public void visit(EmotionEstimate estimate) {
              csv.writeRecord(row(estimate, modalities));
            }

            @Override
            public void visit(Gap gap) {
              csv.writeRecord(row(gap, timeline.labels().size(), modalities.size()));
            }
          });
    }
  }

  private static List<Modality> modalities(EmotionTimeline timeline) {
    SortedSet<Modality> modalities = new TreeSet<>();
    for (EmotionEstimate estimate : timeline.estimates()) {
      modalities.addAll(estimate.contributions().keySet());
      modalities.addAll(estimate.missing().keySet());
    }
    return List.copyOf(modalities);
  }

  private static List<String> columns(EmotionTimeline timeline, List<Modality> modalities) {
    List<String> columns =
        new ArrayList<>(
            List.of(
                "subject",
                "start_s",
                "end_s",
                "emotion",
                "confidence",
                "abstained",
                "valence",
                "arousal",
                "dominance"));
    timeline.labels().emotions().stream().map(Emotion::name).forEach(columns::add);
    modalities.forEach(modality -> columns.add("weight_" + modality));
    modalities.forEach(modality -> columns.add("reliability_" + modality));
    columns.add("gap_reason");
    return columns;
  }

  private static List<String> row(EmotionEstimate estimate, List<Modality> modalities) {
    List<String> row = new ArrayList<>();
    Distribution distribution = estimate.distribution();
    begin(row, estimate.subject(), estimate.span());
    row.add(distribution.informed() ? distribution.top().name() : "");
    row.add(Decimal.shortest(estimate.confidence()));
    row.add(Boolean.toString(estimate.abstained()));
    @Nullable Affect affect = estimate.affect().orElse(null);
    row.add(affect == null ? "" : Decimal.shortest(affect.valence()));
    row.add(affect == null ? "" : Decimal.shortest(affect.arousal()));
    row.add(affect == null ? "" : Decimal.shortest(affect.dominance()));
    for (int i = 0; i < distribution.labels().size(); i++) {
      row.add(distribution.supports(i) ? Decimal.shortest(distribution.probability(i)) : "");
    }
    for (Modality modality : modalities) {
      Contribution contribution = estimate.contributions().get(modality);
      row.add(contribution == null ? "" : Decimal.shortest(contribution.weight()));
    }
    for (Modality modality : modalities) {
      Contribution contribution = estimate.contributions().get(modality);
      row.add(contribution == null ? "" : Decimal.shortest(contribution.reliability()));
    }
    row.add("");
    return row;
  }

  private static List<String> row(Gap gap, int labels, int modalities) {
    List<String> row = new ArrayList<>();
    begin(row, gap.subject(), gap.span());
    row.addAll(Collections.nCopies(6 + labels + 2 * modalities, ""));
    row.add(gap.reason().name());
    return row;
  }

  private static void begin(List<String> row, Subject subject, TimeSpan span) {
    row.add(subject.equals(Subject.SCENE) ? "" : subject.id());
    row.add(Decimal.seconds(span.startMicros()));
    row.add(Decimal.seconds(span.endMicros()));
  }
}
