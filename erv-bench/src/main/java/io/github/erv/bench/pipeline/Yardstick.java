package io.github.erv.bench.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.bytedeco.javacpp.Loader;

/**
 * The recording that speeds are measured on: the first six seconds of the bundled sample, one face
 * and speech, again and again for a minute, as 1280x720 H.264 at 30 frames a second. Made by the
 * FFmpeg program in the preset's natives, so that it is the same everywhere.
 */
final class Yardstick {
  private static final String SAMPLE = "/io/github/erv/examples/basics/sample.mp4";

  private Yardstick() {}

  /** Makes the recording, or finds it if it was made before. */
  static Path make() {
    Path folder = Path.of(System.getProperty("java.io.tmpdir"), "erv-bench");
    Path made = folder.resolve("yardstick-720p30.mp4");
    if (Files.exists(made)) {
      return made;
    }
    try (InputStream sample = Yardstick.class.getResourceAsStream(SAMPLE)) {
      if (sample == null) {
        throw new IllegalStateException("the resource " + SAMPLE + " is missing; repack the jar");
      }
      Files.createDirectories(folder);
      Path source = folder.resolve("sample.mp4");
      Files.copy(sample, source, StandardCopyOption.REPLACE_EXISTING);
      Path unfinished = folder.resolve("unfinished.mp4");
      run(source, unfinished);
      return Files.move(unfinished, made, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void run(Path source, Path target) throws IOException {
    List<String> command =
        List.of(
            Loader.load(org.bytedeco.ffmpeg.ffmpeg.class),
            "-nostdin",
            "-v",
            "error",
            "-y",
            "-stream_loop",
            "11",
            "-i",
            source.toString(),
            "-vf",
            "select='lt(mod(t,12.02),6)',setpts=N/25/TB,fps=30,scale=1280:720",
            "-af",
            "aselect='lt(mod(t,12.02),6)',asetpts=N/SR/TB",
            "-c:v",
            "libopenh264",
            "-b:v",
            "2500k",
            "-c:a",
            "aac",
            "-t",
            "60",
            target.toString());
    try {
      int status = new ProcessBuilder(command).inheritIO().start().waitFor();
      if (status != 0) {
        throw new IllegalStateException(String.join(" ", command) + " ended with " + status);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while the yardstick was made", e);
    }
  }
}
