package io.github.erv.vision.face;

import io.github.erv.media.ColorRange;
import io.github.erv.media.Frame;
import io.github.erv.media.PixelFormat;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Reads turned squares of frames at any size, straight from the planes of any pixel format. Holds
 * only scratch memory, as large as the largest square read so far; used by one thread at a time.
 */
final class FrameSampler {
  /*
   * Each plane is read in two steps. First the upright rectangle around the square is copied, and
   * where the square is to shrink by a factor of two or more, averaged over blocks of that factor:
   * without it, sampling would skip pixels and make noise of texture. Then the rectangle is sampled
   * bilinearly. Chroma goes through the same two steps at its own resolution and meets luma only
   * in the small picture that comes out. Coordinates are continuous: pixel i covers [i, i + 1).
   */

  /** Fraction bits of the source coordinates. */
  private static final int FRACTION = 16;

  /** Fraction bits of the bilinear weights, cut down so that their products fit an int. */
  private static final int WEIGHT = 8;

  /** Pictures higher than this are taken to use the matrix of BT.709, as players do. */
  private static final int STANDARD_DEFINITION_ROWS = 576;

  private final byte[][] sampled = new byte[3][0];
  private byte[] patch = new byte[0];
  private byte[] row = new byte[0];
  private int[] sums = new int[0];

  /**
   * Samples a square as gray.
   *
   * @param target receives side * side values of full range, black where the square leaves the
   *     frame
   */
  void lumaInto(Frame frame, Square square, int side, byte[] target) {
    PixelFormat format = frame.format();
    if (format.lumaPlane()) {
      byte[] luma = sample(frame, 0, 1, square, side, black(frame));
      boolean limited = frame.range() == ColorRange.LIMITED;
      for (int i = 0; i < side * side; i++) {
        int y = luma[i] & 255;
        target[i] = (byte) (limited ? clamp(((y - 16) * 76_309 + 32_768) >> 16) : y);
      }
      return;
    }
    int channels = channels(format);
    int red = format == PixelFormat.BGR24 ? 2 : 0;
    byte[] pixels = sample(frame, 0, channels, square, side, 0);
    for (int i = 0, p = 0; i < side * side; i++, p += channels) {
      int r = pixels[p + red] & 255;
      int g = pixels[p + 1] & 255;
      int b = pixels[p + 2 - red] & 255;
      target[i] = (byte) ((19_595 * r + 38_470 * g + 7_471 * b + 32_768) >> 16);
    }
  }

  /**
   * Samples a square in colour.
   *
   * @param target receives 3 * side * side values: red, green, blue of pixel after pixel; black
   *     where the square leaves the frame
   */
  void rgbInto(Frame frame, Square square, int side, byte[] target) {
    PixelFormat format = frame.format();
    switch (format) {
      case RGB24, BGR24, RGBA32 -> packedInto(frame, square, side, target);
      case GRAY8 -> {
        lumaInto(frame, square, side, target);
        for (int i = side * side - 1; i >= 0; i--) {
          byte y = target[i];
          target[3 * i] = y;
          target[3 * i + 1] = y;
          target[3 * i + 2] = y;
        }
      }
      case YUV420P, YUV422P -> {
        byte[] luma = sample(frame, 0, 1, square, side, black(frame));
        byte[] u = sample(frame, 1, 1, square, side, 128);
        byte[] v = sample(frame, 2, 1, square, side, 128);
        convert(frame, luma, u, 0, v, 0, 1, side * side, target);
      }
      case NV12 -> {
        byte[] luma = sample(frame, 0, 1, square, side, black(frame));
        byte[] uv = sample(frame, 1, 2, square, side, 128);
        convert(frame, luma, uv, 0, uv, 1, 2, side * side, target);
      }
    }
  }

  private void packedInto(Frame frame, Square square, int side, byte[] target) {
    int channels = channels(frame.format());
    int red = frame.format() == PixelFormat.BGR24 ? 2 : 0;
    byte[] pixels = sample(frame, 0, channels, square, side, 0);
    for (int i = 0, p = 0; i < 3 * side * side; i += 3, p += channels) {
      target[i] = pixels[p + red];
      target[i + 1] = pixels[p + 1];
      target[i + 2] = pixels[p + 2 - red];
    }
  }

  private static void convert(
      Frame frame,
      byte[] luma,
      byte[] u,
      int uOffset,
      byte[] v,
      int vOffset,
      int step,
      int pixels,
      byte[] target) {
    boolean limited = frame.range() == ColorRange.LIMITED;
    boolean wide = frame.height() > STANDARD_DEFINITION_ROWS;
    double kr = wide ? 0.2126 : 0.299;
    double kb = wide ? 0.0722 : 0.114;
    double unit = 1 << 16;
    double chroma = unit * (limited ? 255.0 / 224 : 1);
    int scale = (int) Math.round(unit * (limited ? 255.0 / 219 : 1));
    int foot = limited ? 16 : 0;
    int redV = (int) Math.round(chroma * 2 * (1 - kr));
    int blueU = (int) Math.round(chroma * 2 * (1 - kb));
    int greenU = (int) Math.round(chroma * 2 * (1 - kb) * kb / (1 - kr - kb));
    int greenV = (int) Math.round(chroma * 2 * (1 - kr) * kr / (1 - kr - kb));
    for (int i = 0, c = 0, t = 0; i < pixels; i++, c += step, t += 3) {
      int y = ((luma[i] & 255) - foot) * scale + 32_768;
      int cb = (u[c + uOffset] & 255) - 128;
      int cr = (v[c + vOffset] & 255) - 128;
      target[t] = (byte) clamp((y + redV * cr) >> 16);
      target[t + 1] = (byte) clamp((y - greenU * cb - greenV * cr) >> 16);
      target[t + 2] = (byte) clamp((y + blueU * cb) >> 16);
    }
  }

  private static int clamp(int value) {
    return value < 0 ? 0 : Math.min(value, 255);
  }

  private static int black(Frame frame) {
    return frame.range() == ColorRange.LIMITED ? 16 : 0;
  }

  private static int channels(PixelFormat format) {
    return format == PixelFormat.RGBA32 ? 4 : 3;
  }

  /** Samples one plane into its scratch array, which is returned. */
  private byte[] sample(Frame frame, int plane, int channels, Square square, int side, int border) {
    int needed = Math.multiplyExact(side * side, channels);
    if (sampled[plane].length < needed) {
      sampled[plane] = new byte[needed];
    }
    byte[] out = sampled[plane];
    PixelFormat format = frame.format();
    int planeWidth = format.rowBytes(plane, frame.width()) / channels;
    int planeHeight = format.rows(plane, frame.height());
    double unitX = plane == 0 ? 1 : 0.5;
    double unitY = plane == 0 || format == PixelFormat.YUV422P ? 1 : 0.5;

    double step = square.side() / side;
    int blockX = (int) Math.max(1, Math.min(step * unitX, planeWidth));
    int blockY = (int) Math.max(1, Math.min(step * unitY, planeHeight));
    double cos = Math.cos(square.angle());
    double sin = Math.sin(square.angle());
    double reach = square.side() / 2 * (Math.abs(cos) + Math.abs(sin));
    int left = bound((square.x() - reach) * unitX - 2.0 * blockX, planeWidth);
    int top = bound((square.y() - reach) * unitY - 2.0 * blockY, planeHeight);
    int right = bound((square.x() + reach) * unitX + 2.0 * blockX + 1, planeWidth);
    int bottom = bound((square.y() + reach) * unitY + 2.0 * blockY + 1, planeHeight);
    int width = (right - left) / blockX;
    int height = (bottom - top) / blockY;
    if (width == 0 || height == 0) {
      Arrays.fill(out, 0, needed, (byte) border);
      return out;
    }
    read(frame.planes().get(plane), channels, left, top, width, height, blockX, blockY);

    double scaleX = unitX / blockX;
    double scaleY = unitY / blockY;
    double startX = square.x() * scaleX - (double) left / blockX - 0.5;
    double startY = square.y() * scaleY - (double) top / blockY - 0.5;
    double unit = 1 << FRACTION;
    long stepXx = Math.round(cos * step * scaleX * unit);
    long stepXy = Math.round(sin * step * scaleY * unit);
    for (int v = 0, o = 0; v < side; v++) {
      double across = (0.5 - side / 2.0) * step;
      double down = (v + 0.5 - side / 2.0) * step;
      long x = Math.round((startX + (cos * across - sin * down) * scaleX) * unit);
      long y = Math.round((startY + (sin * across + cos * down) * scaleY) * unit);
      if (channels == 1 && within(x, y, stepXx, stepXy, side, width, height)) {
        interpolateRow(x, y, stepXx, stepXy, side, width, out, o);
        o += side;
        continue;
      }
      for (int u = 0; u < side; u++, x += stepXx, y += stepXy, o += channels) {
        interpolate(x, y, width, height, channels, border, out, o);
      }
    }
    return out;
  }

  private static int bound(double value, int limit) {
    return (int) Math.max(0, Math.min(value, limit));
  }

  /** Tells whether all samples of a row, and their right and lower neighbours, are in the patch. */
  private static boolean within(
      long x, long y, long stepX, long stepY, int side, int width, int height) {
    long lastX = x + (side - 1) * stepX;
    long lastY = y + (side - 1) * stepY;
    return Math.min(x, lastX) >= 0
        && Math.min(y, lastY) >= 0
        && Math.max(x, lastX) >> FRACTION < width - 1
        && Math.max(y, lastY) >> FRACTION < height - 1;
  }

  /** Does what {@link #interpolate} does, for a row of one channel that is within the patch. */
  private void interpolateRow(
      long x, long y, long stepX, long stepY, int side, int width, byte[] out, int o) {
    byte[] pixels = patch;
    for (int u = 0; u < side; u++, x += stepX, y += stepY) {
      int a = (int) (y >> FRACTION) * width + (int) (x >> FRACTION);
      int fx = (int) (x >> (FRACTION - WEIGHT)) & 255;
      int fy = (int) (y >> (FRACTION - WEIGHT)) & 255;
      int upper = (pixels[a] & 255) * (256 - fx) + (pixels[a + 1] & 255) * fx;
      int lower = (pixels[a + width] & 255) * (256 - fx) + (pixels[a + width + 1] & 255) * fx;
      out[o + u] = (byte) ((upper * (256 - fy) + lower * fy + 32_768) >> 16);
    }
  }

  private void interpolate(
      long x, long y, int width, int height, int channels, int border, byte[] out, int o) {
    int column = (int) (x >> FRACTION);
    int line = (int) (y >> FRACTION);
    if (column < -1 || line < -1 || column >= width || line >= height) {
      for (int c = 0; c < channels; c++) {
        out[o + c] = (byte) border;
      }
      return;
    }
    int fx = (int) (x >> (FRACTION - WEIGHT)) & 255;
    int fy = (int) (y >> (FRACTION - WEIGHT)) & 255;
    int x0 = Math.max(column, 0);
    int x1 = Math.min(column + 1, width - 1);
    int y0 = Math.max(line, 0);
    int y1 = Math.min(line + 1, height - 1);
    int a = (y0 * width + x0) * channels;
    int b = (y0 * width + x1) * channels;
    int c = (y1 * width + x0) * channels;
    int d = (y1 * width + x1) * channels;
    for (int i = 0; i < channels; i++) {
      int upper = (patch[a + i] & 255) * (256 - fx) + (patch[b + i] & 255) * fx;
      int lower = (patch[c + i] & 255) * (256 - fx) + (patch[d + i] & 255) * fx;
      out[o + i] = (byte) ((upper * (256 - fy) + lower * fy + 32_768) >> 16);
    }
  }

  /** Copies a rectangle of a plane to the patch, averaged over blocks. */
  private void read(
      Frame.Plane plane,
      int channels,
      int left,
      int top,
      int width,
      int height,
      int blockX,
      int blockY) {
    int samples = width * channels;
    if (patch.length < samples * height) {
      patch = new byte[samples * height];
    }
    ByteBuffer data = plane.data();
    if (blockX == 1 && blockY == 1) {
      for (int y = 0; y < height; y++) {
        data.get((top + y) * plane.stride() + left * channels, patch, y * samples, samples);
      }
      return;
    }
    int length = samples * blockX;
    if (row.length < length) {
      row = new byte[length];
    }
    if (sums.length < samples) {
      sums = new int[samples];
    }
    int area = blockX * blockY;
    for (int y = 0; y < height; y++) {
      Arrays.fill(sums, 0, samples, 0);
      for (int line = 0; line < blockY; line++) {
        data.get((top + y * blockY + line) * plane.stride() + left * channels, row, 0, length);
        addBlocks(samples, channels, blockX);
      }
      for (int i = 0, o = y * samples; i < samples; i++) {
        patch[o + i] = (byte) ((sums[i] + area / 2) / area);
      }
    }
  }

  /** Adds a row of pixels to the sums of its blocks. */
  private void addBlocks(int samples, int channels, int block) {
    // one pixel of every block at a time: index expressions that are linear in the loop's counter
    // let the compiler lift the bounds checks out of it
    for (int k = 0; k < block; k++) {
      if (channels == 1) {
        for (int i = 0; i < samples; i++) {
          sums[i] += row[i * block + k] & 255;
        }
      } else {
        for (int c = 0; c < channels; c++) {
          int first = k * channels + c;
          for (int i = 0; i < samples / channels; i++) {
            sums[i * channels + c] += row[i * channels * block + first] & 255;
          }
        }
      }
    }
  }
}
