package io.github.erv.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.media.Frame.Plane;
import java.awt.Point;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameTest {
  /** Bytes of a packed picture, by the definition of each format. */
  private static int expectedBytes(PixelFormat format, int width, int height) {
    int halfWidth = (width + 1) / 2;
    int halfHeight = (height + 1) / 2;
    return switch (format) {
      case GRAY8 -> width * height;
      case RGB24, BGR24 -> 3 * width * height;
      case RGBA32 -> 4 * width * height;
      case YUV420P, NV12 -> width * height + 2 * halfWidth * halfHeight;
      case YUV422P -> width * height + 2 * halfWidth * height;
    };
  }

  @Property
  void copy_anyFormatSizeAndStride_keepsEveryPixelAndLosesThePadding(
      @ForAll PixelFormat format,
      @ForAll @IntRange(min = 1, max = 9) int width,
      @ForAll @IntRange(min = 1, max = 9) int height,
      @ForAll @IntRange(min = 0, max = 3) int padding,
      @ForAll boolean direct,
      @ForAll long seed) {
    assertEquals(expectedBytes(format, width, height), format.bytes(width, height));
    SplittableRandom random = new SplittableRandom(seed);
    List<Plane> planes = new ArrayList<>();
    List<Byte> expected = new ArrayList<>();
    for (int p = 0; p < format.planes(); p++) {
      int row = format.rowBytes(p, width);
      int rows = format.rows(p, height);
      int stride = row + padding;
      int size = 1 + stride * (rows - 1) + row; // one byte before, no padding after the last row
      ByteBuffer data = direct ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
      for (int i = 0; i < size; i++) {
        data.put(i, (byte) random.nextInt());
      }
      for (int y = 0; y < rows; y++) {
        for (int x = 0; x < row; x++) {
          expected.add(data.get(1 + y * stride + x));
        }
      }
      planes.add(new Plane(data.position(1), stride));
    }
    Frame frame = Frame.of(format, ColorRange.LIMITED, width, height, planes, 42);
    ByteBuffer target = ByteBuffer.allocateDirect(3 + expected.size()).position(3);
    Frame copy = frame.copyTo(target);
    assertEquals(3, target.position());
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i), target.get(3 + i));
    }
    for (Frame same : List.of(copy, frame.copy(), copy.at(42))) {
      assertEquals(format, same.format());
      assertEquals(ColorRange.LIMITED, same.range());
      assertEquals(List.of(width, height), List.of(same.width(), same.height()));
      assertEquals(42, same.timestampMicros());
      assertEquals(expected, packed(same));
    }
  }

  private static List<Byte> packed(Frame frame) {
    List<Byte> bytes = new ArrayList<>();
    for (int p = 0; p < frame.format().planes(); p++) {
      Plane plane = frame.planes().get(p);
      for (int y = 0; y < frame.format().rows(p, frame.height()); y++) {
        for (int x = 0; x < frame.format().rowBytes(p, frame.width()); x++) {
          bytes.add(plane.data().get(y * plane.stride() + x));
        }
      }
    }
    return bytes;
  }

  @Test
  void copy_originalIsOverwritten_copyStays() {
    byte[] pixels = {1, 2, 3};
    Frame frame = Frame.of(PixelFormat.RGB24, 1, 1, pixels, 7);
    Frame copy = frame.copy();
    pixels[0] = 9;
    assertEquals(List.of((byte) 9, (byte) 2, (byte) 3), packed(frame));
    assertEquals(List.of((byte) 1, (byte) 2, (byte) 3), packed(copy));
  }

  @Test
  void at_otherTime_sharesTheMemory() {
    byte[] pixels = {1};
    Frame later = Frame.of(PixelFormat.GRAY8, 1, 1, pixels, 7).at(-8);
    pixels[0] = 9;
    assertEquals(TimeSpan.at(-8), later.span());
    assertEquals(List.of((byte) 9), packed(later));
  }

  @Test
  void of_readOnlyBuffer_isTaken() {
    ByteBuffer data = ByteBuffer.wrap(new byte[] {5, 6}).asReadOnlyBuffer();
    Frame frame =
        Frame.of(PixelFormat.GRAY8, ColorRange.FULL, 2, 1, List.of(new Plane(data, 2)), 0);
    assertEquals(List.of((byte) 5, (byte) 6), packed(frame.copy()));
  }

  @Test
  void of_sizesOff_areRefusedWithLimitAndActual() {
    for (int side : new int[] {0, -1, Frame.MAX_SIDE + 1}) {
      requireRefused(
          "width", "" + side, () -> Frame.of(PixelFormat.GRAY8, side, 1, new byte[1], 0));
      requireRefused(
          "height", "" + side, () -> Frame.of(PixelFormat.GRAY8, 1, side, new byte[1], 0));
    }
    requireRefused(
        "needs 12 bytes", "11", () -> Frame.of(PixelFormat.RGB24, 2, 2, new byte[11], 0));
    requireRefused(
        "has 3 planes",
        "1",
        () -> planes(PixelFormat.YUV420P, 2, 2, new Plane(ByteBuffer.allocate(6), 2)));
    requireRefused(
        "stride of 6",
        "5",
        () -> planes(PixelFormat.RGB24, 2, 2, new Plane(ByteBuffer.allocate(99), 5)));
    requireRefused(
        "14 bytes",
        "13",
        () -> planes(PixelFormat.RGB24, 2, 2, new Plane(ByteBuffer.allocate(13), 8)));
    requireRefused(
        "needs 3 bytes",
        "2",
        () -> Frame.of(PixelFormat.RGB24, 1, 1, new byte[3], 0).copyTo(ByteBuffer.allocate(2)));
  }

  private static void planes(PixelFormat format, int width, int height, Plane... planes) {
    Frame.of(format, ColorRange.FULL, width, height, List.of(planes), 0);
  }

  private static void requireRefused(String what, String actual, Runnable maker) {
    String message = assertThrows(IllegalArgumentException.class, maker::run).getMessage();
    assertTrue(message.contains(what) && message.contains(actual), message);
  }

  @Test
  void of_largestPicture_isTaken() {
    int side = Frame.MAX_SIDE;
    byte[] pixels = new byte[side];
    assertEquals(side, Frame.of(PixelFormat.GRAY8, side, 1, pixels, 0).width());
    assertEquals(side, Frame.of(PixelFormat.GRAY8, 1, side, pixels, 0).height());
    assertEquals(4L * side * side, PixelFormat.RGBA32.bytes(side, side));
    assertThrows(ArithmeticException.class, () -> PixelFormat.RGBA32.bytes(1 << 16, 1 << 15));
  }

  // ---- images

  private static final int[] COLOURS = {0xFFFF0000, 0xFF00FF00, 0xFF0000FF, 0xFF102030};

  /** Two by two pixels of {@link #COLOURS}, as blue, green and red bytes. */
  private static byte[] bgr() {
    byte[] bytes = new byte[12];
    for (int i = 0; i < 4; i++) {
      bytes[3 * i] = (byte) COLOURS[i];
      bytes[3 * i + 1] = (byte) (COLOURS[i] >> 8);
      bytes[3 * i + 2] = (byte) (COLOURS[i] >> 16);
    }
    return bytes;
  }

  private static byte[] bytes(Frame frame) {
    byte[] bytes = new byte[frame.format().bytes(frame.width(), frame.height())];
    frame.copyTo(ByteBuffer.wrap(bytes));
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_INT_RGB,
        BufferedImage.TYPE_INT_ARGB,
        BufferedImage.TYPE_INT_ARGB_PRE,
        BufferedImage.TYPE_INT_BGR,
        BufferedImage.TYPE_3BYTE_BGR,
        BufferedImage.TYPE_4BYTE_ABGR,
        BufferedImage.TYPE_4BYTE_ABGR_PRE
      })
  void of_imageOfAnyColourType_isItsPixels(int type) {
    BufferedImage image = new BufferedImage(2, 2, type);
    image.setRGB(0, 0, 2, 2, COLOURS, 0, 2);
    Frame frame = Frame.of(image, 7);
    assertEquals(PixelFormat.BGR24, frame.format());
    assertEquals(ColorRange.FULL, frame.range());
    assertEquals(7, frame.timestampMicros());
    assertArrayEquals(bgr(), bytes(frame));
  }

  @Test
  void of_transparentImage_comesOutOnWhite() {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, 0x00000000);
    image.setRGB(1, 0, 0x80000000); // half-transparent black
    byte[] bytes = bytes(Frame.of(image));
    assertEquals((byte) 255, bytes[0]);
    assertEquals(127, bytes[3] & 0xff, 1);
  }

  @Test
  void of_grayImage_isItsOwnBytes() {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setSample(1, 0, 0, 77);
    Frame frame = Frame.of(image);
    assertEquals(PixelFormat.GRAY8, frame.format());
    assertArrayEquals(new byte[] {0, 77}, bytes(frame));
  }

  @Test
  void of_bgrImage_sharesItsMemory() {
    BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_3BYTE_BGR);
    Frame frame = Frame.of(image);
    image.setRGB(0, 0, 0xFF010203);
    assertArrayEquals(new byte[] {3, 2, 1}, bytes(frame));
  }

  @Test
  void of_subimage_isThatPartAlone() {
    BufferedImage whole = new BufferedImage(4, 3, BufferedImage.TYPE_3BYTE_BGR);
    whole.setRGB(1, 1, 2, 2, COLOURS, 0, 2);
    assertArrayEquals(bgr(), bytes(Frame.of(whole.getSubimage(1, 1, 2, 2))));
    BufferedImage gray = new BufferedImage(3, 3, BufferedImage.TYPE_BYTE_GRAY);
    gray.getRaster().setSample(1, 1, 0, 77);
    Frame pixel = Frame.of(gray.getSubimage(1, 1, 1, 1));
    assertEquals(77, bytes(pixel)[0], "gray must not go through a colour space");
  }

  @Test
  void of_imageWithPaddedRows_isItsPixels() {
    byte[] padded = new byte[16];
    byte[] packed = bgr();
    System.arraycopy(packed, 0, padded, 0, 6);
    System.arraycopy(packed, 6, padded, 8, 6);
    BufferedImage plain = new BufferedImage(2, 2, BufferedImage.TYPE_3BYTE_BGR);
    BufferedImage image =
        new BufferedImage(
            plain.getColorModel(),
            Raster.createInterleavedRaster(
                new DataBufferByte(padded, padded.length),
                2,
                2,
                8,
                3,
                new int[] {2, 1, 0},
                new Point()),
            false,
            null);
    assertArrayEquals(packed, bytes(Frame.of(image)));
  }

  @Test
  void of_onePixelImage_isTaken() {
    BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, 0xFF010203);
    Frame frame = Frame.of(image);
    assertNotSame(frame, frame.copy());
    assertArrayEquals(new byte[] {3, 2, 1}, bytes(frame));
  }
}
