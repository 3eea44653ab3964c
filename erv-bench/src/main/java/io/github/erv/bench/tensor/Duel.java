package io.github.erv.bench.tensor;

import java.util.SplittableRandom;

/** One piece of work, done by the kernels and by ONNX Runtime from the same numbers. */
abstract class Duel implements AutoCloseable {
  /** What the two results may be apart. */
  private static final float TOLERANCE = 1e-4f;

  private final SplittableRandom random = new SplittableRandom(20250101);

  /** Does the work by the kernels. */
  abstract void erv();

  /** The graph that does the same by ONNX Runtime. */
  abstract OnnxRun onnx();

  /** Does the same by ONNX Runtime. */
  final void onnxRuntime() {
    onnx().run();
  }

  /** The kernels' last result. */
  abstract float[] ervResult();

  @Override
  public final void close() {
    onnx().close();
  }

  /** Returns numbers of the size that weights and embeddings have. */
  final float[] draw(int n, double reach) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextDouble(-reach, reach);
    }
    return values;
  }

  /** Does the work both ways and compares. */
  final Duel checked() {
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
