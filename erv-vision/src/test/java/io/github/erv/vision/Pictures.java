package io.github.erv.vision;

import io.github.erv.media.ColorRange;
import io.github.erv.media.Frame;
import io.github.erv.media.PixelFormat;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/**
 * Frames to test with, made of one face: the portrait of the astronaut Eileen Collins by NASA,
 * public domain, cut as 256x256 pixels at (96, 0) from {@code skimage/data/astronaut.png} of
 * Debian's package python3-skimage 0.19.3.
 */
public final class Pictures {
  /** Where the head is in the portrait. */
  private static final int HEAD_X = 52;

  private static final int HEAD_Y = 8;
  private static final int HEAD_WIDTH = 156;
  private static final int HEAD_HEIGHT = 184;

  private Pictures() {}

  /** The portrait, of type 3BYTE_BGR. */
  public static BufferedImage portrait() {
    try (InputStream in = Pictures.class.getResourceAsStream("portrait.png")) {
      BufferedImage plain = canvas(256, 256, Color.BLACK);
      Graphics2D graphics = plain.createGraphics();
      graphics.drawImage(ImageIO.read(in), 0, 0, null);
      graphics.dispose();
      return plain;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A picture of one colour. */
  public static BufferedImage canvas(int width, int height, Color colour) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(colour);
    graphics.fillRect(0, 0, width, height);
    graphics.dispose();
    return image;
  }

  /** A picture of coloured blocks, the same for the same seed. */
  public static BufferedImage blocks(int width, int height, long seed) {
    BufferedImage image = canvas(width, height, Color.GRAY);
    SplittableRandom random = new SplittableRandom(seed);
    Graphics2D graphics = image.createGraphics();
    for (int i = 0; i < 60; i++) {
      graphics.setColor(new Color(random.nextInt(0x1000000)));
      graphics.fillRect(random.nextInt(width), random.nextInt(height), width / 6, height / 6);
    }
    graphics.dispose();
    return image;
  }

  /** Draws the head with its middle at (x, y) and a given height; mirrored if the height is < 0. */
  public static void head(BufferedImage image, double x, double y, int height) {
    int h = Math.abs(height);
    int w = h * HEAD_WIDTH / HEAD_HEIGHT;
    int left = (int) Math.round(x - w / 2.0);
    int top = (int) Math.round(y - h / 2.0);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    graphics.drawImage(
        portrait(),
        height > 0 ? left : left + w,
        top,
        height > 0 ? left + w : left,
        top + h,
        HEAD_X,
        HEAD_Y,
        HEAD_X + HEAD_WIDTH,
        HEAD_Y + HEAD_HEIGHT,
        null);
    graphics.dispose();
  }

  /** The same picture in another format and range, as BT.601 has it. */
  public static Frame frame(
      BufferedImage image, PixelFormat format, ColorRange range, long timestampMicros) {
    int width = image.getWidth();
    int height = image.getHeight();
    byte[] bytes = new byte[format.bytes(width, height)];
    double lumaScale = range == ColorRange.LIMITED ? 219.0 / 255 : 1;
    double chromaScale = range == ColorRange.LIMITED ? 224.0 / 255 : 1;
    int foot = range == ColorRange.LIMITED ? 16 : 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int rgb = image.getRGB(x, y);
        int r = (rgb >> 16) & 255;
        int g = (rgb >> 8) & 255;
        int b = rgb & 255;
        double luma = 0.299 * r + 0.587 * g + 0.114 * b;
        byte y8 = round(foot + luma * lumaScale);
        byte u8 = round(128 + (b - luma) / 1.772 * chromaScale);
        byte v8 = round(128 + (r - luma) / 1.402 * chromaScale);
        int i = y * width + x;
        int half = (width + 1) / 2;
        int base = width * height;
        switch (format) {
          case GRAY8 -> bytes[i] = y8;
          case RGB24 -> put(bytes, 3 * i, r, g, b);
          case BGR24 -> put(bytes, 3 * i, b, g, r);
          case RGBA32 -> put(bytes, 4 * i, r, g, b, 255);
          case YUV420P -> {
            bytes[i] = y8;
            bytes[base + y / 2 * half + x / 2] = u8;
            bytes[base + half * ((height + 1) / 2) + y / 2 * half + x / 2] = v8;
          }
          case NV12 -> {
            bytes[i] = y8;
            bytes[base + 2 * (y / 2 * half + x / 2)] = u8;
            bytes[base + 2 * (y / 2 * half + x / 2) + 1] = v8;
          }
          case YUV422P -> {
            bytes[i] = y8;
            bytes[base + y * half + x / 2] = u8;
            bytes[base + half * height + y * half + x / 2] = v8;
          }
        }
      }
    }
    Frame full = Frame.of(format, width, height, bytes, timestampMicros);
    return Frame.of(format, range, width, height, full.planes(), timestampMicros);
  }

  /** A frame of one colour. */
  public static Frame uniform(
      PixelFormat format, ColorRange range, int width, int height, int r, int g, int b) {
    return frame(canvas(width, height, new Color(r, g, b)), format, range, 0);
  }

  /** A gray frame of any size, without an image in between. */
  public static Frame gray(int width, int height, int value) {
    byte[] bytes = new byte[width * height];
    Arrays.fill(bytes, (byte) value);
    return Frame.of(PixelFormat.GRAY8, width, height, bytes, 0);
  }

  /** The same frame in memory outside of the heap. */
  public static Frame direct(Frame frame) {
    return frame.copyTo(
        ByteBuffer.allocateDirect(frame.format().bytes(frame.width(), frame.height())));
  }

  private static byte round(double value) {
    return (byte) Math.max(0, Math.min(255, Math.round(value)));
  }

  private static void put(byte[] bytes, int offset, int... values) {
    for (int i = 0; i < values.length; i++) {
      bytes[offset + i] = (byte) values[i];
    }
  }
}
