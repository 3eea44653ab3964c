package io.github.erv.bench.whole;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.erv.EmotionRecognizer;
import io.github.erv.RecognitionSession;
import io.github.erv.error.MediaException;
import io.github.erv.media.Frame;
import io.github.erv.media.MediaSource;
import io.github.erv.media.PixelFormat;
import io.github.erv.media.TimeSpan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing is left behind by recognisers that come and go: no native memory, no thread. */
class LeakTest {
  private static final int HEAP_MEGABYTES = 64;

  @TempDir Path folder;

  @BeforeEach
  void needsProc() {
    assumeTrue(
        Files.exists(Path.of("/proc/self/status")), "no /proc/self/status: memory is not measured");
  }

  /** A frame has 338 KiB, a model's weights 270 and more; the JVM itself still settles. */
  @Test
  @Tag("memory")
  void rounds_50_leaveNothing() {
    rounds(50, 15, 128);
  }

  /** Nothing of ours is as small as this: flat. */
  @Test
  @Tag("slow")
  void rounds_500_leaveNothing() {
    rounds(500, 50, 8);
  }

  private void rounds(int count, int warmUp, double mostKibARound) {
    // refused only when its first packet has been read
    Path refused = Footage.encrypted(folder.resolve("protected.mp4"));
    String said =
        ChildJvm.pinned(HEAP_MEGABYTES).run(Rounds.class, count, warmUp, Footage.SAMPLE, refused);

    double growth = ChildJvm.figure(said, "growthKib");
    System.out.printf(
        Locale.ROOT,
        "LeakTest: %d rounds, %.1f MiB resident after warm-up, %+.1f KiB a round%n",
        count,
        ChildJvm.figure(said, "residentMib"),
        growth);
    assertTrue(growth < mostKibARound, said);
    assertEquals(0, ChildJvm.figure(said, "threads"), said);
  }

  /** Opens, analyses, is refused, gives up and closes, again and again; prints what that left. */
  static final class Rounds {
    public static void main(String[] arguments) throws Exception {
      int count = Integer.parseInt(arguments[0]);
      int warmUp = Integer.parseInt(arguments[1]);
      MediaSource sample = MediaSource.of(Path.of(arguments[2]));
      // face and speech are both there
      TimeSpan part = new TimeSpan(1_000_000, 2_500_000);
      byte[] pixels = new byte[PixelFormat.YUV420P.bytes(640, 360)];
      double[] resident = new double[count];
      for (int round = 0; round < count; round++) {
        try (EmotionRecognizer recognizer = EmotionRecognizer.create()) {
          if (recognizer.analyze(sample, part).estimates().isEmpty()) {
            throw new IllegalStateException("nothing was read");
          }
          refused(recognizer, Path.of(arguments[3]));
          RecognitionSession given = recognizer.open(estimate -> {});
          given.push(Frame.of(PixelFormat.YUV420P, 640, 360, pixels, 0));
          given.cancel();
        }
        System.gc(); // buffers that Java frees
        resident[round] = Memory.residentKib();
      }
      System.out.println("residentMib " + resident[warmUp] / 1024);
      System.out.println("growthKib " + slope(resident, warmUp));
      System.out.println(
          "threads "
              + Thread.getAllStackTraces().keySet().stream()
                  .filter(thread -> thread.getName().startsWith("erv-"))
                  .count());
      System.out.println(Arrays.toString(resident));
    }

    private static void refused(EmotionRecognizer recognizer, Path file) {
      try {
        recognizer.analyze(file);
        throw new IllegalStateException(file + " was read");
      } catch (MediaException e) {
        // as it should
      }
    }

    /**
     * The median of the slopes between all pairs (Theil and Sen): a step of the allocator's, which
     * comes once, does not move it as it would a fitted line.
     */
    private static double slope(double[] values, int from) {
      int n = values.length - from;
      double[] slopes = new double[n * (n - 1) / 2];
      int k = 0;
      for (int i = from; i < values.length; i++) {
        for (int j = i + 1; j < values.length; j++) {
          slopes[k++] = (values[j] - values[i]) / (j - i);
        }
      }
      Arrays.sort(slopes);
      return slopes[slopes.length / 2];
    }
  }
}
