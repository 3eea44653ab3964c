package io.github.erv.error;

import org.jspecify.annotations.Nullable;

/** A recording, device or stream is missing, unreadable, encrypted or not media. */
public final class MediaException extends ErvException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what, expected, actual, remedy
   */
  public MediaException(String message) {
    this(message, null);
  }

  /**
   * Creates the exception with its cause.
   *
   * @param message what, expected, actual, remedy
   * @param cause what made it fail, or null
   */
  public MediaException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
