package io.github.erv.bench.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DegradationTest {
  private static final int RATE = 16_000;

  private static float[] tone(double hertz) {
    float[] samples = new float[RATE];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) Math.sin(2 * Math.PI * hertz * i / RATE);
    }
    return samples;
  }

  /** Power in dB of the second half, where no filter is still starting. */
  private static double levelDb(float[] samples) {
    double sum = 0;
    for (int i = samples.length / 2; i < samples.length - RATE / 10; i++) {
      sum += samples[i] * samples[i];
    }
    return 10 * Math.log10(sum / (samples.length / 2.0 - RATE / 10.0));
  }

  @Test
  void telephone_ofTones_passesSpeechAlone() {
    assertEquals(
        levelDb(tone(1_000)), levelDb(Degradation.TELEPHONE.apply(tone(1_000), RATE, 1)), 0.1);
    for (double hertz : new double[] {60, 100, 4_000, 6_000}) {
      assertTrue(levelDb(Degradation.TELEPHONE.apply(tone(hertz), RATE, 1)) < -40, hertz + " Hz");
    }
  }

  @Test
  void noise_ofATone_hasTheRatioItIsNamedFor() {
    float[] tone = tone(440);
    float[] noisy = Degradation.NOISE_10.apply(tone, RATE, 1);
    float[] noise = new float[tone.length];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = noisy[i] - tone[i];
    }
    // the power of 8,000 normal draws is off by sqrt(2 / 6,400), or 0.08 dB
    assertEquals(levelDb(tone) - 10, levelDb(noise), 0.4);
    assertArrayEquals(noisy, Degradation.NOISE_10.apply(tone, RATE, 1));
  }

  @Test
  void reverb_ofAnImpulse_doublesTheEnergy() {
    float[] impulse = new float[RATE];
    impulse[0] = 1;
    float[] room = Degradation.REVERB.apply(impulse, RATE, 1);
    double energy = 0;
    for (float sample : room) {
      energy += sample * sample;
    }
    assertEquals(2, energy, 1e-3);
    assertTrue(Arrays.equals(new float[RATE / 4], Arrays.copyOfRange(room, RATE * 3 / 4, RATE)));
  }

  private static BufferedImage gray(int side, int value) {
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        image.setRGB(x, y, value * 0x10101);
      }
    }
    return image;
  }

  @Test
  void pictures_changeWhereTheyShould() {
    BufferedImage gray = gray(100, 200);
    BufferedImage mask = Degradation.MASK_LOWER_HALF.apply(gray, 1);
    assertEquals(200, mask.getRGB(50, 49) & 255);
    assertEquals(150, mask.getRGB(50, 50) & 255);
    BufferedImage eyes = Degradation.COVER_EYES.apply(gray, 1);
    assertEquals(200, eyes.getRGB(50, 21) & 255);
    assertEquals(0, eyes.getRGB(50, 22) & 255);
    assertEquals(0, eyes.getRGB(50, 47) & 255);
    assertEquals(200, eyes.getRGB(50, 48) & 255);
    assertEquals(40, Degradation.DARK.apply(gray, 1).getRGB(3, 3) & 255);
    assertEquals(200, Degradation.BLUR.apply(gray, 1).getRGB(0, 99) & 255);
    BufferedImage tiny = Degradation.TINY.apply(gray, 1);
    assertEquals(24, tiny.getWidth());
    assertEquals(200, tiny.getRGB(12, 12) & 255);
    assertEquals(200, gray.getRGB(50, 80) & 255); // the given picture stays as it is
    assertEquals(gray, Degradation.NONE.apply(gray, 1));
  }

  @Test
  void noise_ofGray_hasItsDeviation() {
    BufferedImage noisy = Degradation.NOISE.apply(gray(100, 128), 1);
    double sum = 0;
    for (int y = 0; y < 100; y++) {
      for (int x = 0; x < 100; x++) {
        double off = (noisy.getRGB(x, y) & 255) - 128;
        sum += off * off;
      }
    }
    assertEquals(25, Math.sqrt(sum / 10_000), 1); // standard error 25 / sqrt(20,000) = 0.18
  }
}
