package io.github.erv.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.erv.Cue;
import io.github.erv.EncoderSession;
import io.github.erv.Evidence;
import io.github.erv.Evidence.Reason;
import io.github.erv.Modality;
import io.github.erv.Observation;
import io.github.erv.Subject;
import io.github.erv.error.ModelException;
import io.github.erv.media.AudioWindow;
import io.github.erv.media.Resampler;
import io.github.erv.media.TimeSpan;
import io.github.erv.spi.EncoderProvider;
import java.lang.management.ManagementFactory;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpeechEncoderTest {
  private static final long STEP = 250_000;
  private static final float[] SPEECH = Speech.samples();

  private static SpeechEncoder encoder;

  @BeforeAll
  static void load() {
    encoder = SpeechEncoder.bundled();
  }

  @AfterAll
  static void unload() {
    encoder.close();
  }

  @ParameterizedTest
  @ValueSource(
      longs = {0, 1, 100_000, 249_999, 250_000, 1_234_567, -777_777, 1_700_000_000_000_000L})
  void encode_anyStart_tilesTheSoundOnTheGrid(long start) {
    List<Observation> said = encode(encoder, AudioWindow.of(SPEECH, 16_000, start));
    long at = start;
    for (Observation observation : said) {
      assertEquals(Modality.VOICE, observation.modality());
      assertEquals(Subject.VOICE, observation.subject());
      assertEquals(at, observation.span().startMicros());
      at = observation.span().endMicros();
      boolean last = observation == said.get(said.size() - 1);
      assertEquals(
          last ? start + AudioWindow.micros(SPEECH.length, 16_000) : (at / STEP) * STEP, at);
      assertTrue(observation.span().lengthMicros() <= STEP);
    }
    assertTrue(said.stream().anyMatch(Observation::present));
  }

  @Test
  void encode_speech_isPresentWhereItIs() {
    List<Observation> said = encode(encoder, AudioWindow.of(SPEECH, 16_000, 0));
    assertEquals(12, said.size());
    assertEquals(Reason.NOT_SPEECH, reason(said.get(0))); // the room of the recording
    for (Observation observation : said.subList(1, 12)) {
      Evidence.Present evidence = (Evidence.Present) observation.evidence();
      assertEquals(encoder.labels(), evidence.distribution().orElseThrow().labels());
      assertEquals(encoder.embeddingSize(), evidence.embeddingSize());
      assertTrue(evidence.quality() > 0, "quality " + evidence.quality());
      assertEquals(
          List.of("voice.level", "voice.snr", "voice.speech", "voice.known", "voice.arousal"),
          evidence.cues().stream().map(Cue::name).toList());
      assertTrue(evidence.affect().isEmpty()); // arousal alone is no position
    }
  }

  @Test
  void encode_moreSpeechAndLessNoise_isOfHigherQuality() {
    List<Observation> clean = encode(encoder, AudioWindow.of(SPEECH, 16_000, 0));
    assertTrue(quality(clean.get(3)) < quality(clean.get(8)));
    float[] noisy = Speech.noise(SPEECH.length, 0.05, 8);
    for (int i = 0; i < noisy.length; i++) {
      noisy[i] += SPEECH[i];
    }
    List<Observation> disturbed = encode(encoder, AudioWindow.of(noisy, 16_000, 0));
    assertTrue(quality(disturbed.get(8)) < quality(clean.get(8)));
    // clear and long enough: the card's reliability, less what the model itself doubts
    float most = encoder.card().reliability();
    assertTrue(quality(clean.get(8)) <= most && quality(clean.get(8)) > 0.6f * most);
  }

  @Test
  void encode_noSpeech_isMissingForTheRightReason() {
    float[] dc = new float[32_000];
    Arrays.fill(dc, 0.5f);
    for (Observation observation : encode(encoder, AudioWindow.of(new float[32_000], 16_000, 0))) {
      assertEquals(Reason.SILENCE, reason(observation));
    }
    float[] hiss = Speech.noise(32_000, 0.001, 1);
    for (Observation observation : encode(encoder, AudioWindow.of(hiss, 16_000, 0))) {
      assertEquals(Reason.SILENCE, reason(observation));
    }
    for (float[] sound : List.of(dc, Speech.noise(32_000, 0.3, 2))) {
      for (Observation observation : encode(encoder, AudioWindow.of(sound, 16_000, 0))) {
        assertEquals(Reason.NOT_SPEECH, reason(observation));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"16000,0", "16000,123457", "48000,10", "24000,999999"})
  void encode_oneSecondWithSpeech_isPresent(int samples, long start) {
    float[] window =
        Arrays.copyOfRange(SPEECH, 16_000 - 8_000, 16_000 - 8_000 + Math.min(samples, 39_000));
    List<Observation> said = encode(encoder, AudioWindow.of(window, 16_000, start));
    assertTrue(said.stream().anyMatch(Observation::present), said.toString());
  }

  @Property(tries = 25)
  void encode_howeverCut_saysTheSameToTheBit(@ForAll long seed) {
    try (SpeechEncoder own = SpeechEncoder.bundled()) {
      SplittableRandom random = new SplittableRandom(seed);
      int rate = new int[] {16_000, 44_100, 48_000, 8_000}[random.nextInt(4)];
      long start = random.nextLong(0, 1_000_000);
      float[] sound =
          resampled(Speech.concat(SPEECH, Speech.noise(9_000, 0.01, seed), SPEECH), rate);
      List<Observation> whole = encode(own, AudioWindow.of(sound, rate, start));
      List<AudioWindow> windows = new ArrayList<>();
      for (int at = 0; at < sound.length; ) {
        int block = Math.min(sound.length - at, random.nextInt(1, 9_000));
        windows.add(
            AudioWindow.of(
                Arrays.copyOfRange(sound, at, at + block),
                rate,
                start + AudioWindow.micros(at, rate)));
        at += block;
      }
      assertSame(whole, encode(own, windows.toArray(AudioWindow[]::new)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "4000,1",
    "8000,2",
    "11025,1",
    "22050,8",
    "44100,2",
    "48000,6",
    "96000,1",
    "192000,3"
  })
  void encode_anyRateAndChannels_hearsTheSameSpeech(int rate, int channels) {
    float[] mono = resampled(SPEECH, rate);
    FloatBuffer interleaved = FloatBuffer.allocate(mono.length * channels);
    for (float sample : mono) {
      for (int c = 0; c < channels; c++) {
        interleaved.put(sample);
      }
    }
    List<Observation> said = encode(encoder, AudioWindow.of(interleaved.flip(), channels, rate, 0));
    List<Observation> direct = encode(encoder, AudioWindow.of(SPEECH, 16_000, 0));
    assertEquals(direct.size(), said.size());
    for (int i = 1; i < said.size(); i++) {
      assertTrue(said.get(i).present(), "step " + i + ": " + said.get(i));
    }
  }

  @Test
  void encode_hole_isMissingForWantOfInputAndNoSoundIsCarriedOver() {
    List<Observation> said =
        encode(
            encoder, AudioWindow.of(SPEECH, 16_000, 0), AudioWindow.of(SPEECH, 16_000, 5_100_000));
    long end = AudioWindow.micros(SPEECH.length, 16_000);
    Observation hole =
        said.stream()
            .filter(o -> !o.present() && reason(o) == Reason.NO_INPUT)
            .findFirst()
            .orElseThrow();
    assertEquals(new TimeSpan(3_000_000, 5_000_000), hole.span());
    int at = said.indexOf(hole);
    assertEquals(end, said.get(at - 1).span().endMicros());
    assertEquals(new TimeSpan(5_100_000, 5_250_000), said.get(at + 1).span());
    assertSameSound(
        encode(encoder, AudioWindow.of(SPEECH, 16_000, 5_100_000)),
        said.subList(at + 1, said.size()));
  }

  @Test
  void encode_hugeHole_isOneObservation() {
    List<Observation> said =
        encode(
            encoder,
            AudioWindow.of(SPEECH, 16_000, 0),
            AudioWindow.of(SPEECH, 16_000, 1_700_000_000_000_000L));
    assertTrue(said.size() < 30, said.size() + " observations");
  }

  @Test
  void encode_jitter_isContinued() {
    float[] first = Arrays.copyOf(SPEECH, 20_000);
    float[] second = Arrays.copyOfRange(SPEECH, 20_000, SPEECH.length);
    long joint = AudioWindow.micros(20_000, 16_000);
    List<Observation> exact = encode(encoder, AudioWindow.of(SPEECH, 16_000, 0));
    for (long jitter : new long[] {-40_000, -1, 1, 1_000, 40_000}) {
      assertSame(
          exact,
          encode(
              encoder,
              AudioWindow.of(first, 16_000, 0),
              AudioWindow.of(second, 16_000, joint + jitter)));
    }
  }

  @Test
  void encode_backwardsInTime_isRefusedAndTheSessionStaysUsable() {
    List<Observation> said = new ArrayList<>();
    try (EncoderSession<AudioWindow> session = encoder.open()) {
      session.encode(AudioWindow.of(SPEECH, 16_000, 1_000_000), said::add);
      AudioWindow early = AudioWindow.of(SPEECH, 16_000, 2_000_000);
      String message =
          assertThrows(IllegalArgumentException.class, () -> session.encode(early, said::add))
              .getMessage();
      assertTrue(message.contains("2000000"), message);
      session.encode(
          AudioWindow.of(SPEECH, 16_000, 1_000_000 + AudioWindow.micros(SPEECH.length, 16_000)),
          said::add);
      session.flush(said::add);
    }
    assertSame(
        encode(encoder, AudioWindow.of(Speech.concat(SPEECH, SPEECH), 16_000, 1_000_000)), said);
  }

  @Test
  void discontinuity_endsTheStretchBeforeTheNextWindow() {
    List<Observation> said = new ArrayList<>();
    try (EncoderSession<AudioWindow> session = encoder.open()) {
      session.encode(AudioWindow.of(SPEECH, 16_000, 0), said::add);
      long end = AudioWindow.micros(SPEECH.length, 16_000);
      session.discontinuity(end);
      session.encode(AudioWindow.of(SPEECH, 16_000, end), said::add);
      session.flush(said::add);
      List<Observation> apart = encode(encoder, AudioWindow.of(SPEECH, 16_000, 0));
      apart.addAll(encode(encoder, AudioWindow.of(SPEECH, 16_000, end)));
      assertSameSound(apart, said);
    }
  }

  @Test
  void encode_rateChanges_startsAnewWithoutAHole() {
    long end = AudioWindow.micros(SPEECH.length, 16_000);
    List<Observation> said =
        encode(
            encoder,
            AudioWindow.of(SPEECH, 16_000, 0),
            AudioWindow.of(resampled(SPEECH, 48_000), 48_000, end));
    long at = 0;
    for (Observation observation : said) {
      assertEquals(at, observation.span().startMicros());
      at = observation.span().endMicros();
    }
  }

  @Test
  void watermark_isTheEndOfWhatWasSaidAndNeverGoesBack() {
    List<Observation> said = new ArrayList<>();
    try (EncoderSession<AudioWindow> session = encoder.open()) {
      long before = session.watermarkMicros(0);
      for (int at = 0; at < SPEECH.length; at += 1_000) {
        long end = AudioWindow.micros(at + 1_000, 16_000);
        int known = said.size();
        session.encode(
            AudioWindow.of(
                Arrays.copyOfRange(SPEECH, at, Math.min(SPEECH.length, at + 1_000)),
                16_000,
                AudioWindow.micros(at, 16_000)),
            said::add);
        for (Observation fresh : said.subList(known, said.size())) {
          assertTrue(fresh.span().startMicros() >= before);
        }
        long now = session.watermarkMicros(end);
        assertTrue(now >= before && now <= end);
        // held back: the step under way, a chunk of 32 ms, what is not yet known to be speech
        assertTrue(at < 16_000 || now > end - STEP - 32_000 - 12 * 32_000, now + " at " + end);
        before = now;
      }
      session.flush(said::add);
      assertEquals(AudioWindow.micros(SPEECH.length, 16_000), session.watermarkMicros(4_000_000));
    }
  }

  @Test
  void encode_samplesThatAreNotFinite_countAsZero() {
    float[] broken = SPEECH.clone();
    float[] zeroed = SPEECH.clone();
    for (int i = 5_000; i < 30_000; i += 777) {
      broken[i] = i % 2 == 0 ? Float.NaN : Float.POSITIVE_INFINITY;
      zeroed[i] = 0;
    }
    assertSame(
        encode(encoder, AudioWindow.of(zeroed, 16_000, 0)),
        encode(encoder, AudioWindow.of(broken, 16_000, 0)));
  }

  @Test
  void encode_absurdAmplitude_doesNotSpoilWhatFollows() {
    float[] blast = new float[16_000];
    Arrays.fill(blast, 1e30f);
    blast[100] = -Float.MAX_VALUE;
    List<Observation> said =
        encode(encoder, AudioWindow.of(Speech.concat(blast, new float[16_000], SPEECH), 16_000, 0));
    assertTrue(said.subList(said.size() - 4, said.size()).stream().allMatch(Observation::present));
  }

  @Test
  void encode_oneSample_isOneShortStep() {
    List<Observation> said = encode(encoder, AudioWindow.of(new float[] {0.1f}, 8_000, 1_000));
    assertEquals(1, said.size());
    assertEquals(new TimeSpan(1_000, 1_125), said.get(0).span());
    assertFalse(said.get(0).present());
  }

  @Test
  void flush_withoutInput_saysNothing() {
    try (EncoderSession<AudioWindow> session = encoder.open()) {
      List<Observation> said = new ArrayList<>();
      session.flush(said::add);
      session.discontinuity(5);
      session.flush(said::add);
      assertEquals(List.of(), said);
    }
  }

  @Test
  void close_twice_isAllowed_useAfterwardsIsNot() {
    SpeechEncoder own = SpeechEncoder.bundled();
    EncoderSession<AudioWindow> session = own.open();
    own.close();
    own.close();
    assertThrows(IllegalStateException.class, own::open);
    AudioWindow window = AudioWindow.of(SPEECH, 16_000, 0);
    List<Observation> said = new ArrayList<>();
    session.encode(window, said::add); // holds its own share of the models
    assertFalse(said.isEmpty());
    session.close();
    session.close();
    assertTrue(
        assertThrows(IllegalStateException.class, () -> session.encode(window, said::add))
            .getMessage()
            .contains("speech session"));
    assertThrows(IllegalStateException.class, () -> session.flush(said::add));
  }

  @Test
  void encode_twoThreads_sayTheSame() throws InterruptedException, ExecutionException {
    List<Observation> alone = encode(encoder, AudioWindow.of(SPEECH, 16_000, 0));
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<List<Observation>>> both = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        both.add(threads.submit(() -> encode(encoder, AudioWindow.of(SPEECH, 16_000, 0))));
      }
      for (Future<List<Observation>> one : both) {
        assertSame(alone, one.get());
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void encode_longStream_allocatesLittleAndKeepsTime() {
    stream(300);
  }

  @Test
  @Tag("slow")
  void encode_hours_allocatesLittleAndKeepsTime() {
    stream(3 * 3_600);
  }

  /** Speech over and over at 44.1 kHz, cut as a decoder would. */
  private static void stream(int seconds) {
    float[] sound = resampled(SPEECH, 44_100);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long self = Thread.currentThread().getId();
    long[] steps = {0, 0};
    try (EncoderSession<AudioWindow> session = encoder.open()) {
      float[] block = new float[1_024];
      long warm = 0;
      long total = (long) seconds * 44_100 / 1_024;
      for (long n = 0; n < total; n++) {
        for (int i = 0; i < block.length; i++) {
          block[i] = sound[(int) ((n * block.length + i) % sound.length)];
        }
        if (n == total / 2) {
          warm = threads.getThreadAllocatedBytes(self);
          steps[0] = 0;
        }
        session.encode(
            AudioWindow.of(block, 44_100, AudioWindow.micros(n * block.length, 44_100)),
            observation -> {
              steps[0]++;
              steps[1] = observation.span().endMicros();
            });
      }
      long perStep = (threads.getThreadAllocatedBytes(self) - warm) / steps[0];
      // ONNX Runtime leaves some 500 bytes a run, of which there are eight or nine a step
      assertTrue(perStep < 16_384, perStep + " bytes a step");
      assertTrue(steps[1] > (seconds - 1) * 1_000_000L);
      assertEquals(0, steps[1] % STEP);
    }
  }

  @Test
  void onnx_waveformModelOfAffect_isFedTheSamplesAndScaled(@TempDir Path folder) throws Exception {
    Path file = TinyModel.write(folder, affectCard("\"layout\": \"NT\""));
    try (SpeechEncoder own = SpeechEncoder.onnx(file)) {
      assertEquals(0, own.embeddingSize());
      List<Observation> said = encode(own, AudioWindow.of(SPEECH, 16_000, 0));
      for (int step : new int[] {4, 7, 10}) {
        Evidence.Present evidence = (Evidence.Present) said.get(step).evidence();
        assertTrue(evidence.distribution().isEmpty());
        int end = (step + 1) * 4_000;
        int length = 16_000 * (int) Math.ceil((end - 8 * 512) / 16_000.0); // speech from chunk 8
        double sum = 0;
        double squares = 0;
        float top = 0;
        for (int i = Math.max(0, end - length); i < end; i++) {
          sum += SPEECH[i];
          squares += (double) SPEECH[i] * SPEECH[i];
          top = Math.max(top, SPEECH[i]);
        }
        // the card's range 0 to 1 becomes -1 to 1
        assertEquals(2 * sum / length - 1, evidence.affect().orElseThrow().arousal(), 1e-5);
        assertEquals(2 * squares / length - 1, evidence.affect().orElseThrow().dominance(), 1e-5);
        assertEquals(2 * top - 1, evidence.affect().orElseThrow().valence(), 1e-5);
      }
    }
  }

  @Test
  void onnx_partOfTheDimensionsAndNoLabels_isRefused(@TempDir Path folder) throws Exception {
    String card =
        affectCard("\"layout\": \"NT\"")
            .replace(
                "\"arousal\", \"dominance\", \"valence\"", "\"arousal\", \"dominance\", \"x\"");
    assertTrue(
        assertThrows(ModelException.class, () -> SpeechEncoder.onnx(TinyModel.write(folder, card)))
            .getMessage()
            .contains("neither labels nor"));
  }

  @Test
  void onnx_standardise_bringsTheSamplesToMeanZeroAndVarianceOne(@TempDir Path folder)
      throws Exception {
    Path file =
        TinyModel.write(
            folder,
            affectCard("\"layout\": \"NT\", \"standardise\": true").replace("[0, 1]", "[-2, 2]"));
    try (SpeechEncoder own = SpeechEncoder.onnx(file)) {
      Evidence.Present evidence =
          (Evidence.Present) encode(own, AudioWindow.of(SPEECH, 16_000, 0)).get(9).evidence();
      assertEquals(0, evidence.affect().orElseThrow().arousal(), 1e-4);
      assertEquals(0.5, evidence.affect().orElseThrow().dominance(), 1e-3);
    }
  }

  @Test
  void onnx_cardThatDoesNotFit_saysWhy(@TempDir Path folder) throws Exception {
    for (String[] pair :
        new String[][] {
          {"\"layout\": \"NCHW\"", "NCHW"},
          {"\"unknown\": 1", "layout"},
          {"\"layout\": \"NTF\"", "logMel.sampleRateHz"},
        }) {
      Path file = TinyModel.write(folder, affectCard(pair[0]));
      String message =
          assertThrows(ModelException.class, () -> SpeechEncoder.onnx(file)).getMessage();
      assertTrue(message.contains(pair[1]), message);
    }
    Path two =
        TinyModel.write(folder, affectCard("\"layout\": \"NT\"").replace("\"arousal\", ", ""));
    assertTrue(
        assertThrows(ModelException.class, () -> SpeechEncoder.onnx(two))
            .getMessage()
            .contains("2 components"));
    assertThrows(ModelException.class, () -> SpeechEncoder.onnx(folder.resolve("none.onnx")));
  }

  private static String affectCard(String input) {
    return """
        {"name": "tiny", "version": "1", "sha256": "SHA256",
         "weights": {"source": "test", "licence": "Apache-2.0", "licenceClass": "PERMISSIVE"},
         "data": {"name": "none", "licence": "none", "rightsClear": true},
         "input": {"name": "signal", "shape": [1, -1], %s},
         "outputs": [{"name": "position", "meaning": "affect",
                      "components": ["arousal", "dominance", "valence"], "range": [0, 1]}]}
        """
        .formatted(input);
  }

  @Test
  void builder_badValues_sayLimitAndActual() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> SpeechEncoder.builder().step(Duration.ofMillis(49)))
            .getMessage();
    assertTrue(message.contains("PT0.05S") && message.contains("PT0.049S"), message);
    assertThrows(
        IllegalArgumentException.class,
        () -> SpeechEncoder.builder().context(Duration.ofSeconds(31)));
  }

  @Test
  void builder_otherStep_isKept() {
    try (SpeechEncoder own = SpeechEncoder.builder().step(Duration.ofMillis(500)).build()) {
      List<Observation> said = encode(own, AudioWindow.of(SPEECH, 16_000, 0));
      assertEquals(6, said.size());
      assertEquals(new TimeSpan(500_000, 1_000_000), said.get(1).span());
    }
  }

  @Test
  void bundled_card_saysWhatItIs() {
    assertTrue(encoder.card().experimental());
    assertTrue(encoder.card().accuracy().contains("n = "));
    assertEquals(2, encoder.models().size());
  }

  @Test
  void serviceLoader_findsTheEncoder() {
    EncoderProvider<?> provider =
        ServiceLoader.load(EncoderProvider.class).findFirst().orElseThrow();
    assertEquals(AudioWindow.class, provider.input());
    try (var found = provider.create()) {
      assertEquals(Modality.VOICE, found.modality());
    }
  }

  private static List<Observation> encode(SpeechEncoder encoder, AudioWindow... windows) {
    List<Observation> said = new ArrayList<>();
    try (EncoderSession<AudioWindow> session = encoder.open()) {
      for (AudioWindow window : windows) {
        session.encode(window, said::add);
      }
      session.flush(said::add);
    }
    return said;
  }

  private static float[] resampled(float[] samples, int rate) {
    Resampler resampler = new Resampler(16_000, rate);
    float[] out = new float[resampler.maxOutput(samples.length) + resampler.maxOutput(0)];
    int written = resampler.process(samples, 0, samples.length, out, 0);
    written += resampler.flush(out, written);
    return Arrays.copyOf(out, written);
  }

  private static void assertSame(List<Observation> expected, List<Observation> actual) {
    assertEquals(expected.toString(), actual.toString());
    for (int i = 0; i < expected.size(); i++) {
      if (expected.get(i).evidence() instanceof Evidence.Present one
          && actual.get(i).evidence() instanceof Evidence.Present other) {
        assertEquals(one.distribution(), other.distribution());
        assertEquals(one.cues(), other.cues());
        float[] a = new float[one.embeddingSize()];
        float[] b = new float[other.embeddingSize()];
        one.copyEmbedding(a, 0);
        other.copyEmbedding(b, 0);
        assertArrayEquals(a, b);
      }
    }
  }

  /** As {@link #assertSame}, but for what follows from who speaks. */
  private static void assertSameSound(List<Observation> expected, List<Observation> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i).span(), actual.get(i).span());
      assertEquals(sound(expected.get(i)), sound(actual.get(i)));
    }
  }

  private static String sound(Observation observation) {
    return observation.evidence() instanceof Evidence.Present present
        ? present.cues().stream()
            .filter(c -> !c.name().equals("voice.known") && !c.name().equals("voice.arousal"))
            .toList()
            .toString()
        : observation.evidence().toString();
  }

  private static Reason reason(Observation observation) {
    return ((Evidence.Missing) observation.evidence()).reason();
  }

  private static float quality(Observation observation) {
    return ((Evidence.Present) observation.evidence()).quality();
  }
}
