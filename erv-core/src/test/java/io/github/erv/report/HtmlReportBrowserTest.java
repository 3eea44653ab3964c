package io.github.erv.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.erv.Subject;
import io.github.erv.timeline.EmotionTimeline;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Loads reports in a browser, and holds that they draw without an error. */
class HtmlReportBrowserTest {
  private static final Optional<Path> BROWSER =
      Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
          .flatMap(
              folder ->
                  Stream.of("chromium", "chromium-browser", "google-chrome")
                      .map(name -> Path.of(folder, name)))
          .filter(Files::isExecutable)
          .findFirst();

  /** Reports stay here, to look at. */
  private static final Path REPORTS = Path.of("target", "reports");

  private static final int SECONDS = 120;

  @TempDir Path folder;

  @BeforeEach
  void browser() {
    assumeTrue(BROWSER.isPresent(), "skipped: no chromium or google-chrome on the PATH");
  }

  static Stream<Arguments> reports() {
    return Stream.of(
        Arguments.of("conversation", Timelines.conversation(10), 9),
        Arguments.of("clip", Timelines.clip(), 3),
        Arguments.of("silence", Timelines.silence(), 1),
        Arguments.of("empty", Timelines.empty(), 0),
        Arguments.of("hostile", Timelines.hostile(), 3));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("reports")
  void load_drawsWithoutAnError(String name, EmotionTimeline timeline, int charts)
      throws IOException, InterruptedException {
    Files.createDirectories(REPORTS);
    Path file = REPORTS.resolve(name + ".html").toAbsolutePath();
    HtmlReport.builder(timeline)
        .keyFrames(
            name.equals("clip")
                ? List.of(KeyFrame.of(Subject.face(1), 1_125_000, HtmlReportTest.picture()))
                : List.of())
        .build()
        .write(file);
    Path dom = folder.resolve("dom.html");
    Path log = folder.resolve("log.txt");
    Process process =
        new ProcessBuilder(
                BROWSER.orElseThrow().toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--user-data-dir=" + folder.resolve("profile"),
                "--window-size=1280,1600",
                "--virtual-time-budget=5000",
                "--enable-logging=stderr",
                "--dump-dom",
                file.toUri().toString())
            .redirectOutput(dom.toFile())
            .redirectError(log.toFile())
            .start();
    boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly();
    assertTrue(ended, "the browser did not end within " + SECONDS + " s");
    String page = Files.readString(dom);
    String start = page.substring(0, page.indexOf('>', page.indexOf("<html")));
    assertTrue(start.contains("data-ready=\"true\""), "the script did not finish: " + start);
    assertFalse(start.contains("data-error"), start);
    assertEquals(
        List.of(),
        Files.readAllLines(log).stream().filter(line -> line.contains(":CONSOLE")).toList());
    assertEquals(
        charts, Pattern.compile("class=\"uplot").matcher(page).results().count(), "charts");
  }
}
