package io.github.erv.media;

import java.nio.file.Path;

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
   * @param file a recording, or a still picture, which is a video of one frame at media time 0
   * @return the source; whether the file can be read shows when it is opened
   */
  static MediaSource of(Path file) {
    return new FileSource(file);
  }
}
