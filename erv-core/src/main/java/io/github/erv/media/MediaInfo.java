package io.github.erv.media;

import java.util.Optional;

/**
 * What a recording, device or stream holds.
 *
 * @param name for people: a file's name without its folder, a device, an address
 * @param durationMicros the media time at which it ends, 0 for a still picture; as the container
 *     says or lets guess, or empty if it does not (cameras, live streams)
 * @param video the picture, or empty if there is none
 * @param audio the sound, or empty if there is none
 */
public record MediaInfo(
    String name, Optional<Long> durationMicros, Optional<Video> video, Optional<Audio> audio) {
  /** Leaves out the folder of a file, which is nobody's business where reports are read. */
  static String withoutFolder(String path) {
    return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  }

  /**
   * The picture.
   *
   * @param codec as in {@code h264}
   * @param width in pixels, upright, as frames come out
   * @param height in pixels, upright, as frames come out
   * @param framesPerSecond the container's average, or 0 if it does not say; never used for time
   */
  public record Video(String codec, int width, int height, double framesPerSecond) {}

  /**
   * The sound.
   *
   * @param codec as in {@code aac}
   * @param channels at least 1
   * @param sampleRateHz as windows come out
   */
  public record Audio(String codec, int channels, int sampleRateHz) {}
}
