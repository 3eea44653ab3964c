package io.github.erv.vision.face;

import io.github.erv.media.Frame;
import io.github.erv.onnx.OnnxModel;
import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/** Places landmarks on a face whose whereabouts are known. Used by one thread at a time. */
final class FaceMesh implements AutoCloseable {
  /** How much larger than the face the square is that the mesh looks at. */
  static final double MARGIN = 1.5;

  private final Network network;
  private final FloatBuffer landmarkOutput;
  private final FloatBuffer presenceOutput;
  private final float[] points = new float[3 * Landmarks.COUNT];

  FaceMesh(OnnxModel model) {
    network = new Network(model);
    landmarkOutput = network.output("landmarks");
    presenceOutput = network.output("presence");
  }

  /**
   * Places landmarks.
   *
   * @param face about the square of the face, without margin
   * @param least probability that there is a face
   * @return the landmarks, or null if there is none
   */
  @Nullable Landmarks place(Frame frame, Square face, FrameSampler sampler, float least) {
    Square square = face.scaled(MARGIN);
    network.run(frame, square, sampler);
    if (!(presenceOutput.get(0) >= least)) {
      return null;
    }
    landmarkOutput.get(0, points);
    double scale = square.side() / network.side();
    double cos = Math.cos(square.angle()) * scale;
    double sin = Math.sin(square.angle()) * scale;
    double middle = network.side() / 2.0;
    for (int i = 0; i < points.length; i += 3) {
      double across = points[i] - middle;
      double down = points[i + 1] - middle;
      points[i] = (float) (square.x() + cos * across - sin * down);
      points[i + 1] = (float) (square.y() + sin * across + cos * down);
      points[i + 2] = (float) (points[i + 2] * scale);
    }
    return Landmarks.of(points);
  }

  @Override
  public void close() {
    network.close();
  }
}
