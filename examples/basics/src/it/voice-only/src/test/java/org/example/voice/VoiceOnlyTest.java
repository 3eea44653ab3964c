package org.example.voice;

import static org.junit.jupiter.api.Assertions.assertThrows;

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
}
