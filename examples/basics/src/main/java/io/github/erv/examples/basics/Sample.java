package io.github.erv.examples.basics;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The recordings that come with the examples. Who made them stands in {@code CREDITS.md}. */
final class Sample {
  private Sample() {}

  /**
   * Returns twelve seconds of picture and sound: a portrait for eight, with speech from second 1 to
   * 6, then a rocket, with speech from second 8.5.
   *
   * @return a temporary file, gone when the program ends
   * @throws IOException if it cannot be written
   */
  static Path video() throws IOException {
    return copy("sample.mp4");
  }

  /**
   * Returns three seconds of speech.
   *
   * @return a temporary file, gone when the program ends
   * @throws IOException if it cannot be written
   */
  static Path speech() throws IOException {
    return copy("speech.wav");
  }

  // Media is read from files: a recording inside a jar has to come out first.
  private static Path copy(String name) throws IOException {
    try (InputStream in = Sample.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new FileNotFoundException(name + " is missing from the jar of the examples");
      }
      Path directory = Files.createTempDirectory("erv-sample");
      Path file = directory.resolve(name);
      Files.copy(in, file);
      directory.toFile().deleteOnExit();
      file.toFile().deleteOnExit();
      return file;
    }
  }
}
