package io.github.erv.bench.whole;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;

/**
 * Recordings made of the bundled sample, by the FFmpeg program that lies in the preset's natives.
 *
 * <p>The sample lasts 12 s: a portrait until 8 s, then nobody; speech from 1 to 6 s and from 8.5 to
 * 11.3 s.
 */
public final class Footage {
  public static final Path SAMPLE =
      Path.of("../examples/basics/src/main/resources/io/github/erv/examples/basics/sample.mp4");

  /** When the portrait goes. */
  static final long FACE_END_MICROS = 8_000_000;

  private Footage() {}

  /** Runs FFmpeg on the sample: options of the input before {@code -i}, the rest after it. */
  static Path ofSample(Path out, List<String> input, String... arguments) {
    return make(
        out,
        Stream.of(input.stream(), Stream.of("-i", SAMPLE.toString()), Stream.of(arguments))
            .flatMap(part -> part)
            .toArray(String[]::new));
  }

  /** Returns the sample as an MP4 file that only its owner may see. */
  static Path encrypted(Path out) {
    return ofSample(
        out,
        List.of(),
        "-c",
        "copy",
        "-encryption_scheme",
        "cenc-aes-ctr",
        "-encryption_key",
        "00112233445566778899aabbccddeeff",
        "-encryption_kid",
        "ffeeddccbbaa99887766554433221100");
  }

  /** Runs FFmpeg with the output last. */
  public static Path make(Path out, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Loader.load(org.bytedeco.ffmpeg.ffmpeg.class));
    command.addAll(List.of("-nostdin", "-v", "error", "-y"));
    command.addAll(List.of(arguments));
    command.add(out.toString());
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(String.join(" ", command) + " failed: " + said);
      }
    } catch (IOException e) {
      throw new IllegalStateException("FFmpeg cannot be run", e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while FFmpeg ran", e);
    }
    return out;
  }
}
