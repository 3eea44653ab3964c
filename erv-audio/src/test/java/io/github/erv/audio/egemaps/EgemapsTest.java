package io.github.erv.audio.egemaps;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.erv.audio.Speech;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EgemapsTest {
  /** A parabola through three bins of the window's main lobe misses its height by less. */
  private static final double LEVEL_OF_PARABOLA_DB = 0.5;

  @Test
  void process_howeverCut_givesTheSameToTheBit() {
    float[] samples = Speech.samples();
    float[] whole = Egemaps.functionals(samples, Speech.RATE_HZ);
    SplittableRandom random = new SplittableRandom(20250101);
    Egemaps cut = new Egemaps(Speech.RATE_HZ, 1_000);
    for (int at = 0; at < samples.length; ) {
      int block = Math.min(samples.length - at, random.nextInt(0, 3_000));
      cut.process(samples, at, block);
      at += block;
    }
    cut.finish();
    float[] values = new float[Egemaps.FUNCTIONALS];
    cut.functionalsInto(0, cut.frames(), values, 0);
    assertArrayEquals(whole, values);
  }

  @Test
  void functionals_aPureHarmonicTone_hasItsPitchAndOneSegment() {
    int rate = 16_000;
    float[] samples = new float[rate];
    for (int i = 0; i < samples.length; i++) {
      for (int h = 1; h <= 10; h++) {
        samples[i] += (float) (0.05 / h * Math.sin(2 * Math.PI * 220 * h * i / rate));
      }
    }
    float[] values = Egemaps.functionals(samples, rate);
    // 220 Hz are three octaves over 27.5 Hz; a point of the octave axis is a fifth of a semitone
    assertEquals(36, at(values, "F0semitoneFrom27.5Hz_sma3nz_amean"), 0.2);
    // one stretch of all 95 long frames but the last, from the first's start to the last's
    assertEquals(1 / 0.94, at(values, "VoicedSegmentsPerSec"), 1e-3);
    assertEquals(0.93, at(values, "MeanVoicedSegmentLengthSec"), 1e-6);
    assertEquals(0, at(values, "MeanUnvoicedSegmentLength"));
    // the second and third harmonic have 1/2 and 1/3 of the first's amplitude
    assertEquals(
        20 * Math.log10(1.5), at(values, "logRelF0-H1-H2_sma3nz_amean"), LEVEL_OF_PARABOLA_DB);
    double meanSquare = 0;
    for (int h = 1; h <= 10; h++) {
      meanSquare += 0.5 * (0.05 / h) * (0.05 / h);
    }
    assertEquals(10 * Math.log10(meanSquare), at(values, "equivalentSoundLevel_dBp"), 0.05);
  }

  @ParameterizedTest
  @ValueSource(ints = {8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 192_000})
  void functionals_anyRate_areFinite(int rate) {
    float[] samples = Speech.noise(rate / 2, 0.1, 7);
    for (int i = 0; i < samples.length; i++) {
      samples[i] += (float) (0.3 * Math.sin(2 * Math.PI * 150 * i / rate));
    }
    assertFinite(Egemaps.functionals(samples, rate));
  }

  /** Its periods are the longest, and lag behind the most. */
  @ParameterizedTest
  @ValueSource(ints = {11_025, 16_000})
  void process_lowestPitch_inSmallBlocks_isHeard(int rate) {
    Egemaps egemaps = new Egemaps(rate, 400);
    float[] block = new float[rate / 100];
    double phase = 0;
    for (int n = 0; n < 300; n++) {
      for (int i = 0; i < block.length; i++) {
        phase += (55.1 + 0.2 * Math.sin(n / 7.0)) / rate;
        block[i] = 0;
        for (int h = 1; h <= 12; h++) {
          block[i] += (float) (0.05 * Math.cos(2 * Math.PI * h * phase));
        }
      }
      egemaps.process(block, 0, block.length);
    }
    egemaps.finish();
    float[] values = new float[Egemaps.FUNCTIONALS];
    egemaps.functionalsInto(0, egemaps.frames(), values, 0);
    assertFinite(values);
    assertEquals(12, at(values, "F0semitoneFrom27.5Hz_sma3nz_percentile50.0"), 0.3);
    // a phase that runs on evenly has the jitter of the pitch's own slow swing alone
    assertEquals(0, at(values, "jitterLocal_sma3nz_amean"), 0.01);
  }

  @Test
  void functionals_badSound_givesNumbers() {
    assertFinite(Egemaps.functionals(new float[16_000], 16_000));
    float[] constant = new float[16_000];
    Arrays.fill(constant, 0.5f);
    assertFinite(Egemaps.functionals(constant, 16_000));
    float[] clipped = Speech.samples();
    for (int i = 0; i < clipped.length; i++) {
      clipped[i] = Math.max(-0.1f, Math.min(0.1f, 10 * clipped[i]));
    }
    assertFinite(Egemaps.functionals(clipped, Speech.RATE_HZ));
    float[] broken = Speech.noise(16_000, 0.1, 3);
    broken[5_000] = Float.NaN;
    broken[6_000] = Float.POSITIVE_INFINITY;
    float[] zeroed = broken.clone();
    zeroed[5_000] = 0;
    zeroed[6_000] = 0;
    assertArrayEquals(Egemaps.functionals(zeroed, 16_000), Egemaps.functionals(broken, 16_000));
  }

  @Test
  void functionals_tooShortOrBadRate_isRejected() {
    assertThrows(IllegalArgumentException.class, () -> Egemaps.functionals(new float[1], 16_000));
    assertThrows(IllegalArgumentException.class, () -> Egemaps.functionals(new float[99], 0));
    assertThrows(IllegalArgumentException.class, () -> new Egemaps(16_000, 0));
    Egemaps egemaps = new Egemaps(16_000, 10);
    assertThrows(
        IndexOutOfBoundsException.class, () -> egemaps.functionalsInto(0, 1, new float[88], 0));
    egemaps.finish();
    assertThrows(IllegalStateException.class, () -> egemaps.process(new float[1], 0, 1));
  }

  @Test
  void process_steadyState_allocatesNothing() {
    FrameDescriptor own = (samples, offset, length, f0Hz) -> samples[offset] + f0Hz;
    Egemaps egemaps = new Egemaps(Speech.RATE_HZ, 100, List.of(own));
    float[] samples = Speech.samples();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long self = Thread.currentThread().getId();
    // the first call to ask allocates too, and so may the interpreter
    long allocated = Long.MAX_VALUE;
    for (int attempt = 0; attempt < 5 && allocated != 0; attempt++) {
      long before = threads.getThreadAllocatedBytes(self);
      egemaps.process(samples, 0, samples.length);
      allocated = threads.getThreadAllocatedBytes(self) - before;
    }
    assertEquals(0, allocated, "bytes in " + samples.length / 160 + " frames");
  }

  @Test
  void own_descriptor_runsBesideAndIsRemembered() {
    float[] samples = Speech.samples();
    FrameDescriptor pitch = (wave, offset, length, f0Hz) -> f0Hz;
    FrameDescriptor level =
        (wave, offset, length, f0Hz) -> {
          double sum = 0;
          for (int i = offset; i < offset + length; i++) {
            sum += wave[i] * wave[i];
          }
          return (float) (sum / length);
        };
    Egemaps egemaps = new Egemaps(Speech.RATE_HZ, 50, List.of(pitch, level));
    float[] row = new float[Egemaps.DESCRIPTORS];
    int f0 = Egemaps.descriptorNames().indexOf("F0semitoneFrom27.5Hz_sma3nz");
    long seen = 0;
    for (int at = 0; at < samples.length; at += 1_000) {
      egemaps.process(samples, at, Math.min(1_000, samples.length - at));
      for (; seen < egemaps.frames(); seen++) {
        assertOwn(egemaps, seen, samples, row, f0);
      }
      if (seen > 50) { // the oldest remembered has not been written over
        assertOwn(egemaps, egemaps.firstFrame(), samples, row, f0);
      }
    }
    assertTrue(seen > 200, seen + " frames");
    assertThrows(IndexOutOfBoundsException.class, () -> egemaps.own(egemaps.frames() - 1, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> egemaps.own(0, 0));
  }

  private static void assertOwn(Egemaps egemaps, long frame, float[] samples, float[] row, int f0) {
    egemaps.descriptorsInto(frame, row, 0);
    assertEquals(row[f0] > 0, egemaps.own(frame, 0) > 0, "frame " + frame);
    double sum = 0;
    for (int i = 0; i < 320; i++) {
      float sample = samples[(int) frame * 160 + i];
      sum += sample * sample;
    }
    assertEquals(sum / 320, egemaps.own(frame, 1), 1e-6 * sum / 320, "frame " + frame);
  }

  @Test
  void names_areTheReferences() {
    assertEquals(Egemaps.DESCRIPTORS, Egemaps.descriptorNames().size());
    assertEquals(Egemaps.FUNCTIONALS, Egemaps.functionalNames().size());
  }

  private static float at(float[] values, String name) {
    return values[Egemaps.functionalNames().indexOf(name)];
  }

  private static void assertFinite(float[] values) {
    for (int i = 0; i < values.length; i++) {
      assertTrue(
          Math.abs(values[i]) <= Float.MAX_VALUE,
          Egemaps.functionalNames().get(i) + " = " + values[i]);
    }
  }
}
