package org.example.starter;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StarterTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "org.bytedeco.opencv.global.opencv_core",
        "org.bytedeco.ffmpeg.global.avformat",
        "org.bytedeco.javacpp.Loader"
      })
  void nativesOfPictures_areOnTheClassPath(String name) {
    assertDoesNotThrow(() -> Class.forName(name, false, getClass().getClassLoader()));
  }
}
