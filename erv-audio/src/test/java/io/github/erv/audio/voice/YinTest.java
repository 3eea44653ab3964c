package io.github.erv.audio.voice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.audio.Speech;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class YinTest {
  private static final int RATE = 16_000;

  /** The parabola through three points of a cosine is off its minimum by less than this. */
  private static final double PARABOLA = 0.005;

  private final Yin yin = new Yin(RATE, 55, 1_000);

  @ParameterizedTest
  @ValueSource(doubles = {60, 98.7, 150, 220, 333.3, 440, 700, 950})
  void measure_sine_isItsFrequency(double hertz) {
    float[] sine = signal(i -> 0.3 * Math.sin(2 * Math.PI * hertz * i / RATE));
    assertEquals(hertz, yin.measure(sine, 0, Yin.THRESHOLD), PARABOLA * hertz);
    assertTrue(yin.aperiodicity() < 0.05, "aperiodicity " + yin.aperiodicity());
    assertMostProbable(hertz, sine);
  }

  @ParameterizedTest
  @ValueSource(ints = {40, 100, 160, 250})
  void measure_pulseTrain_isOneOverItsPeriod(int period) {
    float[] pulses = signal(i -> i % period == 0 ? 1 : 0);
    double hertz = (double) RATE / period;
    // the normalisation tilts the dip a little
    assertEquals(hertz, yin.measure(pulses, 0, Yin.THRESHOLD), PARABOLA * hertz);
    assertMostProbable(hertz, pulses);
  }

  @Test
  void measure_missingFundamental_isHeard() {
    float[] harmonics =
        signal(
            i -> {
              double sum = 0;
              for (int h = 3; h <= 6; h++) {
                sum += 0.1 * Math.cos(2 * Math.PI * 200 * h * i / RATE);
              }
              return sum;
            });
    assertEquals(200, yin.measure(harmonics, 0, Yin.THRESHOLD), 200 * PARABOLA);
    assertMostProbable(200, harmonics);
  }

  @Test
  void measure_glide_isTheFrequencyInTheMiddleOfWhatIsCompared() {
    // from 100 Hz, 200 Hz/s up
    float[] glide = signal(i -> Math.sin(2 * Math.PI * (100 + 100.0 * i / RATE) * i / RATE));
    for (int offset = 0; offset < 12_000; offset += 2_000) {
      float hertz = yin.measure(glide, offset, Yin.THRESHOLD);
      // a window as long as the longest period, against itself one period later
      double window = (yin.frameLength() - 1) / 2.0;
      double middle = (offset + (window + RATE / hertz) / 2) / RATE;
      assertEquals(100 + 200 * middle, hertz, 0.01 * hertz, "at sample " + offset);
    }
  }

  @Test
  void measure_noise_isUnvoiced() {
    float[] noise = Speech.noise(RATE, 0.5, 11);
    PitchPath path = new PitchPath(6, 20, Yin.PROBABLE);
    float[] hertz = new float[6];
    float[] probability = new float[6];
    for (int offset = 0; offset + yin.frameLength() <= noise.length; offset += 160) {
      assertEquals(0, yin.measure(noise, offset, Yin.THRESHOLD));
      path.push(hertz, probability, yin.candidatesInto(noise, offset, hertz, probability));
    }
    while (path.ready(true)) {
      assertEquals(0, path.poll());
    }
  }

  @Test
  void candidates_whateverTheSound_areAProbabilityAndSorted() {
    float[] speech = Speech.samples();
    float[] hertz = new float[8];
    float[] probability = new float[8];
    for (int offset = 0; offset + yin.frameLength() <= speech.length; offset += 700) {
      int count = yin.candidatesInto(speech, offset, hertz, probability);
      double sum = 0;
      for (int i = 0; i < count; i++) {
        sum += probability[i];
        assertTrue(probability[i] >= 0 && (i == 0 || probability[i] <= probability[i - 1]));
        assertTrue(hertz[i] > 50 && hertz[i] < 1_100, hertz[i] + " Hz");
      }
      assertTrue(sum <= 1 + 1e-5, "sum " + sum); // the floats' rounding
    }
  }

  @Test
  void measure_badSound_hasNoPitch() {
    float[] bad = new float[yin.frameLength()];
    assertEquals(0, yin.measure(bad, 0, Yin.THRESHOLD));
    Arrays.fill(bad, 0.7f);
    assertEquals(0, yin.measure(bad, 0, Yin.THRESHOLD));
    float[] sine = signal(i -> Math.sin(2 * Math.PI * 200 * i / RATE));
    sine[10] = Float.NaN;
    assertEquals(0, yin.measure(sine, 0, Yin.THRESHOLD));
    sine[10] = Float.POSITIVE_INFINITY;
    assertEquals(0, yin.measure(sine, 0, Yin.THRESHOLD));
    assertEquals(0, yin.candidatesInto(sine, 0, new float[2], new float[2]));
    assertThrows(IndexOutOfBoundsException.class, () -> yin.measure(sine, sine.length, 0.1f));
    assertThrows(IllegalArgumentException.class, () -> new Yin(RATE, 55, 5_000));
    assertThrows(IllegalArgumentException.class, () -> new Yin(RATE, Double.NaN, 500));
  }

  private void assertMostProbable(double hertz, float[] samples) {
    float[] candidates = new float[4];
    float[] probability = new float[4];
    assertTrue(yin.candidatesInto(samples, 0, candidates, probability) > 0);
    assertEquals(hertz, candidates[0], PARABOLA * hertz);
    assertTrue(probability[0] > 0.5, "probability " + probability[0]);
  }

  private static float[] signal(IntToDoubleFunction value) {
    float[] samples = new float[RATE];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) value.applyAsDouble(i);
    }
    return samples;
  }
}
