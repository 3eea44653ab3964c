package io.github.erv.training.voice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ChannelTest {
  private static float[] tone(double hertz, int length) {
    float[] samples = new float[length];
    for (int i = 0; i < length; i++) {
      samples[i] = (float) (0.3 * Math.sin(2 * Math.PI * hertz * i / 16_000));
    }
    return samples;
  }

  private static double decibels(float[] samples) {
    double sum = 0;
    for (int i = 2_000; i < samples.length - 2_000; i++) {
      sum += (double) samples[i] * samples[i];
    }
    return 10 * Math.log10(sum / (samples.length - 4_000));
  }

  @Test
  void clean_leavesTheSoundAsItIs() {
    float[] tone = tone(440, 20_000);
    // a transform there and back in float
    assertArrayEquals(tone, Channel.CLEAN.apply(tone, new SplittableRandom(1)), 1e-5f);
  }

  @Test
  void noise_isAtTheRatioAskedFor() {
    float[] tone = tone(440, 40_000);
    float[] noisy = Channel.noise(10).apply(tone, new SplittableRandom(1));
    for (int i = 0; i < tone.length; i++) {
      noisy[i] -= tone[i];
    }
    assertEquals(decibels(tone) - 10, decibels(noisy), 0.5);
  }

  @Test
  void telephone_passesItsBandAlone() {
    SplittableRandom random = new SplittableRandom(1);
    float[] voice = tone(1_000, 40_000);
    assertEquals(
        decibels(voice) - 6, decibels(Channel.telephone().apply(voice, random)), 0.5);
    float[] low = Channel.lowPass(3_400).apply(tone(5_000, 40_000), random);
    assertTrue(decibels(low) < -60, "left: " + decibels(low) + " dB");
  }

  @Test
  void room_decaysBySixtyDecibelsInItsTime() {
    float[] click = new float[32_000];
    click[0] = 0.5f;
    float[] wet = Channel.room().apply(click, new SplittableRandom(1));
    double early = power(wet, 0.05);
    double late = power(wet, 0.40);
    assertEquals(60 * 0.35 / 0.7, 10 * Math.log10(early / late), 2);
  }

  /** Mean power in 50 ms from a time on. */
  private static double power(float[] samples, double seconds) {
    double sum = 0;
    for (int i = 0; i < 800; i++) {
      float sample = samples[(int) (seconds * 16_000) + i];
      sum += (double) sample * sample;
    }
    return sum / 800;
  }

  @Test
  void random_sameSeeds_giveTheSameToTheBit() {
    float[] tone = tone(300, 20_000);
    float[] one = Channel.random(new SplittableRandom(7)).apply(tone, new SplittableRandom(1));
    float[] other = Channel.random(new SplittableRandom(7)).apply(tone, new SplittableRandom(1));
    assertArrayEquals(one, other);
    for (int seed = 0; seed < 50; seed++) {
      for (float s : Channel.random(new SplittableRandom(seed)).apply(tone, new SplittableRandom(1))) {
        assertTrue(Float.isFinite(s) && Math.abs(s) <= 1, "seed " + seed + " gave " + s);
      }
    }
  }
}
