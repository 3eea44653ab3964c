package io.github.erv.audio.spectrum;

/**
 * The shape a frame is weighted with before it is transformed. Implementations are immutable and
 * thread-safe.
 *
 * @see "Harris (1978), On the use of windows for harmonic analysis with the discrete Fourier
 *     transform, Proc. IEEE 66(1)"
 */
@FunctionalInterface
public interface Window {
  /** Periodic Hann: 0.5 - 0.5 cos(2 pi i / n). */
  Window HANN = (i, n) -> 0.5 - 0.5 * Math.cos(2 * Math.PI * i / n);

  /** Symmetric Hamming: 0.54 - 0.46 cos(2 pi i / (n - 1)). */
  Window HAMMING = (i, n) -> 0.54 - 0.46 * Math.cos(2 * Math.PI * i / (n - 1));

  /** No weighting. */
  Window RECTANGULAR = (i, n) -> 1;

  /**
   * Returns a symmetric Gaussian.
   *
   * @param sigma standard deviation as a part of half the window, greater than 0
   * @return the window
   * @throws IllegalArgumentException if sigma is not finite and greater than 0
   */
  static Window gaussian(double sigma) {
    if (!(sigma > 0 && sigma < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("sigma must be greater than 0, was " + sigma);
    }
    return (i, n) -> {
      double half = (n - 1) / 2.0;
      double z = (i - half) / (sigma * half);
      return Math.exp(-0.5 * z * z);
    };
  }

  /**
   * Returns one weight.
   *
   * @param index from 0 to length - 1
   * @param length of the window, at least 2
   * @return the weight of the sample at that place
   */
  double weight(int index, int length);

  /**
   * Returns all weights.
   *
   * @param length of the window, at least 2
   * @return shape (length)
   */
  default float[] weights(int length) {
    float[] weights = new float[length];
    for (int i = 0; i < length; i++) {
      weights[i] = (float) weight(i, length);
    }
    return weights;
  }
}
