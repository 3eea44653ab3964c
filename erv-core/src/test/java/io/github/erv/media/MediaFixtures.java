package io.github.erv.media;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_GLOBAL_HEADER;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_QSCALE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avcodec.FF_COMPLIANCE_EXPERIMENTAL;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_side_data_new;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_from_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_GLOBALHEADER;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_WRITE;
import static org.bytedeco.ffmpeg.global.avformat.av_interleaved_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_write_trailer;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_output_context2;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_write_header;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open;
import static org.bytedeco.ffmpeg.global.avutil.*;
import static org.bytedeco.ffmpeg.global.swscale.SWS_ACCURATE_RND;
import static org.bytedeco.ffmpeg.global.swscale.SWS_POINT;
import static org.bytedeco.ffmpeg.global.swscale.sws_freeContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.LongStream;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Writes small recordings whose content is known: every picture carries its number, and every
 * sample of sound is a tone's value at its time.
 *
 * <pre>{@code
 * MediaFixtures.clip().picture("mpeg4", 160, 120, 0, 40, 80).sound("pcm_s16le", 16_000, 1, 0, 500)
 *     .write(directory.resolve("clip.mkv"));
 * }</pre>
 */
final class MediaFixtures {
  /** The first channel's tone; channel c has c + 1 times its frequency. */
  static final double TONE_HZ = 220;

  static final double TONE_AMPLITUDE = 0.5;

  private static final int ID_BITS = 10;

  private String pictureCodec = "";
  private String pixelFormat = "yuv420p";
  private int width;
  private int height;
  private long[] picturesAtMillis = {};
  private int keyFrameEvery = 12;
  private int bFrames;
  private boolean fullRange;
  private int rotationDegrees;
  private boolean mirrored;
  private boolean cover;
  private String soundCodec = "";
  private String sampleFormat = "s16";
  private int sampleRateHz;
  private int channels;
  private long soundAtMillis;
  private long soundMillis;
  private final Map<String, String> muxerOptions = new LinkedHashMap<>();

  private MediaFixtures() {}

  static MediaFixtures clip() {
    FfmpegLibrary.load();
    return new MediaFixtures();
  }

  /** Returns the times of pictures at a constant rate, in milliseconds. */
  static long[] every(int millis, int count) {
    return LongStream.range(0, count).map(k -> k * millis).toArray();
  }

  MediaFixtures picture(String codec, int width, int height, long... atMillis) {
    pictureCodec = codec;
    this.width = width;
    this.height = height;
    picturesAtMillis = atMillis;
    return this;
  }

  MediaFixtures pixelFormat(String name) {
    pixelFormat = name;
    return this;
  }

  MediaFixtures fullRange() {
    fullRange = true;
    return this;
  }

  MediaFixtures keyFrameEvery(int frames) {
    keyFrameEvery = frames;
    return this;
  }

  MediaFixtures bFrames(int count) {
    bFrames = count;
    return this;
  }

  /** Asks players to turn the picture counter-clockwise, and then to mirror it. */
  MediaFixtures shown(int rotationDegrees, boolean mirrored) {
    this.rotationDegrees = rotationDegrees;
    this.mirrored = mirrored;
    return this;
  }

  MediaFixtures cover() {
    cover = true;
    return this;
  }

  MediaFixtures sound(
      String codec, int sampleRateHz, int channels, long fromMillis, long lengthMillis) {
    soundCodec = codec;
    this.sampleRateHz = sampleRateHz;
    this.channels = channels;
    soundAtMillis = fromMillis;
    soundMillis = lengthMillis;
    return this;
  }

  MediaFixtures sampleFormat(String name) {
    sampleFormat = name;
    return this;
  }

  MediaFixtures muxer(String option, String value) {
    muxerOptions.put(option, value);
    return this;
  }

  /** Returns luma, in limited range, of a pixel of picture number {@code id}. */
  static int luma(int id, int x, int y, int width, int height) {
    if (4 * y < height) {
      int bit = x * ID_BITS / width;
      return (id >> bit & 1) == 1 ? 210 : 40;
    }
    return 8 * y < 5 * height ? 30 + 180 * x / width : 30 + 180 * y / height;
  }

  /** Reads the number of an upright picture. */
  static int id(Frame frame) {
    int id = 0;
    for (int bit = 0; bit < ID_BITS; bit++) {
      int x = (2 * bit + 1) * frame.width() / (2 * ID_BITS);
      id |= (gray(frame, x, frame.height() / 8) > 125 ? 1 : 0) << bit;
    }
    return id;
  }

  /** Returns a pixel's luma, or its green. */
  static int gray(Frame frame, int x, int y) {
    Frame.Plane plane = frame.planes().get(0);
    int pixelBytes = frame.format().rowBytes(0, 1);
    int green = pixelBytes > 1 ? 1 : 0;
    return plane.data().get(y * plane.stride() + x * pixelBytes + green) & 0xFF;
  }

  static double tone(int channel, double seconds) {
    return TONE_AMPLITUDE * Math.sin(2 * Math.PI * TONE_HZ * (channel + 1) * seconds);
  }

  Path write(Path file) {
    AVFormatContext muxer = new AVFormatContext(null);
    check(avformat_alloc_output_context2(muxer, null, (String) null, file.toString()));
    muxer.strict_std_compliance(FF_COMPLIANCE_EXPERIMENTAL);
    Track picture = pictureCodec.isEmpty() ? null : new Track(muxer, pictureEncoder(muxer));
    Track sound = soundCodec.isEmpty() ? null : new Track(muxer, soundEncoder(muxer));
    if (picture != null && (rotationDegrees != 0 || mirrored)) {
      rotate(picture.stream);
    }
    if (picture != null && cover) {
      picture.stream.disposition(avformat.AV_DISPOSITION_ATTACHED_PIC);
    }
    AVIOContext io = new AVIOContext(null);
    check(avio_open(io, file.toString(), AVIO_FLAG_WRITE));
    muxer.pb(io);
    AVDictionary options = new AVDictionary(null);
    muxerOptions.forEach((key, value) -> av_dict_set(options, key, value, 0));
    check(avformat_write_header(muxer, options));
    int next = 0;
    long sample = 0;
    long samples = soundMillis * sampleRateHz / 1000;
    while (next < picturesAtMillis.length || sample < samples) {
      double soundAt =
          sample < samples ? soundAtMillis + 1000.0 * sample / sampleRateHz : Double.MAX_VALUE;
      if (next < picturesAtMillis.length && picturesAtMillis[next] <= soundAt) {
        AVFrame frame = paint(next, picture.codec);
        frame.pts(picturesAtMillis[next]);
        next++;
        picture.encode(frame);
        av_frame_free(frame);
      } else {
        int size = sound.codec.frame_size() > 0 ? sound.codec.frame_size() : 1000;
        int count = (int) Math.min(size, samples - sample);
        AVFrame frame = play(sample, count, sound.codec);
        frame.pts(soundAtMillis * sampleRateHz / 1000 + sample);
        sound.encode(frame);
        av_frame_free(frame);
        sample += count;
      }
    }
    if (picture != null) {
      picture.close();
    }
    if (sound != null) {
      sound.close();
    }
    check(av_write_trailer(muxer));
    avio_closep(io);
    avformat_free_context(muxer);
    return file;
  }

  private AVCodecContext pictureEncoder(AVFormatContext muxer) {
    AVCodec encoder = avcodec_find_encoder_by_name(pictureCodec);
    AVCodecContext codec = avcodec_alloc_context3(encoder);
    codec.width(width).height(height).pix_fmt(av_get_pix_fmt(pixelFormat));
    codec.time_base(av_make_q(1, 1000));
    codec.gop_size(keyFrameEvery).max_b_frames(bFrames);
    codec.flags(codec.flags() | AV_CODEC_FLAG_QSCALE);
    codec.global_quality(2 * 118); // FF_QP2LAMBDA
    codec.strict_std_compliance(FF_COMPLIANCE_EXPERIMENTAL);
    codec.color_range(fullRange ? AVCOL_RANGE_JPEG : AVCOL_RANGE_UNSPECIFIED);
    return open(muxer, codec, encoder);
  }

  private AVCodecContext soundEncoder(AVFormatContext muxer) {
    AVCodec encoder = avcodec_find_encoder_by_name(soundCodec);
    AVCodecContext codec = avcodec_alloc_context3(encoder);
    codec.sample_fmt(av_get_sample_fmt(sampleFormat)).sample_rate(sampleRateHz);
    av_channel_layout_default(codec.ch_layout(), channels);
    codec.time_base(av_make_q(1, sampleRateHz));
    codec.strict_std_compliance(FF_COMPLIANCE_EXPERIMENTAL);
    return open(muxer, codec, encoder);
  }

  private static AVCodecContext open(AVFormatContext muxer, AVCodecContext codec, AVCodec encoder) {
    if ((muxer.oformat().flags() & AVFMT_GLOBALHEADER) != 0) {
      codec.flags(codec.flags() | AV_CODEC_FLAG_GLOBAL_HEADER);
    }
    check(avcodec_open2(codec, encoder, (AVDictionary) null));
    return codec;
  }

  private void rotate(AVStream stream) {
    int[] matrix = new int[9];
    // this function's angle is clockwise, unlike that of its counterpart
    av_display_rotation_set(matrix, -rotationDegrees);
    av_display_matrix_flip(matrix, mirrored ? 1 : 0, 0);
    AVPacketSideData list = new AVPacketSideData(null);
    AVPacketSideData sideData =
        av_packet_side_data_new(list, new int[1], AV_PKT_DATA_DISPLAYMATRIX, 9 * Integer.BYTES, 0);
    new IntPointer(sideData.data()).put(matrix, 0, 9);
    stream.codecpar().coded_side_data(list).nb_coded_side_data(1);
  }

  private AVFrame paint(int id, AVCodecContext codec) {
    AVFrame gray = picture(av_get_pix_fmt("yuv420p"));
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int luma = luma(id, x, y, width, height);
        gray.data(0).put((long) y * gray.linesize(0) + x, (byte) luma);
      }
    }
    for (int plane = 1; plane < 3; plane++) {
      Pointer.memset(gray.data(plane), 128, (long) gray.linesize(plane) * ((height + 1) / 2));
    }
    if (codec.pix_fmt() == gray.format()) {
      return gray;
    }
    AVFrame target = picture(codec.pix_fmt());
    SwsContext scaler =
        sws_getContext(
            width,
            height,
            gray.format(),
            width,
            height,
            codec.pix_fmt(),
            SWS_POINT | SWS_ACCURATE_RND,
            null,
            null,
            (DoublePointer) null);
    sws_scale(scaler, gray.data(), gray.linesize(), 0, height, target.data(), target.linesize());
    sws_freeContext(scaler);
    av_frame_free(gray);
    return target;
  }

  private AVFrame picture(int format) {
    AVFrame frame = av_frame_alloc();
    frame.format(format).width(width).height(height);
    check(av_frame_get_buffer(frame, 0));
    return frame;
  }

  private AVFrame play(long first, int count, AVCodecContext codec) {
    AVFrame frame = av_frame_alloc();
    int format = codec.sample_fmt();
    frame.format(format).nb_samples(count).sample_rate(sampleRateHz);
    av_channel_layout_default(frame.ch_layout(), channels);
    check(av_frame_get_buffer(frame, 0));
    boolean planar = format >= AV_SAMPLE_FMT_U8P && format <= AV_SAMPLE_FMT_DBLP;
    int packed = planar ? format - AV_SAMPLE_FMT_U8P : format;
    for (int c = 0; c < channels; c++) {
      BytePointer data = frame.extended_data(planar ? c : 0);
      for (int i = 0; i < count; i++) {
        double value = tone(c, soundAtMillis / 1e3 + (double) (first + i) / sampleRateHz);
        put(data, packed, planar ? i : (long) i * channels + c, value);
      }
    }
    return frame;
  }

  private static void put(BytePointer data, int format, long index, double value) {
    if (format == AV_SAMPLE_FMT_U8) {
      data.put(index, (byte) (128 + Math.round(value * 127)));
    } else if (format == AV_SAMPLE_FMT_S16) {
      data.putShort(2 * index, (short) Math.round(value * 32_767));
    } else if (format == AV_SAMPLE_FMT_S32) {
      data.putInt(4 * index, (int) Math.round(value * 2_147_483_647.0));
    } else if (format == AV_SAMPLE_FMT_FLT) {
      data.putFloat(4 * index, (float) value);
    } else {
      data.putDouble(8 * index, value);
    }
  }

  private static void check(int result) {
    if (result < 0) {
      throw new IllegalStateException(
          "the fixture cannot be written: " + FfmpegLibrary.message(result));
    }
  }

  /** A stream of the container and its encoder. */
  private static final class Track {
    private final AVFormatContext muxer;
    private final AVCodecContext codec;
    private final AVStream stream;
    private final AVPacket packet = av_packet_alloc();

    Track(AVFormatContext muxer, AVCodecContext codec) {
      this.muxer = muxer;
      this.codec = codec;
      stream = avformat_new_stream(muxer, null);
      avcodec_parameters_from_context(stream.codecpar(), codec);
      stream.time_base(codec.time_base());
    }

    void encode(AVFrame frame) {
      check(avcodec_send_frame(codec, frame));
      while (avcodec_receive_packet(codec, packet) >= 0) {
        if (packet.duration() == 0) {
          // without one, the edit list of an MP4 file cuts the last picture off
          packet.duration(codec.time_base().den() / 25);
        }
        av_packet_rescale_ts(packet, codec.time_base(), stream.time_base());
        packet.stream_index(stream.index());
        check(av_interleaved_write_frame(muxer, packet));
      }
    }

    void close() {
      encode(null);
      av_packet_free(packet);
      avcodec_free_context(codec);
    }
  }
}
