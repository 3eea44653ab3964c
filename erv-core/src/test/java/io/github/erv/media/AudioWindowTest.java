package io.github.erv.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class AudioWindowTest {
  @Property
  void copy_anyChannels_keepsSamplesAndTime(
      @ForAll @IntRange(min = 1, max = 8) int channels,
      @ForAll @IntRange(min = 1, max = 50) int frames,
      @ForAll @IntRange(min = 4_000, max = 384_000) int rate,
      @ForAll boolean direct,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int length = frames * channels;
    FloatBuffer samples =
        direct
            ? ByteBuffer.allocateDirect(4 * length + 4).asFloatBuffer() // big-endian on purpose
            : FloatBuffer.allocate(length + 1);
    for (int i = 0; i <= length; i++) {
      samples.put(i, (float) random.nextDouble(-1, 1));
    }
    AudioWindow window = AudioWindow.of(samples.position(1), channels, rate, -77);
    FloatBuffer target = FloatBuffer.allocate(length + 2).position(2);
    for (AudioWindow same : new AudioWindow[] {window, window.copy(), window.copyTo(target)}) {
      assertEquals(frames, same.frames());
      assertEquals(channels, same.channels());
      assertEquals(rate, same.sampleRateHz());
      assertEquals(window.span(), same.span());
      for (int f = 0; f < frames; f++) {
        for (int c = 0; c < channels; c++) {
          assertEquals(samples.get(1 + f * channels + c), same.sample(f, c));
        }
      }
    }
    assertEquals(2, target.position());
    float[] mono = new float[frames + 2];
    mono[0] = 9;
    mono[frames + 1] = 9;
    window.mixDownInto(mono, 1);
    assertEquals(9, mono[0]);
    assertEquals(9, mono[frames + 1]);
    for (int f = 0; f < frames; f++) {
      double mean = 0;
      for (int c = 0; c < channels; c++) {
        mean += window.sample(f, c) / (double) channels;
      }
      assertEquals(mean, mono[1 + f], channels * Math.ulp(1f));
    }
  }

  @Property
  void micros_anyLength_isTheExactTimeRoundedDown(
      @ForAll @LongRange(min = 0, max = 1L << 40) long frames,
      @ForAll @IntRange(min = 4_000, max = 384_000) int rate) {
    assertEquals(
        BigInteger.valueOf(frames)
            .multiply(BigInteger.valueOf(1_000_000))
            .divide(BigInteger.valueOf(rate))
            .longValueExact(),
        AudioWindow.micros(frames, rate));
  }

  @Test
  void span_rateThatDoesNotDivide_isRoundedDown() {
    assertEquals(new TimeSpan(10, 32), AudioWindow.of(new float[1], 44_100, 10).span()); // 22.67 us
    assertEquals(new TimeSpan(0, 1_000_000), AudioWindow.of(new float[44_100], 44_100, 0).span());
  }

  @Test
  void ofPcm16_extremes_areScaledBy32768() {
    short[] pcm = {Short.MIN_VALUE, Short.MAX_VALUE, 0, 1, -1, 16_384};
    AudioWindow window = AudioWindow.ofPcm16(pcm, 2, 8000, 0);
    assertEquals(3, window.frames());
    float[] expected = {-1, 32_767 / 32_768f, 0, 1 / 32_768f, -1 / 32_768f, 0.5f};
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], window.sample(i / 2, i % 2));
    }
    pcm[0] = 0;
    assertEquals(-1, window.sample(0, 0), "converted samples are the window's own");
  }

  @Test
  void ofPcm16_bytesFromASocket_areReadInTheirOrder() {
    byte[] bytes = {0x00, 0x40, 0x00, (byte) 0xC0};
    AudioWindow window =
        AudioWindow.ofPcm16(
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer(), 1, 8000, 0);
    assertEquals(0.5f, window.sample(0, 0));
    assertEquals(-0.5f, window.sample(1, 0));
  }

  @Test
  void mixDownInto_notFinite_countsAsZero() {
    float[] samples = {Float.NaN, 0.5f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
    float[] mono = new float[2];
    AudioWindow.of(FloatBuffer.wrap(samples), 2, 8000, 0).mixDownInto(mono, 0);
    assertArrayEquals(new float[] {0.25f, 0}, mono);
  }

  @Test
  void of_arrayChangesLater_windowSeesItAndItsCopyDoesNot() {
    float[] samples = {1, 2};
    AudioWindow window = AudioWindow.of(samples, 8000, 0);
    AudioWindow copy = window.copy();
    Arrays.fill(samples, 9);
    assertEquals(9, window.sample(0, 0));
    assertEquals(1, copy.sample(0, 0));
  }

  @Test
  void of_badNumbers_areRefusedWithLimitAndActual() {
    requireRefused("more than 0", "0", () -> AudioWindow.of(new float[0], 8000, 0));
    requireRefused("2 channels", "3", () -> interleaved(3, 2, 8000));
    requireRefused("1 to 64", "0", () -> interleaved(4, 0, 8000));
    requireRefused("1 to 64", "65", () -> interleaved(65, 65, 8000));
    requireRefused("4000 to 384000", "3999", () -> interleaved(4, 1, 3999));
    requireRefused("4000 to 384000", "384001", () -> interleaved(4, 1, 384_001));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> AudioWindow.of(new float[4], 8000, 0).mixDownInto(new float[4], 1));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> AudioWindow.of(new float[4], 8000, 0).copyTo(FloatBuffer.allocate(3)));
  }

  private static void interleaved(int samples, int channels, int rate) {
    AudioWindow.of(FloatBuffer.allocate(samples), channels, rate, 0);
  }

  private static void requireRefused(String what, String actual, Runnable maker) {
    String message = assertThrows(IllegalArgumentException.class, maker::run).getMessage();
    assertTrue(message.contains(what) && message.contains(actual), message);
  }
}
