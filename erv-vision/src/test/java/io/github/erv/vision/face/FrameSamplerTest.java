package io.github.erv.vision.face;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.erv.media.ColorRange;
import io.github.erv.media.Frame;
import io.github.erv.media.PixelFormat;
import io.github.erv.vision.Pictures;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameSamplerTest {
  private final FrameSampler sampler = new FrameSampler();

  private static byte[] noise(int n) {
    byte[] bytes = new byte[n];
    new SplittableRandom(1).nextBytes(bytes);
    return bytes;
  }

  @Test
  void rgbInto_wholeSquareFrame_isTheFrame() {
    byte[] pixels = noise(3 * 40 * 40);
    Frame frame = Frame.of(PixelFormat.RGB24, 40, 40, pixels, 0);
    byte[] target = new byte[pixels.length];
    sampler.rgbInto(frame, new Square(20, 20, 40, 0), 40, target);
    assertArrayEquals(pixels, target);
  }

  @Test
  void rgbInto_quarterTurn_turnsTheFrame() {
    int side = 24;
    byte[] pixels = noise(3 * side * side);
    Frame frame = Frame.of(PixelFormat.RGB24, side, side, pixels, 0);
    byte[] target = new byte[pixels.length];
    sampler.rgbInto(frame, new Square(12, 12, side, Math.PI / 2), side, target);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        for (int c = 0; c < 3; c++) {
          // the upper edge of the square points down: its left is the frame's top right
          int expected = pixels[3 * (x * side + side - 1 - y) + c] & 255;
          // coordinates have 16 bits of fraction, which may cost one level
          assertEquals(expected, target[3 * (y * side + x) + c] & 255, 1, x + ", " + y);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5, 8})
  void lumaInto_shrunkByAWholeNumber_isTheMeanOfBlocks(int block) {
    int side = 16;
    int width = side * block;
    byte[] pixels = noise(width * width);
    Frame frame = Frame.of(PixelFormat.GRAY8, width, width, pixels, 0);
    byte[] target = new byte[side * side];
    sampler.lumaInto(frame, new Square(width / 2.0, width / 2.0, width, 0), side, target);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        double sum = 0;
        for (int v = 0; v < block; v++) {
          for (int u = 0; u < block; u++) {
            sum += pixels[(y * block + v) * width + x * block + u] & 255;
          }
        }
        assertEquals(sum / (block * block), target[y * side + x] & 255, 1, x + ", " + y);
      }
    }
  }

  /** Bilinear sampling and block means both keep a linear function as it is. */
  @Property(tries = 200)
  void lumaInto_ramp_isTheRampAtTheSampledPlace(
      @ForAll @DoubleRange(min = 90, max = 110) double x,
      @ForAll @DoubleRange(min = 90, max = 110) double y,
      @ForAll @DoubleRange(min = 5, max = 100) double extent,
      @ForAll @DoubleRange(min = -3.2, max = 3.2) double angle,
      @ForAll @IntRange(min = 1, max = 64) int side) {
    int width = 200;
    byte[] pixels = new byte[width * width];
    for (int v = 0; v < width; v++) {
      for (int u = 0; u < width; u++) {
        pixels[v * width + u] = (byte) ramp(u + 0.5, v + 0.5);
      }
    }
    Frame frame = Frame.of(PixelFormat.GRAY8, width, width, pixels, 0);
    byte[] target = new byte[side * side];
    sampler.lumaInto(frame, new Square(x, y, extent, angle), side, target);
    for (int v = 0; v < side; v++) {
      for (int u = 0; u < side; u++) {
        double across = ((u + 0.5) / side - 0.5) * extent;
        double down = ((v + 0.5) / side - 0.5) * extent;
        double expected =
            ramp(
                x + Math.cos(angle) * across - Math.sin(angle) * down,
                y + Math.sin(angle) * across + Math.cos(angle) * down);
        // the ramp, the mean of a block and the interpolation are each rounded
        assertEquals(expected, target[v * side + u] & 255, 2, u + ", " + v);
      }
    }
  }

  private static double ramp(double x, double y) {
    return 20 + 0.6 * x + 0.4 * y;
  }

  @ParameterizedTest
  @EnumSource(PixelFormat.class)
  void rgbInto_anyFormat_givesTheColour(PixelFormat format) {
    int red = 200;
    int green = 90;
    int blue = 40;
    for (ColorRange range : ColorRange.values()) {
      Frame frame = Pictures.uniform(format, range, 33, 21, red, green, blue);
      byte[] target = new byte[3];
      sampler.rgbInto(frame, new Square(16, 10, 5, 0.3), 1, target);
      int gray = (int) Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
      boolean colour = format != PixelFormat.GRAY8;
      // 8-bit luma and chroma are rounded before they are turned back
      assertEquals(colour ? red : gray, target[0] & 255, 3, range + " red");
      assertEquals(colour ? green : gray, target[1] & 255, 3, range + " green");
      assertEquals(colour ? blue : gray, target[2] & 255, 3, range + " blue");
      sampler.lumaInto(frame, new Square(16, 10, 5, 0.3), 1, target);
      assertEquals(gray, target[0] & 255, 2, range + " luma");
    }
  }

  @Test
  void rgbInto_outsideTheFrame_isBlack() {
    for (PixelFormat format : PixelFormat.values()) {
      Frame frame = Pictures.uniform(format, ColorRange.LIMITED, 16, 16, 255, 255, 255);
      byte[] target = new byte[3 * 16];
      sampler.rgbInto(frame, new Square(500, -300, 40, 1), 4, target);
      for (byte value : target) {
        assertEquals(0, value, format.toString());
      }
    }
  }

  @Test
  void rgbInto_directPaddedPlanes_isAsOfAPackedArray() {
    int width = 31;
    int height = 17;
    byte[] packed = noise(PixelFormat.RGB24.bytes(width, height));
    int stride = 3 * width + 13;
    ByteBuffer padded = ByteBuffer.allocateDirect(7 + stride * height).position(7);
    for (int y = 0; y < height; y++) {
      padded.put(7 + y * stride, packed, 3 * width * y, 3 * width);
    }
    Frame direct =
        Frame.of(
            PixelFormat.RGB24,
            ColorRange.FULL,
            width,
            height,
            List.of(new Frame.Plane(padded, stride)),
            0);
    Square square = new Square(14.3, 9.1, 22, 0.4);
    byte[] expected = new byte[3 * 64];
    byte[] actual = new byte[3 * 64];
    sampler.rgbInto(Frame.of(PixelFormat.RGB24, width, height, packed, 0), square, 8, expected);
    sampler.rgbInto(direct, square, 8, actual);
    assertArrayEquals(expected, actual);
  }
}
