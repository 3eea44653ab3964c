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
}
