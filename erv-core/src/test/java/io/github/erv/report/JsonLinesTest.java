package io.github.erv.report;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.Evidence.Reason;
import io.github.erv.Modality;
import io.github.erv.Region;
import io.github.erv.Subject;
import io.github.erv.emotion.Affect;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.emotion.EmotionEstimate.Contribution;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.FormatException;
import io.github.erv.media.TimeSpan;
import io.github.erv.timeline.EmotionTimeline;
import io.github.erv.timeline.Gap;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonLinesTest {
  private static final String HEADER =
      "{\"type\":\"timeline\",\"schema\":1,\"source\":\"a.mp4\",\"startMicros\":0,"
          + "\"endMicros\":500000,\"labels\":[\"neutral\",\"happiness\"],\"models\":[\"m 1\"],"
          + "\"warnings\":[]}";
  private static final String ESTIMATE =
      "{\"type\":\"estimate\",\"subject\":\"face-1\",\"startMicros\":0,\"endMicros\":250000,"
          + "\"emotion\":\"happiness\",\"distribution\":{\"neutral\":0.25,\"happiness\":0.75},"
          + "\"valence\":0.5,\"arousal\":-0.25,\"dominance\":0,\"affectSource\":\"model\","
          + "\"confidence\":0.6,\"abstained\":false,\"contributions\":{\"face\":1},"
          + "\"reliability\":{\"face\":0.8},\"missing\":{\"voice\":\"SILENCE\"},"
          + "\"region\":[1,2.5,30,40]}";
  private static final String GAP =
      "{\"type\":\"gap\",\"subject\":null,\"startMicros\":250000,\"endMicros\":500000,"
          + "\"reason\":\"NO_FACE\"}";

  @TempDir Path folder;

  @Provide
  Arbitrary<EmotionTimeline> timelines() {
    return Timelines.any();
  }

  @Property
  void read_ofWritten_isEqual(@ForAll("timelines") EmotionTimeline written) throws IOException {
    String text = text(written);
    EmotionTimeline read = JsonLines.read(new StringReader(text));
    assertEquals(text, text(read));
    assertEquals(written.source(), read.source());
    assertEquals(written.labels(), read.labels());
    assertEquals(written.span(), read.span());
    assertEquals(written.models(), read.models());
    assertEquals(written.warnings(), read.warnings());
    assertEquals(written.gaps(), read.gaps());
    assertEquals(
        written.estimates().stream().map(Timelines::values).toList(),
        read.estimates().stream().map(Timelines::values).toList());
  }

  @Test
  void write_knownTimeline_isTheDocumentedText() throws IOException {
    assertEquals(HEADER + '\n' + ESTIMATE + '\n' + GAP + '\n', text(known()));
  }

  @Test
  void write_inALocaleWithCommas_isTheSame() throws IOException {
    String expected = text(Timelines.clip());
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      assertEquals(expected, text(Timelines.clip()));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void write_linesAreInTimeOrder() throws IOException {
    EmotionTimeline timeline = Timelines.conversation(2);
    List<String> lines = text(timeline).lines().skip(1).toList();
    assertEquals(timeline.estimates().size() + timeline.gaps().size(), lines.size());
    long before = Long.MIN_VALUE;
    for (String line : lines) {
      long start = Long.parseLong(line.replaceFirst(".*?\"startMicros\":(-?\\d+).*", "$1"));
      assertTrue(start >= before, line);
      before = start;
    }
  }

  @Test
  void line_ofEstimate_namesItsModels() {
    EmotionTimeline known = known();
    assertEquals(
        ESTIMATE.replace("]}", "],\"models\":[\"m 1\"]}"),
        JsonLines.line(known.estimates().get(0)));
    assertEquals(GAP, JsonLines.line(known.gaps().get(0)));
  }

  @Test
  void line_uninformed_hasNoEmotion() {
    String line =
        JsonLines.line(
            EmotionEstimate.builder(
                    Subject.VOICE, TimeSpan.at(0), Distribution.uninformed(LabelSet.EKMAN_7))
                .build());
    assertTrue(line.contains("\"emotion\":null,\"distribution\":{},\"valence\":null"), line);
  }

  @Test
  void read_wellKnownLabels_keepTheirName() throws IOException {
    assertEquals(
        "ferplus-8",
        JsonLines.read(new StringReader(text(Timelines.conversation(1)))).labels().name());
  }

  @Test
  void read_unknownFields_areIgnored() throws IOException {
    String text =
        (HEADER + '\n' + ESTIMATE + '\n' + GAP + '\n').replace("{\"type\"", "{\"new\":{},\"type\"");
    assertEquals(text(known()), text(JsonLines.read(new StringReader(text))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 | \"schema\":1 | \"schema\":2 | \"schema\" to be a number from 1 to 1",
        "1 | \"type\":\"timeline\" | \"type\":\"estimate\" | \"type\" to be \"timeline\"",
        "1 | \"labels\":[\"neutral\",\"happiness\"] | \"labels\":[\"neutral\"] | at least 2",
        "1 | ,\"source\":\"a.mp4\" | '' | \"source\" to be a string, found no such field",
        "1 | \"endMicros\":500000 | \"endMicros\":-1 | end must not be before its start 0, was -1",
        "2 | \"type\":\"estimate\" | \"type\":\"guess\" | \"estimate\" or \"gap\", found \"guess\"",
        "2 | \"startMicros\":0 | \"startMicros\":0.5 | \"startMicros\" to be a whole number",
        "2 | \"startMicros\":0 | \"startMicros\":\"0\" | \"startMicros\" to be a whole number",
        "2 | \"confidence\":0.6 | \"confidence\":1.5 | confidence must be in [0, 1], was 1.5",
        "2 | \"confidence\":0.6 | \"confidence\":NaN | a JSON object",
        "2 | \"confidence\":0.6 | \"confidence\":null | \"confidence\" to be a number, found null",
        "2 | \"neutral\":0.25 | \"neutral\":0.5 | must sum to 1",
        "2 | \"neutral\":0.25 | \"calm\":0.25 | only emotions of [neutral, happiness], found calm",
        "2 | \"emotion\":\"happiness\" | \"emotion\":\"neutral\" | \"emotion\" to be the top",
        "2 | \"affectSource\":\"model\" | \"affectSource\":\"magic\" | \"affectSource\"",
        "2 | \"valence\":0.5 | \"valence\":2 | valence must be in [-1, 1], was 2",
        "2 | \"reliability\":{\"face\":0.8} | \"reliability\":{} | \"reliability.face\"",
        "2 | \"voice\":\"SILENCE\" | \"voice\":\"SHY\" | \"missing.voice\" to be one of",
        "2 | [1,2.5,30,40] | [1,2.5,30] | \"region\" to be a list of 4 numbers",
        "2 | [1,2.5,30,40] | [1,2.5,0,40] | larger than 0",
        "2 | \"abstained\":false | \"abstained\":0 | \"abstained\" to be true or false",
        "2 | 40]} | 40] | a JSON object",
        "2 | 40]} | 40]} {} | a JSON object",
        "3 | NO_FACE | HIDING | \"reason\" to be one of",
        "3 | \"subject\":null | \"subject\":7 | \"subject\" to be a string, found 7",
      })
  void read_badLine_saysLineFieldAndWhatWasExpected(
      int line, String good, String bad, String message) {
    String[] lines = {HEADER, ESTIMATE, GAP};
    assertTrue(lines[line - 1].contains(good), "the test replaces nothing");
    lines[line - 1] = lines[line - 1].replace(good, bad);
    FormatException e =
        assertThrows(
            FormatException.class,
            () -> JsonLines.read(new StringReader(String.join("\n", lines))));
    assertAll(
        () -> assertTrue(e.getMessage().contains("line " + line + ": "), e.getMessage()),
        () -> assertTrue(e.getMessage().contains(message), e.getMessage()));
  }

  @Test
  void read_overlappingEstimates_isRefused() {
    FormatException e =
        assertThrows(
            FormatException.class,
            () -> JsonLines.read(new StringReader(HEADER + '\n' + ESTIMATE + '\n' + ESTIMATE)));
    assertTrue(e.getMessage().contains("overlap"), e.getMessage());
  }

  @Test
  void read_badFile_namesIt() throws IOException {
    Path file = folder.resolve("t.jsonl");
    assertThrows(NoSuchFileException.class, () -> JsonLines.read(file));
    Files.writeString(file, "");
    FormatException empty = assertThrows(FormatException.class, () -> JsonLines.read(file));
    assertTrue(empty.getMessage().startsWith(file + " is empty"), empty.getMessage());
    Files.write(file, new byte[] {'{', (byte) 0xff, '}'});
    FormatException binary = assertThrows(FormatException.class, () -> JsonLines.read(file));
    assertTrue(binary.getMessage().startsWith(file + " is not UTF-8"), binary.getMessage());
  }

  @Test
  void write_toFile_readsBack() throws IOException {
    Path file = folder.resolve("t.jsonl");
    JsonLines.write(Timelines.hostile(), file);
    assertEquals(text(Timelines.hostile()), text(JsonLines.read(file)));
    assertEquals(2, Files.readAllLines(file).size());
  }

  private static EmotionTimeline known() {
    LabelSet labels = LabelSet.of(LabelSet.EKMAN_7.emotions().subList(0, 2));
    return EmotionTimeline.builder("a.mp4", labels)
        .models(List.of("m 1"))
        .add(new Gap(Subject.SCENE, new TimeSpan(250_000, 500_000), Reason.NO_FACE))
        .add(
            EmotionEstimate.builder(
                    Subject.face(1),
                    new TimeSpan(0, 250_000),
                    Distribution.of(labels, 0.25f, 0.75f))
                .affect(new Affect(0.5f, -0.25f, 0))
                .confidence(0.6f)
                .contributions(Map.of(Modality.FACE, new Contribution(1, 0.8f)))
                .missing(Map.of(Modality.VOICE, Reason.SILENCE))
                .region(new Region(1, 2.5f, 30, 40))
                .models(List.of("m 1"))
                .build())
        .build();
  }

  private static String text(EmotionTimeline timeline) throws IOException {
    StringBuilder text = new StringBuilder();
    JsonLines.write(timeline, text);
    return text.toString();
  }
}
