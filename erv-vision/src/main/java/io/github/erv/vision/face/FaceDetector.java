package io.github.erv.vision.face;

import io.github.erv.Region;
import io.github.erv.media.Frame;
import io.github.erv.onnx.OnnxModel;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Finds faces with BlazeFace. Used by one thread at a time. */
final class FaceDetector implements AutoCloseable {
  /**
   * A face that was found.
   *
   * @param box around brows and chin, upright, in pixels of the frame
   * @param angle of the line through the eyes, clockwise in radians
   * @param score from 0 to 1
   */
  record Detection(Region box, double angle, float score) {
    /** Returns the square in which the mesh looks for the face. */
    Square square() {
      return new Square(
          box.x() + box.width() / 2,
          box.y() + box.height() / 2,
          Math.max(box.width(), box.height()),
          angle);
    }
  }

  /** Boxes that share more than this of their area are one face. */
  private static final float SAME_FACE = 0.3f;

  /** Values a box: centre, size, and x and y of six points, of which the eyes come first. */
  private static final int BOX_VALUES = 16;

  private final Network network;
  private final Grid fine;
  private final Grid coarse;

  FaceDetector(OnnxModel model) {
    network = new Network(model);
    fine = new Grid(network, "16", 16);
    coarse = new Grid(network, "8", 8);
  }

  /** One of the two output layers: a grid of cells with several anchors in the middle of each. */
  private static final class Grid {
    final FloatBuffer scoreOutput;
    final FloatBuffer boxOutput;
    final float[] scores;
    final float[] boxes;
    final int cells;
    final int anchors;

    Grid(Network network, String suffix, int cells) {
      scoreOutput = network.output("scores" + suffix);
      boxOutput = network.output("boxes" + suffix);
      scores = new float[scoreOutput.capacity()];
      boxes = new float[boxOutput.capacity()];
      this.cells = cells;
      anchors = scores.length / (cells * cells);
    }
  }

  /**
   * Finds faces in a square of a frame.
   *
   * @param square upright
   * @param least score
   * @return the best first
   */
  List<Detection> detect(Frame frame, Square square, FrameSampler sampler, float least) {
    network.run(frame, square, sampler);
    List<Detection> found = new ArrayList<>();
    double logit = Math.log(least / (1 - least));
    collect(fine, square, logit, found);
    collect(coarse, square, logit, found);
    found.sort(Comparator.comparingDouble(detection -> -detection.score()));
    List<Detection> faces = new ArrayList<>();
    for (Detection detection : found) {
      boolean fresh = true;
      for (Detection better : faces) {
        fresh &= detection.box().overlap(better.box()) <= SAME_FACE;
      }
      if (fresh) {
        faces.add(detection);
      }
    }
    return faces;
  }

  private void collect(Grid grid, Square square, double logit, List<Detection> found) {
    grid.scoreOutput.get(0, grid.scores);
    grid.boxOutput.get(0, grid.boxes);
    double scale = square.side() / network.side();
    double left = square.x() - square.side() / 2;
    double top = square.y() - square.side() / 2;
    double cell = (double) network.side() / grid.cells;
    for (int i = 0; i < grid.scores.length; i++) {
      if (grid.scores[i] < logit) {
        continue;
      }
      int column = i / grid.anchors % grid.cells;
      int line = i / grid.anchors / grid.cells;
      double anchorX = (column + 0.5) * cell;
      double anchorY = (line + 0.5) * cell;
      int b = i * BOX_VALUES;
      double width = grid.boxes[b + 2];
      double height = grid.boxes[b + 3];
      if (!(width >= 1 && height >= 1)) {
        continue;
      }
      double x = anchorX + grid.boxes[b] - width / 2;
      double y = anchorY + grid.boxes[b + 1] - height / 2;
      found.add(
          new Detection(
              new Region(
                  (float) (left + x * scale),
                  (float) (top + y * scale),
                  (float) (width * scale),
                  (float) (height * scale)),
              Math.atan2(
                  grid.boxes[b + 7] - grid.boxes[b + 5], grid.boxes[b + 6] - grid.boxes[b + 4]),
              (float) (1 / (1 + Math.exp(-grid.scores[i])))));
    }
  }

  @Override
  public void close() {
    network.close();
  }
}
