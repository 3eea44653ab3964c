package io.github.erv.training.voice;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.jtransforms.fft.FloatFFT_1D;

/**
 * What lies between a mouth and the samples: how fast and high the speaker is, a room, a
 * microphone, noise, a line. Immutable; the same for all recordings of one session.
 *
 * @param paceHz the rate the sound is taken to have instead of 16 kHz: pace, pitch and vocal tract
 *     together
 * @param reverberationSeconds until the room has decayed by 60 dB; 0 is no room
 * @param directDb how far the direct sound lies above the room's
 * @param equaliserDb response at {@link #POINTS_HZ}
 * @param lowHz below this nothing passes
 * @param highHz above this nothing passes
 * @param snrDb speech over noise; infinite is no noise
 * @param noiseTiltDb of the noise, an octave
 * @param companded true for 8 bits by mu-law
 * @param gainDb of all
 * @param seed of the room's echoes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Channel(
    int paceHz,
    double reverberationSeconds,
    double directDb,
    double[] equaliserDb,
    double lowHz,
    double highHz,
    double snrDb,
    double noiseTiltDb,
    boolean companded,
    double gainDb,
    long seed) {
  private static final int RATE_HZ = 16_000;
  private static final double[] POINTS_HZ = {60, 150, 400, 1_000, 2_500, 6_000};
  private static final double[] FLAT = new double[POINTS_HZ.length];
  private static final int[] PACES_HZ = {14_400, 15_200, 16_000, 16_000, 16_800, 17_600};

  /** Nothing in between. */
  static final Channel CLEAN =
      new Channel(RATE_HZ, 0, 0, FLAT, 0, RATE_HZ, Double.POSITIVE_INFINITY, 0, false, 0, 0);

  static Channel noise(double snrDb) {
    return new Channel(RATE_HZ, 0, 0, FLAT, 0, RATE_HZ, snrDb, -3, false, 0, 1);
  }

  static Channel lowPass(double hertz) {
    return new Channel(RATE_HZ, 0, 0, FLAT, 0, hertz, Double.POSITIVE_INFINITY, 0, false, 0, 5);
  }

  static Channel telephone() {
    return new Channel(RATE_HZ, 0, 0, FLAT, 300, 3_400, 30, 0, true, -6, 2);
  }

  static Channel room() {
    return new Channel(RATE_HZ, 0.7, 0, FLAT, 0, RATE_HZ, Double.POSITIVE_INFINITY, 0, false, 0, 3);
  }

  static Channel microphone() {
    return new Channel(
        RATE_HZ, 0, 0, new double[] {-15, -6, 0, 2, 6, -4}, 100, 7_000, 35, 0, false, -12, 4);
  }

  /** Everything at once, differently each time; half of them without some of it. */
  static Channel random(SplittableRandom random) {
    double[] equaliser = new double[POINTS_HZ.length];
    double tilt = random.nextDouble(-2, 2);
    for (int i = 0; i < equaliser.length; i++) {
      equaliser[i] = tilt * (i - 2.5) + random.nextDouble(-4, 4);
    }
    boolean line = random.nextInt(4) == 0;
    return new Channel(
        PACES_HZ[random.nextInt(PACES_HZ.length)],
        random.nextBoolean() ? random.nextDouble(0.15, 0.9) : 0,
        random.nextDouble(-2, 12),
        equaliser,
        line ? random.nextDouble(150, 350) : random.nextDouble(20, 120),
        line ? random.nextDouble(3_200, 4_000) : RATE_HZ,
        random.nextInt(5) == 0 ? Double.POSITIVE_INFINITY : random.nextDouble(0, 30),
        random.nextDouble(-6, 0),
        line && random.nextBoolean(),
        random.nextDouble(-18, 6),
        random.nextLong());
  }

  /** What arrives of a sound; the noise is drawn anew. */
  float[] apply(float[] dry, SplittableRandom random) {
    float[] samples = dry;
    if (paceHz != RATE_HZ) {
      samples = EmoDb.resample(samples, paceHz, RATE_HZ);
    }
    int length = samples.length;
    int tail = (int) (reverberationSeconds * RATE_HZ) + 1;
    int size = Integer.highestOneBit(length + tail) * 2;
    float[] spectrum = Arrays.copyOf(samples, size);
    FloatFFT_1D fft = new FloatFFT_1D(size);
    fft.realForward(spectrum);
    if (reverberationSeconds > 0) {
      float[] echoes = echoes(tail, size);
      fft.realForward(echoes);
      multiply(spectrum, echoes);
    }
    shape(spectrum);
    fft.realInverse(spectrum, true);
    float[] wet = Arrays.copyOf(spectrum, length);
    if (snrDb < Double.POSITIVE_INFINITY) {
      float[] noise = new float[size];
      for (int i = 0; i < length; i++) {
        noise[i] = (float) random.nextGaussian();
      }
      fft.realForward(noise);
      tilt(noise);
      shape(noise);
      fft.realInverse(noise, true);
      double factor =
          Math.sqrt(power(wet, length) / power(noise, length)) / Math.pow(10, snrDb / 20);
      for (int i = 0; i < length; i++) {
        wet[i] += (float) (factor * noise[i]);
      }
    }
    float peak = 1e-9f;
    for (float sample : wet) {
      peak = Math.max(peak, Math.abs(sample));
    }
    float gain = (float) Math.pow(10, gainDb / 20);
    gain = Math.min(gain, 0.98f / peak);
    for (int i = 0; i < length; i++) {
      wet[i] *= gain;
      if (companded) {
        wet[i] = compand(wet[i]);
      }
    }
    return wet;
  }

  /** A direct sound and exponentially decaying noise (Polack's model of late reverberation). */
  private float[] echoes(int tail, int size) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] echoes = new float[size];
    double energy = 0;
    int delay = (int) (0.003 * RATE_HZ);
    for (int i = delay; i < tail; i++) {
      double decay = Math.pow(10, -3 * i / (reverberationSeconds * RATE_HZ));
      echoes[i] = (float) (random.nextGaussian() * decay);
      energy += echoes[i] * echoes[i];
    }
    double factor = Math.pow(10, -directDb / 20) / Math.sqrt(energy + 1e-12);
    for (int i = delay; i < tail; i++) {
      echoes[i] *= (float) factor;
    }
    echoes[0] = 1;
    return echoes;
  }

  /** Product of two spectra as JTransforms packs them. */
  private static void multiply(float[] a, float[] b) {
    a[0] *= b[0];
    a[1] *= b[1];
    for (int k = 2; k < a.length; k += 2) {
      float re = a[k] * b[k] - a[k + 1] * b[k + 1];
      a[k + 1] = a[k] * b[k + 1] + a[k + 1] * b[k];
      a[k] = re;
    }
  }

  private void shape(float[] spectrum) {
    scale(spectrum, hertz -> Math.pow(10, equaliser(hertz) / 20) * pass(hertz));
  }

  private void tilt(float[] spectrum) {
    scale(
        spectrum,
        hertz ->
            Math.pow(10, noiseTiltDb * Math.log(Math.max(50, hertz) / 1_000) / Math.log(2) / 20));
  }

  private interface Response {
    double at(double hertz);
  }

  private static void scale(float[] spectrum, Response response) {
    int size = spectrum.length;
    spectrum[0] *= (float) response.at(0);
    spectrum[1] *= (float) response.at(RATE_HZ / 2.0);
    for (int k = 1; k < size / 2; k++) {
      float factor = (float) response.at((double) k * RATE_HZ / size);
      spectrum[2 * k] *= factor;
      spectrum[2 * k + 1] *= factor;
    }
  }

  private double equaliser(double hertz) {
    int high = 1;
    while (high < POINTS_HZ.length - 1 && hertz > POINTS_HZ[high]) {
      high++;
    }
    double place =
        Math.log(Math.max(POINTS_HZ[0], hertz) / POINTS_HZ[high - 1])
            / Math.log(POINTS_HZ[high] / POINTS_HZ[high - 1]);
    place = Math.min(1, place);
    return equaliserDb[high - 1] * (1 - place) + equaliserDb[high] * place;
  }

  /** Flanks of a sixth of an octave, as a raised cosine. */
  private double pass(double hertz) {
    double above = lowHz == 0 ? 1 : flank(hertz, lowHz);
    return above * (1 - flank(hertz, highHz));
  }

  private static double flank(double hertz, double edgeHz) {
    double octaves = Math.log(Math.max(1, hertz) / edgeHz) / Math.log(2);
    double place = Math.max(0, Math.min(1, 0.5 + octaves * 6));
    return 0.5 - 0.5 * Math.cos(Math.PI * place);
  }

  private static double power(float[] samples, int length) {
    double sum = 1e-12;
    for (int i = 0; i < length; i++) {
      sum += (double) samples[i] * samples[i];
    }
    return sum / length;
  }

  /** ITU-T G.711's mu-law in its continuous form, rounded to 8 bits. */
  private static float compand(float sample) {
    double mu = 255;
    double y =
        Math.signum(sample) * Math.log1p(mu * Math.min(1, Math.abs(sample))) / Math.log1p(mu);
    double rounded = Math.round(y * 127) / 127.0;
    return (float) (Math.signum(rounded) * (Math.pow(1 + mu, Math.abs(rounded)) - 1) / mu);
  }
}
