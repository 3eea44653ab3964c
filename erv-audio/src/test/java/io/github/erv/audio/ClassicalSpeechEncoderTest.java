package io.github.erv.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.Encoder;
import io.github.erv.EncoderSession;
import io.github.erv.Evidence;
import io.github.erv.Observation;
import io.github.erv.audio.egemaps.Egemaps;
import io.github.erv.audio.voice.Vad;
import io.github.erv.classical.HiddenMarkovClassifier;
import io.github.erv.classical.SupportVectorMachine;
import io.github.erv.classical.SupportVectorMachine.Scheme;
import io.github.erv.contract.EncoderContract;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.ModelException;
import io.github.erv.media.AudioWindow;
import io.github.erv.onnx.ModelCard.LicenceClass;
import io.github.erv.personal.SubjectProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassicalSpeechEncoderTest {
  private static final float[] SPEECH = Speech.samples();

  @TempDir static Path folder;

  private static Path machine;
  private static Path machineOfSpeakers;
  private static Path classifier;
  private static Path classifierOfSpeakers;

  @BeforeAll
  static void save() {
    machine = ClassicalModels.machine(folder, false);
    machineOfSpeakers = ClassicalModels.machine(folder, true);
    classifier = ClassicalModels.classifier(folder, false);
    classifierOfSpeakers = ClassicalModels.classifier(folder, true);
  }

  private abstract static class Contract extends EncoderContract<AudioWindow> {
    abstract Path file();

    @Override
    protected Encoder<AudioWindow> encoder() {
      return ClassicalSpeechEncoder.load(file());
    }

    @Override
    protected List<AudioWindow> inputs() {
      return windows(SPEECH, 1_000);
    }

    @Override
    protected List<AudioWindow> emptyInputs() {
      return windows(Speech.noise(30_000, 0.2, 1), 1_000);
    }
  }

  @Nested
  class OfAMachine extends Contract {
    @Override
    Path file() {
      return machineOfSpeakers;
    }
  }

  @Nested
  class OfAClassifier extends Contract {
    @Override
    Path file() {
      return classifierOfSpeakers;
    }
  }

  private static List<AudioWindow> windows(float[] samples, int length) {
    List<AudioWindow> windows = new ArrayList<>();
    for (int at = 0; at < samples.length; at += length) {
      float[] block = Arrays.copyOfRange(samples, at, Math.min(samples.length, at + length));
      windows.add(AudioWindow.of(block, 16_000, AudioWindow.micros(at, 16_000)));
    }
    return windows;
  }

  private static List<Observation> said(ClassicalSpeechEncoder.Builder builder, int length) {
    List<Observation> said = new ArrayList<>();
    try (ClassicalSpeechEncoder encoder = builder.build();
        EncoderSession<AudioWindow> session = encoder.open()) {
      windows(SPEECH, length).forEach(window -> session.encode(window, said::add));
      session.flush(said::add);
    }
    return said;
  }

  private static Evidence.Present last(List<Observation> said) {
    return said.stream()
        .filter(Observation::present)
        .map(o -> (Evidence.Present) o.evidence())
        .reduce((a, b) -> b)
        .orElseThrow();
  }

  /** Which chunks of the speech are speech, as the session finds out. */
  private static HeardChunks heard() {
    HeardChunks heard = new HeardChunks(100, 10);
    try (Vad vad = Vad.bundled();
        Vad.Session session = vad.open()) {
      float[] chunk = new float[Vad.CHUNK];
      for (int at = 0; at < SPEECH.length; at += Vad.CHUNK) {
        int length = Math.min(Vad.CHUNK, SPEECH.length - at);
        Arrays.fill(chunk, 0);
        System.arraycopy(SPEECH, at, chunk, 0, length);
        session.accept(chunk, 0);
        heard.add(1, session.speechRun());
      }
    }
    return heard;
  }

  @Test
  void machine_ofTheWholeSpeech_readsItsFunctionals() {
    HeardChunks heard = heard();
    Egemaps egemaps = new Egemaps(16_000, 1_000);
    egemaps.process(SPEECH, 0, SPEECH.length);
    egemaps.finish();
    long from = 0;
    long to = egemaps.frames();
    while (!heard.speechAt(from * 160)) {
      from++;
    }
    while (!heard.speechAt((to - 1) * 160)) {
      to--;
    }
    float[] features = new float[Egemaps.FUNCTIONALS];
    egemaps.functionalsInto(from, to, features, 0);
    ClassicalModels.population(features.length)
        .normaliseInto(
            SubjectProfile.empty(features.length),
            features,
            ClassicalSpeechEncoder.LIMIT,
            features);
    float[] p = new float[3];
    ClassicalModels.machine(features.length).open().probabilitiesInto(features, 0, p, 0);
    Distribution read =
        last(said(ClassicalSpeechEncoder.builder(machine).context(Duration.ofSeconds(5)), 1_000))
            .distribution()
            .orElseThrow();
    assertDistribution(p, read);
  }

  @Test
  void classifier_ofTheWholeSpeech_readsItsFrames() {
    HeardChunks heard = heard();
    CepstralFrames frames = new CepstralFrames(1_000);
    frames.process(SPEECH, 0, SPEECH.length);
    float[] gathered = new float[1_000 * CepstralFrames.SIZE];
    int count =
        frames.gatherInto(
            0,
            frames.count(),
            f -> heard.speechAt(f * CepstralFrames.HOP + CepstralFrames.FRAME / 2),
            gathered);
    HiddenMarkovClassifier.Session session = ClassicalModels.classifier(CepstralFrames.SIZE).open();
    float[] frame = new float[CepstralFrames.SIZE];
    for (int f = 0; f < count; f++) {
      System.arraycopy(gathered, f * frame.length, frame, 0, frame.length);
      ClassicalModels.population(frame.length)
          .normaliseInto(
              SubjectProfile.empty(frame.length), frame, ClassicalSpeechEncoder.LIMIT, frame);
      session.accept(frame, 0);
    }
    float[] p = new float[3];
    session.probabilitiesInto(p, 0);
    assertDistribution(
        p,
        last(said(ClassicalSpeechEncoder.builder(classifier).context(Duration.ofSeconds(5)), 1_000))
            .distribution()
            .orElseThrow());
  }

  private static void assertDistribution(float[] expected, Distribution read) {
    float[] actual = new float[expected.length];
    for (int c = 0; c < actual.length; c++) {
      actual[c] = read.probability(c);
    }
    assertEquals(ClassicalModels.LABELS, read.labels());
    assertArrayEquals(expected, actual, 1e-6f);
  }

  @Test
  void encode_howeverTheSoundIsCut_saysTheSame() {
    for (Path file : List.of(machineOfSpeakers, classifierOfSpeakers)) {
      List<Observation> whole = said(ClassicalSpeechEncoder.builder(file), SPEECH.length);
      for (int length : new int[] {160, 777, 20_000}) {
        List<Observation> cut = said(ClassicalSpeechEncoder.builder(file), length);
        assertEquals(whole.toString(), cut.toString());
        assertEquals(last(whole).distribution(), last(cut).distribution());
      }
    }
  }

  @Test
  void speakerNormalised_movesToTheSpeaker_andSaysHowFar() {
    for (Path[] pair :
        new Path[][] {{machine, machineOfSpeakers}, {classifier, classifierOfSpeakers}}) {
      Evidence.Present plain = last(said(ClassicalSpeechEncoder.builder(pair[0]), 1_000));
      Evidence.Present own = last(said(ClassicalSpeechEncoder.builder(pair[1]), 1_000));
      assertNotEquals(plain.distribution(), own.distribution());
      assertTrue(plain.cues().stream().noneMatch(cue -> cue.name().equals("voice.known")));
      // some 2.3 s of speech are a little over one of the four observations that are enough
      double known =
          own.cues().stream()
              .filter(cue -> cue.name().equals("voice.known"))
              .findFirst()
              .orElseThrow()
              .value();
      assertEquals(2.3 / 2 / 4, known, 0.05);
      // either can be asked for, whatever the model was learnt with
      assertEquals(
          own.distribution(),
          last(said(ClassicalSpeechEncoder.builder(pair[0]).speakerNormalised(true), 1_000))
              .distribution());
      assertEquals(
          plain.distribution(),
          last(said(ClassicalSpeechEncoder.builder(pair[1]).speakerNormalised(false), 1_000))
              .distribution());
    }
  }

  @Test
  void session_anotherSoundAfterAPause_keepsTheSpeaker() {
    try (ClassicalSpeechEncoder encoder = ClassicalSpeechEncoder.load(machineOfSpeakers);
        EncoderSession<AudioWindow> session = encoder.open()) {
      List<Observation> first = new ArrayList<>();
      List<Observation> second = new ArrayList<>();
      session.encode(AudioWindow.of(SPEECH, 16_000, 0), first::add);
      session.flush(first::add);
      session.encode(AudioWindow.of(SPEECH, 16_000, 10_000_000), second::add);
      session.flush(second::add);
      assertNotEquals(last(first).distribution(), last(second).distribution());
    }
  }

  @Test
  void load_whatIsNotWhatItShouldBe_saysWhy() throws IOException {
    assertThrows(
        ModelException.class,
        () -> ClassicalSpeechEncoder.load(folder.resolve("none.safetensors")));

    Path changed = folder.resolve("changed.safetensors");
    byte[] bytes = Files.readAllBytes(machine);
    bytes[bytes.length - 1] ^= 1;
    Files.write(changed, bytes);
    Files.copy(folder.resolve("machine-false.card.json"), folder.resolve("changed.card.json"));
    assertSays("SHA-256", () -> ClassicalSpeechEncoder.load(changed));

    assertSays(
        "must have 2 classes, has 3",
        () ->
            saved(
                Egemaps.FUNCTIONALS,
                LabelSet.of(Emotion.ANGER, Emotion.NEUTRAL),
                ClassicalModels.machine(Egemaps.FUNCTIONALS)));
    assertSays(
        "must have 88 features, has 87",
        () -> saved(88, ClassicalModels.LABELS, ClassicalModels.machine(87)));
    assertSays(
        "must have 88 features of the population, has 87",
        () -> saved(87, ClassicalModels.LABELS, ClassicalModels.machine(88)));
    assertSays(
        "no probabilities",
        () ->
            saved(
                88,
                ClassicalModels.LABELS,
                SupportVectorMachine.linear(Scheme.ONE_VS_ONE, 3, new float[3 * 88], new float[3])
                    .build()));

    assertFalse(
        Files.exists(folder.resolve("bad.safetensors")), "what would not load is not saved");

    Path closed = folder.resolve("closed.safetensors");
    ClassicalSpeechEncoder.save(
        closed,
        ClassicalModels.classifier(CepstralFrames.SIZE),
        ClassicalModels.population(CepstralFrames.SIZE),
        false,
        ClassicalModels.LABELS,
        ClassicalModels.provenance(LicenceClass.NON_COMMERCIAL));
    assertSays("non-commercial", () -> ClassicalSpeechEncoder.load(closed));
    try (ClassicalSpeechEncoder allowed =
        ClassicalSpeechEncoder.builder(closed).allowNonCommercial().build()) {
      assertEquals("chance", allowed.card().accuracy());
      assertFalse(allowed.speakerNormalised());
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> ClassicalSpeechEncoder.builder(machine).context(Duration.ofMillis(999)));
    assertThrows(
        IllegalArgumentException.class,
        () -> ClassicalSpeechEncoder.builder(machine).step(Duration.ofSeconds(6)));
  }

  private static void saved(int features, LabelSet labels, SupportVectorMachine model) {
    try {
      ClassicalSpeechEncoder.save(
          folder.resolve("bad.safetensors"),
          model,
          ClassicalModels.population(features),
          false,
          labels,
          ClassicalModels.provenance(LicenceClass.PERMISSIVE));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertSays(String part, Runnable load) {
    String message = assertThrows(ModelException.class, load::run).getMessage();
    assertTrue(message.contains(part), message);
  }
}
