package io.github.erv.audio.voice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.audio.Speech;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class VadTest {
  /** Other builds of ONNX Runtime sum in another order. */
  private static final float RUNTIME_TOLERANCE = 1e-4f;

  @Test
  void accept_speech_agreesWithTheModelRunElsewhere() throws IOException {
    float[] samples = Speech.samples();
    try (Vad vad = Vad.bundled();
        Vad.Session session = vad.open();
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(
                    VadTest.class.getResourceAsStream("probabilities.txt"),
                    StandardCharsets.UTF_8))) {
      int chunk = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        assertEquals(
            Float.parseFloat(line),
            session.accept(samples, chunk * Vad.CHUNK),
            RUNTIME_TOLERANCE,
            "chunk " + chunk);
        chunk++;
      }
      assertEquals(samples.length / Vad.CHUNK, chunk);
    }
  }

  @Test
  void speechRun_speech_isOneRunOverAShortPause() {
    boolean[] speech = speech(Vad.bundled(), Speech.samples());
    // 0.26 s of silence before, 0.16 s after; the dip of three chunks
    // near 1.06 s is shorter than the least silence
    for (int c = 0; c < speech.length; c++) {
      assertEquals(c >= 8 && c <= 87, speech[c], "chunk " + c);
    }
  }

  @Test
  void speechRun_shorterLeastSilence_breaksAtThePause() {
    boolean[] speech =
        speech(Vad.builder().minSilence(Duration.ofMillis(32)).build(), Speech.samples());
    assertTrue(speech[31] && !speech[33] && !speech[34] && speech[40]);
  }

  @Test
  void speechRun_speechShorterThanTheLeast_isNone() {
    boolean[] speech =
        speech(Vad.builder().minSpeech(Duration.ofSeconds(4)).build(), Speech.samples());
    for (boolean chunk : speech) {
      assertEquals(false, chunk);
    }
  }

  @Test
  void speechRun_silenceNoiseAndTone_isNone() {
    float[] tone = new float[48_000];
    float[] constant = new float[48_000];
    Arrays.fill(constant, 0.9f);
    for (int i = 0; i < tone.length; i++) {
      tone[i] = (float) (0.5 * Math.sin(2 * Math.PI * 440 * i / 16_000));
    }
    for (float[] sound :
        new float[][] {new float[48_000], Speech.noise(48_000, 0.1, 5), tone, constant}) {
      int speech = 0;
      for (boolean chunk : speech(Vad.bundled(), sound)) {
        speech += chunk ? 1 : 0;
      }
      assertTrue(speech < 10, speech + " of 93 chunks");
    }
  }

  @Test
  void reset_startsAnew() {
    float[] samples = Speech.samples();
    try (Vad vad = Vad.bundled();
        Vad.Session session = vad.open()) {
      float[] first = new float[40];
      for (int c = 0; c < 40; c++) {
        first[c] = session.accept(samples, c * Vad.CHUNK);
      }
      session.reset();
      assertEquals(0, session.speechRun());
      for (int c = 0; c < 40; c++) {
        assertEquals(first[c], session.accept(samples, c * Vad.CHUNK));
      }
    }
  }

  @Test
  void close_twiceAndInAnyOrder_isAllowed_useAfterwardsIsNot() {
    Vad vad = Vad.bundled();
    Vad.Session session = vad.open();
    vad.close();
    vad.close();
    session.accept(new float[Vad.CHUNK], 0); // holds its own share of the model
    session.close();
    session.close();
    assertThrows(IllegalStateException.class, () -> session.accept(new float[Vad.CHUNK], 0));
    assertThrows(IllegalStateException.class, vad::open);
  }

  @Test
  void accept_outOfBounds_isRejected() {
    try (Vad vad = Vad.bundled();
        Vad.Session session = vad.open()) {
      assertThrows(IndexOutOfBoundsException.class, () -> session.accept(new float[511], 0));
      assertThrows(IndexOutOfBoundsException.class, () -> session.accept(new float[512], 1));
    }
  }

  @Test
  void builder_badValues_sayLimitAndActual() {
    assertThrows(IllegalArgumentException.class, () -> Vad.builder().onset(Float.NaN));
    assertThrows(IllegalArgumentException.class, () -> Vad.builder().offset(0));
    assertThrows(
        IllegalArgumentException.class, () -> Vad.builder().minSpeech(Duration.ofSeconds(11)));
    assertThrows(
        IllegalArgumentException.class, () -> Vad.builder().minSilence(Duration.ofMillis(-1)));
    assertThrows(
        IllegalArgumentException.class, () -> Vad.builder().onset(0.3f).offset(0.35f).build());
  }

  private static boolean[] speech(Vad vad, float[] samples) {
    boolean[] speech = new boolean[samples.length / Vad.CHUNK];
    try (vad;
        Vad.Session session = vad.open()) {
      for (int c = 0; c < speech.length; c++) {
        session.accept(samples, c * Vad.CHUNK);
        Arrays.fill(speech, c + 1 - session.speechRun(), c + 1, true);
      }
    }
    return speech;
  }
}
