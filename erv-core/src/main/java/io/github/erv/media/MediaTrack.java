package io.github.erv.media;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_flush_buffers;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;

import io.github.erv.Evidence;
import io.github.erv.Modality;
import io.github.erv.error.MediaException;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** One stream of a container on its way through its decoder. Not thread-safe. */
abstract sealed class MediaTrack permits PictureTrack, SoundTrack {
  /**
   * For how many frames after an error a hole in time counts as caused by it: errors and frames
   * come out of a decoder with different delays.
   */
  private static final int SUSPICION_FRAMES = 32;

  /** How much earlier than the others a track may end before that is worth telling. */
  private static final long END_TOLERANCE_MICROS = 500_000;

  final String media;
  final Modality modality;
  final int index;
  final AVCodecContext codec;
  final AVFrame frame;
  final MediaClock.Track clock;
  final TimeSpan wanted;
  private final int timeBaseNumerator;
  private final int timeBaseDenominator;
  private int suspicion;
  private boolean damagedSinceLast;
  private boolean pastEnd;
  private boolean closed;

  MediaTrack(
      String media,
      Modality modality,
      AVStream stream,
      AVCodec decoder,
      int threads,
      MediaClock.Track clock,
      TimeSpan wanted) {
    this.media = media;
    this.modality = modality;
    this.index = stream.index();
    this.clock = clock;
    this.wanted = wanted;
    timeBaseNumerator = stream.time_base().num();
    timeBaseDenominator = stream.time_base().den();
    codec = avcodec_alloc_context3(decoder);
    frame = av_frame_alloc();
    avcodec_parameters_to_context(codec, stream.codecpar());
    codec.pkt_timebase(stream.time_base());
    codec.thread_count(threads);
    int opened = avcodec_open2(codec, decoder, (org.bytedeco.ffmpeg.avutil.AVDictionary) null);
    if (opened < 0) {
      close();
      throw new MediaException(media + " cannot be decoded: " + FfmpegLibrary.message(opened));
    }
  }

  /** Takes one packet, or null at the end, and gives the sink what comes out. */
  final void decode(@Nullable AVPacket packet, MediaSink sink) {
    int sent = avcodec_send_packet(codec, packet);
    if (sent < 0 && sent != AVERROR_EOF) {
      damaged();
    }
    for (; ; ) {
      int received = avcodec_receive_frame(codec, frame);
      if (received == AVERROR_EAGAIN() || received == AVERROR_EOF) {
        return;
      }
      if (received < 0) {
        damaged();
        continue;
      }
      if (frame.decode_error_flags() != 0 || (frame.flags() & AVFrame.AV_FRAME_FLAG_CORRUPT) != 0) {
        damaged();
      } else {
        decoded(sink);
      }
      av_frame_unref(frame);
    }
  }

  /** Takes the frame that was just decoded. */
  abstract void decoded(MediaSink sink);

  /** Gives the sink what was held back. */
  abstract void flush(MediaSink sink);

  /** Starts again after the container's position has changed. */
  void reset() {
    avcodec_flush_buffers(codec);
  }

  /** Notes that something could not be decoded. */
  final void damaged() {
    suspicion = SUSPICION_FRAMES;
    damagedSinceLast = true;
  }

  /** Tells whether something nearby could not be decoded. */
  final boolean suspicious() {
    return suspicion > 0;
  }

  /** Notes that something could be decoded, up to a time. */
  final void intactUntil(long endMicros) {
    suspicion = Math.max(0, suspicion - 1);
    damagedSinceLast = false;
    clock.expect(endMicros);
    pastEnd |= endMicros >= wanted.endMicros();
  }

  /** Tells whether all that is wanted of this track has come out. */
  final boolean pastEnd() {
    return pastEnd;
  }

  /** Tells the sink about a hole that damage has left. */
  final void lost(long untilMicros, MediaSink sink) {
    lose(untilMicros, Evidence.Reason.DECODE_ERROR, "is damaged", sink);
  }

  /** Tells the sink if the track has ended before the media. */
  final void ended(long mediaEndMicros, String detail, MediaSink sink) {
    if (damagedSinceLast) {
      lost(mediaEndMicros, sink);
    } else if (mediaEndMicros - clock.next() > END_TOLERANCE_MICROS) {
      lose(mediaEndMicros, Evidence.Reason.STREAM_ENDED, detail, sink);
    }
  }

  private void lose(long until, Evidence.Reason reason, String detail, MediaSink sink) {
    long start = Math.max(clock.next(), wanted.startMicros());
    long end = Math.min(until, wanted.endMicros());
    if (start < end) {
      TimeSpan span = new TimeSpan(start, end);
      String what = modality.equals(Modality.FACE) ? "picture" : "sound";
      sink.lost(
          modality, span, reason, "the " + what + " of " + media + ' ' + detail + ": " + span);
    }
  }

  /** Returns the media time of the frame that was just decoded. */
  final long frameTime(MediaSink sink) {
    long stamp = frame.best_effort_timestamp();
    return stamp == AV_NOPTS_VALUE ? clock.next() : clock.time(micros(stamp), sink);
  }

  /** Returns a number of the stream's ticks in microseconds, rounded to the nearest. */
  final long micros(long ticks) {
    return micros(ticks, timeBaseNumerator, timeBaseDenominator);
  }

  static long micros(long ticks, int numerator, int denominator) {
    // whole seconds apart, so that nanosecond ticks do not overflow
    long whole = Math.floorDiv(ticks, (long) denominator);
    long rest = Math.floorMod(ticks, (long) denominator);
    return whole * numerator * 1_000_000L
        + (rest * numerator * 1_000_000L + denominator / 2) / denominator;
  }

  /** Gives back the decoder. Idempotent. */
  void close() {
    if (!closed) {
      closed = true;
      av_frame_free(frame);
      avcodec_free_context(codec);
    }
  }

  /** Tells whether a pointer points nowhere. */
  static boolean none(@Nullable Pointer pointer) {
    return pointer == null || pointer.isNull();
  }
}
