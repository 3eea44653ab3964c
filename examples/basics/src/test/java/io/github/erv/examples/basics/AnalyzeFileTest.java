package io.github.erv.examples.basics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.Evidence.Reason;
import io.github.erv.Subject;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.report.JsonLines;
import io.github.erv.timeline.EmotionTimeline;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnalyzeFileTest {
  /** How far the edge of a gap may lie from where the sample was cut: one hop, and a little. */
  private static final double EDGE_SECONDS = 0.3;

  @TempDir private Path folder;

  private int code;
  private String printed = "";
  private String complained = "";

  @Test
  void sample_isReadAsItWasMade() throws IOException {
    run("--out", folder.toString());

    assertEquals(0, code, complained);
    assertEquals(Set.of("sample.html", "sample.jsonl", "sample.csv", "sample.vtt"), files());
    EmotionTimeline timeline = JsonLines.read(folder.resolve("sample.jsonl"));
    Subject face = Subject.face(1);
    assertEquals(Set.of(face, Subject.VOICE), timeline.subjects());
    // the portrait goes at 8 s; speech is the portrait's until then, and nobody's after
    assertEquals(8, endSeconds(timeline, face), EDGE_SECONDS);
    assertEquals(8.5, startSeconds(timeline, Subject.VOICE), EDGE_SECONDS);
    assertTrue(
        timeline.gaps(Subject.SCENE).stream().allMatch(gap -> gap.reason() == Reason.NO_FACE),
        timeline.gaps()::toString);
    assertTrue(printed.contains("face-1") && printed.contains("voice"), printed);
    assertTrue(printed.contains(folder.resolve("sample.html").toString()), printed);
  }

  @Test
  void sample_holdsNoPicture_unlessAskedFor() throws IOException {
    run("--out", folder.resolve("without").toString());
    run("--out", folder.resolve("with").toString(), "--key-frames");

    assertFalse(
        Files.readString(folder.resolve("without/sample.html")).contains("data:image/jpeg"));
    assertTrue(Files.readString(folder.resolve("with/sample.html")).contains("data:image/jpeg"));
  }

  @Test
  void unreadableFile_isNamed_andOthersAreRead() throws IOException {
    Path missing = folder.resolve("missing.mp4");
    run(missing.toString(), Sample.speech().toString(), "--out", folder.toString());

    assertEquals(1, code);
    assertTrue(complained.contains(missing.toString()), complained);
    assertFalse(complained.contains("\tat "), complained);
    assertEquals(Set.of("speech.html", "speech.jsonl", "speech.csv", "speech.vtt"), files());
  }

  @Test
  void recordingsOfOneName_doNotOverwriteEachOther() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other")).resolve("speech.wav");
    Files.copy(Sample.speech(), other);
    Path out = folder.resolve("out");
    run(Sample.speech().toString(), other.toString(), "--out", out.toString());

    assertEquals(0, code, complained);
    assertTrue(Files.exists(out.resolve("speech.html")));
    assertTrue(Files.exists(out.resolve("speech-2.html")));
  }

  @Test
  void folderThatCannotBeMade_isNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    run("--out", file.resolve("reports").toString());

    assertEquals(1, code);
    assertTrue(complained.contains(file.toString()), complained);
    assertFalse(complained.contains("\tat "), complained);
  }

  private void run(String... args) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream printing = new ByteArrayOutputStream();
    ByteArrayOutputStream complaining = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printing, true, UTF_8));
    System.setErr(new PrintStream(complaining, true, UTF_8));
    try {
      code = AnalyzeFile.run(args);
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    printed = printing.toString(UTF_8);
    complained = complaining.toString(UTF_8);
  }

  private static double startSeconds(EmotionTimeline timeline, Subject subject) {
    return timeline.estimates(subject).get(0).span().startMicros() / 1e6;
  }

  private static double endSeconds(EmotionTimeline timeline, Subject subject) {
    List<EmotionEstimate> estimates = timeline.estimates(subject);
    return estimates.get(estimates.size() - 1).span().endMicros() / 1e6;
  }

  private Set<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
