package io.github.erv.training.voice;

import java.util.SplittableRandom;

/**
 * Cuts recordings to what the model is fed: at most {@value #MOST} frames of speech, repeated from
 * the first until they fill that many, as the encoder does. Training crops vary in length and
 * place, and in what differs between rooms, microphones and speakers.
 */
final class Crops {
  /** 1.8 s: shorter than the copies among the recordings, so that length tells nothing. */
  static final int MOST = 180;

  private static final int LEAST = 80;

  private Crops() {}

  /** The middle of a recording, unchanged; shape (MOST, bands). */
  static float[] middle(Recording recording, int bands) {
    int length = Math.min(MOST, recording.frames().length);
    int from = (recording.frames().length - length) / 2;
    float[] crop = new float[MOST * bands];
    for (int f = 0; f < MOST; f++) {
      System.arraycopy(recording.frames()[from + f % length], 0, crop, f * bands, bands);
    }
    return crop;
  }

  /** A random part of a recording, varied; shape (MOST, bands). */
  static float[] random(Recording recording, int bands, SplittableRandom random) {
    float[][] frames = recording.frames();
    int length = Math.min(frames.length, random.nextInt(LEAST, MOST + 1));
    int from = random.nextInt(frames.length - length + 1);

    double pace = random.nextDouble(0.9, 1.1);
    double shift = random.nextDouble(-1.5, 1.5); // bands: another length of vocal tract
    double tilt = random.nextDouble(-2, 2); // natural log of power over the whole band: +-9 dB
    double bow = random.nextDouble(-0.7, 0.7);
    double level = random.nextDouble(-3, 3);
    // steady noise somewhere from 10 dB to 50 dB below the speech, with a slope of its own
    double noise = peak(frames, from, length) - random.nextDouble(2.3, 11.5);
    double noiseTilt = random.nextDouble(-2, 2);

    double[] noisePower = new double[bands];
    double[] added = new double[bands];
    for (int b = 0; b < bands; b++) {
      double place = (double) b / (bands - 1) - 0.5;
      noisePower[b] = Math.exp(noise + noiseTilt * place);
      added[b] = level + tilt * place + bow * (4 * place * place - 1.0 / 3);
    }
    float[] crop = new float[MOST * bands];
    int paced = Math.max(1, (int) (length / pace));
    for (int f = 0; f < MOST; f++) {
      float[] frame = frames[from + Math.min(length - 1, (int) (f % paced * pace))];
      for (int b = 0; b < bands; b++) {
        double clean = between(frame, b + shift);
        crop[f * bands + b] = (float) (Math.log(Math.exp(clean) + noisePower[b]) + added[b]);
      }
    }
    mask(crop, bands, random);
    return crop;
  }

  private static double between(float[] frame, double place) {
    double inside = Math.max(0, Math.min(frame.length - 1.001, place));
    int low = (int) inside;
    double part = inside - low;
    return frame[low] * (1 - part) + frame[low + 1] * part;
  }

  private static double peak(float[][] frames, int from, int length) {
    double sum = 0;
    for (int f = from; f < from + length; f++) {
      for (float value : frames[f]) {
        sum += Math.exp(value);
      }
    }
    return Math.log(sum / length / frames[0].length);
  }

  /** Blanks a few bands and a few frames, so that no single one decides (Park et al., 2019). */
  private static void mask(float[] crop, int bands, SplittableRandom random) {
    double mean = 0;
    for (float value : crop) {
      mean += value / crop.length;
    }
    int width = random.nextInt(0, bands / 8 + 1);
    int firstBand = random.nextInt(bands - width + 1);
    int length = random.nextInt(0, MOST / 8);
    int firstFrame = random.nextInt(MOST - length);
    for (int f = 0; f < MOST; f++) {
      for (int b = 0; b < bands; b++) {
        boolean blank =
            (b >= firstBand && b < firstBand + width)
                || (f >= firstFrame && f < firstFrame + length);
        if (blank) {
          crop[f * bands + b] = (float) mean;
        }
      }
    }
  }
}
