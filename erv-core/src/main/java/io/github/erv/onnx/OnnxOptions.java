package io.github.erv.onnx;

/**
 * How a model is loaded.
 *
 * @param threads intra-op threads of ONNX Runtime, at least 1. More than one seldom pays: run
 *     sessions side by side instead.
 * @param cuda the CUDA device to run on, or -1 for the CPU; needs ONNX Runtime's GPU package in
 *     place of the plain one
 * @param nonCommercialAllowed whether a model whose card says NON_COMMERCIAL may load: the caller
 *     states that its licence is kept
 */
public record OnnxOptions(int threads, int cuda, boolean nonCommercialAllowed) {
  /** One thread, on the CPU, permissive licences only. */
  public static final OnnxOptions DEFAULT = new OnnxOptions(1, -1, false);

  public OnnxOptions {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, were " + threads);
    }
    if (cuda < -1) {
      throw new IllegalArgumentException("the CUDA device must be -1 or more, was " + cuda);
    }
  }

  /**
   * Returns these options with models of non-commercial licence allowed: the caller states that
   * their licence is kept.
   *
   * @return other options
   */
  public OnnxOptions allowNonCommercial() {
    return new OnnxOptions(threads, cuda, true);
  }

  /**
   * Returns these options on a CUDA device.
   *
   * @param device number of the device, from 0
   * @return other options
   */
  public OnnxOptions onCuda(int device) {
    return new OnnxOptions(threads, device, nonCommercialAllowed);
  }
}
