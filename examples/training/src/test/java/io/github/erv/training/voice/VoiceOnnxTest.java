package io.github.erv.training.voice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.ParameterStore;
import com.google.common.hash.Hashing;
import io.github.erv.onnx.ModelCard;
import io.github.erv.onnx.OnnxModel;
import io.github.erv.onnx.OnnxOptions;
import io.github.erv.onnx.OnnxSession;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VoiceOnnxTest {
  private static final int BANDS = 48;
  private static final int CLASSES = 7;

  /** Both sum some hundred products of order 1 in float, each in its own order. */
  private static final float TOLERANCE = 1e-4f;

  @ParameterizedTest
  @CsvSource({"1,180", "5,180", "3,77", "2,300"})
  void graph_ofTheNetwork_givesWhatTheNetworkGives(int batch, int frames) {
    SplittableRandom random = new SplittableRandom(batch * 1_000L + frames);
    float[] input = new float[batch * frames * BANDS];
    for (int i = 0; i < input.length; i++) {
      input[i] = (float) random.nextDouble(-15, 3);
    }
    float[] expected;
    byte[] graph;
    Engine.getEngine("PyTorch").setRandomSeed(11);
    try (Model model = Model.newInstance("voice", "PyTorch");
        NDManager scope = model.getNDManager().newSubManager()) {
      SequentialBlock net = VoiceNet.block(CLASSES);
      net.initialize(scope, DataType.FLOAT32, new Shape(batch, frames, BANDS));
      NDArray x = scope.create(input, new Shape(batch, frames, BANDS));
      ParameterStore parameters = new ParameterStore(scope, false);
      // so that batch normalisation has statistics of its own
      net.forward(parameters, new NDList(x), true);
      NDList evaluated = net.forward(parameters, new NDList(x), false);
      expected = evaluated.singletonOrThrow().toFloatArray();
      graph = VoiceOnnx.graph(VoiceNet.parameters(net), BANDS, CLASSES);
    }
    assertEquals(batch * CLASSES, expected.length);
    try (OnnxModel model = OnnxModel.load(graph, card(graph), OnnxOptions.DEFAULT);
        OnnxSession session =
            model.open(
                Map.of(
                    "frames", new long[] {batch, frames, BANDS},
                    "logits", new long[] {batch, CLASSES},
                    "embedding", new long[] {batch, VoiceNet.EMBEDDING}))) {
      session.floatInput("frames").put(0, input);
      session.run();
      float[] logits = new float[expected.length];
      session.floatOutput("logits").get(0, logits);
      assertArrayEquals(expected, logits, TOLERANCE);
    }
  }

  private static ModelCard card(byte[] graph) {
    return ModelCard.parse(
        """
        {"name": "voice", "version": "1", "sha256": "%s",
         "weights": {"source": "test", "licence": "Apache-2.0", "licenceClass": "PERMISSIVE"},
         "data": {"name": "none", "licence": "none", "rightsClear": true},
         "input": {"name": "frames", "shape": [-1, -1, 48], "layout": "NTF"}}
        """
            .formatted(Hashing.sha256().hashBytes(graph)),
        "test");
  }
}
