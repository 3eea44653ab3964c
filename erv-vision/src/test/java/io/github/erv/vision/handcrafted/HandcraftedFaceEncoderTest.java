package io.github.erv.vision.handcrafted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.Encoder;
import io.github.erv.EncoderSession;
import io.github.erv.Evidence;
import io.github.erv.Observation;
import io.github.erv.Subject;
import io.github.erv.classical.HiddenMarkovClassifier;
import io.github.erv.classical.HiddenMarkovModel;
import io.github.erv.classical.SupportVectorMachine;
import io.github.erv.classical.SupportVectorMachine.Scheme;
import io.github.erv.contract.EncoderContract;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.ModelException;
import io.github.erv.media.Frame;
import io.github.erv.media.PixelFormat;
import io.github.erv.onnx.ModelCard.LicenceClass;
import io.github.erv.onnx.Provenance;
import io.github.erv.tensor.Safetensors;
import io.github.erv.vision.FaceEncoder;
import io.github.erv.vision.Pictures;
import io.github.erv.vision.face.FaceCrop;
import io.github.erv.vision.face.Landmarks;
import io.github.erv.vision.handcrafted.LocalBinaryPatterns.Labelling;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HandcraftedFaceEncoderTest {
  private static final LabelSet LABELS =
      LabelSet.of(Emotion.HAPPINESS, Emotion.SADNESS, Emotion.ANGER);

  private static final HandcraftedFeatures FEATURES =
      HandcraftedFeatures.builder(32, 1).hog(8, 2, 9).lbp(Labelling.UNIFORM, 8, 1, 2).build();

  /** Sums of some hundred products of floats. */
  private static final double TOLERANCE = 1e-4;

  private static final int PICTURES = 3;

  @TempDir Path folder;

  private static Provenance provenance(LicenceClass licence) {
    return new Provenance("drawn", "2.1", "MIT", licence, "none", "CC0-1.0", true, "", "");
  }

  private static float[] weights(int functions, int features) {
    SplittableRandom random = new SplittableRandom(2);
    float[] weights = new float[functions * features];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextDouble(-0.3, 0.3);
    }
    return weights;
  }

  private static final float[] INTERCEPTS = {0.5f, -0.25f, 0.1f};

  private static SupportVectorMachine machine(int features) {
    return SupportVectorMachine.linear(Scheme.ONE_VS_REST, 3, weights(3, features), INTERCEPTS)
        .build();
  }

  /** One state of one Gaussian a class, about 1 in its own decision and 0 in the others. */
  private static HiddenMarkovClassifier sequences() {
    List<HiddenMarkovModel> models = new ArrayList<>();
    for (int c = 0; c < 3; c++) {
      float[] means = new float[3];
      means[c] = 1;
      models.add(
          HiddenMarkovModel.of(
              new float[] {1}, new float[] {1}, new float[] {1}, means, new float[] {2, 2, 2}));
    }
    return HiddenMarkovClassifier.of(models, 1);
  }

  private Path saved(HandcraftedFeatures features) throws IOException {
    Path file = folder.resolve("drawn.safetensors");
    HandcraftedFaceEncoder.save(
        file, provenance(LicenceClass.PERMISSIVE), LABELS, features, machine(features.size()));
    return file;
  }

  private Path savedSequences(HandcraftedFeatures features) throws IOException {
    Path file = folder.resolve("drawn.safetensors");
    HandcraftedFaceEncoder.save(
        file,
        provenance(LicenceClass.PERMISSIVE),
        LABELS,
        features,
        machine(features.size()),
        sequences(),
        PICTURES);
    return file;
  }

  private static FaceCrop face(int subject, long seed, long micros) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] pixels = new byte[40 * 40];
    double turn = random.nextDouble(3);
    for (int i = 0; i < pixels.length; i++) {
      int row = i / 40;
      double wave = Math.sin(0.4 * (i % 40 * Math.cos(turn) + row * Math.sin(turn)));
      pixels[i] = (byte) (128 + 60 * wave + random.nextInt(-30, 31));
    }
    return FaceCrop.of(
        Frame.of(PixelFormat.GRAY8, 40, 40, pixels, micros),
        Subject.face(subject),
        Landmarks.frontal(20, 20, 36));
  }

  private static Evidence.Present read(EncoderSession<FaceCrop> session, FaceCrop face) {
    List<Observation> said = new ArrayList<>();
    session.encode(face, said::add);
    assertEquals(1, said.size());
    assertEquals(face.subject(), said.get(0).subject());
    assertEquals(face.span(), said.get(0).span());
    return (Evidence.Present) said.get(0).evidence();
  }

  /** What the machine must decide, in double arithmetic. */
  private static double[] decisions(FaceCrop face) {
    float[] values = new float[FEATURES.size()];
    try (HandcraftedFeatures.Session session = FEATURES.open()) {
      session.into(face, values, 0);
    }
    float[] weights = weights(3, values.length);
    double[] decisions = new double[3];
    for (int c = 0; c < 3; c++) {
      decisions[c] = INTERCEPTS[c];
      for (int f = 0; f < values.length; f++) {
        decisions[c] += (double) weights[c * values.length + f] * values[f];
      }
    }
    return decisions;
  }

  private static void assertSoftmax(double[] scores, Evidence.Present evidence) {
    double sum = 0;
    for (double score : scores) {
      sum += Math.exp(score);
    }
    Distribution read = evidence.distribution().orElseThrow();
    assertEquals(LABELS, read.labels());
    for (int c = 0; c < 3; c++) {
      assertEquals(Math.exp(scores[c]) / sum, read.probability(LABELS.get(c)), TOLERANCE);
    }
  }

  @Test
  void encode_face_isTheSoftmaxOfTheDecisions() throws IOException {
    try (HandcraftedFaceEncoder encoder = HandcraftedFaceEncoder.load(saved(FEATURES), false);
        EncoderSession<FaceCrop> session = encoder.open()) {
      assertEquals(List.of("drawn 2.1"), encoder.models());
      assertEquals(3, encoder.embeddingSize());
      assertEquals(FEATURES.toString(), encoder.features().toString());
      for (int seed = 0; seed < 5; seed++) {
        FaceCrop face = face(1, seed, 40_000L * seed);
        Evidence.Present evidence = read(session, face);
        double[] expected = decisions(face);
        assertSoftmax(expected, evidence);
        float[] embedding = new float[3];
        evidence.copyEmbedding(embedding, 0);
        for (int c = 0; c < 3; c++) {
          assertEquals(expected[c], embedding[c], TOLERANCE);
        }
        assertEquals(face.quality().score(), evidence.quality());
      }
    }
  }

  @Test
  void encode_cardWithOperatingPoint_keepsIt() throws IOException {
    Path file = saved(FEATURES);
    Path card = folder.resolve("drawn.card.json");
    Files.writeString(
        card,
        Files.readString(card)
            .replace(
                "\"accuracy\"",
                "\"temperature\": 2, \"logitBias\": [0.5, 0, -1], \"reliability\": 0.5,"
                    + " \"accuracy\""));
    try (HandcraftedFaceEncoder encoder = HandcraftedFaceEncoder.load(file, false);
        EncoderSession<FaceCrop> session = encoder.open()) {
      FaceCrop face = face(1, 3, 0);
      double[] expected = decisions(face);
      for (int c = 0; c < 3; c++) {
        expected[c] = expected[c] / 2 + new double[] {0.5, 0, -1}[c];
      }
      Evidence.Present evidence = read(session, face);
      assertSoftmax(expected, evidence);
      assertEquals(face.quality().score() / 2, evidence.quality(), 1e-6);
    }
  }

  @Test
  void encode_sequence_isTheMeanOverTheLastPictures() throws IOException {
    try (HandcraftedFaceEncoder encoder =
            HandcraftedFaceEncoder.load(savedSequences(FEATURES), false);
        EncoderSession<FaceCrop> session = encoder.open()) {
      List<double[]> window = new ArrayList<>();
      for (int seed = 0; seed < 6; seed++) {
        FaceCrop face = face(1, seed, 40_000L * seed);
        read(session, face(2, 99 - seed, 40_000L * seed)); // somebody else does not count
        window.add(decisions(face));
        if (window.size() > PICTURES) {
          window.remove(0);
        }
        assertSoftmax(explained(window), read(session, face));
      }
      FaceCrop after = face(1, 7, 40_000L * 5 + 500_001);
      assertSoftmax(explained(List.of(decisions(after))), read(session, after));
      session.discontinuity(800_000);
      FaceCrop cut = face(1, 8, 800_000);
      assertSoftmax(explained(List.of(decisions(cut))), read(session, cut));
    }
  }

  /** Mean log-density a picture; what all classes share is left out. */
  private static double[] explained(List<double[]> decisions) {
    double[] scores = new double[3];
    for (double[] decision : decisions) {
      for (int c = 0; c < 3; c++) {
        for (int f = 0; f < 3; f++) {
          double off = decision[f] - (f == c ? 1 : 0);
          scores[c] -= off * off / (2 * 2) / decisions.size();
        }
      }
    }
    return scores;
  }

  @Test
  void bundled_portrait_smiles() {
    try (FaceEncoder encoder =
            FaceEncoder.builder().head(HandcraftedFaceEncoder.bundled()).build();
        EncoderSession<Frame> session = encoder.open()) {
      List<Observation> said = new ArrayList<>();
      session.encode(Frame.of(Pictures.portrait()), said::add);
      Evidence.Present evidence = (Evidence.Present) said.get(0).evidence();
      assertEquals(Emotion.HAPPINESS, evidence.distribution().orElseThrow().top());
      assertEquals(LabelSet.FERPLUS_8, encoder.labels());
      assertTrue(encoder.models().stream().anyMatch(m -> m.startsWith("ferplus-handcrafted ")));
    }
  }

  private static List<Frame> walk() {
    List<Frame> frames = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      BufferedImage image = Pictures.blocks(320, 240, 1);
      Pictures.head(image, 120 + 8 * i, 120, 130);
      frames.add(Frame.of(image, 100_000L * i));
    }
    return frames;
  }

  private static List<Frame> nobody() {
    return List.of(Frame.of(Pictures.blocks(320, 240, 1), 0));
  }

  @Nested
  class Contract extends EncoderContract<Frame> {
    private static final HandcraftedFeatures MOVING =
        HandcraftedFeatures.builder(32, 1)
            .hog(8, 2, 9)
            .lbp(Labelling.UNIFORM, 8, 1, 2)
            .geometry()
            .flow(3)
            .lbpTop(Labelling.UNIFORM_ROTATION_INVARIANT, 8, 1, 1, 2, 5)
            .build();

    @Override
    protected Encoder<Frame> encoder() {
      try {
        return FaceEncoder.builder()
            .head(HandcraftedFaceEncoder.load(savedSequences(MOVING), false))
            .build();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    protected List<Frame> inputs() {
      return walk();
    }

    @Override
    protected List<Frame> emptyInputs() {
      return nobody();
    }
  }

  @Test
  void open_orEncode_afterClose_isRefused() throws IOException {
    HandcraftedFaceEncoder encoder = HandcraftedFaceEncoder.load(saved(FEATURES), false);
    EncoderSession<FaceCrop> session = encoder.open();
    session.close();
    session.close();
    assertThrows(
        IllegalStateException.class, () -> session.encode(face(1, 1, 0), observation -> {}));
    encoder.close();
    encoder.close();
    assertThrows(IllegalStateException.class, encoder::open);
  }

  @Test
  void save_partsThatDoNotFit_isRefused() {
    Path file = folder.resolve("bad.safetensors");
    Provenance provenance = provenance(LicenceClass.PERMISSIVE);
    int size = FEATURES.size();
    assertMisfit("features", () -> save(file, provenance, LABELS, machine(size + 1)));
    assertMisfit(
        "classes",
        () -> save(file, provenance, LabelSet.of(Emotion.CALM, Emotion.FEAR), machine(size)));
    assertMisfit(
        "probabilities",
        () ->
            save(
                file,
                provenance,
                LABELS,
                SupportVectorMachine.linear(Scheme.ONE_VS_ONE, 3, weights(3, size), new float[3])
                    .build()));
    HiddenMarkovModel one =
        HiddenMarkovModel.of(
            new float[] {1}, new float[] {1}, new float[] {1}, new float[3], new float[] {1, 1, 1});
    for (int pictures : new int[] {0, 5, 1_001}) {
      assertThrows(
          IllegalArgumentException.class,
          () ->
              HandcraftedFaceEncoder.save(
                  file,
                  provenance,
                  LABELS,
                  FEATURES,
                  machine(size),
                  pictures == 5 ? HiddenMarkovClassifier.of(List.of(one, one), 1) : sequences(),
                  pictures));
    }
    assertTrue(Files.notExists(file));
  }

  private static void save(
      Path file, Provenance provenance, LabelSet labels, SupportVectorMachine machine) {
    try {
      HandcraftedFaceEncoder.save(file, provenance, labels, FEATURES, machine);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertMisfit(String what, Runnable call) {
    String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
    assertTrue(message.contains(what), message);
  }

  @Test
  void load_damagedFile_saysWhat() throws IOException {
    Path file = saved(FEATURES);
    Path card = folder.resolve("drawn.card.json");
    String text = Files.readString(card);
    byte[] bytes = Files.readAllBytes(file);
    Files.writeString(card, text.replace("\"sadness\",", ""));
    assertUnreadable(file, "labels");
    Files.writeString(card, text);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    assertUnreadable(file, "SHA-256");
    Files.delete(card);
    assertUnreadable(file, "card");
    write(file, Safetensors.builder());
    assertUnreadable(file, "face.features");
    write(file, Safetensors.builder().metadata("face.features", "face 32 1; nose"));
    assertUnreadable(file, "nose");
    write(file, Safetensors.builder().metadata("face.features", "face 32 1; geometry"));
    assertUnreadable(file, "svm.");
    Safetensors.Builder sequenceless =
        Safetensors.builder()
            .metadata("face.features", FEATURES.toString())
            .metadata("face.pictures", "3");
    machine(FEATURES.size()).writeInto(sequenceless);
    write(file, sequenceless);
    assertUnreadable(file, "hmm.");
    HandcraftedFaceEncoder.save(
        file, provenance(LicenceClass.NON_COMMERCIAL), LABELS, FEATURES, machine(FEATURES.size()));
    assertUnreadable(file, "non-commercial");
    HandcraftedFaceEncoder.load(file, true).close();
  }

  private static void write(Path file, Safetensors.Builder model) throws IOException {
    provenance(LicenceClass.PERMISSIVE)
        .write(file, model.build(), "", LABELS, "features", FEATURES.size());
  }

  private static void assertUnreadable(Path file, String what) {
    String message =
        assertThrows(ModelException.class, () -> HandcraftedFaceEncoder.load(file, false).close())
            .getMessage();
    assertTrue(message.contains(what), message);
  }
}
