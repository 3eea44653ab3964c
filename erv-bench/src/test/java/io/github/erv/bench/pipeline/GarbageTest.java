package io.github.erv.bench.pipeline;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.EmotionRecognizer;
import io.github.erv.bench.whole.Footage;
import io.github.erv.media.MediaSource;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Heap garbage of the whole system in steady state, as the benchmark meters it. */
class GarbageTest {
  private static final double MOST_KIB_A_FRAME = 32;

  @TempDir Path folder;

  @Test
  void analyze_steadyState_makesLittleGarbage() {
    Path looped =
        Footage.make(
            folder.resolve("looped.mp4"),
            "-stream_loop",
            "2",
            "-i",
            Footage.SAMPLE.toString(),
            "-c",
            "copy");
    AnalyzeBenchmark.Meter meter = new AnalyzeBenchmark.Meter();
    try (EmotionRecognizer recognizer = EmotionRecognizer.create()) {
      recognizer.analyze(MediaSource.of(looped), meter);
    }

    double kib = meter.bytesPerFrame() / 1024;
    System.out.printf(
        Locale.ROOT, "GarbageTest: %.1f KiB of heap an analysed frame, all threads%n", kib);
    assertTrue(kib > 0 && kib <= MOST_KIB_A_FRAME, kib + " KiB a frame");
  }
}
