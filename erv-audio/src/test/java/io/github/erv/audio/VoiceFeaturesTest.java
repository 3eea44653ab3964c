package io.github.erv.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VoiceFeaturesTest {
  private static final int RATE_HZ = 16_000;
  private static final int FRAMES = 200;

  /** Parabolic interpolation between lags: a tenth of a semitone at 450 Hz, less below. */
  private static final double SEMITONES = 0.1;

  /** Overtones that fall by 1 / n, up to 5 kHz, of a pitch that may change. */
  private static float[] voice(DoubleUnaryOperator hertzAt, double amplitude) {
    float[] samples = new float[FRAMES * VoiceFeatures.HOP + VoiceFeatures.FRAME];
    double phase = 0;
    for (int i = 0; i < samples.length; i++) {
      double hertz = hertzAt.applyAsDouble((double) i / RATE_HZ);
      phase += 2 * Math.PI * hertz / RATE_HZ;
      for (int n = 1; n * hertz < 5_000; n++) {
        samples[i] += (float) (amplitude / n * Math.sin(n * phase));
      }
    }
    return samples;
  }

  private static float[] features(float[] samples) {
    VoiceFeatures features = new VoiceFeatures(FRAMES + 10);
    features.process(samples, 0, samples.length);
    return gathered(features);
  }

  private static float[] gathered(VoiceFeatures features) {
    float[] values = new float[VoiceFeatures.SIZE];
    assertTrue(features.gatherInto(0, Long.MAX_VALUE, f -> true, values) > 0);
    return values;
  }

  private static float feature(float[] values, String name) {
    return values[VoiceFeatures.names().indexOf(name)];
  }

  private static double semitones(double hertz) {
    return 12 * Math.log(hertz / 27.5) / Math.log(2);
  }

  @Test
  void names_areAsManyAsNumbersAndDiffer() {
    assertEquals(VoiceFeatures.SIZE, VoiceFeatures.names().size());
    assertEquals(VoiceFeatures.SIZE, new HashSet<>(VoiceFeatures.names()).size());
  }

  @ParameterizedTest
  @ValueSource(doubles = {75, 98.7, 150, 233, 320, 450})
  void pitch_ofASteadyVoice_isItsOwn(double hertz) {
    float[] values = features(voice(t -> hertz, 0.1));
    assertEquals(semitones(hertz), feature(values, "pitch.mean"), SEMITONES);
    assertEquals(semitones(hertz), feature(values, "pitch.p50"), SEMITONES);
    assertEquals(0, feature(values, "pitch.range"), SEMITONES);
    assertEquals(1, feature(values, "voiced.part"), 0.02);
    assertTrue(feature(values, "harmonicity.mean") > 15);
  }

  @Test
  void pitch_ofAMissingFundamental_isStillHeard() {
    float[] samples = voice(t -> 200, 0.1);
    for (int i = 0; i < samples.length; i++) {
      samples[i] -= (float) (0.1 * Math.sin(2 * Math.PI * 200 * (i + 1) / RATE_HZ));
    }
    assertEquals(semitones(200), feature(features(samples), "pitch.mean"), SEMITONES);
  }

  @Test
  void pitch_thatGlides_risesAtItsRate() {
    // an octave a second
    float[] values = features(voice(t -> 100 * Math.pow(2, t), 0.1));
    assertEquals(12, feature(values, "pitch.rise"), 0.5);
    assertEquals(semitones(200), feature(values, "pitch.p50"), 0.5);
    assertEquals(24 * 0.6, feature(values, "pitch.range"), 0.7);
  }

  @Test
  void harmonicity_ofNoiseAtTenDecibels_isAboutThat() {
    float[] samples = voice(t -> 150, 0.1);
    SplittableRandom random = new SplittableRandom(5);
    double power = 0;
    for (float sample : samples) {
      power += (double) sample * sample / samples.length;
    }
    // white to 8 kHz, of which what lies below 3 kHz is listened to
    double deviation = Math.sqrt(power / 10 * 8 / 3);
    for (int i = 0; i < samples.length; i++) {
      samples[i] += (float) (deviation * random.nextGaussian());
    }
    assertEquals(10, feature(features(samples), "harmonicity.mean"), 1.5);
  }

  @Test
  void gain_movesTheLoudnessAlone() {
    float[] soft = Speech.samples();
    float[] loud = soft.clone();
    for (int i = 0; i < loud.length; i++) {
      loud[i] *= 2;
    }
    float[] one = features(soft);
    float[] other = features(loud);
    for (int i = 0; i < VoiceFeatures.SIZE; i++) {
      boolean level = VoiceFeatures.names().get(i).equals("loudness.mean");
      double moved = level ? 20 * Math.log10(2) : 0;
      // what is left is the floor under the quietest frames
      double tolerance = 0.02 * Math.abs(one[i]) + 0.05;
      assertEquals(one[i] + moved, other[i], tolerance, VoiceFeatures.names().get(i));
    }
  }

  @Test
  void tilt_isHeardInTheSlopes() {
    float[] samples = voice(t -> 150, 0.1);
    float[] bright = samples.clone();
    for (int i = bright.length - 1; i > 0; i--) {
      bright[i] -= 0.9f * bright[i - 1];
    }
    float[] dark = features(samples);
    float[] lit = features(bright);
    assertTrue(feature(lit, "alpha.voiced") < feature(dark, "alpha.voiced") - 6);
    assertTrue(feature(lit, "hammarberg.voiced") < feature(dark, "hammarberg.voiced") - 3);
    assertTrue(feature(lit, "centroid.voiced") > feature(dark, "centroid.voiced"));
    // harmonic 2 is half of harmonic 1
    assertEquals(6, feature(dark, "h1-h2.mean"), 1.5);
  }

  @Test
  void process_howeverCut_givesTheSameToTheBit() {
    float[] samples = Speech.samples();
    VoiceFeatures cut = new VoiceFeatures(FRAMES + 10);
    SplittableRandom random = new SplittableRandom(3);
    for (int at = 0; at < samples.length; ) {
      int block = Math.min(samples.length - at, random.nextInt(1, 900));
      cut.process(samples, at, block);
      at += block;
    }
    assertArrayEquals(features(samples), gathered(cut));
    cut.reset();
    assertEquals(0, cut.count());
    cut.process(samples, 0, samples.length);
    assertArrayEquals(features(samples), gathered(cut));
  }

  @Test
  void gatherInto_silence_knowsNoPitch() {
    float[] values = features(new float[FRAMES * VoiceFeatures.HOP]);
    assertTrue(Float.isNaN(feature(values, "pitch.mean")));
    assertTrue(Float.isNaN(feature(values, "mfcc1.voiced")));
    assertEquals(0, feature(values, "voiced.part"));
  }

  @Test
  void gatherInto_framesLeftOut_breakRuns() {
    VoiceFeatures features = new VoiceFeatures(FRAMES + 10);
    float[] samples = voice(t -> 150, 0.1);
    features.process(samples, 0, samples.length);
    float[] values = new float[VoiceFeatures.SIZE];
    // 20 frames, of which the tenth is no speech: two runs of 9 and 10 frames
    assertEquals(19, features.gatherInto(20, 40, f -> f != 29, values));
    assertEquals(2, Math.round(feature(values, "voiced.rate") * 0.19));
    assertEquals(0.095, feature(values, "voiced.length"), 1e-6);
  }

  @Test
  void gatherInto_whatIsForgottenOrYetToCome_isLeftOut() {
    VoiceFeatures features = new VoiceFeatures(10);
    float[] values = new float[VoiceFeatures.SIZE];
    assertEquals(0, features.gatherInto(0, 100, f -> true, values));
    float[] samples = voice(t -> 150, 0.1);
    features.process(samples, 0, samples.length);
    assertEquals(10, features.gatherInto(0, Long.MAX_VALUE, f -> true, values));
    assertEquals(0, features.gatherInto(0, 50, f -> true, values));
    assertEquals(1, features.gatherInto(features.count() - 1, Long.MAX_VALUE, f -> true, values));
  }

  @Test
  void badArguments_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> new VoiceFeatures(0));
    VoiceFeatures features = new VoiceFeatures(1);
    assertThrows(IndexOutOfBoundsException.class, () -> features.process(new float[3], 1, 3));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> features.gatherInto(0, 1, f -> true, new float[VoiceFeatures.SIZE - 1]));
  }

  @Test
  void weight_twoSecondsAreOne() {
    assertEquals(1, VoiceFeatures.weight(32_000, 300), 1e-12);
    assertEquals(0.125, VoiceFeatures.weight(4_000, 150), 1e-12);
    assertEquals(0.125 / 3, VoiceFeatures.weight(4_000, 50), 1e-12);
  }
}
