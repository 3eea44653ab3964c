package io.github.erv.vision.face;

import io.github.erv.media.Frame;
import io.github.erv.onnx.ModelCard;
import io.github.erv.onnx.OnnxModel;
import io.github.erv.onnx.OnnxSession;
import java.nio.FloatBuffer;

/** A model that is fed with squares of frames in colour, as its card says. */
final class Network implements AutoCloseable {
  private final OnnxSession session;
  private final FloatBuffer input;
  private final int side;
  private final float[] mean;
  private final float[] scale;
  private final byte[] rgb;
  private final float[] values;

  Network(OnnxModel model) {
    ModelCard card = model.card();
    session = model.open();
    input = session.floatInput(card.inputName());
    side = (int) card.inputShape()[3];
    mean = card.inputMean();
    scale = card.inputScale();
    rgb = new byte[3 * side * side];
    values = new float[3 * side * side];
  }

  /** Returns the width and height of the input. */
  int side() {
    return side;
  }

  FloatBuffer output(String name) {
    return session.floatOutput(name);
  }

  void run(Frame frame, Square square, FrameSampler sampler) {
    sampler.rgbInto(frame, square, side, rgb);
    int pixels = side * side;
    for (int c = 0; c < 3; c++) {
      float m = mean[c % mean.length];
      float s = scale[c % scale.length];
      for (int i = 0, p = c, o = c * pixels; i < pixels; i++, p += 3) {
        values[o + i] = ((rgb[p] & 255) - m) * s;
      }
    }
    input.put(0, values);
    session.run();
  }

  @Override
  public void close() {
    session.close();
  }
}
