package io.github.erv.media;

import static java.util.Objects.requireNonNull;

import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;

/**
 * A recording, device or stream that can be read. Opening the same source again reads a recording
 * from its start.
 *
 * <p><b>Time.</b> Media time is the container's own presentation time in microseconds. Its zero is
 * the zero of the container's clock, edit lists and written offsets included; where that clock
 * starts anywhere (MPEG program and transport streams, live streams, cameras), and where the media
 * starts before it, zero is the first time stamp of picture and sound. Either way picture and sound
 * keep their offset to each other, a variable frame rate is kept, and a counter that wraps around
 * goes on.
 *
 * <p><b>Pictures</b> come out upright, whatever the rotation or mirroring that the container asks
 * for, and as the decoder lays them out; formats that {@link PixelFormat} lacks are converted. They
 * keep the stored number of pixels, also where those are not square. <b>Sound</b> comes out with
 * the stream's own rate and channels. Of several streams of a kind the container's default is read.
 * A cover picture is no video.
 *
 * <p>Plain WAV files are read without native code; everything else needs FFmpeg's natives.
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
    return new FileSource(requireNonNull(file, "file"));
  }

  /**
   * Returns the source at an address.
   *
   * <ul>
   *   <li>a file: {@code file:}
   *   <li>on the network: {@code http:}, {@code https:}, {@code rtsp:}, {@code rtsps:}, {@code
   *       rtmp:}, {@code rtmps:}, {@code srt:}, {@code udp:}, {@code rtp:}, {@code tcp:}. Reading
   *       gives up when nothing comes in for 15 seconds, when its thread is interrupted, and when
   *       the reader is closed by another thread.
   *   <li>a device, as FFmpeg names it: {@code v4l2:/dev/video0}, {@code alsa:default}, {@code
   *       pulse:default} on Linux, {@code avfoundation:0:0} on macOS, {@code dshow:video=...} on
   *       Windows
   * </ul>
   *
   * @param address absolute
   * @return the source; whether it can be read shows when it is opened
   * @throws IllegalArgumentException if the address has another scheme, or none
   */
  static MediaSource of(URI address) {
    return AddressedSource.of(address);
  }

  /**
   * Returns the source of a recording that comes as a stream of bytes. Opening it copies the stream
   * to a temporary file first, since many containers can only be read by going back and forth; the
   * file is deleted when the reader is closed. What has no end has an address instead, see {@link
   * #of(URI)}.
   *
   * @param stream read to its end and closed when the source is opened, which can be done once
   * @param name for people, as in {@code interview.mp4}
   * @return the source
   */
  static MediaSource of(InputStream stream, String name) {
    return new SpooledSource(requireNonNull(stream, "stream"), requireNonNull(name, "name"));
  }

  /**
   * Returns a camera, with the size and rate it chooses.
   *
   * @param number from 0 on, as the system counts them
   * @return the source, which gives pictures until its reader is closed
   * @throws IllegalArgumentException if the number is negative
   * @throws UnsupportedOperationException on Windows, where cameras have names
   */
  static MediaSource camera(int number) {
    return Camera.numbered(number);
  }

  /**
   * Returns a camera, with the size and rate it chooses.
   *
   * @param device what the system calls it: {@code /dev/video0} on Linux (Video4Linux2), its name
   *     or number on macOS (AVFoundation), its name on Windows (DirectShow)
   * @return the source, which gives pictures until its reader is closed
   */
  static MediaSource camera(String device) {
    return Camera.named(device);
  }

  /**
   * Returns a camera that is asked for a size and a rate.
   *
   * @param device as in {@link #camera(String)}
   * @param width in pixels, 1 to {@value Frame#MAX_SIDE}
   * @param height in pixels, 1 to {@value Frame#MAX_SIDE}
   * @param framesPerSecond greater than 0
   * @return the source, which gives pictures until its reader is closed; a camera that cannot do
   *     what was asked fails when it is opened, or gives what comes nearest
   * @throws IllegalArgumentException if a number is off
   */
  static MediaSource camera(String device, int width, int height, double framesPerSecond) {
    return Camera.named(device, width, height, framesPerSecond);
  }
}
