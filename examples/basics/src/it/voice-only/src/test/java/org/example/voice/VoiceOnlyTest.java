package org.example.voice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.EmotionRecognizer;
import io.github.erv.Modality;
import io.github.erv.Subject;
import io.github.erv.timeline.EmotionTimeline;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VoiceOnlyTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "org.bytedeco.opencv.global.opencv_core",
        "org.bytedeco.ffmpeg.global.avformat",
        "org.bytedeco.javacpp.Loader"
      })
  void nativesOfPictures_areNotOnTheClassPath(String name) {
    assertThrows(ClassNotFoundException.class, () -> Class.forName(name));
  }

  @Test
  void wavFile_givesTheTimeLineOfAVoice() {
    try (EmotionRecognizer recognizer = EmotionRecognizer.create()) {
      EmotionTimeline timeline =
          recognizer.analyze(Path.of(System.getProperty("samples"), "speech.wav"));

      assertEquals(Set.of(Subject.VOICE), timeline.subjects());
      assertTrue(
          timeline.estimates().stream()
              .allMatch(estimate -> estimate.contributions().containsKey(Modality.VOICE)));
      // three seconds of speech at four estimates a second, less what the pauses take
      assertTrue(timeline.estimates().size() >= 8, timeline::toString);
    }
  }
}
