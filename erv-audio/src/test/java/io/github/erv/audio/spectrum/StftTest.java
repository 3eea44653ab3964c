package io.github.erv.audio.spectrum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.audio.Speech;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StftTest {
  /** Float rounding over log2(n) butterflies, relative to the frame's greatest power. */
  private static final double FFT_TOLERANCE = 4e-6;

  @Test
  void powerInto_spectrum_isTheDirectTransform() {
    float[] samples = Speech.noise(25, 1, 42);
    Stft stft = new Stft(25, 32);
    float[] power = new float[stft.bins()];
    float[] spectrum = new float[2 * stft.bins()];
    stft.powerInto(samples, 0, power, spectrum);
    for (int k = 0; k < stft.bins(); k++) {
      double re = 0;
      double im = 0;
      for (int i = 0; i < 25; i++) {
        double x = samples[i] * (0.5 - 0.5 * Math.cos(2 * Math.PI * i / 25));
        re += x * Math.cos(2 * Math.PI * k * i / 32);
        im -= x * Math.sin(2 * Math.PI * k * i / 32);
      }
      assertEquals(re, spectrum[2 * k], 1e-5, "real part of bin " + k);
      assertEquals(im, spectrum[2 * k + 1], 1e-5, "imaginary part of bin " + k);
      assertEquals(re * re + im * im, power[k], 1e-4, "power of bin " + k);
    }
  }

  @ParameterizedTest
  @CsvSource({"2,2", "3,4", "25,32", "400,512", "512,512", "960,1024"})
  void powerInto_agreesWithDirectTransformInDouble(int frameLength, int fftSize) {
    float[] samples = Speech.noise(frameLength + 7, 1, 42);
    Stft stft = new Stft(frameLength, fftSize);
    float[] power = new float[stft.bins()];
    stft.powerInto(samples, 7, power);
    double[] exact = new double[stft.bins()];
    double greatest = 0;
    for (int k = 0; k < exact.length; k++) {
      double re = 0;
      double im = 0;
      for (int i = 0; i < frameLength; i++) {
        double window = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / frameLength);
        re += window * samples[7 + i] * Math.cos(2 * Math.PI * k * i / fftSize);
        im -= window * samples[7 + i] * Math.sin(2 * Math.PI * k * i / fftSize);
      }
      exact[k] = re * re + im * im;
      greatest = Math.max(greatest, exact[k]);
    }
    for (int k = 0; k < exact.length; k++) {
      assertEquals(exact[k], power[k], FFT_TOLERANCE * greatest, "bin " + k);
    }
  }

  @Test
  void powerInto_toneOnABin_standsThere() {
    float[] samples = new float[512];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) Math.cos(2 * Math.PI * 32 * i / 512);
    }
    Stft stft = new Stft(512, 512);
    float[] power = new float[257];
    stft.powerInto(samples, 0, power);
    // a cosine of amplitude 1 under a window whose sum is 256: half of that, squared
    assertEquals(128 * 128, power[32], 0.1);
    assertTrue(power[36] < 1e-3, "leaked " + power[36]);
  }

  @Test
  void powerInto_notANumber_isNotHidden() {
    float[] samples = new float[512];
    samples[100] = Float.NaN;
    float[] power = new float[257];
    new Stft(512, 512).powerInto(samples, 0, power);
    assertTrue(Float.isNaN(power[3]));
  }

  @Test
  void construct_badNumbers_sayLimitAndActual() {
    assertThrows(IllegalArgumentException.class, () -> new Stft(1, 512));
    assertThrows(IllegalArgumentException.class, () -> new Stft(513, 512));
    String message =
        assertThrows(IllegalArgumentException.class, () -> new Stft(400, 500)).getMessage();
    assertTrue(message.contains("400") && message.contains("500"), message);
  }

  @Test
  void powerInto_outOfBounds_isRejected() {
    Stft stft = new Stft(400, 512);
    assertThrows(
        IndexOutOfBoundsException.class, () -> stft.powerInto(new float[399], 0, new float[257]));
    assertThrows(
        IndexOutOfBoundsException.class, () -> stft.powerInto(new float[400], 0, new float[256]));
  }
}
