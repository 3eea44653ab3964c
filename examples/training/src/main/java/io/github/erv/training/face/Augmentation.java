package io.github.erv.training.face;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.random.RandomGenerator;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Varies faces as cameras, detectors, light and things in front of a face do. What comes out is a
 * function of the picture and the state of the generator alone.
 */
final class Augmentation {
  private static final double ROTATION_DEGREES = 12;
  private static final double SCALE = 0.13;
  private static final double SHIFT = 0.07;
  private static final double SHEAR = 0.07;

  private final int side;
  private final double strength;

  /**
   * Creates a variation.
   *
   * @param side of the pictures that come out
   * @param strength factor of the chances of light, noise, loss of detail and occlusion, 0 to 1
   */
  Augmentation(int side, double strength) {
    this.side = side;
    this.strength = strength;
  }

  /**
   * Writes a varied picture.
   *
   * @param pixels square, from of the given side
   * @param from the side of the given picture
   * @param random decides
   * @param out receives side * side values in [0, 255]
   * @param at where in out
   */
  void into(byte[] pixels, int from, RandomGenerator random, float[] out, int at) {
    float[] face = warped(pixels, from, random);
    if (chance(0.5, random)) {
      light(face, random);
    }
    if (chance(0.35, random)) {
      switch (random.nextInt(5)) {
        case 0 -> lowerResolution(face, random);
        case 1 -> blur(face, 0.4 + 1.2 * random.nextDouble());
        case 2 -> noise(face, 2 + 14 * random.nextDouble(), random);
        case 3 -> jpeg(face, 0.15f + 0.5f * random.nextFloat());
        default -> {
          blur(face, 0.3 + 0.7 * random.nextDouble());
          noise(face, 2 + 8 * random.nextDouble(), random);
        }
      }
    }
    if (chance(0.35, random)) {
      switch (random.nextInt(4)) {
        case 0 -> mask(face, random);
        case 1 -> glasses(face, random);
        case 2 -> hand(face, random);
        default -> block(face, random);
      }
    }
    for (int i = 0; i < face.length; i++) {
      out[at + i] = Math.max(0, Math.min(255, face[i]));
    }
  }

  private boolean chance(double probability, RandomGenerator random) {
    return random.nextDouble() < strength * probability;
  }

  private static double spread(double size, RandomGenerator random) {
    return size * Math.max(-2.5, Math.min(2.5, random.nextGaussian()));
  }

  /** Turned, scaled, moved, sheared, mirrored; beyond the edge black, or the edge's own colour. */
  private float[] warped(byte[] pixels, int from, RandomGenerator random) {
    double angle = Math.toRadians(spread(ROTATION_DEGREES, random));
    double scale = Math.exp(spread(SCALE, random)) * from / side;
    double aspect = Math.exp(spread(SCALE / 3, random));
    double shear = spread(SHEAR, random);
    double dx = spread(SHIFT * from, random);
    double dy = spread(SHIFT * from, random);
    double mirror = random.nextBoolean() ? -1 : 1;
    boolean black = random.nextInt(3) == 0;
    double xx = mirror * scale * aspect * Math.cos(angle);
    double xy = scale * (shear - Math.sin(angle));
    double yx = mirror * scale * Math.sin(angle);
    double yy = scale / aspect * Math.cos(angle);
    float[] face = new float[side * side];
    double middle = (from - 1) / 2.0;
    for (int v = 0, o = 0; v < side; v++) {
      double down = v - (side - 1) / 2.0;
      for (int u = 0; u < side; u++, o++) {
        double across = u - (side - 1) / 2.0;
        double x = middle + dx + xx * across + xy * down;
        double y = middle + dy + yx * across + yy * down;
        boolean outside = x < -0.5 || y < -0.5 || x > from - 0.5 || y > from - 0.5;
        face[o] = outside && black ? 0 : interpolated(pixels, from, x, y);
      }
    }
    return face;
  }

  private static float interpolated(byte[] pixels, int side, double x, double y) {
    double px = Math.max(0, Math.min(side - 1, x));
    double py = Math.max(0, Math.min(side - 1, y));
    int x0 = Math.min((int) px, side - 2);
    int y0 = Math.min((int) py, side - 2);
    double fx = px - x0;
    double fy = py - y0;
    int a = y0 * side + x0;
    double upper = (pixels[a] & 255) * (1 - fx) + (pixels[a + 1] & 255) * fx;
    double lower = (pixels[a + side] & 255) * (1 - fx) + (pixels[a + side + 1] & 255) * fx;
    return (float) (upper * (1 - fy) + lower * fy);
  }

  /** Gamma, and a gradient of light over the picture; the mean and contrast are normalised away. */
  private void light(float[] face, RandomGenerator random) {
    double gamma = Math.exp(spread(0.3, random));
    double across = spread(0.4, random) / side;
    double down = spread(0.3, random) / side;
    double gain = Math.exp(spread(0.35, random));
    double offset = spread(15, random);
    for (int i = 0; i < face.length; i++) {
      int row = i / side;
      double ramp = 1 + across * (i % side - side / 2.0) + down * (row - side / 2.0);
      double value = 255 * Math.pow(Math.max(face[i], 0) / 255, gamma) * ramp * gain + offset;
      face[i] = (float) Math.max(0, Math.min(255, value));
    }
  }

  /** Sampled down and up again. */
  private void lowerResolution(float[] face, RandomGenerator random) {
    double step = 1.5 + 1.5 * random.nextDouble();
    blur(face, step / 2.5);
    float[] before = face.clone();
    for (int v = 0, o = 0; v < side; v++) {
      for (int u = 0; u < side; u++, o++) {
        int x = Math.min(side - 1, (int) (((int) (u / step) + 0.5) * step));
        int y = Math.min(side - 1, (int) (((int) (v / step) + 0.5) * step));
        face[o] = before[y * side + x];
      }
    }
    blur(face, step / 3);
  }

  /** A Gaussian, along rows and then along columns. */
  private void blur(float[] face, double sigma) {
    int reach = (int) Math.ceil(2.5 * sigma);
    double[] weights = new double[2 * reach + 1];
    double sum = 0;
    for (int k = -reach; k <= reach; k++) {
      weights[k + reach] = Math.exp(-k * k / (2 * sigma * sigma));
      sum += weights[k + reach];
    }
    for (int pass = 0; pass < 2; pass++) {
      float[] before = face.clone();
      for (int v = 0; v < side; v++) {
        for (int u = 0; u < side; u++) {
          double value = 0;
          for (int k = -reach; k <= reach; k++) {
            int x = pass == 0 ? Math.max(0, Math.min(side - 1, u + k)) : u;
            int y = pass == 0 ? v : Math.max(0, Math.min(side - 1, v + k));
            value += weights[k + reach] * before[y * side + x];
          }
          face[v * side + u] = (float) (value / sum);
        }
      }
    }
  }

  private static void noise(float[] face, double deviation, RandomGenerator random) {
    for (int i = 0; i < face.length; i++) {
      face[i] += (float) (deviation * random.nextGaussian());
    }
  }

  private void jpeg(float[] face, float quality) {
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY);
    byte[] pixels = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    for (int i = 0; i < face.length; i++) {
      pixels[i] = (byte) Math.max(0, Math.min(255, Math.round(face[i])));
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      ImageWriteParam settings = writer.getDefaultWriteParam();
      settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      settings.setCompressionQuality(quality);
      try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
        writer.setOutput(stream);
        writer.write(null, new IIOImage(image, null, null), settings);
      }
      BufferedImage read = ImageIO.read(new ByteArrayInputStream(bytes.toByteArray()));
      int[] samples = read.getRaster().getSamples(0, 0, side, side, 0, new int[side * side]);
      for (int i = 0; i < face.length; i++) {
        face[i] = samples[i];
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // in memory
    } finally {
      writer.dispose();
    }
  }

  /** Nose, mouth and chin behind something even. */
  private void mask(float[] face, RandomGenerator random) {
    double top = (0.5 + 0.12 * random.nextDouble()) * side;
    double left = 0.15 * random.nextDouble() * side;
    double right = (1 - 0.15 * random.nextDouble()) * side;
    paint(face, left, top, right, side, false, 255 * random.nextDouble(), random);
  }

  /** Two dark or bright rounds and a bridge, or one bar, over the eyes. */
  private void glasses(float[] face, RandomGenerator random) {
    double y = (0.3 + 0.14 * random.nextDouble()) * side;
    double height = (0.07 + 0.08 * random.nextDouble()) * side;
    double level = random.nextInt(3) == 0 ? 255 * random.nextDouble() : 50 * random.nextDouble();
    if (random.nextInt(3) == 0) {
      paint(face, 0.05 * side, y - height, 0.95 * side, y + height, false, level, random);
      return;
    }
    double apart = (0.17 + 0.06 * random.nextDouble()) * side;
    double width = 0.14 * side;
    for (int eye = -1; eye <= 1; eye += 2) {
      double x = side / 2.0 + eye * apart;
      paint(face, x - width, y - height, x + width, y + height, true, level, random);
    }
    paint(face, side / 2.0 - apart, y - 1, side / 2.0 + apart, y + 1, false, level, random);
  }

  /** Something round, of the picture's own brightness, that comes in from a side or from below. */
  private void hand(float[] face, RandomGenerator random) {
    double level = face[random.nextInt(face.length)] * (0.7 + 0.6 * random.nextDouble());
    double x = random.nextDouble() * side;
    double y = (0.35 + 0.75 * random.nextDouble()) * side;
    double width = (0.12 + 0.16 * random.nextDouble()) * side;
    double height = (0.12 + 0.22 * random.nextDouble()) * side;
    paint(face, x - width, y - height, x + width, y + height, true, level, random);
  }

  private void block(float[] face, RandomGenerator random) {
    double width = (0.1 + 0.3 * random.nextDouble()) * side;
    double height = (0.1 + 0.3 * random.nextDouble()) * side;
    double x = random.nextDouble() * (side - width);
    double y = random.nextDouble() * (side - height);
    paint(face, x, y, x + width, y + height, false, 255 * random.nextDouble(), random);
  }

  /** Fills a rectangle, or the ellipse in it, with an even and slightly noisy colour. */
  private void paint(
      float[] face,
      double left,
      double top,
      double right,
      double bottom,
      boolean round,
      double level,
      RandomGenerator random) {
    double grain = 12 * random.nextDouble();
    int lastY = Math.min(side - 1, (int) bottom);
    int lastX = Math.min(side - 1, (int) right);
    for (int v = Math.max(0, (int) top); v <= lastY; v++) {
      for (int u = Math.max(0, (int) left); u <= lastX; u++) {
        double x = (2 * u - left - right) / (right - left);
        double y = (2 * v - top - bottom) / (bottom - top);
        if (!round || x * x + y * y <= 1) {
          face[v * side + u] = (float) (level + grain * random.nextGaussian());
        }
      }
    }
  }
}
