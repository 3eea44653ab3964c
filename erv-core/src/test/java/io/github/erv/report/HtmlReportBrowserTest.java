package io.github.erv.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.erv.Subject;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.timeline.EmotionTimeline;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
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
        Arguments.of("silence", Timelines.silence(), 2),
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
    Path log = folder.resolve("log.txt");
    String page = load(file, log);
    String start = page.substring(0, page.indexOf('>', page.indexOf("<html")));
    assertTrue(start.contains("data-ready=\"true\""), "the script did not finish: " + start);
    assertFalse(start.contains("data-error"), start);
    assertEquals(
        List.of(),
        Files.readAllLines(log).stream().filter(line -> line.contains(":CONSOLE")).toList());
    assertEquals(
        charts, Pattern.compile("class=\"uplot").matcher(page).results().count(), "charts");
  }

  @Test
  void keys_moveTheCursorAndSpeakTheValues() throws IOException, InterruptedException {
    Path file = folder.resolve("keys.html");
    HtmlReport.write(Timelines.clip(), file);
    String page = Files.readString(file);
    page = page.replaceFirst("<meta http-equiv[^>]*>", ""); // which would not let this script run
    String keys =
        """
        <script>
        const lane = document.querySelector(".plots");
        lane.focus();
        for (const key of ["Home", "ArrowRight", "ArrowRight"]) {
          lane.dispatchEvent(new KeyboardEvent("keydown", {key}));
        }
        </script>
        """;
    Files.writeString(file, page.replace("</body>", keys + "</body>"));
    EmotionEstimate third = Timelines.clip().estimates().get(2);
    String spoken =
        String.format(
            Locale.ROOT,
            "Face 1, 0:00.63 \u00b7 %s %.0f\u202f%% \u00b7 confidence %.2f",
            third.emotion(),
            100 * third.distribution().topProbability(),
            third.confidence());
    String dom = load(file, folder.resolve("log.txt"));
    Matcher live = Pattern.compile("aria-live=\"polite\">([^<]*)<").matcher(dom);
    assertTrue(live.find(), "no live region");
    assertTrue(live.group(1).startsWith(spoken), live.group(1));
  }

  /** Returns the document after its scripts ran. */
  private String load(Path file, Path log) throws IOException, InterruptedException {
    Path dom = folder.resolve("dom.html");
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
    return Files.readString(dom);
  }
}
