package io.github.erv.media;

import io.github.erv.error.MediaException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.atomic.AtomicBoolean;

/** A stream of bytes, read from a temporary copy that only this user may read. */
final class SpooledSource implements MediaSource {
  private final InputStream stream;
  private final String name;
  private final AtomicBoolean opened = new AtomicBoolean();

  SpooledSource(InputStream stream, String name) {
    this.stream = stream;
    this.name = name;
  }

  @Override
  public MediaReader open(MediaRequest request) {
    if (opened.getAndSet(true)) {
      throw new IllegalStateException("the stream " + name + " has been read already");
    }
    Path copy = spool();
    try {
      return new SpooledReader(new FileSource(copy, name).open(request), copy);
    } catch (RuntimeException e) {
      delete(copy);
      throw e;
    }
  }

  private Path spool() {
    Path copy = null;
    try (stream) {
      copy = Files.createTempFile("erv-", ".media");
      Files.copy(stream, copy, StandardCopyOption.REPLACE_EXISTING);
      return copy;
    } catch (IOException e) {
      if (copy != null) {
        delete(copy);
      }
      throw new MediaException("the stream " + name + " cannot be copied: " + e.getMessage(), e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("the temporary file " + file + " cannot be deleted", e);
    }
  }

  private record SpooledReader(MediaReader reader, Path copy) implements MediaReader {
    @Override
    public MediaInfo info() {
      return reader.info();
    }

    @Override
    public boolean read(MediaSink sink) {
      return reader.read(sink);
    }

    @Override
    public void close() {
      reader.close();
      delete(copy);
    }
  }
}
