package io.github.erv.bench.whole;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.erv.EmotionRecognizer;
import io.github.erv.Evidence;
import io.github.erv.Modality;
import io.github.erv.RecognitionListener;
import io.github.erv.RecognitionSession;
import io.github.erv.audio.SpeechEncoder;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.emotion.LabelSet;
import io.github.erv.media.AudioWindow;
import io.github.erv.media.Frame;
import io.github.erv.media.MediaReader;
import io.github.erv.media.MediaRequest;
import io.github.erv.media.MediaSink;
import io.github.erv.media.MediaSource;
import io.github.erv.media.TimeSpan;
import io.github.erv.timeline.EmotionTimeline;
import io.github.erv.timeline.Gap;
import io.github.erv.vision.FaceEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The same input gives the same output to the bit, whoever else is at work. */
class ConcurrencyTest {
  private static final MediaSource SOURCE = MediaSource.of(Footage.SAMPLE);

  private static String alone;

  @BeforeAll
  static void analyzeAlone() {
    alone = ownRecognizer();
    assertFalse(alone.isEmpty());
  }

  private static String ownRecognizer() {
    try (EmotionRecognizer recognizer = EmotionRecognizer.create()) {
      return Bits.of(recognizer.analyze(SOURCE));
    }
  }

  @Test
  void analyze_again_isTheSame() {
    assertEquals(alone, ownRecognizer());
  }

  @Test
  void analyze_twoRecognizersAtTheSameTime_isTheSame() throws Exception {
    for (String result : together(ConcurrencyTest::ownRecognizer)) {
      assertEquals(alone, result);
    }
  }

  @Test
  void analyze_oneRecognizerInTwoThreads_isTheSame() throws Exception {
    try (EmotionRecognizer recognizer = EmotionRecognizer.create()) {
      for (String result : together(() -> Bits.of(recognizer.analyze(SOURCE)))) {
        assertEquals(alone, result);
      }
    }
  }

  private static List<String> together(Callable<String> work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<String> results = new ArrayList<>();
      for (Future<String> future : threads.invokeAll(List.of(work, work))) {
        results.add(future.get());
      }
      return results;
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void push_whatAnalyzeReads_isTheSame() {
    EmotionTimeline.Builder timeline = EmotionTimeline.builder("pushed", LabelSet.EKMAN_7);
    try (EmotionRecognizer recognizer =
        EmotionRecognizer.builder(LabelSet.EKMAN_7)
            .video(FaceEncoder.bundled())
            .audio(SpeechEncoder.bundled())
            .lateness(Duration.ofHours(1))
            .build()) {
      MediaRequest request = new MediaRequest(true, true, 10, Optional.empty());
      try (MediaReader reader = SOURCE.open(request);
          RecognitionSession session = recognizer.open(into(timeline))) {
        Pushing sink = new Pushing(session);
        boolean more = true;
        while (more) {
          more = reader.read(sink);
        }
      }
    }
    assertEquals(alone, Bits.of(timeline.build()));
  }

  private static RecognitionListener into(EmotionTimeline.Builder timeline) {
    return new RecognitionListener() {
      @Override
      public void estimate(EmotionEstimate estimate) {
        timeline.add(estimate);
      }

      @Override
      public void gap(Gap gap) {
        timeline.add(gap);
      }
    };
  }

  private record Pushing(RecognitionSession session) implements MediaSink {
    @Override
    public void video(Frame frame) {
      session.push(frame);
    }

    @Override
    public void audio(AudioWindow window) {
      session.push(window);
    }

    @Override
    public void lost(Modality modality, TimeSpan span, Evidence.Reason reason, String detail) {
      throw new AssertionError("nothing of the sample is lost: " + detail);
    }

    @Override
    public void discontinuity(long timeMicros) {
      session.discontinuity(timeMicros);
    }
  }
}
