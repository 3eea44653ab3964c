package io.github.erv.examples.basics;

import io.github.erv.media.MediaSource;
import io.github.erv.report.Csv;
import io.github.erv.report.HtmlReport;
import io.github.erv.report.JsonLines;
import io.github.erv.report.WebVtt;
import io.github.erv.timeline.EmotionTimeline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Writes every kind of report into one folder. */
final class Reports {
  private final Path directory;
  private final boolean keyFrames;
  private final Set<String> names = new HashSet<>();

  /**
   * Creates a writer of reports.
   *
   * @param directory an existing folder
   * @param keyFrames whether they may hold pictures of the people
   */
  Reports(Path directory, boolean keyFrames) {
    this.directory = directory.toAbsolutePath().normalize();
    this.keyFrames = keyFrames;
  }

  /**
   * Writes the reports of one recording.
   *
   * @param timeline what it expresses
   * @param recording whose name the reports take; a second one of that name gets a number
   * @return the report for people
   * @throws IOException if one cannot be written
   */
  Path write(EmotionTimeline timeline, Path recording) throws IOException {
    String name = name(recording.getFileName().toString().replaceFirst("(?<=.)[.][^.]*$", ""));
    Path html = directory.resolve(name + ".html");
    HtmlReport.builder(timeline)
        .keyFrames(keyFrames ? KeyFrames.of(timeline, MediaSource.of(recording)) : List.of())
        .build()
        .write(html);
    JsonLines.write(timeline, directory.resolve(name + ".jsonl"));
    Csv.write(timeline, directory.resolve(name + ".csv"));
    WebVtt.write(timeline, directory.resolve(name + ".vtt"));
    return html;
  }

  private String name(String wanted) {
    String name = wanted;
    for (int number = 2; !names.add(name); number++) {
      name = wanted + '-' + number;
    }
    return name;
  }
}
