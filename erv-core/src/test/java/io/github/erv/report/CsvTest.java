package io.github.erv.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import io.github.erv.Modality;
import io.github.erv.Subject;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.timeline.EmotionTimeline;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvTest {
  @TempDir Path folder;

  @Test
  void write_columns_areTheDocumentedOnes() throws IOException {
    List<String> lines = lines(Timelines.conversation(1));
    assertEquals(
        "subject,start_s,end_s,emotion,confidence,abstained,valence,arousal,dominance,"
            + "neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,"
            + "weight_face,weight_voice,reliability_face,reliability_voice,gap_reason",
        lines.get(0));
  }

  @Test
  void write_everyEstimateAndGap_readsBack() throws IOException {
    EmotionTimeline timeline = Timelines.conversation(2);
    List<NamedCsvRecord> rows = rows(timeline);
    assertEquals(timeline.estimates().size() + timeline.gaps().size(), rows.size());
    for (NamedCsvRecord row : rows) {
      String subject = row.getField("subject");
      long start = new BigDecimal(row.getField("start_s")).movePointRight(6).longValueExact();
      if (!row.getField("gap_reason").isEmpty()) {
        assertEquals("", row.getField("emotion"));
        Subject whose = subject.isEmpty() ? Subject.SCENE : new Subject(subject);
        assertEquals(
            1,
            timeline.gaps(whose).stream()
                .filter(gap -> gap.span().startMicros() == start)
                .filter(gap -> gap.reason().name().equals(row.getField("gap_reason")))
                .count());
        continue;
      }
      EmotionEstimate estimate =
          timeline.estimates(new Subject(subject)).stream()
              .filter(e -> e.span().startMicros() == start)
              .findFirst()
              .orElseThrow();
      assertEquals(estimate.emotion().name(), row.getField("emotion"));
      assertEquals(estimate.confidence(), Float.parseFloat(row.getField("confidence")));
      assertEquals(Boolean.toString(estimate.abstained()), row.getField("abstained"));
      assertEquals(
          estimate.affect().orElseThrow().valence(), Float.parseFloat(row.getField("valence")));
      for (Emotion emotion : timeline.labels()) {
        String cell = row.getField(emotion.name());
        if (estimate.distribution().supports(emotion)) {
          assertEquals(estimate.distribution().probability(emotion), Float.parseFloat(cell));
        } else {
          assertEquals("", cell);
        }
      }
      String weight = row.getField("weight_voice");
      assertEquals(
          estimate.contributions().containsKey(Modality.VOICE), !weight.isEmpty(), row.toString());
    }
  }

  @Test
  void write_subjectWithQuotesAndLines_staysOneField() throws IOException {
    assertEquals(
        Timelines.hostile().subjects().iterator().next().id(),
        rows(Timelines.hostile()).get(0).getField("subject"));
  }

  @Test
  void write_empty_isTheHeaderAlone() throws IOException {
    assertEquals(1, lines(Timelines.empty()).size());
  }

  private List<String> lines(EmotionTimeline timeline) throws IOException {
    Path file = folder.resolve("t.csv");
    Csv.write(timeline, file);
    return Files.readAllLines(file);
  }

  private List<NamedCsvRecord> rows(EmotionTimeline timeline) throws IOException {
    Path file = folder.resolve("t.csv");
    Csv.write(timeline, file);
    try (Stream<NamedCsvRecord> rows = CsvReader.builder().ofNamedCsvRecord(file).stream()) {
      return rows.toList();
    }
  }
}
