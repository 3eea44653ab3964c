package io.github.erv.error;

import org.jspecify.annotations.Nullable;

/**
 * The world's fault, not the caller's: a file, a model or a native library is not what it should
 * be. The message names the thing, what was expected, what was found, and ends in the remedy.
 */
public abstract sealed class ErvException extends RuntimeException
    permits MediaException,
        ModelException,
        NativeLibraryException,
        InferenceException,
        FormatException {
  private static final long serialVersionUID = 1L;

  ErvException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
