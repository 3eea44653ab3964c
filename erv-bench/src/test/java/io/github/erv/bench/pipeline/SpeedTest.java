package io.github.erv.bench.pipeline;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.EmotionRecognizer;
import io.github.erv.Evidence;
import io.github.erv.Modality;
import io.github.erv.bench.whole.Footage;
import io.github.erv.media.AudioWindow;
import io.github.erv.media.Frame;
import io.github.erv.media.MediaReader;
import io.github.erv.media.MediaRequest;
import io.github.erv.media.MediaSink;
import io.github.erv.media.MediaSource;
import io.github.erv.media.TimeSpan;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * Guards the speed of the main job on any machine: how much longer it takes to analyse the sample
 * at the default rate than to decode all of it, in one run, side by side. To record a new limit,
 * run this test on a quiet machine and write the ratio that it prints below.
 */
class SpeedTest {
  /** Measured on two cores of an AMD Zen 4, JDK 17. */
  private static final double RECORDED = 8;

  /** Room for machines with another balance of decoding and arithmetic, and for busy ones. */
  private static final double ROOM = 2.5;

  private static final int ROUNDS = 5;

  @Test
  void analyze_sample_takesNotMuchLongerThanDecoding() {
    MediaSource sample = MediaSource.of(Footage.SAMPLE);
    double[] ratios = new double[ROUNDS];
    try (EmotionRecognizer recognizer = EmotionRecognizer.create()) {
      recognizer.analyze(sample); // compiled code is what counts
      for (int i = 0; i < ROUNDS; i++) {
        long start = System.nanoTime();
        decode(sample);
        long decoded = System.nanoTime();
        recognizer.analyze(sample);
        ratios[i] = (double) (System.nanoTime() - decoded) / (decoded - start);
      }
    }
    Arrays.sort(ratios);
    double ratio = ratios[ROUNDS / 2];
    System.out.printf(
        Locale.ROOT, "SpeedTest: analysing takes %.1f times as long as decoding%n", ratio);
    assertTrue(ratio <= RECORDED * ROOM, ratio + " times as long as decoding");
  }

  private static void decode(MediaSource source) {
    try (MediaReader reader = source.open(MediaRequest.ALL)) {
      Nothing nothing = new Nothing();
      while (reader.read(nothing)) {}
    }
  }

  /** Takes everything and does nothing. */
  private static final class Nothing implements MediaSink {
    @Override
    public void video(Frame frame) {}

    @Override
    public void audio(AudioWindow window) {}

    @Override
    public void lost(Modality modality, TimeSpan span, Evidence.Reason reason, String detail) {}

    @Override
    public void discontinuity(long timeMicros) {}
  }
}
