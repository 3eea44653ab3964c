package io.github.erv.media;

import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLT;
import static org.bytedeco.ffmpeg.global.swresample.swr_alloc_set_opts2;
import static org.bytedeco.ffmpeg.global.swresample.swr_convert;
import static org.bytedeco.ffmpeg.global.swresample.swr_free;
import static org.bytedeco.ffmpeg.global.swresample.swr_init;

import io.github.erv.Modality;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.swresample.SwrContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/** The sound: interleaved floats at the stream's own rate, its time counted in samples. */
final class SoundTrack extends MediaTrack {
  /** Windows come out no shorter than this, apart from the last before a hole or the end. */
  private static final int WINDOWS_PER_SECOND = 50;

  /** A time stamp further than this from the counted time says that there is a hole. */
  private static final long DRIFT_MICROS = 100_000;

  private final PointerPointer<BytePointer> output = new PointerPointer<>(1);
  private BytePointer memory = new BytePointer();
  private long capacityBytes;
  private FloatBuffer samples = FloatBuffer.allocate(0);
  private @Nullable SwrContext converter;
  private int format = -1;
  private int channels;
  private int sampleRateHz;

  /** Media time of the sample that {@link #counted} counts from. */
  private long anchorMicros;

  /** Samples a channel since the anchor, up to the end of what is held back. */
  private long counted;

  /** Samples a channel in {@link #samples} that have not come out. */
  private int held;

  SoundTrack(
      String media, AVStream stream, AVCodec decoder, MediaClock.Track clock, TimeSpan wanted) {
    super(media, Modality.VOICE, stream, decoder, 1, clock, wanted);
  }

  @Override
  void decoded(MediaSink sink) {
    int count = frame.nb_samples();
    if (!supported()) {
      damaged();
      return;
    }
    if (frame.format() != format
        || frame.sample_rate() != sampleRateHz
        || frame.ch_layout().nb_channels() != channels) {
      flush(sink);
      anchorMicros = end();
      counted = 0;
      if (!prepare()) {
        damaged();
        return;
      }
    }
    boolean first = !clock.started();
    long time = frameTime(sink);
    long drift = time - end();
    int skipped = 0;
    if (first) {
      anchorMicros = time;
    } else if (drift
        > (suspicious() ? AudioWindow.micros(count, sampleRateHz) / 2 : DRIFT_MICROS)) {
      flush(sink);
      if (suspicious()) {
        lost(time, sink);
      }
      anchorMicros = time;
      counted = 0;
    } else if (drift < -DRIFT_MICROS) {
      // an overlap: the part that is there already is dropped
      skipped = (int) Math.min(count, -drift * sampleRateHz / 1_000_000);
    }
    append(count, skipped);
    intactUntil(end());
    if (held >= sampleRateHz / WINDOWS_PER_SECOND) {
      flush(sink);
    }
  }

  private void grow(long bytes) {
    BytePointer larger = new BytePointer(bytes);
    FloatBuffer view = larger.asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer();
    view.put(0, samples, 0, held * channels);
    memory.position(0).close();
    memory = larger;
    capacityBytes = bytes;
    samples = view;
  }

  private boolean supported() {
    int rate = frame.sample_rate();
    int count = frame.ch_layout().nb_channels();
    return frame.nb_samples() > 0
        && rate >= AudioWindow.MIN_SAMPLE_RATE_HZ
        && rate <= AudioWindow.MAX_SAMPLE_RATE_HZ
        && count >= 1
        && count <= AudioWindow.MAX_CHANNELS;
  }

  /** Sets up the conversion of the frame's sample format, which is all that is converted. */
  private boolean prepare() {
    format = frame.format();
    channels = frame.ch_layout().nb_channels();
    sampleRateHz = frame.sample_rate();
    freeConverter();
    converter = new SwrContext(null);
    int set =
        swr_alloc_set_opts2(
            converter,
            frame.ch_layout(),
            AV_SAMPLE_FMT_FLT,
            sampleRateHz,
            frame.ch_layout(),
            format,
            sampleRateHz,
            0,
            null);
    return set >= 0 && swr_init(converter) >= 0;
  }

  private void append(int count, int skipped) {
    long needed = Math.multiplyExact((long) (held + count) * channels, (long) Float.BYTES);
    if (needed > capacityBytes) {
      grow(2 * needed);
    }
    output.put(0, memory.position((long) held * channels * Float.BYTES));
    swr_convert(converter, output, count, frame.extended_data(), count);
    int kept = count - skipped;
    if (skipped > 0) {
      int start = held * channels;
      samples.put(start, samples, start + skipped * channels, kept * channels);
    }
    held += kept;
    counted += kept;
  }

  /** Returns the media time after the last sample. */
  private long end() {
    return sampleRateHz == 0
        ? anchorMicros
        : anchorMicros + AudioWindow.micros(counted, sampleRateHz);
  }

  @Override
  void flush(MediaSink sink) {
    long before = counted - held;
    int from = (int) Math.min(held, samplesBefore(wanted.startMicros(), before));
    int to = (int) Math.min(held, samplesBefore(wanted.endMicros(), before));
    held = 0;
    if (from < to) {
      long start = anchorMicros + AudioWindow.micros(before + from, sampleRateHz);
      FloatBuffer window = samples.slice(from * channels, (to - from) * channels);
      sink.audio(AudioWindow.of(window, channels, sampleRateHz, start));
    }
  }

  /** Returns how many samples, counted from one on, lie before a time; at least 0. */
  private long samplesBefore(long micros, long first) {
    if (sampleRateHz == 0 || micros == Long.MAX_VALUE) {
      return Integer.MAX_VALUE;
    }
    long ahead = micros - anchorMicros;
    if (ahead <= 0) {
      return 0;
    }
    long samples = -Math.floorDiv(-Math.multiplyExact(ahead, (long) sampleRateHz), 1_000_000L);
    return Math.max(0, samples - first);
  }

  @Override
  void close() {
    output.close();
    memory.position(0).close();
    freeConverter();
    super.close();
  }

  private void freeConverter() {
    if (converter != null) {
      swr_free(converter);
      converter = null;
    }
  }
}
