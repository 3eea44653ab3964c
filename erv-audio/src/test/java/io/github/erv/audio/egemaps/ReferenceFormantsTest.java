package io.github.erv.audio.egemaps;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.audio.Speech;
import io.github.erv.audio.spectrum.Stft;
import io.github.erv.audio.spectrum.Window;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceFormantsTest {
  private static final int ORDER = 11;

  /** What is found is a root of 1 minus the error filter of the wave, computed the long way. */
  @ParameterizedTest
  @ValueSource(ints = {8_000, 16_000, 44_100})
  void findInto_rootsOfTheFilterOfTheWaveByDirectSums(int rate) {
    int length = (int) Math.round(0.020 * rate);
    int fft = Integer.highestOneBit(2 * length - 1);
    float[] samples = Speech.noise(length, 0.1f, 7);
    Stft stft = new Stft(Window.HAMMING, length, fft);
    float[] power = new float[stft.bins()];
    float[] spectrum = new float[2 * stft.bins()];
    stft.powerInto(samples, 0, power, spectrum);
    float[] hertz = new float[5];
    float[] bandwidth = new float[5];
    int found = new ReferenceFormants(length, fft, rate).findInto(spectrum, hertz, bandwidth);
    assertTrue(found >= 3, "found " + found);

    double[] filter = signTurned(wave(samples, length, fft, rate));
    for (int f = 0; f < found; f++) {
      double inside = Math.exp(-Math.PI * bandwidth[f] / 11_000);
      double angle = 2 * Math.PI * hertz[f] / 11_000;
      double residue = Math.min(value(filter, inside, angle), value(filter, 1 / inside, angle));
      // formants are floats: a part in 1e7 of the angle, times the polynomial's slope
      assertEquals(0, residue, 1e-3, "formant " + f + " at " + hertz[f]);
    }
  }

  @Test
  void findInto_silence_hasNone() {
    float[] hertz = {1, 1, 1, 1, 1};
    assertEquals(
        0, new ReferenceFormants(320, 512, 16_000).findInto(new float[514], hertz, new float[5]));
    assertArrayEquals(new float[5], hertz);
  }

  private static double[] wave(float[] samples, int length, int fft, int rate) {
    float[] window = Window.HAMMING.weights(length);
    double[] wave = new double[220];
    int before = (fft - length) / 2;
    for (int i = 0; i < wave.length; i++) {
      double time = i / 11_000.0;
      for (int n = 0; n < length; n++) {
        double phase = 2 * Math.PI * rate / fft * (time - (double) (n + before) / rate);
        double kernel = 1; // the bin at 0 Hz counts as much as the pair of bins of any other
        for (int k = 1; k < 110; k++) {
          kernel += Math.cos(k * phase);
        }
        wave[i] += samples[n] * window[n] * kernel;
      }
    }
    return wave;
  }

  private static double[] signTurned(double[] wave) {
    double[][] equations = new double[ORDER][ORDER + 1];
    for (int i = 0; i < ORDER; i++) {
      for (int j = 0; j <= ORDER; j++) {
        int lag = j < ORDER ? Math.abs(i - j) : i + 1;
        for (int n = lag; n < wave.length; n++) {
          equations[i][j] += wave[n] * wave[n - lag];
        }
      }
    }
    for (int i = 0; i < ORDER; i++) {
      for (int row = 0; row < ORDER; row++) {
        if (row != i) {
          double factor = equations[row][i] / equations[i][i];
          for (int j = 0; j <= ORDER; j++) {
            equations[row][j] -= factor * equations[i][j];
          }
        }
      }
    }
    double[] filter = new double[ORDER + 1];
    filter[0] = 1;
    for (int i = 0; i < ORDER; i++) {
      // of the predictor, which has the other sign in the error filter
      filter[i + 1] = equations[i][ORDER] / equations[i][i];
    }
    return filter;
  }

  private static double value(double[] filter, double radius, double angle) {
    double re = 0;
    double im = 0;
    for (int i = 0; i <= ORDER; i++) {
      re += filter[i] * Math.pow(radius, -i) * Math.cos(-angle * i);
      im += filter[i] * Math.pow(radius, -i) * Math.sin(-angle * i);
    }
    return Math.hypot(re, im);
  }
}
