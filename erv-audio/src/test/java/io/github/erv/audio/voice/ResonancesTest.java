package io.github.erv.audio.voice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.erv.audio.spectrum.Stft;
import io.github.erv.audio.spectrum.Window;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ResonancesTest {
  private static final double RATE_HZ = 11_000;

  /** The polynomial of pairs of roots; a bandwidth below 0 puts them outside the unit circle. */
  private static double[] filter(double[]... frequencyAndBandwidth) {
    double[] filter = {1};
    for (double[] pair : frequencyAndBandwidth) {
      double radius = Math.exp(-Math.PI * pair[1] / RATE_HZ);
      double middle = -2 * radius * Math.cos(2 * Math.PI * pair[0] / RATE_HZ);
      double[] next = new double[filter.length + 2];
      for (int i = 0; i < filter.length; i++) {
        next[i] += filter[i];
        next[i + 1] += middle * filter[i];
        next[i + 2] += radius * radius * filter[i];
      }
      filter = next;
    }
    return filter;
  }

  @Test
  void findInto_pairsOfRoots_areFoundLowestFirst() {
    double[] filter =
        filter(new double[] {2_300, 120}, new double[] {550, 80}, new double[] {1_500, -900});
    float[] hertz = new float[4];
    float[] bandwidth = new float[4];
    assertEquals(3, new Resonances(6, RATE_HZ).findInto(filter, hertz, bandwidth));
    assertArrayEquals(new float[] {550, 1_500, 2_300, 0}, hertz, 1e-2f);
    assertArrayEquals(new float[] {80, 900, 120, 0}, bandwidth, 1e-2f);
  }

  @Test
  void findInto_fewerWanted_areTheLowest() {
    double[] filter = filter(new double[] {2_300, 120}, new double[] {550, 80});
    float[] hertz = new float[1];
    assertEquals(1, new Resonances(4, RATE_HZ).findInto(filter, hertz, new float[1]));
    assertEquals(550, hertz[0], 1e-2f);
  }

  @Test
  void findInto_shortFilter_isRejected() {
    Resonances resonances = new Resonances(4, RATE_HZ);
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> resonances.findInto(new double[4], new float[1], new float[1]));
  }

  @Test
  void formants_ofTheResponseOfTwoResonances_areThese() {
    int rate = 16_000;
    float[] samples = new float[320];
    double[] y = new double[samples.length];
    for (double[] pair : new double[][] {{700, 90}, {1_900, 120}}) {
      double radius = Math.exp(-Math.PI * pair[1] / rate);
      double cosine = 2 * radius * Math.cos(2 * Math.PI * pair[0] / rate);
      for (int i = 100; i < y.length; i++) {
        y[i] = (i == 100 ? 0.1 : 0) + cosine * y[i - 1] - radius * radius * y[i - 2];
        samples[i] += (float) y[i];
      }
      Arrays.fill(y, 0);
    }
    Stft stft = new Stft(Window.HAMMING, samples.length, 512);
    float[] power = new float[stft.bins()];
    stft.powerInto(samples, 0, power);
    float[] hertz = new float[5];
    float[] bandwidth = new float[5];
    int found = new Formants(512, rate).findInto(power, hertz, bandwidth);
    assertEquals(1, near(hertz, found, 700));
    assertEquals(1, near(hertz, found, 1_900));
  }

  private static int near(float[] hertz, int found, double wanted) {
    int near = 0;
    for (int i = 0; i < found; i++) {
      // the window smears a resonance by about its main lobe, 50 Hz to each side
      near += Math.abs(hertz[i] - wanted) < 50 ? 1 : 0;
    }
    return near;
  }
}
