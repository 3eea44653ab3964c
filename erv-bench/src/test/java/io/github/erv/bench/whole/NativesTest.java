package io.github.erv.bench.whole;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.EmotionRecognizer;
import io.github.erv.error.NativeLibraryException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;

/** What an application is told that has not chosen natives: the lines to add. */
class NativesTest {
  @Test
  void analyze_withoutNativesOfFfmpeg_printsTheLines() {
    lines(
        withoutNatives("ffmpeg"),
        "org.bytedeco",
        "ffmpeg",
        "<classifier>" + Loader.getPlatform() + "</classifier>");
  }

  @Test
  void analyze_withoutAnyNatives_printsTheLines() {
    String said = withoutNatives("");

    assertTrue(said.contains("<groupId>org.bytedeco</groupId>"), said);
    assertTrue(said.contains("<classifier>" + Loader.getPlatform() + "</classifier>"), said);
  }

  @Test
  void analyze_onnxRuntimeOnOtherPlatform_printsTheLines() {
    // its natives for all platforms lie in one jar; there are none for this one
    String said = new ChildJvm().options("-Dos.arch=riscv64").run(Telling.class, Footage.SAMPLE);

    lines(said, "com.microsoft.onnxruntime", "onnxruntime", "");
  }

  /** Voice-only applications have no FFmpeg unless they add it, and need none for WAV. */
  @Test
  void analyze_withoutFfmpegAndItsClasses_printsTheLinesOfBoth() {
    for (Predicate<String> leftOut :
        List.<Predicate<String>>of(
            jar -> jar.startsWith("ffmpeg"),
            jar -> jar.startsWith("javacpp"),
            jar -> jar.startsWith("ffmpeg") || jar.startsWith("javacpp"))) {
      String said = new ChildJvm().only(leftOut.negate()).run(Telling.class, Footage.SAMPLE);

      lines(
          said, "org.bytedeco", "ffmpeg", "<classifier>" + Loader.getPlatform() + "</classifier>");
      assertEquals(3, said.split("<dependency>", -1).length, said);
    }
  }

  private static String withoutNatives(String library) {
    return new ChildJvm()
        .only(jar -> !(jar.startsWith(library) && jar.endsWith(Loader.getPlatform() + ".jar")))
        .run(Telling.class, Footage.SAMPLE);
  }

  private static void lines(String said, String groupId, String artifactId, String last) {
    assertTrue(said.contains("<groupId>" + groupId + "</groupId>"), said);
    assertTrue(said.contains("<artifactId>" + artifactId + "</artifactId>"), said);
    assertTrue(said.contains("<version>"), said);
    assertTrue(said.contains(last), said);
  }

  /** Prints what the application is told. */
  static final class Telling {
    public static void main(String[] arguments) {
      try (EmotionRecognizer recognizer = EmotionRecognizer.create()) {
        recognizer.analyze(Path.of(arguments[0]));
        System.out.println("nothing was missing");
      } catch (NativeLibraryException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
