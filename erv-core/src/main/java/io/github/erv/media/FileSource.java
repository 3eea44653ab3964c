package io.github.erv.media;

import io.github.erv.error.MediaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A file, read by FFmpeg. */
record FileSource(Path file) implements MediaSource {
  @Override
  public MediaReader open(MediaRequest request) {
    boolean regular = check();
    FfmpegInput.Kind kind = regular ? FfmpegInput.Kind.FILE : FfmpegInput.Kind.STREAM;
    // a number sign in a still picture's name is not a pattern
    return FfmpegReader.open(
        new FfmpegInput(
            String.valueOf(file.getFileName()),
            "file:" + file.toAbsolutePath(),
            null,
            Map.of("pattern_type", "none"),
            kind),
        request);
  }

  /** Says in words what is wrong with a file, and returns whether it is a plain one. */
  private boolean check() {
    if (!Files.exists(file)) {
      throw new MediaException("the file " + file + " does not exist");
    }
    if (Files.isDirectory(file)) {
      throw new MediaException("the file " + file + " is a directory");
    }
    if (!Files.isReadable(file)) {
      throw new MediaException("the file " + file + " may not be read");
    }
    boolean regular = Files.isRegularFile(file);
    try {
      if (regular && Files.size(file) == 0) {
        throw new MediaException("the file " + file + " is empty");
      }
    } catch (IOException e) {
      throw new MediaException("the file " + file + " cannot be read: " + e.getMessage(), e);
    }
    return regular;
  }
}
