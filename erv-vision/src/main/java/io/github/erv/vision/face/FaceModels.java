package io.github.erv.vision.face;

import io.github.erv.onnx.OnnxModel;
import io.github.erv.onnx.OnnxOptions;
import java.util.List;

/**
 * The bundled detector and mesh, as every {@link FaceTracker} shares them. Immutable and
 * thread-safe.
 */
public final class FaceModels implements AutoCloseable {
  private static final String FOLDER = "/io/github/erv/vision/models/";

  private final OnnxModel detector;
  private final OnnxModel mesh;

  private FaceModels(OnnxModel detector, OnnxModel mesh) {
    this.detector = detector;
    this.mesh = mesh;
  }

  /**
   * Loads the models.
   *
   * @param options how to load
   * @return models to close
   */
  public static FaceModels bundled(OnnxOptions options) {
    OnnxModel detector = OnnxModel.resource(FaceModels.class, FOLDER + "blazeface", options);
    try {
      return new FaceModels(
          detector, OnnxModel.resource(FaceModels.class, FOLDER + "facemesh", options));
    } catch (RuntimeException e) {
      detector.close();
      throw e;
    }
  }

  /**
   * Returns what the models are called.
   *
   * @return name and version of each
   */
  public List<String> names() {
    return List.of(detector.card().id(), mesh.card().id());
  }

  /**
   * Starts to follow faces.
   *
   * @param options what to look for
   * @return a tracker for use by one thread at a time; it stays usable when this is closed
   * @throws IllegalStateException if this is closed
   */
  public FaceTracker open(TrackerOptions options) {
    FaceDetector finder = new FaceDetector(detector);
    try {
      return new FaceTracker(finder, new FaceMesh(mesh), options);
    } catch (RuntimeException e) {
      finder.close();
      throw e;
    }
  }

  /** Gives back this share of the models. Idempotent. */
  @Override
  public void close() {
    mesh.close();
    detector.close();
  }
}
