package io.github.erv.bench.evaluate;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Random;

/**
 * What makes a picture or a recording harder to read. The same seed gives the same result. Parts of
 * a picture are meant for pictures that a face fills.
 */
enum Degradation {
  /** Nothing. */
  NONE("none", false, false),
  /** The lower half is one gray, as behind a mask. */
  MASK_LOWER_HALF("mask-lower-half", true, false),
  /** A black bar from 22 % to 48 % of the height, as over the eyes. */
  COVER_EYES("cover-eyes", true, false),
  /** Gaussian, deviation 4 % of the width. */
  BLUR("blur", true, false),
  /** Gaussian, deviation 25 of 255 in each channel. */
  NOISE("noise", true, false),
  /** Averaged down to 24 pixels on the longer side. */
  TINY("24px", true, false),
  /** A fifth of the brightness. */
  DARK("dark", true, false),
  /** White noise 20 dB below the mean power. */
  NOISE_20("noise-20db", false, true),
  /** White noise 10 dB below the mean power. */
  NOISE_10("noise-10db", false, true),
  /** White noise of the mean power. */
  NOISE_0("noise-0db", false, true),
  /** 300 to 3400 Hz. */
  TELEPHONE("telephone", false, true),
  /** A room whose sound falls by 60 dB in half a second, half the energy reverberant. */
  REVERB("reverb", false, true);

  private static final double REVERBERATION_SECONDS = 0.5;
  private static final int FILTER_HALF = 255;

  private final String name;
  private final boolean pictures;
  private final boolean sound;

  Degradation(String name, boolean pictures, boolean sound) {
    this.name = name;
    this.pictures = pictures;
    this.sound = sound;
  }

  static Degradation named(String name) {
    return Arrays.stream(values())
        .filter(value -> value.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "a degradation must be one of " + Arrays.toString(values()) + ", was " + name));
  }

  boolean ofPictures() {
    return pictures;
  }

  boolean ofSound() {
    return sound;
  }

  /** Degrades a picture, or returns it as it is if this is for sound. */
  BufferedImage apply(BufferedImage image, long seed) {
    if (!pictures) {
      return image;
    }
    int width = image.getWidth();
    int height = image.getHeight();
    if (this == TINY) {
      double scale = 24.0 / Math.max(width, height);
      return scale >= 1 ? image : averaged(image, scale);
    }
    BufferedImage out = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = out.createGraphics();
    graphics.drawImage(image, 0, 0, null);
    if (this == MASK_LOWER_HALF) {
      graphics.setColor(new Color(150, 150, 150));
      graphics.fillRect(0, height / 2, width, height - height / 2);
    } else if (this == COVER_EYES) {
      int top = (int) Math.round(0.22 * height);
      graphics.setColor(Color.BLACK);
      graphics.fillRect(0, top, width, (int) Math.round(0.48 * height) - top);
    }
    graphics.dispose();
    Random random = new Random(seed);
    switch (this) {
      case BLUR -> blur(out, 0.04 * width);
      case NOISE -> eachValue(out, value -> value + 25 * random.nextGaussian());
      case DARK -> eachValue(out, value -> value / 5);
      default -> {}
    }
    return out;
  }

  private interface Change {
    double of(double value);
  }

  private static void eachValue(BufferedImage image, Change change) {
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int rgb = image.getRGB(x, y);
        int changed = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
          changed |= clamp(change.of(rgb >> shift & 255)) << shift;
        }
        image.setRGB(x, y, changed);
      }
    }
  }

  private static int clamp(double value) {
    return (int) Math.round(Math.max(0, Math.min(255, value)));
  }

  /** Every pixel the mean of what it covers. */
  private static BufferedImage averaged(BufferedImage image, double scale) {
    int width = Math.max(1, (int) Math.round(image.getWidth() * scale));
    int height = Math.max(1, (int) Math.round(image.getHeight() * scale));
    BufferedImage current = image;
    while (current.getWidth() >= 2 * width && current.getHeight() >= 2 * height) {
      current = scaled(current, current.getWidth() / 2, current.getHeight() / 2);
    }
    return scaled(current, width, height);
  }

  private static BufferedImage scaled(BufferedImage image, int width, int height) {
    BufferedImage out = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = out.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(image, 0, 0, width, height, null);
    graphics.dispose();
    return out;
  }

  private static void blur(BufferedImage image, double deviation) {
    int reach = (int) Math.ceil(3 * deviation);
    double[] kernel = new double[2 * reach + 1];
    for (int i = -reach; i <= reach; i++) {
      kernel[i + reach] = Math.exp(-i * i / (2 * deviation * deviation));
    }
    double sum = Arrays.stream(kernel).sum();
    int width = image.getWidth();
    int height = image.getHeight();
    for (boolean across : new boolean[] {true, false}) {
      int[] from = image.getRGB(0, 0, width, height, null, 0, width);
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          int rgb = 0;
          for (int shift = 16; shift >= 0; shift -= 8) {
            double value = 0;
            for (int i = -reach; i <= reach; i++) {
              int sx = across ? Math.max(0, Math.min(width - 1, x + i)) : x;
              int sy = across ? y : Math.max(0, Math.min(height - 1, y + i));
              value += kernel[i + reach] * (from[sy * width + sx] >> shift & 255);
            }
            rgb |= clamp(value / sum) << shift;
          }
          image.setRGB(x, y, rgb);
        }
      }
    }
  }

  /** Degrades mono sound, or returns it as it is if this is for pictures. */
  float[] apply(float[] samples, int rateHz, long seed) {
    Random random = new Random(seed);
    return switch (this) {
      case NOISE_20 -> noisy(samples, 20, random);
      case NOISE_10 -> noisy(samples, 10, random);
      case NOISE_0 -> noisy(samples, 0, random);
      case TELEPHONE -> convolve(samples, bandPass(300, 3_400, rateHz), FILTER_HALF);
      case REVERB -> convolve(samples, room(rateHz, random), 0);
      default -> samples;
    };
  }

  private static float[] noisy(float[] samples, double snrDb, Random random) {
    double power = 0;
    for (float sample : samples) {
      power += (double) sample * sample;
    }
    double deviation = Math.sqrt(power / samples.length) * Math.pow(10, -snrDb / 20);
    float[] out = new float[samples.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) (samples[i] + deviation * random.nextGaussian());
    }
    return out;
  }

  /** A windowed-sinc filter (Blackman). */
  private static double[] bandPass(double lowHz, double highHz, int rateHz) {
    double[] filter = new double[2 * FILTER_HALF + 1];
    double low = lowHz / rateHz;
    double high = Math.min(highHz / rateHz, 0.5);
    for (int i = 0; i < filter.length; i++) {
      int n = i - FILTER_HALF;
      double turn = 2 * Math.PI * i / (filter.length - 1);
      double window = 0.42 - 0.5 * Math.cos(turn) + 0.08 * Math.cos(2 * turn);
      filter[i] = window * (lowPass(high, n) - lowPass(low, n));
    }
    return filter;
  }

  private static double lowPass(double cut, int n) {
    return n == 0 ? 2 * cut : Math.sin(2 * Math.PI * cut * n) / (Math.PI * n);
  }

  private static double[] room(int rateHz, Random random) {
    double[] response = new double[(int) (REVERBERATION_SECONDS * rateHz)];
    double energy = 0;
    for (int i = 1; i < response.length; i++) {
      double level = Math.pow(10, -3.0 * i / response.length); // 60 dB at the end
      response[i] = level * random.nextGaussian();
      energy += response[i] * response[i];
    }
    for (int i = 1; i < response.length; i++) {
      response[i] /= Math.sqrt(energy);
    }
    response[0] = 1;
    return response;
  }

  private static float[] convolve(float[] samples, double[] filter, int delay) {
    float[] out = new float[samples.length];
    for (int i = 0; i < out.length; i++) {
      double sum = 0;
      int last = Math.min(filter.length - 1, i + delay);
      for (int k = Math.max(0, i + delay - samples.length + 1); k <= last; k++) {
        sum += filter[k] * samples[i + delay - k];
      }
      out[i] = (float) sum;
    }
    return out;
  }

  @Override
  public String toString() {
    return name;
  }
}
