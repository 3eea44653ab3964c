package io.github.erv.training.sequence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SequenceNetTest {
  private static final int FEATURES = 40;

  /** Both sum some thousand products of order 1 in float, each in its own order. */
  private static final float TOLERANCE = 1e-4f;

  @ParameterizedTest
  @EnumSource
  void graph_ofTheNetwork_givesWhatTheNetworkGives(TrainSequence.Layers layers) {
    int batch = 3;
    int classes = TrainSequence.LABELS.size();
    SequenceNet net = layers.net(FEATURES);
    Shape shape = new Shape(net.shape(batch));
    int each = (int) shape.size() / batch;
    SplittableRandom random = new SplittableRandom(5);
    float[] values = new float[batch * each];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-2, 2);
    }
    Engine.getEngine("PyTorch").setRandomSeed(3);
    float[] expected;
    byte[] graph;
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      net.initialize(manager, DataType.FLOAT32, shape);
      net.getParameters() // biases too, which start as zero
          .forEach(
              p -> {
                NDArray array = p.getValue().getArray();
                array.addi(manager.randomUniform(-0.3f, 0.3f, array.getShape()));
              });
      expected =
          net.forward(
                  new ParameterStore(manager, false),
                  new NDList(manager.create(values, shape)),
                  false)
              .singletonOrThrow()
              .toFloatArray();
      graph = net.graph();
    }
    try (OnnxModel model = OnnxModel.load(graph, card(graph, net), OnnxOptions.DEFAULT);
        OnnxSession session = model.open()) {
      for (int i = 0; i < batch; i++) {
        session.floatInput("sequence").put(0, values, i * each, each);
        session.run();
        float[] logits = new float[classes];
        session.floatOutput("logits").get(0, logits);
        float[] own = Arrays.copyOfRange(expected, i * classes, (i + 1) * classes);
        assertArrayEquals(own, logits, TOLERANCE, "sequence " + i);
        assertTrue(Math.abs(own[0]) > 10 * TOLERANCE, "the logits are too small to compare");
      }
    }
  }

  private static ModelCard card(byte[] graph, SequenceNet net) {
    return ModelCard.parse(
        """
        {"name": "sequence", "version": "1", "sha256": "%s",
         "weights": {"source": "test", "licence": "Apache-2.0", "licenceClass": "PERMISSIVE"},
         "data": {"name": "none", "licence": "none", "rightsClear": true},
         "input": {"name": "sequence", "shape": %s}}
        """
            .formatted(Hashing.sha256().hashBytes(graph), Arrays.toString(net.shape(1))),
        "test");
  }
}
