package io.github.erv.media;

import static org.bytedeco.ffmpeg.global.avcodec.AVDISCARD_ALL;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_ENCRYPTION_INFO;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_CORRUPT;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_get_side_data;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_side_data_get;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_DURATION_FROM_BITRATE;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_TS_DISCONT;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_ATTACHED_PIC;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.av_find_input_format;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_seek_file;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_INVALIDDATA;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;

import io.github.erv.error.MediaException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.jspecify.annotations.Nullable;

/*
 * Media time 0 is the zero of the container's own clock, since an edit list or a written offset is
 * meant. Where that clock starts anywhere (MPEG program and transport streams, network streams,
 * devices), and where the media starts before it, media time 0 is the first time stamp of all
 * tracks. Either way the tracks keep their offsets to one another.
 */
/** Reads with FFmpeg: one pass over the container for picture and sound. */
final class FfmpegReader implements MediaReader {
  /** Decoder threads for the picture of a recording; live input has one, which adds no delay. */
  private static final int DECODER_THREADS = 2;

  /** How far before the wanted span decoding starts, for codecs that lean on what was before. */
  private static final long LEAD_MICROS = 250_000;

  /** After how many unreadable packets in a row the rest of a container is given up. */
  private static final int MOST_BAD_READS = 64;

  /** How far past the wanted end one track is read while another has not reached it. */
  private static final long OVERRUN_MICROS = 10_000_000;

  private static final Set<Integer> ENCRYPTED_TAGS =
      Set.of(tag("encv"), tag("enca"), tag("drms"), tag("drmi"));

  private static final System.Logger LOGGER = System.getLogger(FfmpegReader.class.getName());

  private final FfmpegInput input;
  private final BlockingGuard guard;
  private final AVFormatContext container;
  private final AVPacket packet;
  private final List<MediaTrack> tracks = new ArrayList<>(2);
  private final MediaInfo info;
  private final TimeSpan wanted;
  private final long zeroMicros;
  private final Optional<Long> reliableEndMicros;
  private int badReads;
  private boolean reading;
  private boolean ended;
  private boolean closed;
  private boolean anything;

  private FfmpegReader(
      FfmpegInput input, BlockingGuard guard, AVFormatContext container, MediaRequest request) {
    this.input = input;
    this.guard = guard;
    this.container = container;
    packet = av_packet_alloc();
    try {
      AVStream picture = best(AVMEDIA_TYPE_VIDEO);
      AVStream sound = best(AVMEDIA_TYPE_AUDIO);
      if (picture == null && sound == null) {
        throw new MediaException(input.name() + " holds neither picture nor sound");
      }
      boolean live =
          input.kind() == FfmpegInput.Kind.DEVICE
              || (input.kind() == FfmpegInput.Kind.STREAM
                  && container.duration() == AV_NOPTS_VALUE);
      boolean anywhere = live || (container.iformat().flags() & AVFMT_TS_DISCONT) != 0;
      long start = container.start_time() == AV_NOPTS_VALUE ? 0 : startMicros(picture, sound);
      zeroMicros = anywhere ? start : Math.min(start, 0);
      info = describe(picture, sound);
      reliableEndMicros =
          container.duration_estimation_method() == AVFMT_DURATION_FROM_BITRATE
              ? Optional.empty()
              : info.durationMicros();
      wanted = request.span().orElse(new TimeSpan(0, Long.MAX_VALUE));
      long wrap = 0;
      AVStream clocked = picture != null ? picture : sound;
      if (clocked != null && clocked.pts_wrap_bits() < 63) {
        wrap =
            MediaTrack.micros(
                1L << clocked.pts_wrap_bits(),
                clocked.time_base().num(),
                clocked.time_base().den());
      }
      MediaClock clock = new MediaClock(zeroMicros, anywhere, wrap);
      for (int i = 0; i < container.nb_streams(); i++) {
        container.streams(i).discard(AVDISCARD_ALL);
      }
      if (picture != null && request.video()) {
        int threads = live ? 1 : DECODER_THREADS;
        tracks.add(
            new PictureTrack(
                input.title(),
                picture,
                decoder(picture),
                threads,
                clock.track(),
                wanted,
                request.framesPerSecond()));
        picture.discard(0);
      }
      if (sound != null && request.audio()) {
        tracks.add(new SoundTrack(input.title(), sound, decoder(sound), clock.track(), wanted));
        sound.discard(0);
      }
      ended = tracks.isEmpty();
      if (!ended && wanted.startMicros() > 0) {
        seek(start);
      }
    } catch (RuntimeException e) {
      release();
      throw e;
    }
  }

  private static int tag(String letters) {
    byte[] b = letters.getBytes(StandardCharsets.US_ASCII);
    return b[0] | b[1] << 8 | b[2] << 16 | b[3] << 24;
  }

  /**
   * Opens an input, once {@link FfmpegLibrary} is loaded.
   *
   * @throws MediaException if that fails
   */
  static MediaReader open(FfmpegInput input, MediaRequest request) {
    BlockingGuard guard = new BlockingGuard();
    AVFormatContext container;
    try {
      container = openContainer(input, guard);
    } catch (MediaException e) {
      guard.close();
      throw e;
    }
    return new FfmpegReader(input, guard, container, request);
  }

  private static AVFormatContext openContainer(FfmpegInput input, BlockingGuard guard) {
    AVInputFormat format = null;
    if (input.format() != null) {
      format = av_find_input_format(input.format());
      if (MediaTrack.none(format)) {
        throw new MediaException(
            input.name() + " needs FFmpeg's input " + input.format() + ", which is not built in");
      }
    }
    AVFormatContext container = avformat_alloc_context();
    if (input.kind() != FfmpegInput.Kind.FILE) {
      guard.watch(container);
    }
    int error;
    try (BytePointer address = utf8(input.address());
        PointerPointer<AVDictionary> options = new PointerPointer<>(1);
        PointerPointer<AVFormatContext> holder = new PointerPointer<>(1)) {
      options.put(0, (Pointer) null);
      for (Map.Entry<String, String> option : input.options().entrySet()) {
        try (BytePointer key = utf8(option.getKey());
            BytePointer value = utf8(option.getValue())) {
          av_dict_set(options, key, value, 0);
        }
      }
      holder.put(0, container);
      guard.start();
      error = avformat_open_input(holder, address, format, options);
      av_dict_free(options);
    }
    if (error < 0) { // the container is freed
      throw new MediaException(input.name() + " cannot be opened: " + reason(error, guard));
    }
    guard.start();
    error = avformat_find_stream_info(container, (AVDictionary) null);
    if (error < 0) {
      avformat_close_input(container);
      throw new MediaException(input.name() + " cannot be opened: " + reason(error, guard));
    }
    return container;
  }

  private static String reason(int error, BlockingGuard guard) {
    return error == AVERROR_INVALIDDATA
        ? "it is not media, or its head is damaged or cut off"
        : guard.reason(error);
  }

  private static BytePointer utf8(String text) {
    return new BytePointer(text, StandardCharsets.UTF_8);
  }

  /** Returns the stream of a kind to read, or null if there is none that can be decoded. */
  private @Nullable AVStream best(int type) {
    int index = av_find_best_stream(container, type, -1, -1, (AVCodec) null, 0);
    if (index < 0) {
      return null;
    }
    AVStream stream = container.streams(index);
    AVCodecParameters parameters = stream.codecpar();
    if (ENCRYPTED_TAGS.contains(parameters.codec_tag())) {
      throw encrypted();
    }
    // a cover is not a video
    if ((stream.disposition() & AV_DISPOSITION_ATTACHED_PIC) != 0) {
      return null;
    }
    if (MediaTrack.none(avcodec_find_decoder(parameters.codec_id()))) {
      LOGGER.log(
          Level.WARNING,
          "{0}: no decoder for {1}; the stream is left out",
          input.name(),
          codecName(stream));
      return null;
    }
    return stream;
  }

  private MediaException encrypted() {
    return new MediaException(
        input.name() + " is encrypted; only media without protection is read");
  }

  /** Tells whether one of the next packets is encrypted. */
  private boolean encryptedAhead() {
    for (int k = 0; k < MOST_BAD_READS && av_read_frame(container, packet) >= 0; k++) {
      boolean locked = !MediaTrack.none(encryption());
      av_packet_unref(packet);
      if (locked) {
        return true;
      }
    }
    return false;
  }

  private static AVCodec decoder(AVStream stream) {
    return avcodec_find_decoder(stream.codecpar().codec_id());
  }

  private static String codecName(AVStream stream) {
    return avcodec_get_name(stream.codecpar().codec_id()).getString();
  }

  /** Returns the first time stamp of the tracks that are read, in the container's time. */
  private long startMicros(@Nullable AVStream picture, @Nullable AVStream sound) {
    long start = Long.MAX_VALUE;
    if (picture != null && picture.start_time() != AV_NOPTS_VALUE) {
      start = micros(picture, picture.start_time());
    }
    if (sound != null && sound.start_time() != AV_NOPTS_VALUE) {
      // what an encoder put before the sound is not heard
      AVCodecParameters parameters = sound.codecpar();
      long padding =
          parameters.sample_rate() > 0
              ? AudioWindow.micros(parameters.initial_padding(), parameters.sample_rate())
              : 0;
      start = Math.min(start, micros(sound, sound.start_time()) + padding);
    }
    return start == Long.MAX_VALUE ? 0 : start;
  }

  private static long micros(AVStream stream, long ticks) {
    return MediaTrack.micros(ticks, stream.time_base().num(), stream.time_base().den());
  }

  private MediaInfo describe(@Nullable AVStream picture, @Nullable AVStream sound) {
    Optional<MediaInfo.Video> video = Optional.empty();
    if (picture != null) {
      AVCodecParameters parameters = picture.codecpar();
      Orientation orientation = orientation(parameters);
      int width = parameters.width();
      int height = parameters.height();
      if (width < 1 || height < 1) {
        throw encryptedAhead()
            ? encrypted()
            : new MediaException(input.name() + " has a picture that is damaged: it has no size");
      }
      if (Math.max(width, height) > Frame.MAX_SIDE) {
        throw new MediaException(
            "%s has a picture of %d x %d pixels; it must be from 1 to %d a side"
                .formatted(input.name(), width, height, Frame.MAX_SIDE));
      }
      int rate = picture.avg_frame_rate().num();
      video =
          Optional.of(
              new MediaInfo.Video(
                  codecName(picture),
                  orientation.transposed() ? height : width,
                  orientation.transposed() ? width : height,
                  rate > 0 && !still() ? (double) rate / picture.avg_frame_rate().den() : 0));
    }
    Optional<MediaInfo.Audio> audio = Optional.empty();
    if (sound != null) {
      AVCodecParameters parameters = sound.codecpar();
      audio =
          Optional.of(
              new MediaInfo.Audio(
                  codecName(sound),
                  parameters.ch_layout().nb_channels(),
                  parameters.sample_rate()));
    }
    return new MediaInfo(input.title(), durationMicros(), video, audio);
  }

  private static Orientation orientation(AVCodecParameters parameters) {
    AVPacketSideData matrix =
        av_packet_side_data_get(
            parameters.coded_side_data(),
            parameters.nb_coded_side_data(),
            AV_PKT_DATA_DISPLAYMATRIX);
    return MediaTrack.none(matrix) ? Orientation.UPRIGHT : PictureTrack.orientation(matrix.data());
  }

  private Optional<Long> durationMicros() {
    if (still()) {
      return Optional.of(0L);
    }
    long duration = container.duration();
    if (duration == AV_NOPTS_VALUE || input.kind() == FfmpegInput.Kind.DEVICE) {
      return Optional.empty();
    }
    long start = container.start_time() == AV_NOPTS_VALUE ? 0 : container.start_time();
    return Optional.of(Math.max(0, start + duration - zeroMicros));
  }

  private boolean still() {
    String format = container.iformat().name().getString();
    return format.equals("image2") || format.endsWith("_pipe");
  }

  /**
   * Goes to where decoding has to start so that nothing of the wanted span is missed: a key frame
   * at or before its start. Not every format finds one by itself, so what comes is looked at, and
   * the search starts further back if it is too late.
   */
  private void seek(long startMicros) {
    if (MediaTrack.none(container.pb()) || container.pb().seekable() == 0) {
      return;
    }
    long from = wanted.startMicros() + zeroMicros;
    for (long lead = LEAD_MICROS; from - lead > startMicros; lead *= 4) {
      if (seekTo(from - lead) && startsBefore(from)) {
        seekTo(from - lead);
        return;
      }
    }
    seekTo(startMicros);
  }

  private boolean seekTo(long micros) {
    guard.start();
    return avformat_seek_file(container, -1, Long.MIN_VALUE, micros, micros, 0) >= 0;
  }

  /** Tells whether every track has a key frame between here and a time. */
  private boolean startsBefore(long micros) {
    int missing = tracks.size();
    boolean[] started = new boolean[missing];
    while (missing > 0) {
      guard.start();
      if (av_read_frame(container, packet) < 0) {
        return tracks.size() > missing; // a track that has ended needs no start
      }
      for (int t = 0; t < tracks.size(); t++) {
        if (tracks.get(t).index == packet.stream_index()
            && packet.pts() != AV_NOPTS_VALUE
            && !started[t]) {
          if (tracks.get(t).micros(packet.pts()) > micros) {
            av_packet_unref(packet);
            return false;
          }
          if ((packet.flags() & AV_PKT_FLAG_KEY) != 0) {
            started[t] = true;
            missing--;
          }
        }
      }
      av_packet_unref(packet);
    }
    return true;
  }

  @Override
  public MediaInfo info() {
    return info;
  }

  @Override
  public synchronized boolean read(MediaSink sink) {
    if (closed || guard.stopped()) {
      throw new IllegalStateException("the reader of " + input.name() + " is closed");
    }
    if (ended) {
      return false;
    }
    reading = true;
    try {
      guard.start();
      int got = av_read_frame(container, packet);
      if (got >= 0) {
        badReads = 0;
        decode(sink);
      } else if (guard.stopped()) {
        ended = true;
      } else if (guard.interrupted()) {
        ended = true;
        throw new MediaException("reading " + input.name() + " was interrupted");
      } else {
        failed(got, sink);
      }
      return !ended;
    } finally {
      reading = false;
      if (guard.stopped()) {
        release();
      }
    }
  }

  private void decode(MediaSink sink) {
    try {
      if (!anything && !MediaTrack.none(encryption())) {
        throw encrypted();
      }
      long furthest = Long.MIN_VALUE;
      boolean allPast = true;
      for (int t = 0; t < tracks.size(); t++) {
        MediaTrack track = tracks.get(t);
        if (track.index == packet.stream_index() && !track.pastEnd()) {
          if ((packet.flags() & AV_PKT_FLAG_CORRUPT) != 0) {
            track.damaged();
          }
          if (track instanceof PictureTrack picture) {
            picture.spare(packet);
          }
          track.decode(packet, sink);
          anything |= track.clock.started();
        }
        allPast &= track.pastEnd();
        furthest = Math.max(furthest, track.clock.next());
      }
      if (allPast || furthest - OVERRUN_MICROS > wanted.endMicros()) {
        finish("ends", sink);
      }
    } finally {
      av_packet_unref(packet);
    }
  }

  private @Nullable BytePointer encryption() {
    return av_packet_get_side_data(packet, AV_PKT_DATA_ENCRYPTION_INFO, (SizeTPointer) null);
  }

  private void failed(int error, MediaSink sink) {
    if (error == AVERROR_EAGAIN()) {
      Thread.onSpinWait();
    } else if (error == AVERROR_EOF) {
      finish("ends", sink);
    } else if (error == AVERROR_INVALIDDATA && ++badReads < MOST_BAD_READS) {
      for (int t = 0; t < tracks.size(); t++) {
        tracks.get(t).damaged();
      }
    } else {
      finish("cannot be read on (" + guard.reason(error) + ")", sink);
    }
  }

  private void finish(String detail, MediaSink sink) {
    ended = true;
    long end = reliableEndMicros.orElse(0L);
    for (MediaTrack track : tracks) {
      track.decode(null, sink);
      track.flush(sink);
      anything |= track.clock.started();
      end = Math.max(end, track.clock.next());
    }
    if (!anything && tracks.stream().anyMatch(MediaTrack::suspicious)) {
      throw new MediaException(input.name() + " cannot be decoded: it is damaged, or encrypted");
    }
    for (MediaTrack track : tracks) {
      track.ended(end, detail, sink);
    }
  }

  @Override
  public void close() {
    guard.stop();
    synchronized (this) {
      if (!reading) { // else called by the sink: read gives everything back when it is through
        release();
      }
    }
  }

  private void release() {
    if (closed) {
      return;
    }
    closed = true;
    for (MediaTrack track : tracks) {
      track.close();
    }
    av_packet_free(packet);
    avformat_close_input(container);
    guard.close();
  }
}
