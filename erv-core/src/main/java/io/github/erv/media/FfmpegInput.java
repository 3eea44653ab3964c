package io.github.erv.media;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What FFmpeg is to open.
 *
 * @param name for people
 * @param address as FFmpeg takes it
 * @param format the name of its demuxer or device, or null to find out
 * @param options of the demuxer or the protocol
 * @param kind what may be expected of it
 */
record FfmpegInput(
    String name, String address, @Nullable String format, Map<String, String> options, Kind kind) {

  /** The name for those who read what comes out, not for those who have to find the file. */
  String title() {
    return kind == Kind.FILE ? MediaInfo.withoutFolder(name) : name;
  }

  /** What may be expected of an input. */
  enum Kind {
    /** A local file: never blocks for long. */
    FILE,
    /** Something on the network: may block, may be live. */
    STREAM,
    /** A camera or a microphone: is live, and its clock starts anywhere. */
    DEVICE
  }
}
