package io.github.erv.error;

import org.jspecify.annotations.Nullable;

/** A file that erv reads back, such as a time line, is not in the form that erv writes. */
public final class FormatException extends ErvException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what, expected, actual, remedy
   */
  public FormatException(String message) {
    this(message, null);
  }

  /**
   * Creates the exception with its cause.
   *
   * @param message what, expected, actual, remedy
   * @param cause what made it fail, or null
   */
  public FormatException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
