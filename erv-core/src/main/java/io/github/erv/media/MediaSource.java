package io.github.erv.media;

/**
 * A recording, device or stream that can be read. Opening the same source again reads a recording
 * from its start.
 */
@FunctionalInterface
public interface MediaSource {
  /**
   * Opens the source.
   *
   * @param request what is wanted of it
   * @return a reader to close
   * @throws io.github.erv.error.MediaException if it is missing, unreadable, encrypted or not media
   * @throws io.github.erv.error.NativeLibraryException if FFmpeg is needed and has no natives here
   */
  MediaReader open(MediaRequest request);

  /**
   * Returns the source of a file.
   *
   * @param file any picture and sound that FFmpeg reads, a WAV file, or a still picture
   * @return the source
   */
  static MediaSource of(java.nio.file.Path file) {
    return request -> {
      throw new io.github.erv.error.MediaException(file + " cannot be read: no reader yet");
    };
  }
}
