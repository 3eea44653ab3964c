package io.github.erv.audio;

import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What this module must not bring to its users. */
class DependenciesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"org.bytedeco.opencv.global.opencv_core", "org.bytedeco.openblas.global.openblas"})
  void openCv_isNotOnTheClassPath(String name) {
    assertThrows(ClassNotFoundException.class, () -> Class.forName(name));
  }
}
