package io.github.erv.media;

import static org.bytedeco.ffmpeg.global.avcodec.AVDISCARD_DEFAULT;
import static org.bytedeco.ffmpeg.global.avcodec.AVDISCARD_NONREF;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_PROP_LOSSY;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_descriptor_get;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_JPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_MPEG;
import static org.bytedeco.ffmpeg.global.avutil.AV_FRAME_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_BGR24;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_FLAG_BAYER;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_FLAG_PAL;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_FLAG_RGB;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_FLAG_XYZ;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_GRAY8;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_NV12;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_RGB24;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_RGBA;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV422P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ420P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ422P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ440P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ444P;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_side_data;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;
import static org.bytedeco.ffmpeg.global.avutil.av_pix_fmt_desc_get;
import static org.bytedeco.ffmpeg.global.swscale.SWS_ACCURATE_RND;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BILINEAR;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BITEXACT;
import static org.bytedeco.ffmpeg.global.swscale.sws_freeContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getCachedContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getCoefficients;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale;
import static org.bytedeco.ffmpeg.global.swscale.sws_setColorspaceDetails;

import io.github.erv.Modality;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.jspecify.annotations.Nullable;

/** The picture: frames as the decoder lays them out, upright, no more of them than wanted. */
final class PictureTrack extends MediaTrack {
  /** Cells that are remembered: more than any decoder reorders pictures by. */
  private static final int CELLS = 16;

  private final double framesPerSecond;
  private final long usualDurationMicros;
  private final ColorRange unspecifiedGray;
  private final long[] cells = new long[CELLS];
  private final long[] earliest = new long[CELLS];
  private long last;
  private long lastCell = Long.MIN_VALUE;
  private @Nullable AVFrame converted;
  private @Nullable SwsContext scaler;
  private byte[] upright = new byte[0];

  PictureTrack(
      String media,
      AVStream stream,
      AVCodec decoder,
      int threads,
      MediaClock.Track clock,
      TimeSpan wanted,
      double framesPerSecond) {
    super(media, Modality.FACE, stream, decoder, threads, clock, wanted);
    this.framesPerSecond = framesPerSecond;
    int rate = stream.avg_frame_rate().num();
    usualDurationMicros = rate > 0 ? 1_000_000L * stream.avg_frame_rate().den() / rate : 0;
    boolean lossy =
        (avcodec_descriptor_get(stream.codecpar().codec_id()).props() & AV_CODEC_PROP_LOSSY) != 0;
    unspecifiedGray = lossy ? ColorRange.LIMITED : ColorRange.FULL;
    Arrays.fill(cells, Long.MIN_VALUE);
  }

  /**
   * Lets the decoder pass over a packet if no other picture refers to it and it cannot come out: it
   * lies before what is wanted, or an earlier one of its cell has been seen.
   */
  void spare(AVPacket packet) {
    boolean needed = true;
    long stamp = packet.pts();
    if (framesPerSecond < Double.POSITIVE_INFINITY && stamp != AV_NOPTS_VALUE) {
      long time = clock.nearby(micros(stamp));
      if (time < wanted.startMicros()) {
        needed = false;
      } else {
        long cell = cell(time);
        int slot = (int) Math.floorMod(cell, (long) CELLS);
        if (cells[slot] != cell) {
          cells[slot] = cell;
          earliest[slot] = time;
        }
        needed = time <= earliest[slot];
        earliest[slot] = Math.min(earliest[slot], time);
      }
    }
    codec.skip_frame(needed ? AVDISCARD_DEFAULT : AVDISCARD_NONREF);
  }

  private long cell(long time) {
    return (long) Math.floor(time * framesPerSecond / 1e6);
  }

  @Override
  void decoded(MediaSink sink) {
    long time = frameTime(sink);
    if (clock.started() && time < last) {
      return; // a faulty time stamp: time must not go back
    }
    long duration = frame.duration() > 0 ? micros(frame.duration()) : usualDurationMicros;
    // what the decoder was let pass over is no loss
    long tolerance = Math.max(duration / 2, (long) (1e6 / framesPerSecond));
    if (clock.started() && suspicious() && time > clock.next() + tolerance) {
      lost(time, sink);
    }
    last = time;
    intactUntil(time + duration);
    if (!wanted.contains(time)) {
      return;
    }
    if (framesPerSecond < Double.POSITIVE_INFINITY) {
      long cell = cell(time);
      if (cell == lastCell) {
        return;
      }
      lastCell = cell;
    }
    emit(time, sink);
  }

  private void emit(long time, MediaSink sink) {
    int width = frame.width();
    int height = frame.height();
    Orientation orientation = orientation();
    PixelFormat format = format(frame.format());
    AVFrame pixels = frame;
    if (format == null
        || (format == PixelFormat.YUV422P && orientation.transposed())
        || !topDown(format)) {
      format = target(format);
      pixels = convert(format);
    }
    ColorRange range = range(format, pixels);
    List<Frame.Plane> planes = new ArrayList<>(format.planes());
    boolean turned = !orientation.equals(Orientation.UPRIGHT);
    int shownWidth = orientation.transposed() ? height : width;
    int shownHeight = orientation.transposed() ? width : height;
    if (turned && upright.length < format.bytes(shownWidth, shownHeight)) {
      upright = new byte[format.bytes(shownWidth, shownHeight)];
    }
    int offset = 0;
    for (int p = 0; p < format.planes(); p++) {
      int stride = pixels.linesize(p);
      int rowBytes = format.rowBytes(p, width);
      int rows = format.rows(p, height);
      long bytes = (long) stride * (rows - 1) + rowBytes;
      ByteBuffer data = pixels.data(p).capacity(bytes).asByteBuffer();
      if (turned) {
        int pixelBytes = pixelBytes(format, p);
        orientation.turnInto(
            data, stride, rowBytes / pixelBytes, rows, pixelBytes, upright, offset);
        int shownRow = format.rowBytes(p, shownWidth);
        int size = shownRow * format.rows(p, shownHeight);
        planes.add(new Frame.Plane(ByteBuffer.wrap(upright, offset, size), shownRow));
        offset += size;
      } else {
        planes.add(new Frame.Plane(data, stride));
      }
    }
    sink.video(Frame.of(format, range, shownWidth, shownHeight, planes, time));
  }

  private static int pixelBytes(PixelFormat format, int plane) {
    return switch (format) {
      case RGB24, BGR24 -> 3;
      case RGBA32 -> 4;
      case NV12 -> plane == 0 ? 1 : 2;
      case GRAY8, YUV420P, YUV422P -> 1;
    };
  }

  private Orientation orientation() {
    AVFrameSideData matrix = av_frame_get_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX);
    return none(matrix) ? Orientation.UPRIGHT : orientation(matrix.data());
  }

  /** Returns what a display matrix asks for. */
  static Orientation orientation(BytePointer data) {
    IntPointer matrix = new IntPointer(data);
    return Orientation.of(matrix.get(0), matrix.get(1), matrix.get(3), matrix.get(4));
  }

  private boolean topDown(PixelFormat format) {
    for (int p = 0; p < format.planes(); p++) {
      if (frame.linesize(p) < 0) {
        return false;
      }
    }
    return true;
  }

  /** Returns the format as it is, or null if it has to be converted. */
  private static @Nullable PixelFormat format(int pixelFormat) {
    if (pixelFormat == AV_PIX_FMT_YUV420P || pixelFormat == AV_PIX_FMT_YUVJ420P) {
      return PixelFormat.YUV420P;
    } else if (pixelFormat == AV_PIX_FMT_YUV422P || pixelFormat == AV_PIX_FMT_YUVJ422P) {
      return PixelFormat.YUV422P;
    } else if (pixelFormat == AV_PIX_FMT_NV12) {
      return PixelFormat.NV12;
    } else if (pixelFormat == AV_PIX_FMT_GRAY8) {
      return PixelFormat.GRAY8;
    } else if (pixelFormat == AV_PIX_FMT_RGB24) {
      return PixelFormat.RGB24;
    } else if (pixelFormat == AV_PIX_FMT_BGR24) {
      return PixelFormat.BGR24;
    } else if (pixelFormat == AV_PIX_FMT_RGBA) {
      return PixelFormat.RGBA32;
    }
    return null;
  }

  private ColorRange range(PixelFormat format, AVFrame pixels) {
    if (!format.lumaPlane() || pixels.color_range() == AVCOL_RANGE_JPEG || fullByFormat()) {
      return ColorRange.FULL;
    }
    if (format == PixelFormat.GRAY8 && pixels.color_range() != AVCOL_RANGE_MPEG) {
      return unspecifiedGray;
    }
    return ColorRange.LIMITED;
  }

  private boolean fullByFormat() {
    int format = frame.format();
    return format == AV_PIX_FMT_YUVJ420P
        || format == AV_PIX_FMT_YUVJ422P
        || format == AV_PIX_FMT_YUVJ444P
        || format == AV_PIX_FMT_YUVJ440P;
  }

  /** Returns what to convert the frame to: the nearest format that keeps luma or colour. */
  private PixelFormat target(@Nullable PixelFormat format) {
    if (format != null) {
      return format == PixelFormat.YUV422P ? PixelFormat.YUV420P : format;
    }
    AVPixFmtDescriptor descriptor = av_pix_fmt_desc_get(frame.format());
    long rgb =
        AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BAYER | AV_PIX_FMT_FLAG_XYZ;
    if ((descriptor.flags() & rgb) != 0) {
      return PixelFormat.RGB24;
    }
    return descriptor.nb_components() <= 2 ? PixelFormat.GRAY8 : PixelFormat.YUV420P;
  }

  private static int pixelFormat(PixelFormat format) {
    return switch (format) {
      case GRAY8 -> AV_PIX_FMT_GRAY8;
      case RGB24 -> AV_PIX_FMT_RGB24;
      case BGR24 -> AV_PIX_FMT_BGR24;
      case RGBA32 -> AV_PIX_FMT_RGBA;
      case YUV420P -> AV_PIX_FMT_YUV420P;
      case NV12 -> AV_PIX_FMT_NV12;
      case YUV422P -> AV_PIX_FMT_YUV422P;
    };
  }

  private AVFrame convert(PixelFormat to) {
    int width = frame.width();
    int height = frame.height();
    AVFrame target = converted;
    if (target == null) {
      target = av_frame_alloc();
      converted = target;
    }
    if (target.width() != width
        || target.height() != height
        || target.format() != pixelFormat(to)) {
      av_frame_unref(target);
      target.width(width).height(height).format(pixelFormat(to));
      av_frame_get_buffer(target, 0);
    }
    int flags = SWS_BILINEAR | SWS_ACCURATE_RND | SWS_BITEXACT;
    scaler =
        sws_getCachedContext(
            scaler,
            width,
            height,
            frame.format(),
            width,
            height,
            pixelFormat(to),
            flags,
            null,
            null,
            (DoublePointer) null);
    // luma stays in its range, so that only the layout changes
    boolean full = frame.color_range() == AVCOL_RANGE_JPEG || fullByFormat();
    IntPointer coefficients = sws_getCoefficients(frame.colorspace());
    int one = 1 << 16;
    sws_setColorspaceDetails(
        scaler, coefficients, full ? 1 : 0, coefficients, full ? 1 : 0, 0, one, one);
    target.color_range(full ? AVCOL_RANGE_JPEG : frame.color_range());
    sws_scale(scaler, frame.data(), frame.linesize(), 0, height, target.data(), target.linesize());
    return target;
  }

  @Override
  void flush(MediaSink sink) {
    // frames are not held back
  }

  @Override
  void close() {
    if (converted != null) {
      av_frame_free(converted);
      converted = null;
    }
    if (scaler != null) {
      sws_freeContext(scaler);
      scaler = null;
    }
    super.close();
  }
}
