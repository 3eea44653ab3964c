package io.github.erv.media;

import io.github.erv.media.Frame.Plane;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;

/** Turns frames of every format into pictures to look at. */
final class FrameImage {
  /** The height from which players take a picture that does not say so for BT.709. */
  private static final int HD_HEIGHT = 720;

  private FrameImage() {}

  static BufferedImage of(Frame frame) {
    BufferedImage image =
        new BufferedImage(frame.width(), frame.height(), BufferedImage.TYPE_3BYTE_BGR);
    int[] row = new int[frame.width()];
    for (int y = 0; y < frame.height(); y++) {
      switch (frame.format()) {
        case GRAY8, YUV420P, NV12, YUV422P -> yuv(frame, y, row);
        case RGB24 -> packed(frame, y, row, 3, 0, 2);
        case BGR24 -> packed(frame, y, row, 3, 2, 0);
        case RGBA32 -> packed(frame, y, row, 4, 0, 2);
      }
      image.setRGB(0, y, frame.width(), 1, row, 0, frame.width());
    }
    return image;
  }

  private static void packed(Frame frame, int y, int[] row, int step, int red, int blue) {
    Plane plane = frame.planes().get(0);
    ByteBuffer data = plane.data();
    int at = y * plane.stride();
    for (int x = 0; x < row.length; x++, at += step) {
      row[x] = rgb(data.get(at + red) & 0xff, data.get(at + 1) & 0xff, data.get(at + blue) & 0xff);
    }
  }

  /*
   * Y'CbCr to R'G'B' by ITU-R BT.601-7 and BT.709-6: kr and kb are the weights of red and blue in
   * luma, from which the matrix follows.
   */
  private static void yuv(Frame frame, int y, int[] row) {
    boolean full = frame.range() == ColorRange.FULL;
    boolean hd = !full && frame.height() >= HD_HEIGHT;
    float kr = hd ? 0.2126f : 0.299f;
    float kb = hd ? 0.0722f : 0.114f;
    float black = full ? 0 : 16;
    float lumaScale = full ? 1 : 255f / 219;
    float chromaScale = full ? 1 : 255f / 224;
    PixelFormat format = frame.format();
    Plane luma = frame.planes().get(0);
    int lumaRow = y * luma.stride();
    int chromaY = format == PixelFormat.YUV422P ? y : y / 2;
    for (int x = 0; x < row.length; x++) {
      float l = ((luma.data().get(lumaRow + x) & 0xff) - black) * lumaScale;
      float u = 0;
      float v = 0;
      if (format == PixelFormat.NV12) {
        u = chroma(frame, 1, chromaY, x / 2 * 2) * chromaScale;
        v = chroma(frame, 1, chromaY, x / 2 * 2 + 1) * chromaScale;
      } else if (format != PixelFormat.GRAY8) {
        u = chroma(frame, 1, chromaY, x / 2) * chromaScale;
        v = chroma(frame, 2, chromaY, x / 2) * chromaScale;
      }
      float red = l + 2 * (1 - kr) * v;
      float blue = l + 2 * (1 - kb) * u;
      float green = (l - kr * red - kb * blue) / (1 - kr - kb);
      row[x] = rgb(Math.round(red), Math.round(green), Math.round(blue));
    }
  }

  private static int chroma(Frame frame, int plane, int y, int x) {
    Plane from = frame.planes().get(plane);
    return (from.data().get(y * from.stride() + x) & 0xff) - 128;
  }

  private static int rgb(int red, int green, int blue) {
    return clamp(red) << 16 | clamp(green) << 8 | clamp(blue);
  }

  private static int clamp(int value) {
    return Math.max(0, Math.min(255, value));
  }
}
