package io.github.erv.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.erv.media.Frame.Plane;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameImageTest {
  private static final long SEED = 20261121;

  @ParameterizedTest
  @ValueSource(ints = {BufferedImage.TYPE_3BYTE_BGR, BufferedImage.TYPE_INT_RGB})
  void toImage_ofAnImage_isTheImage(int type) {
    BufferedImage image = new BufferedImage(7, 5, type);
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 35; i++) {
      image.setRGB(i % 7, i / 7, random.nextInt());
    }

    assertArrayEquals(pixels(image), pixels(Frame.of(image).toImage()));
  }

  @Test
  void toImage_rgbAndRgba_keepTheOrderOfColours() {
    Frame rgb = Frame.of(PixelFormat.RGB24, 1, 1, new byte[] {1, 2, 3}, 0);
    Frame rgba = Frame.of(PixelFormat.RGBA32, 1, 1, new byte[] {1, 2, 3, 4}, 0);

    assertEquals(0xff010203, rgb.toImage().getRGB(0, 0));
    assertEquals(0xff010203, rgba.toImage().getRGB(0, 0));
  }

  /** The 100 % colour bars of BT.601 and BT.709; rounding to bytes costs two levels at the most. */
  @ParameterizedTest
  @CsvSource({
    "LIMITED, 2, 235, 128, 128, ffffff",
    "LIMITED, 2, 16, 128, 128, 000000",
    "LIMITED, 2, 81, 90, 240, ff0000",
    "LIMITED, 2, 145, 54, 34, 00ff00",
    "LIMITED, 2, 41, 240, 110, 0000ff",
    "LIMITED, 720, 63, 102, 240, ff0000",
    "LIMITED, 720, 173, 42, 26, 00ff00",
    "LIMITED, 720, 32, 240, 118, 0000ff",
    "FULL, 2, 76, 85, 255, ff0000",
    "FULL, 720, 76, 85, 255, ff0000",
  })
  void toImage_colourBars(ColorRange range, int height, int y, int u, int v, String expected) {
    for (PixelFormat format : List.of(PixelFormat.YUV420P, PixelFormat.NV12, PixelFormat.YUV422P)) {
      int actual = flat(format, range, 2, height, y, u, v).toImage().getRGB(1, height - 1);
      for (int shift = 0; shift <= 16; shift += 8) {
        assertEquals(
            Integer.parseInt(expected, 16) >> shift & 0xff,
            actual >> shift & 0xff,
            2,
            format.name());
      }
    }
  }

  @Test
  void toImage_formatsOfOneSubsampling_agreeAtOddSizes() {
    SplittableRandom random = new SplittableRandom(SEED);
    int width = 5;
    int height = 3;
    byte[] luma = new byte[width * height];
    byte[] u = new byte[3 * 2];
    byte[] v = new byte[3 * 2];
    random.nextBytes(luma);
    random.nextBytes(u);
    random.nextBytes(v);
    byte[] interleaved = new byte[2 * u.length];
    for (int i = 0; i < u.length; i++) {
      interleaved[2 * i] = u[i];
      interleaved[2 * i + 1] = v[i];
    }
    Frame planar =
        frame(PixelFormat.YUV420P, width, height, plane(luma, 5), plane(u, 3), plane(v, 3));
    Frame semiPlanar =
        frame(PixelFormat.NV12, width, height, plane(luma, 5), plane(interleaved, 6));

    assertArrayEquals(pixels(planar.toImage()), pixels(semiPlanar.toImage()));
  }

  @Test
  void toImage_paddedRows_areReadByTheirStride() {
    byte[] padded = {10, 20, 99, 30, 40, 99};
    Frame frame = frame(PixelFormat.GRAY8, 2, 2, plane(padded, 3));

    assertArrayEquals(
        new int[] {0xff0a0a0a, 0xff141414, 0xff1e1e1e, 0xff282828}, pixels(frame.toImage()));
  }

  private static Frame flat(
      PixelFormat format, ColorRange range, int width, int height, int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(format.bytes(width, height));
    for (int i = 0; i < width * height; i++) {
      bytes.put((byte) values[0]);
    }
    boolean interleaved = format == PixelFormat.NV12;
    int chroma = bytes.remaining() / 2;
    for (int i = 0; i < 2 * chroma; i++) {
      bytes.put((byte) values[interleaved ? 1 + i % 2 : 1 + i / chroma]);
    }
    Frame full = Frame.of(format, width, height, bytes.array(), 0);
    return Frame.of(format, range, width, height, full.planes(), 0);
  }

  private static Plane plane(byte[] bytes, int stride) {
    return new Plane(ByteBuffer.wrap(bytes), stride);
  }

  private static Frame frame(PixelFormat format, int width, int height, Plane... planes) {
    return Frame.of(format, ColorRange.FULL, width, height, List.of(planes), 0);
  }

  private static int[] pixels(BufferedImage image) {
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }
}
