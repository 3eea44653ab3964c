package io.github.erv.vision.handcrafted;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What {@code scikit_image_vectors.py} wrote. */
final class Vectors {
  static final int WIDTH = 48;
  static final int HEIGHT = 40;

  private Vectors() {}

  /** The picture, shape (HEIGHT, WIDTH). */
  static byte[] picture() {
    return bytes("picture.u8");
  }

  static ByteBuffer read(String name) {
    return ByteBuffer.wrap(bytes(name)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] bytes(String name) {
    try (InputStream in = Vectors.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
