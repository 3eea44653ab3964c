package io.github.erv.training.face;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import com.google.common.hash.Hashing;
import io.github.erv.onnx.ModelCard;
import io.github.erv.onnx.OnnxModel;
import io.github.erv.onnx.OnnxOptions;
import io.github.erv.onnx.OnnxSession;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FaceOnnxTest {
  private static final int SIDE = FerPlus.SIDE;
  private static final int CLASSES = FerPlus.LABELS.size();

  /** Both sum some thousand products of order 1 in float, each in its own order. */
  private static final float TOLERANCE = 1e-4f;

  @Test
  void graph_ofTheNetwork_givesWhatTheNetworkGives() {
    SplittableRandom random = new SplittableRandom(5);
    int batch = 6;
    float[] faces = new float[batch * SIDE * SIDE];
    for (int i = 0; i < faces.length; i++) {
      faces[i] = random.nextInt(256);
    }
    Arrays.fill(faces, 0, SIDE * SIDE, 7); // a face without any contrast
    float[] expected;
    Map<String, float[]> weights;
    Engine.getEngine("PyTorch").setRandomSeed(3);
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      FaceNet net = new FaceNet(CLASSES);
      net.initialize(manager, DataType.FLOAT32, new Shape(batch, 1, SIDE, SIDE));
      NDArray x = manager.create(faces, new Shape(batch, 1, SIDE, SIDE));
      ParameterStore parameters = new ParameterStore(manager, false);
      for (int i = 0; i < 5; i++) { // so that batch normalisation has statistics of its own
        net.forward(parameters, new NDList(x), true);
      }
      NDList evaluated = net.forward(parameters, new NDList(x), false);
      expected = evaluated.singletonOrThrow().toFloatArray();
      weights = Weights.of(net);
    }
    byte[] graph = FaceOnnx.graph(weights, CLASSES);
    try (OnnxModel model = OnnxModel.load(graph, card(graph), OnnxOptions.DEFAULT);
        OnnxSession session = model.open()) {
      assertEquals(FaceNet.EMBEDDING, session.floatOutput("embedding").capacity());
      for (int i = 0; i < batch; i++) {
        session.floatInput("image").put(0, faces, i * SIDE * SIDE, SIDE * SIDE);
        session.run();
        float[] logits = new float[CLASSES];
        session.floatOutput("logits").get(0, logits);
        float[] own = Arrays.copyOfRange(expected, i * CLASSES, (i + 1) * CLASSES);
        assertArrayEquals(own, logits, TOLERANCE, "face " + i);
      }
    }
  }

  /**
   * The limits that a face may cost: 120 million multiplications and additions, 3 million weights.
   */
  @Test
  void network_isAsSmallAsItHasToBe() {
    long weights = 0;
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      FaceNet net = new FaceNet(CLASSES);
      net.initialize(manager, DataType.FLOAT32, new Shape(1, 1, SIDE, SIDE));
      weights = new TrainingState(net).learnt();
    }
    assertTrue(weights < 3_000_000, weights + " weights");

    long products = 9L * SIDE * SIDE * FaceNet.STEM;
    int side = SIDE;
    int channels = FaceNet.STEM;
    for (FaceNet.Stage stage : FaceNet.STAGES) {
      side /= stage.stride();
      long wide = stage.channels();
      products += (long) side * side * wide * (9L * channels + 9 * wide + channels);
      products += 2 * wide * wide / FaceNet.SQUEEZE;
      channels = stage.channels();
    }
    products += (long) side * side * channels * FaceNet.EMBEDDING;
    products += (long) CLASSES * FaceNet.EMBEDDING;
    assertTrue(2 * products < 120_000_000, 2 * products + " operations a face");
  }

  private static ModelCard card(byte[] graph) {
    return ModelCard.parse(
        """
        {"name": "face", "version": "1", "sha256": "%s",
         "weights": {"source": "test", "licence": "Apache-2.0", "licenceClass": "PERMISSIVE"},
         "data": {"name": "none", "licence": "none", "rightsClear": true},
         "input": {"name": "image", "shape": [1, 1, 48, 48], "layout": "NCHW"}}
        """
            .formatted(Hashing.sha256().hashBytes(graph)),
        "test");
  }
}
