package io.github.erv.media;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Something with an address: on the network, or a device. */
record AddressedSource(FfmpegInput input) implements MediaSource {
  private static final Set<String> PROTOCOLS =
      Set.of("http", "https", "rtsp", "rtsps", "rtmp", "rtmps", "srt", "udp", "rtp", "tcp");

  /** FFmpeg's input devices, apart from those that capture screens. */
  private static final Set<String> DEVICES =
      Set.of("v4l2", "alsa", "pulse", "avfoundation", "dshow");

  static MediaSource of(URI address) {
    String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    if (scheme.equals("file")) {
      return MediaSource.of(Path.of(address));
    }
    if (PROTOCOLS.contains(scheme)) {
      // over UDP, lost datagrams would come out as damaged pictures
      Map<String, String> options =
          scheme.startsWith("rtsp") ? Map.of("rtsp_transport", "tcp") : Map.of();
      return new AddressedSource(
          new FfmpegInput(
              name(address), address.toString(), null, options, FfmpegInput.Kind.STREAM));
    }
    if (DEVICES.contains(scheme)) {
      return new AddressedSource(
          new FfmpegInput(
              address.toString(),
              address.getSchemeSpecificPart(),
              scheme,
              Map.of(),
              FfmpegInput.Kind.DEVICE));
    }
    Set<String> known = new TreeSet<>(PROTOCOLS);
    known.addAll(DEVICES);
    throw new IllegalArgumentException(
        "an address must have the scheme file or one of " + known + ", was " + address);
  }

  /** Returns an address as people may see it: without password and query. */
  private static String name(URI address) {
    String authority = String.valueOf(address.getRawAuthority());
    String path = address.getRawPath() == null ? "" : address.getRawPath();
    return address.getScheme() + "://" + authority.substring(authority.lastIndexOf('@') + 1) + path;
  }

  @Override
  public MediaReader open(MediaRequest request) {
    return FfmpegLibrary.open(input, request);
  }
}
