package io.github.erv.vision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import org.junit.jupiter.api.Test;

/**
 * Holds the converted models against what the JavaScript libraries compute from the same pixels;
 * {@code models/vectors.cjs} among the test resources made the expected values.
 */
class BundledModelsTest {
  /** Relative: sums of thousands of products in another order. */
  private static final double TOLERANCE = 1e-4;

  @Test
  void blazeface_portrait_agreesWithJavaScript() throws IOException {
    try (OnnxModel model = OnnxModel.resource(FaceEncoder.class, "models/blazeface", DEFAULT);
        OnnxSession session = model.open()) {
      feed(session, model.card(), 0, 0, 256);
      session.run();
      for (String output : new String[] {"scores16", "scores8", "boxes16", "boxes8"}) {
        assertAgrees("blazeface." + output, session.floatOutput(output));
      }
    }
  }

  @Test
  void facemesh_portrait_agreesWithJavaScript() throws IOException {
    try (OnnxModel model = OnnxModel.resource(FaceEncoder.class, "models/facemesh", DEFAULT);
        OnnxSession session = model.open()) {
      feed(session, model.card(), 31, 20, 192);
      session.run();
      assertAgrees("facemesh.landmarks", session.floatOutput("landmarks"));
      assertAgrees("facemesh.presence", session.floatOutput("presence"));
    }
  }

  private static final OnnxOptions DEFAULT = OnnxOptions.DEFAULT;

  /** Writes a square of the portrait, unscaled, as the card says. */
  private static void feed(OnnxSession session, ModelCard card, int x, int y, int side)
      throws IOException {
    BufferedImage portrait = Pictures.portrait();
    FloatBuffer input = session.floatInput(card.inputName());
    float[] mean = card.inputMean();
    float[] scale = card.inputScale();
    for (int c = 0; c < 3; c++) {
      for (int row = 0; row < side; row++) {
        for (int column = 0; column < side; column++) {
          int value = portrait.getRGB(x + column, y + row) >> (16 - 8 * c) & 255;
          input.put(
              (c * side + row) * side + column,
              (value - mean[c % mean.length]) * scale[c % scale.length]);
        }
      }
    }
  }

  private static void assertAgrees(String vector, FloatBuffer actual) throws IOException {
    FloatBuffer expected;
    try (InputStream in =
        BundledModelsTest.class.getResourceAsStream("models/" + vector + ".f32")) {
      expected = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    }
    assertEquals(expected.capacity(), actual.capacity(), vector);
    for (int i = 0; i < expected.capacity(); i++) {
      double bound = TOLERANCE * Math.max(1, Math.abs(expected.get(i)));
      double difference = Math.abs(expected.get(i) - actual.get(i));
      assertTrue(
          difference <= bound,
          vector + "[" + i + "]: expected " + expected.get(i) + ", was " + actual.get(i));
    }
  }
}
