package org.example.starter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.EmotionRecognizer;
import io.github.erv.Subject;
import io.github.erv.report.HtmlReport;
import io.github.erv.timeline.EmotionTimeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StarterTest {
  @Test
  void recording_givesATimeLineOfFaceAndVoice_andAReport(@TempDir Path folder) throws IOException {
    Path report = folder.resolve("sample.html");
    try (EmotionRecognizer recognizer = EmotionRecognizer.create()) {
      EmotionTimeline timeline =
          recognizer.analyze(Path.of(System.getProperty("samples"), "sample.mp4"));
      HtmlReport.write(timeline, report);

      assertEquals(Set.of(Subject.face(1), Subject.VOICE), timeline.subjects());
    }
    assertTrue(Files.size(report) > 0);
  }
}
