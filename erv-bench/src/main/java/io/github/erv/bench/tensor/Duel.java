package io.github.erv.bench.tensor;

import java.util.SplittableRandom;

/** One piece of work, done by the kernels and by ONNX Runtime from the same numbers. */
public abstract class Duel implements AutoCloseable {
  /** What the two results may be apart. */
  private static final float TOLERANCE = 1e-4f;

  private final SplittableRandom random = new SplittableRandom(20250101);

  /** Starts with numbers that are always the same. */
  protected Duel() {}

  /** Does the work by erv. */
  public abstract void erv();

  /**
   * Returns the graph that does the same by ONNX Runtime.
   *
   * @return the same at each call
   */
  protected abstract OnnxRun onnx();

  /** Does the same by ONNX Runtime. */
  public final void onnxRuntime() {
    onnx().run();
  }

  /**
   * Returns erv's last result.
   *
   * @return row-major
   */
  protected abstract float[] ervResult();

  @Override
  public final void close() {
    onnx().close();
  }

  /**
   * Draws numbers of the size that weights and embeddings have.
   *
   * @param n how many
   * @param reach the largest, in either direction
   * @return a new array
   */
  protected final float[] draw(int n, double reach) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextDouble(-reach, reach);
    }
    return values;
  }

  /**
   * Does the work both ways and compares.
   *
   * @return this
   * @throws IllegalStateException if the results are apart
   */
  public final Duel checked() {
    erv();
    onnxRuntime();
    float[] ours = ervResult();
    float[] theirs = onnx().output();
    for (int i = 0; i < theirs.length; i++) {
      if (!(Math.abs(ours[i] - theirs[i]) <= TOLERANCE)) {
        throw new IllegalStateException(
            "%s: value %d is %s by erv, %s by ONNX Runtime"
                .formatted(getClass().getSimpleName(), i, ours[i], theirs[i]));
      }
    }
    return this;
  }
}
