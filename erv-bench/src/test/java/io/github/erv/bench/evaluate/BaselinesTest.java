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

  /** Gives a model the sample at a channel, a row and a column of its input. */
  private interface Pixels {
    double at(int channel, int row, int column);
  }

  @Test
  void faceApi_portrait_agreesWithJavaScript() throws IOException {
    BufferedImage face = face();
    assertReadsHappiness(
        "face-api-expression", 3, face.getWidth(), (c, y, x) -> rgb(face, c, y, x));
  }

  /** The first 64 pixels either way, as a plain mean of the colours. */
  @Test
  void miniXception_portrait_agreesWithJavaScript() throws IOException {
    BufferedImage face = face();
    assertReadsHappiness(
        "mini-xception",
        1,
        64,
        (c, y, x) -> (rgb(face, 0, y, x) + rgb(face, 1, y, x) + rgb(face, 2, y, x)) / 3.0);
  }

  private static BufferedImage face() throws IOException {
    try (InputStream in = BaselinesTest.class.getResourceAsStream("face.png")) {
      return ImageIO.read(in);
    }
  }

  private static int rgb(BufferedImage face, int channel, int row, int column) {
    return face.getRGB(column, row) >> (16 - 8 * channel) & 255;
  }

  private static void assertReadsHappiness(String name, int channels, int side, Pixels pixels)
      throws IOException {
    try (OnnxModel model =
            OnnxModel.resource(Evaluate.class, "baselines/" + name, OnnxOptions.DEFAULT);
        OnnxSession session = model.open()) {
      ModelCard card = model.card();
      FloatBuffer input = session.floatInput(card.inputName());
      for (int i = 0; i < channels * side * side; i++) {
        int c = i / (side * side);
        double value = pixels.at(c, i / side % side, i % side);
        input.put(i, (float) ((value - card.inputMean()[c]) * card.inputScale()[0]));
      }
      session.run();
      float[] logits = new float[session.floatOutput("logits").capacity()];
      session.floatOutput("logits").get(0, logits);
      assertAgrees(name + ".logits", logits);
      Distribution read = Distribution.softmax(card.labels().orElseThrow(), logits);
      float[] probabilities = new float[logits.length];
      read.copyTo(probabilities, 0);
      assertAgrees(name + ".probabilities", probabilities);
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
