package io.github.erv.media;

import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_INFO;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.av_log_get_level;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import io.github.erv.error.NativeLibraryException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avdevice;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.swresample;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.javacpp.Loader;

/** FFmpeg's native libraries: loads them once, and words their errors. */
final class FfmpegLibrary {
  /** The release that natives are asked for when they are missing. */
  private static final String VERSION = "8.0.1-1.5.13";

  private static final String MOST_MEMORY = "org.bytedeco.javacpp.maxPhysicalBytes";

  private static boolean loaded;

  private FfmpegLibrary() {}

  /**
   * Opens an input. Where even the classes of FFmpeg are missing, {@link FfmpegReader} must not be
   * touched before that is known: it could not be linked.
   *
   * @throws io.github.erv.error.MediaException if that fails
   * @throws NativeLibraryException if there are no natives for this platform
   */
  static MediaReader open(FfmpegInput input, MediaRequest request) {
    if (input.kind() == FfmpegInput.Kind.DEVICE) {
      loadDevices();
    } else {
      load();
    }
    return FfmpegReader.open(input, request);
  }

  /**
   * Loads what reading needs.
   *
   * @throws NativeLibraryException if there are no natives for this platform
   */
  static synchronized void load() {
    if (loaded) {
      return;
    }
    // Unless it is told a limit, JavaCPP throws an OutOfMemoryError as soon as the process, whoever
    // in it, holds four times the Java heap: beside a small heap, a large model alone does.
    if (System.getProperty(MOST_MEMORY) == null) {
      System.setProperty(MOST_MEMORY, "0"); // none; what is allocated through it has its own
    }
    try {
      Loader.load(avcodec.class);
      Loader.load(avformat.class);
      Loader.load(swresample.class);
      Loader.load(swscale.class);
      // Errors come back as codes; FFmpeg's own account of them would go to standard error. An
      // application that has chosen a level keeps it.
      if (av_log_get_level() == AV_LOG_INFO) {
        av_log_set_level(AV_LOG_QUIET);
      }
      loaded = true;
    } catch (LinkageError e) {
      throw missing(e);
    }
  }

  /**
   * Loads the devices.
   *
   * @throws NativeLibraryException if there are no natives for this platform
   */
  static void loadDevices() {
    load();
    try {
      Loader.load(avdevice.class);
      avdevice.avdevice_register_all();
    } catch (LinkageError e) {
      throw missing(e);
    }
  }

  private static NativeLibraryException missing(LinkageError cause) {
    return NativeLibraryException.missing(
        "FFmpeg", "org.bytedeco", "ffmpeg", VERSION, platform(), cause);
  }

  private static String platform() {
    try {
      return Loader.getPlatform();
    } catch (LinkageError e) { // not even JavaCPP: the names it gives to the common platforms
      String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
      String machine = System.getProperty("os.arch");
      return (system.startsWith("mac") ? "macosx" : system.startsWith("win") ? "windows" : system)
          + (machine.equals("aarch64") ? "-arm64" : "-x86_64");
    }
  }

  /** Returns what FFmpeg calls an error. */
  static String message(int error) {
    byte[] text = new byte[256];
    av_strerror(error, text, text.length);
    int length = 0;
    while (length < text.length && text[length] != 0) {
      length++;
    }
    return new String(text, 0, length, StandardCharsets.UTF_8);
  }
}
