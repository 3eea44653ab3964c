package io.github.erv.examples.basics;

import io.github.erv.EmotionRecognizer;
import io.github.erv.error.ErvException;
import io.github.erv.media.MediaSource;
import io.github.erv.timeline.EmotionTimeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Reads recordings and tells what they express: a summary of each person on the console, and a
 * report, a table, captions and JSON Lines in a folder.
 *
 * <pre>{@code
 * mvn -q -Pdemo -DskipTests package -pl examples/basics -am
 * mvn -q -Pdemo -DskipTests package -pl examples/basics -am -Derv.args="interview.mp4 --out reports"
 * }</pre>
 */
@Command(
    name = "AnalyzeFile",
    description = "Tells what the faces and voices of recordings express.",
    mixinStandardHelpOptions = true)
public final class AnalyzeFile implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "Recordings; without any, the bundled sample.")
  private List<Path> files = List.of();

  @Option(names = "--out", description = "Where reports go; ${DEFAULT-VALUE} by default.")
  private Path out = Path.of("erv-report");

  @Option(names = "--key-frames", description = "Puts pictures of the people into the report.")
  private boolean keyFrames;

  private AnalyzeFile() {}

  /**
   * Runs the program; it ends with 0 if every file could be read.
   *
   * @param args see {@code --help}
   */
  public static void main(String... args) {
    System.exit(run(args));
  }

  static int run(String... args) {
    return new CommandLine(new AnalyzeFile())
        .setExecutionExceptionHandler((e, command, parsed) -> failed(e))
        .execute(args);
  }

  @Override
  public Integer call() throws IOException {
    int code = 0;
    Reports reports = new Reports(Files.createDirectories(out), keyFrames);
    try (EmotionRecognizer recognizer = EmotionRecognizer.create()) {
      for (Path file : files.isEmpty() ? List.of(Sample.video()) : files) {
        try {
          EmotionTimeline timeline = analyze(recognizer, file);
          System.out.println(Summary.of(timeline));
          System.out.println("Written to " + reports.write(timeline, file) + " and beside it.\n");
        } catch (ErvException e) {
          System.err.println(e.getMessage());
          code = 1;
        }
      }
    }
    return code;
  }

  private static EmotionTimeline analyze(EmotionRecognizer recognizer, Path file) {
    try (Progress progress = new Progress(file.getFileName().toString())) {
      return recognizer.analyze(MediaSource.of(file), progress);
    }
  }

  /** What is wrong with a file or a model says so in its message; the rest is a bug. */
  private static int failed(Exception e) throws Exception {
    if (e instanceof ErvException) {
      System.err.println(e.getMessage());
    } else if (e instanceof IOException) {
      System.err.println("The reports cannot be written: " + e);
    } else {
      throw e;
    }
    return 1;
  }
}
