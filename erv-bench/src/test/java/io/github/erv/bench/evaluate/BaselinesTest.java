package io.github.erv.bench.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.onnx.ModelCard;
import io.github.erv.onnx.OnnxModel;
import io.github.erv.onnx.OnnxOptions;
import io.github.erv.onnx.OnnxSession;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/**
 * The converted baselines against what their JavaScript says.
 *
 * <p>{@code face.png} is a square of 112 pixels at (71, 62) of erv-vision's portrait; the vectors
 * were made from it by {@code vectors.cjs} beside that portrait.
 */
class BaselinesTest {
  /** Relative: sums of thousands of products in another order. */
  private static final double TOLERANCE = 1e-4;

  @Test
  void faceApi_portrait_agreesWithJavaScript() throws IOException {
    try (OnnxModel model =
            OnnxModel.resource(
                Evaluate.class, "baselines/face-api-expression", OnnxOptions.DEFAULT);
        OnnxSession session = model.open()) {
      ModelCard card = model.card();
      BufferedImage face;
      try (InputStream in = BaselinesTest.class.getResourceAsStream("face.png")) {
        face = ImageIO.read(in);
      }
      int side = face.getWidth();
      FloatBuffer input = session.floatInput(card.inputName());
      for (int i = 0; i < 3 * side * side; i++) {
        int c = i / (side * side);
        int value = face.getRGB(i % side, i / side % side) >> (16 - 8 * c) & 255;
        input.put(i, (value - card.inputMean()[c]) * card.inputScale()[0]);
      }
      session.run();
      float[] logits = new float[session.floatOutput("logits").capacity()];
      session.floatOutput("logits").get(0, logits);
      assertAgrees("face-api-expression.logits", logits);
      Distribution read = Distribution.softmax(card.labels().orElseThrow(), logits);
      float[] probabilities = new float[logits.length];
      read.copyTo(probabilities, 0);
      assertAgrees("face-api-expression.probabilities", probabilities);
      assertEquals(Emotion.HAPPINESS, read.top());
    }
  }

  private static void assertAgrees(String vector, float[] actual) throws IOException {
    FloatBuffer expected;
    try (InputStream in = BaselinesTest.class.getResourceAsStream(vector + ".f32")) {
      expected = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    }
    assertEquals(expected.capacity(), actual.length, vector);
    for (int i = 0; i < actual.length; i++) {
      double bound = TOLERANCE * Math.max(1, Math.abs(expected.get(i)));
      assertEquals(expected.get(i), actual[i], bound, vector + '[' + i + ']');
    }
  }
}
