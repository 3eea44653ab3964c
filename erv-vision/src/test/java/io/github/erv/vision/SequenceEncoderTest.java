package io.github.erv.vision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl;
import com.google.common.hash.Hashing;
import io.github.erv.Encoder;
import io.github.erv.EncoderSession;
import io.github.erv.Evidence;
import io.github.erv.Evidence.Reason;
import io.github.erv.Modality;
import io.github.erv.Observation;
import io.github.erv.Subject;
import io.github.erv.contract.EncoderContract;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.ModelException;
import io.github.erv.media.Frame;
import io.github.erv.onnx.OnnxOptions;
import io.github.erv.vision.face.FaceCrop;
import io.github.erv.vision.face.Landmarks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SequenceEncoderTest {
  private static final int STEPS = 5;
  private static final int SIDE = 4;
  private static final LabelSet LABELS = LabelSet.of(new Emotion("rising"), new Emotion("falling"));

  /** A window of float values up to 255, and a softmax whose logits are read back. */
  private static final double TOLERANCE = 1e-3;

  @TempDir Path folder;

  /** Gives the time of the frame in seconds, and 7, as the embedding. */
  private static final class Clock implements Encoder<FaceCrop> {
    final String name;
    int closed;

    Clock(String name) {
      this.name = name;
    }

    @Override
    public Modality modality() {
      return Modality.FACE;
    }

    @Override
    public LabelSet labels() {
      return LABELS;
    }

    @Override
    public int embeddingSize() {
      return 2;
    }

    @Override
    public List<String> models() {
      return List.of(name);
    }

    @Override
    public EncoderSession<FaceCrop> open() {
      return new EncoderSession<>() {
        @Override
        public void encode(FaceCrop face, Consumer<Observation> out) {
          Evidence evidence =
              face.subject().id().equals("hidden")
                  ? new Evidence.Missing(Reason.OCCLUDED)
                  : Evidence.Present.builder(0.5f)
                      .embedding(face.span().startMicros() / 1e6f, 7)
                      .build();
          out.accept(Observation.of(Modality.FACE, face.subject(), face.span(), evidence));
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public void close() {
      closed++;
    }
  }

  /** A model whose logits are newest minus oldest step, and the reverse, of the first feature. */
  private Path write(String card, long... shape) throws IOException {
    int size = 1;
    for (int i = 2; i < shape.length; i++) {
      size *= (int) (i == 2 && shape.length == 5 ? 1 : shape[i]);
    }
    int values = STEPS * size;
    OnnxMl.TensorProto.Builder weights =
        OnnxMl.TensorProto.newBuilder().setName("w").setDataType(1).addDims(values).addDims(2);
    for (int i = 0; i < values; i++) {
      float sign = i == values - size ? 1 : i == 0 ? -1 : 0;
      weights.addFloatData(sign).addFloatData(-sign);
    }
    OnnxMl.GraphProto graph =
        OnnxMl.GraphProto.newBuilder()
            .setName("difference")
            .addInput(value("x", shape))
            .addOutput(value("logits", 1, 2))
            .addInitializer(weights)
            .addNode(
                OnnxMl.NodeProto.newBuilder().setOpType("Flatten").addInput("x").addOutput("f"))
            .addNode(
                OnnxMl.NodeProto.newBuilder()
                    .setOpType("MatMul")
                    .addInput("f")
                    .addInput("w")
                    .addOutput("logits"))
            .build();
    byte[] bytes =
        OnnxMl.ModelProto.newBuilder()
            .setIrVersion(7)
            .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setVersion(12))
            .setGraph(graph)
            .build()
            .toByteArray();
    Path file = folder.resolve("difference.onnx");
    Files.write(file, bytes);
    Files.writeString(
        folder.resolve("difference.card.json"),
        """
        {"name": "difference", "version": "1", "sha256": "%s",
         "weights": {"source": "test", "licence": "Apache-2.0", "licenceClass": "PERMISSIVE"},
         "data": {"name": "none", "licence": "none", "rightsClear": true},
         "labels": ["rising", "falling"], "reliability": 0.5,
         "input": {"name": "x", %s},
         "outputs": [{"name": "logits", "shape": [1, 2], "meaning": "logits"}]}
        """
            .formatted(Hashing.sha256().hashBytes(bytes), card));
    return file;
  }

  private static OnnxMl.ValueInfoProto value(String name, long... shape) {
    OnnxMl.TensorShapeProto.Builder sides = OnnxMl.TensorShapeProto.newBuilder();
    for (long side : shape) {
      sides.addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimValue(side));
    }
    return OnnxMl.ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            OnnxMl.TypeProto.newBuilder()
                .setTensorType(OnnxMl.TypeProto.Tensor.newBuilder().setElemType(1).setShape(sides)))
        .build();
  }

  private SequenceEncoder embeddings(String more) {
    return embeddings(new Clock("clock 1"), more);
  }

  private SequenceEncoder embeddings(Encoder<FaceCrop> frames, String more) {
    try {
      Path file = write("\"shape\": [1, 5, 2]" + more, 1, STEPS, 2);
      return SequenceEncoder.onnx(file, frames, OnnxOptions.DEFAULT);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private SequenceEncoder crops(String more) throws IOException {
    Path file = write("\"shape\": [1, 1, 5, 4, 4]" + more, 1, 1, STEPS, SIDE, SIDE);
    return SequenceEncoder.onnx(file, OnnxOptions.DEFAULT);
  }

  private static FaceCrop face(Subject subject, long micros, int gray) {
    Frame frame = Pictures.gray(64, 64, gray).at(micros);
    return FaceCrop.of(frame, subject, Landmarks.frontal(32, 32, 48));
  }

  private static List<Observation> read(Encoder<FaceCrop> encoder, long... micros) {
    List<Observation> said = new ArrayList<>();
    try (EncoderSession<FaceCrop> session = encoder.open()) {
      for (long time : micros) {
        session.encode(face(Subject.face(1), time, 100), said::add);
      }
    }
    return said;
  }

  /** The difference that the model saw, out of the two probabilities. */
  private static double difference(Observation observation) {
    var distribution = ((Evidence.Present) observation.evidence()).distribution().orElseThrow();
    double rising = distribution.probability(LABELS.get(0));
    return Math.log(rising / (1 - rising)) / 2;
  }

  @Nested
  class Contract extends EncoderContract<FaceCrop> {
    @Override
    protected Encoder<FaceCrop> encoder() {
      return embeddings(", \"step\": 0.1");
    }

    @Override
    protected List<FaceCrop> inputs() {
      List<FaceCrop> faces = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        faces.add(face(Subject.face(1 + i % 2), 20_000L * i, 100));
      }
      return faces;
    }

    @Override
    protected List<FaceCrop> emptyInputs() {
      return List.of(face(new Subject("hidden"), 0, 100), face(new Subject("hidden"), 90_000, 1));
    }
  }

  /** Time is linear in time, so whatever the frames, the window spans four steps exactly. */
  @Test
  void encode_variableFrameRate_isResampledToTheStep() {
    SplittableRandom random = new SplittableRandom(3);
    try (SequenceEncoder encoder = embeddings(", \"step\": 0.1")) {
      for (int run = 0; run < 20; run++) {
        long time = random.nextLong(1_000_000);
        long start = time;
        List<Observation> said = new ArrayList<>();
        try (EncoderSession<FaceCrop> session = encoder.open()) {
          while (time < start + 2_000_000) {
            session.encode(face(Subject.face(1), time, 100), said::add);
            time += random.nextLong(1_000, 300_000);
          }
        }
        List<Observation> present = said.stream().filter(Observation::present).toList();
        assertFalse(present.isEmpty());
        for (Observation observation : present) {
          assertEquals(0.4, difference(observation), TOLERANCE);
          assertTrue(observation.span().startMicros() >= start + 400_000);
        }
        assertTrue(said.size() <= 22, "more said than there are steps: " + said.size());
      }
    }
  }

  @Test
  void encode_beforeTheWindowIsFull_isMissing() {
    try (SequenceEncoder encoder = embeddings(", \"step\": 0.1")) {
      List<Observation> said =
          read(encoder, 0, 50_000, 100_000, 200_000, 300_000, 399_999, 400_000, 450_000, 500_000);
      assertEquals(
          List.of(0L, 100_000L, 200_000L, 300_000L, 400_000L, 500_000L),
          said.stream().map(observation -> observation.span().startMicros()).toList());
      assertEquals(new Evidence.Missing(Reason.NO_INPUT), said.get(3).evidence());
      Evidence.Present first = (Evidence.Present) said.get(4).evidence();
      assertEquals(0.25f, first.quality(), 1e-6f); // of the frames times the reliability
      assertTrue(said.get(5).present());
    }
  }

  @Test
  void encode_gap_startsAnew() {
    try (SequenceEncoder encoder = embeddings(", \"step\": 0.1, \"gap\": 0.2")) {
      long[] times = {0, 200_000, 400_000, 600_001, 800_000, 1_000_000, 1_200_000};
      List<Observation> said = read(encoder, times);
      assertEquals(
          List.of(false, false, true, false, false, false, true),
          said.stream().map(Observation::present).toList());
    }
  }

  @Test
  void encode_discontinuity_startsAnew() {
    List<Observation> said = new ArrayList<>();
    try (SequenceEncoder encoder = embeddings(", \"step\": 0.1");
        EncoderSession<FaceCrop> session = encoder.open()) {
      for (int i = 0; i < 5; i++) {
        session.encode(face(Subject.face(1), 100_000L * i, 0), said::add);
      }
      assertTrue(said.get(4).present());
      session.discontinuity(500_000);
      session.encode(face(Subject.face(1), 500_000, 0), said::add);
      assertFalse(said.get(5).present());
    }
  }

  /** Two faces whose frames alternate do not mix. */
  @Test
  void encode_twoSubjects_areKeptApart() throws IOException {
    List<Observation> said = new ArrayList<>();
    try (SequenceEncoder encoder = crops(", \"step\": 0.1, \"scale\": 0.01");
        EncoderSession<FaceCrop> session = encoder.open()) {
      for (int i = 0; i < 5; i++) {
        session.encode(face(Subject.face(1), 100_000L * i, 50 + 20 * i), said::add);
        session.encode(face(Subject.face(2), 100_000L * i, 200 - 10 * i), said::add);
      }
    }
    assertEquals(10, said.size());
    assertEquals(0.8, difference(said.get(8)), TOLERANCE);
    assertEquals(-0.4, difference(said.get(9)), TOLERANCE);
  }

  /** The card's numbers act on the values that go in: (value - mean) * scale. */
  @Test
  void encode_meanAndScaleOfEachFeature_areApplied() {
    try (SequenceEncoder encoder =
        embeddings(", \"step\": 0.1, \"mean\": [1, 2], \"scale\": [3, 4]")) {
      List<Observation> said = read(encoder, 0, 100_000, 200_000, 300_000, 400_000);
      assertEquals(1.2, difference(said.get(4)), TOLERANCE);
    }
  }

  /** A session drops the windows of which this is true. */
  @Test
  void window_facesThatLeave_areForgotten() {
    SequenceWindow window = new SequenceWindow(STEPS, 1, 100_000, 300_000);
    assertTrue(window.add(0, new float[] {1}));
    assertFalse(window.over(300_000));
    assertTrue(window.over(300_001));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        " | input.step of difference 1 must be a time in seconds",
        ", \"step\": 0 | input.step of difference 1 must be a time in seconds",
        ", \"step\": \"NaN\" | input.step of difference 1 must be a time in seconds",
        ", \"step\": \"fast\" | must be a number, was \"fast\"",
        ", \"step\": 0.1, \"gap\": -1 | input.gap of difference 1 must be a time in seconds",
        ", \"step\": 0.1, \"mean\": [1, 2, 3] | must be one number or 2, has 3",
        ", \"step\": 0.1, \"frameModel\": \"other 1\" | was trained on the embeddings of other 1",
      })
  void onnx_badCard_saysWhatIsWrong(String card, String message) {
    Clock clock = new Clock("clock 1");
    ModelException refused =
        assertThrows(
            ModelException.class, () -> embeddings(clock, card == null ? "" : card).close());
    assertTrue(refused.getMessage().contains(message), refused.getMessage());
    assertEquals(0, clock.closed);
  }

  @Test
  void onnx_frameModelThatDoesNotFit_isRefused() throws IOException {
    Path file = write("\"shape\": [1, 5, 3], \"step\": 0.1", 1, STEPS, 3);
    Clock clock = new Clock("clock 1");
    ModelException wrong =
        assertThrows(
            ModelException.class, () -> SequenceEncoder.onnx(file, clock, OnnxOptions.DEFAULT));
    assertTrue(wrong.getMessage().contains("embeddings of 3 values"), wrong.getMessage());
    ModelException none =
        assertThrows(ModelException.class, () -> SequenceEncoder.onnx(file, OnnxOptions.DEFAULT));
    assertTrue(none.getMessage().contains("had none"), none.getMessage());
    Path crops = write("\"shape\": [1, 1, 5, 4, 4], \"step\": 0.1", 1, 1, STEPS, SIDE, SIDE);
    assertThrows(
        ModelException.class, () -> SequenceEncoder.onnx(crops, clock, OnnxOptions.DEFAULT));
    Path flat = write("\"shape\": [1, 1, 5, 4, 3], \"step\": 0.1", 1, 1, STEPS, 4, 3);
    assertThrows(ModelException.class, () -> SequenceEncoder.onnx(flat, OnnxOptions.DEFAULT));
  }

  @Test
  void close_encoder_closesTheFrameModel() {
    Clock clock = new Clock("clock 1");
    SequenceEncoder encoder = embeddings(clock, ", \"step\": 0.1, \"frameModel\": \"clock 1\"");
    assertEquals(List.of("clock 1", "difference 1"), encoder.models());
    encoder.close();
    assertEquals(1, clock.closed);
  }
}
