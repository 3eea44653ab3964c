package io.github.erv.media;

import io.github.erv.error.MediaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A file: read by {@link WavReader} if that can, by FFmpeg otherwise.
 *
 * @param file where it is
 * @param name for people
 */
record FileSource(Path file, String name) implements MediaSource {
  FileSource(Path file) {
    this(file, file.toString());
  }

  @Override
  public MediaReader open(MediaRequest request) {
    boolean plain = check();
    if (plain && file.getFileSystem() != java.nio.file.FileSystems.getDefault()) {
      return copied(request);
    }
    if (plain) {
      var wav = WavReader.open(file, name, request);
      if (wav.isPresent()) {
        return wav.get();
      }
    }
    FfmpegInput.Kind kind = plain ? FfmpegInput.Kind.FILE : FfmpegInput.Kind.STREAM;
    // a percent sign in the name of a still picture is not a pattern
    Map<String, String> options = Map.of("pattern_type", "none");
    return FfmpegLibrary.open(
        new FfmpegInput(name, "file:" + file.toAbsolutePath(), null, options, kind), request);
  }

  /** A file inside an archive, or in memory, has no path for native code. */
  private MediaReader copied(MediaRequest request) {
    try {
      return new SpooledSource(Files.newInputStream(file), name).open(request);
    } catch (IOException e) {
      throw new MediaException(name + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** Says in words what is wrong with a file, and returns whether it is a plain one. */
  private boolean check() {
    if (!Files.exists(file)) {
      throw new MediaException(name + " does not exist");
    }
    if (Files.isDirectory(file)) {
      throw new MediaException(name + " is a directory");
    }
    if (!Files.isReadable(file)) {
      throw new MediaException(name + " may not be read by this user");
    }
    boolean plain = Files.isRegularFile(file);
    try {
      if (plain && Files.size(file) == 0) {
        throw new MediaException(name + " is empty");
      }
    } catch (IOException e) {
      throw new MediaException(name + " cannot be read: " + e.getMessage(), e);
    }
    return plain;
  }
}
