package io.github.erv.media;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Cameras by the names that each system gives them. */
final class Camera {
  private enum Platform {
    LINUX,
    MACOS,
    WINDOWS;

    static Platform here() {
      String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
      if (name.startsWith("windows")) {
        return WINDOWS;
      }
      return name.startsWith("mac") ? MACOS : LINUX;
    }
  }

  private Camera() {}

  static MediaSource numbered(int number) {
    if (number < 0) {
      throw new IllegalArgumentException("a camera's number must be at least 0, was " + number);
    }
    return switch (Platform.here()) {
      case LINUX -> named("/dev/video" + number);
      case MACOS -> named(String.valueOf(number));
      case WINDOWS ->
          throw new UnsupportedOperationException(
              "cameras have names on Windows; use camera(name), as the device manager shows it");
    };
  }

  static MediaSource named(String device) {
    return source(device, Map.of());
  }

  static MediaSource named(String device, int width, int height, double framesPerSecond) {
    if (width < 1 || height < 1 || Math.max(width, height) > Frame.MAX_SIDE) {
      throw new IllegalArgumentException(
          "a camera's picture must be from 1 to %d pixels a side, was %d x %d"
              .formatted(Frame.MAX_SIDE, width, height));
    }
    if (!(framesPerSecond > 0 && framesPerSecond < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "frames per second must be greater than 0, was " + framesPerSecond);
    }
    Map<String, String> options = new LinkedHashMap<>();
    options.put("video_size", width + "x" + height);
    options.put("framerate", String.valueOf(framesPerSecond));
    return source(device, options);
  }

  private static MediaSource source(String device, Map<String, String> options) {
    FfmpegInput.Kind kind = FfmpegInput.Kind.DEVICE;
    FfmpegInput input =
        switch (Platform.here()) {
          case LINUX -> new FfmpegInput(device, device, "v4l2", options, kind);
          case MACOS -> new FfmpegInput(device, device + ":none", "avfoundation", options, kind);
          case WINDOWS -> new FfmpegInput(device, "video=" + device, "dshow", options, kind);
        };
    return new AddressedSource(input);
  }
}
