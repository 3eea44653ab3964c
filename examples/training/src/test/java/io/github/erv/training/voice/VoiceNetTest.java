package io.github.erv.training.voice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.ParameterStore;
import com.google.common.hash.Hashing;
import io.github.erv.onnx.ModelCard;
import io.github.erv.onnx.OnnxModel;
import io.github.erv.onnx.OnnxOptions;
import io.github.erv.onnx.OnnxSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VoiceNetTest {
  private static final int CLASSES = 7;

  /** All sum some hundred products of order 1 in float, each in its own order. */
  private static final float TOLERANCE = 1e-4f;

  private static final Doubt DOUBT = new Doubt(1.3f, 0.2f, 0.7f, 0.4f);

  @ParameterizedTest
  @CsvSource({"1,1", "5,1", "3,3"})
  void graph_ofTheNetworks_givesTheMeanOfWhatTheyGive(int batch, int members) {
    SplittableRandom random = new SplittableRandom(batch * 1_000L + members);
    float[] input = new float[batch * VoiceNet.INPUTS];
    for (int i = 0; i < input.length; i++) {
      boolean known = i % VoiceNet.INPUTS == VoiceNet.INPUTS - 1;
      input[i] = (float) (known ? random.nextDouble() : random.nextDouble(-2, 2));
    }
    int outputs = CLASSES + 1;
    float[] mean = new float[batch * outputs];
    List<List<float[]>> parameters = new ArrayList<>();
    for (int m = 0; m < members; m++) {
      Engine.getEngine("PyTorch").setRandomSeed(11 + m);
      try (Model model = Model.newInstance("voice", "PyTorch");
          NDManager scope = model.getNDManager().newSubManager()) {
        SequentialBlock net = VoiceNet.block(CLASSES, 0.5f);
        net.initialize(scope, DataType.FLOAT32, VoiceNet.inputShape(batch));
        NDArray x = scope.create(input, VoiceNet.inputShape(batch));
        float[] out =
            net.forward(new ParameterStore(scope, false), new NDList(x), false)
                .singletonOrThrow()
                .toFloatArray();
        assertEquals(mean.length, out.length);
        for (int i = 0; i < out.length; i++) {
          mean[i] += out[i] / members;
        }
        parameters.add(VoiceNet.parameters(net));
      }
    }
    float[] logits = new float[batch * CLASSES];
    float[] arousal = new float[batch];
    float[] reliability = new float[batch];
    for (int i = 0; i < batch; i++) {
      float[] row = Arrays.copyOfRange(input, i * VoiceNet.INPUTS, (i + 1) * VoiceNet.INPUTS);
      double trust =
          Math.exp(-DOUBT.exponent(Doubt.distance(row), row[VoiceNet.INPUTS - 1]));
      reliability[i] = (float) trust;
      for (int c = 0; c < CLASSES; c++) {
        logits[i * CLASSES + c] = (float) (mean[i * outputs + c] * trust);
      }
      arousal[i] = (float) Math.tanh(mean[i * outputs + CLASSES]);
    }
    byte[] graph = VoiceNet.graph(parameters, CLASSES, DOUBT);
    int embedding = VoiceNet.EMBEDDING * members;
    try (OnnxModel model = OnnxModel.load(graph, card(graph), OnnxOptions.DEFAULT);
        OnnxSession session =
            model.open(
                Map.of(
                    "features", new long[] {batch, VoiceNet.INPUTS},
                    "logits", new long[] {batch, CLASSES},
                    "arousal", new long[] {batch, 1},
                    "reliability", new long[] {batch, 1},
                    "embedding", new long[] {batch, embedding}))) {
      session.floatInput("features").put(0, input);
      session.run();
      assertArrayEquals(logits, output(session, "logits", logits.length), TOLERANCE);
      assertArrayEquals(arousal, output(session, "arousal", batch), TOLERANCE);
      assertArrayEquals(reliability, output(session, "reliability", batch), TOLERANCE);
    }
  }

  private static float[] output(OnnxSession session, String name, int length) {
    float[] values = new float[length];
    session.floatOutput(name).get(0, values);
    return values;
  }

  private static ModelCard card(byte[] graph) {
    return ModelCard.parse(
        """
        {"name": "voice", "version": "1", "sha256": "%s",
         "weights": {"source": "test", "licence": "Apache-2.0", "licenceClass": "PERMISSIVE"},
         "data": {"name": "none", "licence": "none", "rightsClear": true},
         "input": {"name": "features", "shape": [-1, %d], "layout": "NV"}}
        """
            .formatted(Hashing.sha256().hashBytes(graph), VoiceNet.INPUTS),
        "test");
  }
}
