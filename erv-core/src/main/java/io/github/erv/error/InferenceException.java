package io.github.erv.error;

import org.jspecify.annotations.Nullable;

/** An encoder, a fusion strategy or a listener failed while a session was running. */
public final class InferenceException extends ErvException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what, expected, actual, remedy
   */
  public InferenceException(String message) {
    this(message, null);
  }

  /**
   * Creates the exception with its cause.
   *
   * @param message what, expected, actual, remedy
   * @param cause what made it fail, or null
   */
  public InferenceException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
