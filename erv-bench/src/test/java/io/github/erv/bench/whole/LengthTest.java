package io.github.erv.bench.whole;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.erv.EmotionRecognizer;
import io.github.erv.audio.SpeechEncoder;
import io.github.erv.emotion.LabelSet;
import io.github.erv.media.MediaSource;
import io.github.erv.timeline.EmotionTimeline;
import io.github.erv.vision.FaceEncoder;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A long recording needs no more memory than a short one. */
class LengthTest {
  /** What a long recording may need more than a short one. */
  private static final double TOLERANCE = 0.05;

  private static final int SAMPLE_SECONDS = 12;
  private static final int HEAP_MEGABYTES = 64;

  @TempDir Path folder;

  @BeforeEach
  void needsProc() {
    assumeTrue(
        Files.exists(Path.of("/proc/self/status")), "no /proc/self/status: memory is not measured");
  }

  @Test
  @Tag("memory")
  void analyze_5MinutesAnd1_needTheSameMemory() {
    compare(1, 5, 5);
  }

  @Test
  @Tag("slow")
  void analyze_30MinutesAnd2_needTheSameMemory() {
    compare(2, 30, 10);
  }

  /** As beside a large model: native memory of others must not count against a small heap. */
  @Test
  void analyze_smallHeapInALargeProcess_works() {
    int nativeMegabytes = 320;
    String said =
        new ChildJvm()
            .options("-Xmx64m", "-XX:MaxDirectMemorySize=" + 2 * nativeMegabytes + "m")
            .run(Crowded.class, Footage.SAMPLE, 10, nativeMegabytes);

    assertEquals(SAMPLE_SECONDS, ChildJvm.figure(said, "seconds"), 0.1);
  }

  private void compare(int shortMinutes, int longMinutes, double framesPerSecond) {
    Path small =
        Footage.ofSample(
            folder.resolve("small.mp4"),
            List.of(),
            "-vf scale=320:180 -c:v mpeg4 -q:v 3 -c:a copy".split(" "));
    String once = analyzed(small, shortMinutes, framesPerSecond);
    String often = analyzed(small, longMinutes, framesPerSecond);

    double peakOnce = ChildJvm.figure(once, "peakMib");
    double peakOften = ChildJvm.figure(often, "peakMib");
    double heapOnce = ChildJvm.figure(once, "heapMib");
    double heapOften = ChildJvm.figure(often, "heapMib");
    System.out.printf(
        Locale.ROOT,
        "LengthTest: %d and %d min: peak %.1f and %.1f MiB, heap %.2f and %.2f MiB besides a time"
            + " line of %.2f and %.2f%n",
        shortMinutes,
        longMinutes,
        peakOnce,
        peakOften,
        heapOnce,
        heapOften,
        ChildJvm.figure(once, "timelineMib"),
        ChildJvm.figure(often, "timelineMib"));
    // each time around, the last packet of the sound reaches over the end
    assertEquals(longMinutes * 60, ChildJvm.figure(often, "seconds"), longMinutes * 0.2, often);
    assertTrue(peakOften < peakOnce * (1 + TOLERANCE), "peak of resident memory");
    assertTrue(heapOften < heapOnce * (1 + TOLERANCE), "heap in use at the end");
  }

  private String analyzed(Path small, int minutes, double framesPerSecond) {
    Path looped =
        Footage.make(
            folder.resolve(minutes + ".mp4"),
            "-stream_loop",
            String.valueOf(minutes * 60 / SAMPLE_SECONDS - 1),
            "-i",
            small.toString(),
            "-c",
            "copy");
    return ChildJvm.pinned(HEAP_MEGABYTES).run(Analysis.class, looped, framesPerSecond);
  }

  /** Analyses one recording while somebody else holds native memory. */
  static final class Crowded {
    public static void main(String[] arguments) {
      ByteBuffer held = ByteBuffer.allocateDirect(Integer.parseInt(arguments[2]) << 20);
      try {
        Analysis.main(arguments);
      } finally {
        Reference.reachabilityFence(held);
      }
    }
  }

  /** Analyses one recording and prints what that needed. */
  static final class Analysis {
    public static void main(String[] arguments) {
      try (EmotionRecognizer recognizer =
          EmotionRecognizer.builder(LabelSet.EKMAN_7)
              .video(FaceEncoder.bundled())
              .audio(SpeechEncoder.bundled())
              .framesPerSecond(Double.parseDouble(arguments[1]))
              .build()) {
        EmotionTimeline timeline = recognizer.analyze(MediaSource.of(Path.of(arguments[0])));
        double with = usedMib();
        System.out.println("seconds " + timeline.span().lengthMicros() / 1e6);
        timeline = null;
        double without = usedMib();
        System.out.println("heapMib " + without);
        System.out.println("timelineMib " + (with - without));
        System.out.println("peakMib " + Memory.peakKib() / 1024);
      }
    }

    private static double usedMib() {
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      return (runtime.totalMemory() - runtime.freeMemory()) / 1024.0 / 1024;
    }
  }
}
