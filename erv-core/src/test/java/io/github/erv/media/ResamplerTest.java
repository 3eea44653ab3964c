package io.github.erv.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResamplerTest {
  /** Float arithmetic over a few hundred taps adds a little to the filter's own 0.001 dB. */
  private static final double PASS_BAND_RIPPLE_DB = 0.002;

  private static final double STOP_BAND_DB = -80;

  @ParameterizedTest
  @CsvSource({
    "44100,16000", "48000,16000", "8000,16000", "22050,16000", "11025,16000", "96000,16000",
    "192000,16000", "384000,16000", "4000,16000", "16000,44100", "44101,16000", "47999,16001"
  })
  void process_toneInPassBand_keepsAmplitudeTimeAndPhase(int from, int to) {
    double half = Math.min(from, to) / 2.0;
    for (double part : new double[] {0.003, 0.1, 0.35, 0.6, 0.8, 0.89}) {
      double hertz = part * half;
      float[] out = resample(tone(hertz, from, from / 2), from, to);
      double[] expected = new double[out.length];
      double signal = 0;
      double error = 0;
      int edge = (int) (140.0 * to / Math.min(from, to)); // where the filter looks past an end
      for (int n = edge; n < out.length - edge; n++) {
        expected[n] = 0.5 * Math.sin(2 * Math.PI * hertz * n / to);
        signal += expected[n] * expected[n];
        error += (out[n] - expected[n]) * (out[n] - expected[n]);
      }
      double errorDb = 10 * Math.log10(error / signal);
      double bound = 20 * Math.log10(Math.pow(10, PASS_BAND_RIPPLE_DB / 20) - 1);
      assertTrue(errorDb < bound, hertz + " Hz: " + errorDb + " dB, bound " + bound);
    }
  }

  @ParameterizedTest
  @CsvSource({"44100,16000", "48000,16000", "22050,16000", "96000,16000", "384000,16000"})
  void process_toneAboveTheNewBand_isGone(int from, int to) {
    for (double hertz = to / 2.0; hertz < from / 2.0; hertz += from / 97.0) {
      float[] out = resample(tone(hertz + 1, from, from / 4), from, to);
      int edge = 140; // a tone that starts abruptly is no tone there
      double energy = 0;
      for (int n = edge; n < out.length - edge; n++) {
        energy += (double) out[n] * out[n];
      }
      double levelDb = 10 * Math.log10(energy / (out.length - 2 * edge) / 0.125);
      assertTrue(levelDb < STOP_BAND_DB, hertz + " Hz left " + levelDb + " dB");
    }
  }

  @ParameterizedTest
  @CsvSource({"8000,16000", "11025,16000", "16000,44100"})
  void process_upwards_leavesNoImages(int from, int to) {
    double hertz = 0.8 * from / 2;
    float[] out = resample(tone(hertz, from, from), from, to);
    int edge = 300;
    double image = from - hertz;
    double re = 0;
    double im = 0;
    double windows = 0;
    for (int n = edge; n < out.length - edge; n++) {
      double window = 1 - Math.cos(2 * Math.PI * (n - edge) / (out.length - 2 * edge));
      re += window * out[n] * Math.cos(2 * Math.PI * image * n / to);
      im += window * out[n] * Math.sin(2 * Math.PI * image * n / to);
      windows += window;
    }
    double levelDb = 20 * Math.log10(2 * Math.hypot(re, im) / windows / 0.5);
    assertTrue(levelDb < STOP_BAND_DB, "image at " + levelDb + " dB");
  }

  @Test
  void process_constant_staysConstant() {
    float[] ones = new float[44_100];
    Arrays.fill(ones, 1);
    float[] out = resample(ones, 44_100, 16_000);
    for (int n = 100; n < out.length - 100; n++) {
      assertEquals(1, out[n], 400 * Math.ulp(1f), "at " + n); // a sum of some 350 taps
    }
  }

  @ParameterizedTest
  @CsvSource({
    "44100,16000",
    "8000,16000",
    "16000,16000",
    "22050,16000",
    "44101,16000",
    "384000,4000"
  })
  void flush_givesAsMuchTimeAsWentIn(int from, int to) {
    for (int length : new int[] {1, 2, 159, 160, 161, 441, 1000, 44_100}) {
      assertEquals(
          (int) Math.ceil((double) length * to / from),
          resample(new float[length], from, to).length,
          length + " samples");
    }
  }

  @Property(tries = 60)
  void process_howeverCut_givesTheSameToTheBit(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 5) int pair) {
    int[][] pairs = {
      {44_100, 16_000},
      {8_000, 16_000},
      {48_000, 16_000},
      {16_000, 16_000},
      {44_101, 16_000},
      {192_000, 16_000}
    };
    int from = pairs[pair][0];
    int to = pairs[pair][1];
    SplittableRandom random = new SplittableRandom(seed);
    float[] in = new float[9_000];
    for (int i = 0; i < in.length; i++) {
      in[i] = (float) random.nextDouble(-1, 1);
    }
    float[] whole = resample(in, from, to);
    Resampler resampler = new Resampler(from, to);
    float[] cut = new float[whole.length + resampler.maxOutput(in.length)];
    int written = 0;
    for (int at = 0; at < in.length; ) {
      int block = Math.min(in.length - at, random.nextInt(0, 2_000));
      written += resampler.process(in, at, block, cut, written);
      at += block;
    }
    written += resampler.flush(cut, written);
    assertArrayEquals(whole, Arrays.copyOf(cut, written));
  }

  @Test
  void reset_forgetsEverything() {
    float[] in = tone(440, 48_000, 4_800);
    Resampler resampler = new Resampler(48_000, 16_000);
    float[] out = new float[resampler.maxOutput(4_800)];
    resampler.process(in, 0, 777, out, 0);
    resampler.reset();
    int written = resampler.process(in, 0, in.length, out, 0);
    written += resampler.flush(out, written);
    assertArrayEquals(resample(in, 48_000, 16_000), Arrays.copyOf(out, written));
  }

  @Test
  void process_equalRates_copies() {
    float[] in = tone(440, 16_000, 1_000);
    assertArrayEquals(in, resample(in, 16_000, 16_000));
  }

  @Test
  void process_steadyState_allocatesNothing() {
    Resampler resampler = new Resampler(44_100, 16_000);
    float[] in = tone(440, 44_100, 4_410);
    float[] out = new float[resampler.maxOutput(in.length)];
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long self = Thread.currentThread().getId();
    for (int i = 0; i < 50; i++) {
      resampler.process(in, 0, in.length, out, 0);
    }
    long before = threads.getThreadAllocatedBytes(self);
    for (int i = 0; i < 100; i++) {
      resampler.process(in, 0, in.length, out, 0);
    }
    long allocated = threads.getThreadAllocatedBytes(self) - before;
    assertTrue(allocated < 1_000, allocated + " bytes in 100 calls"); // asking allocates a little
  }

  @Test
  void process_outputTooShort_isRejectedAndNothingIsTaken() {
    Resampler resampler = new Resampler(44_100, 16_000);
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> resampler.process(new float[441], 0, 441, new float[10], 0));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> resampler.process(new float[441], 1, 441, new float[1000], 0));
    float[] out = new float[resampler.maxOutput(0)];
    assertEquals(0, resampler.flush(out, 0));
  }

  @Test
  void construct_rateOutOfRange_saysLimitAndActual() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> new Resampler(3_999, 16_000))
            .getMessage();
    assertTrue(message.contains("4000") && message.contains("3999"), message);
    assertThrows(IllegalArgumentException.class, () -> new Resampler(16_000, 384_001));
  }

  private static float[] tone(double hertz, int rate, int length) {
    float[] samples = new float[length];
    for (int i = 0; i < length; i++) {
      samples[i] = (float) (0.5 * Math.sin(2 * Math.PI * hertz * i / rate));
    }
    return samples;
  }

  private static float[] resample(float[] in, int from, int to) {
    Resampler resampler = new Resampler(from, to);
    float[] out = new float[resampler.maxOutput(in.length) + resampler.maxOutput(0)];
    int written = resampler.process(in, 0, in.length, out, 0);
    written += resampler.flush(out, written);
    return Arrays.copyOf(out, written);
  }
}
