package io.github.erv.media;

/**
 * An open {@link MediaSource}: demuxes and decodes picture and sound in one pass, in the order of
 * the container. Used by one thread at a time; only {@link #close} may come from another.
 */
public interface MediaReader extends AutoCloseable {
  /**
   * Returns what the media holds.
   *
   * @return known from the moment the reader is open
   */
  MediaInfo info();

  /**
   * Reads on: gives the sink the next frames or windows, possibly none. What is damaged or missing
   * is told to the sink and passed over.
   *
   * @param sink receives them before this returns
   * @return false at the end of the media, or of what is wanted of it
   * @throws io.github.erv.error.MediaException if nothing more can be read and nothing was before,
   *     or if the thread was interrupted while this waited for a device, the network or a disk
   * @throws IllegalStateException if the reader is closed
   */
  boolean read(MediaSink sink);

  /**
   * Gives back file handles and native memory. Idempotent. While another thread reads, this ends
   * what it waits for, and returns when its call has; called by the sink, it takes effect when the
   * read returns.
   */
  @Override
  void close();
}
