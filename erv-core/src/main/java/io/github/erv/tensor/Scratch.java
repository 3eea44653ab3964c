package io.github.erv.tensor;

/**
 * Working memory of the kernels: whoever calls them keeps one, so that no call allocates.
 *
 * <p>Its size does not depend on the sizes of the problems it serves. What it holds means nothing
 * between two calls. Used by one thread at a time.
 */
public final class Scratch {
  /** Creates working memory for any kernel and any size. */
  public Scratch() {}
}
