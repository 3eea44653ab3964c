package io.github.erv.media;

/**
 * An open {@link MediaSource}: demuxes and decodes picture and sound in one pass, in the order of
 * the container. Used by one thread at a time; {@link #close} may come from another once reading
 * has ended.
 */
public interface MediaReader extends AutoCloseable {
  /**
   * Returns what the media holds.
   *
   * @return known from the moment the reader is open
   */
  MediaInfo info();

  /**
   * Reads on: gives the sink the next frames or windows, possibly none.
   *
   * @param sink receives them before this returns
   * @return false at the end of the media
   * @throws io.github.erv.error.MediaException if nothing more can be read and nothing was before
   */
  boolean read(MediaSink sink);

  /** Gives back file handles and native memory. Idempotent. */
  @Override
  void close();
}
