package io.github.erv.audio.spectrum;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.erv.audio.Speech;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LogMelTest {
  private static final int FRAMES = 100;

  /**
   * The float transform errs by 4e-6 of the frame's greatest power, which in the weakest bands of
   * the recording, some 60 dB below, is a few parts in a thousand of a natural log.
   */
  private static final float LOG_TOLERANCE = 5e-3f;

  private static LogMel.Spec spec(MelScale scale) {
    return new LogMel.Spec(16_000, 400, 160, 512, 40, scale, 20, 7_600, 1e-8);
  }

  @ParameterizedTest
  @EnumSource(MelScale.class)
  void process_speech_agreesWithNumPy(MelScale scale) throws IOException {
    float[] expected = new float[FRAMES * 40];
    String name = scale.name().toLowerCase(Locale.ROOT) + ".f32";
    try (InputStream in = LogMelTest.class.getResourceAsStream(name)) {
      ByteBuffer.wrap(in.readAllBytes())
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(expected);
    }
    float[] frames = process(Speech.samples(), spec(scale));
    assertArrayEquals(expected, Arrays.copyOf(frames, expected.length), LOG_TOLERANCE);
  }

  @Test
  void process_givesAFrameWheneverOneIsComplete() {
    LogMel logMel = new LogMel(spec(MelScale.HTK));
    float[] samples = Speech.noise(1_000, 0.1, 1);
    float[] frames = new float[logMel.maxFrames(1_000) * 40];
    assertEquals(0, logMel.process(samples, 0, 399, frames, 0));
    assertEquals(1, logMel.process(samples, 399, 1, frames, 0));
    assertEquals(0, logMel.process(samples, 400, 159, frames, 0));
    assertEquals(1, logMel.process(samples, 559, 1, frames, 0));
    assertEquals(2, logMel.process(samples, 560, 320, frames, 0));
    assertEquals(0, logMel.process(samples, 0, 0, frames, 0));
  }

  @Test
  void process_silence_givesTheFloor() {
    float[] frames = process(new float[1_000], spec(MelScale.SLANEY));
    for (float value : frames) {
      assertEquals(Math.log(1e-8), value, 1e-5);
    }
  }

  @Test
  void process_twiceTheAmplitude_addsTheLogOfFour() {
    float[] samples = Speech.noise(4_000, 0.2, 3);
    float[] doubled = samples.clone();
    for (int i = 0; i < doubled.length; i++) {
      doubled[i] *= 2; // exact in floating point, so the transform scales exactly too
    }
    float[] once = process(samples, spec(MelScale.SLANEY));
    float[] twice = process(doubled, spec(MelScale.SLANEY));
    for (int i = 0; i < once.length; i++) {
      assertEquals(once[i] + Math.log(4), twice[i], 2e-6);
    }
  }

  @Property(tries = 50)
  void process_howeverCut_givesTheSameToTheBit(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] samples = Speech.noise(5_000, 0.5, seed);
    float[] whole = process(samples, spec(MelScale.HTK));
    LogMel logMel = new LogMel(spec(MelScale.HTK));
    float[] cut = new float[whole.length + 10_000];
    int frames = 0;
    for (int at = 0; at < samples.length; ) {
      int block = Math.min(samples.length - at, random.nextInt(0, 900));
      frames += logMel.process(samples, at, block, cut, frames * 40);
      at += block;
    }
    assertArrayEquals(whole, Arrays.copyOf(cut, frames * 40));
  }

  @Test
  void reset_forgetsTheSound() {
    LogMel logMel = new LogMel(spec(MelScale.HTK));
    float[] frames = new float[2_000];
    logMel.process(Speech.noise(777, 1, 9), 0, 777, frames, 0);
    logMel.reset();
    float[] samples = Speech.noise(400, 1, 10);
    assertEquals(1, logMel.process(samples, 0, 400, frames, 0));
    assertArrayEquals(process(samples, spec(MelScale.HTK)), Arrays.copyOf(frames, 40));
  }

  @Test
  void process_steadyState_allocatesNothing() {
    LogMel logMel = new LogMel(spec(MelScale.SLANEY));
    float[] samples = Speech.noise(1_600, 0.5, 4);
    float[] frames = new float[logMel.maxFrames(1_600) * 40];
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long self = Thread.currentThread().getId();
    for (int i = 0; i < 200; i++) {
      logMel.process(samples, 0, 1_600, frames, 0);
    }
    long before = threads.getThreadAllocatedBytes(self);
    for (int i = 0; i < 100; i++) {
      logMel.process(samples, 0, 1_600, frames, 0);
    }
    long allocated = threads.getThreadAllocatedBytes(self) - before;
    assertTrue(
        allocated < 1_000, allocated + " bytes in 1,000 frames"); // asking allocates a little
  }

  @Test
  void spec_badNumbers_areRejected() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new LogMel.Spec(16_000, 400, 401, 512, 40, MelScale.HTK, 0, 8_000, 1e-8));
    assertThrows(
        IllegalArgumentException.class,
        () -> new LogMel.Spec(16_000, 400, 0, 512, 40, MelScale.HTK, 0, 8_000, 1e-8));
    assertThrows(
        IllegalArgumentException.class,
        () -> new LogMel.Spec(16_000, 400, 160, 512, 40, MelScale.HTK, 0, 8_000, 0));
  }

  private static float[] process(float[] samples, LogMel.Spec spec) {
    LogMel logMel = new LogMel(spec);
    float[] frames = new float[logMel.maxFrames(samples.length) * spec.bands()];
    int count = logMel.process(samples, 0, samples.length, frames, 0);
    return Arrays.copyOf(frames, count * spec.bands());
  }
}
