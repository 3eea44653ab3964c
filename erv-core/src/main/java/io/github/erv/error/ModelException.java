package io.github.erv.error;

import org.jspecify.annotations.Nullable;

/** A model or its card is damaged, of the wrong shape, or not what its card says. */
public final class ModelException extends ErvException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what, expected, actual, remedy
   */
  public ModelException(String message) {
    this(message, null);
  }

  /**
   * Creates the exception with its cause.
   *
   * @param message what, expected, actual, remedy
   * @param cause what made it fail, or null
   */
  public ModelException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
