package io.github.erv.media;

import io.github.erv.Evidence;
import io.github.erv.Modality;
import io.github.erv.error.MediaException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/*
 * RIFF, RF64 and BW64 are one structure: an identifier, a 32-bit size, "WAVE", then chunks of an
 * identifier, a 32-bit size and padded content. In the latter two the size of the data is 64-bit,
 * in a "ds64" chunk (EBU Tech 3306, ITU-R BS.2088). Programs that stream, or that were killed,
 * leave sizes of 0 or of all ones: the data then goes to the end of the file.
 */
/**
 * Reads WAVE files in Java alone: 8 to 32-bit PCM, float, A-law and mu-law. Values equal FFmpeg's
 * to the bit.
 */
final class WavReader implements MediaReader {
  private static final int FORMAT_PCM = 1;
  private static final int FORMAT_FLOAT = 3;
  private static final int FORMAT_ALAW = 6;
  private static final int FORMAT_MULAW = 7;
  private static final int FORMAT_EXTENSIBLE = 0xFFFE;

  private static final float FULL_SCALE_32 = 0x1p31f;

  private static final int WINDOWS_PER_SECOND = 25;

  /** More chunks than any program writes before the data. */
  private static final int MOST_CHUNKS = 4096;

  /** A size beyond any file, whose duration can still be counted in microseconds. */
  private static final long LARGEST_SIZE = Long.MAX_VALUE / 1_000_000;

  private static final long UNKNOWN_SIZE = 0xFFFF_FFFFL;

  /** What is needed of the {@code fmt } chunk. */
  private record Format(int tag, int channels, int sampleRateHz, int bits) {
    int frameBytes() {
      return channels * (bits / 8);
    }

    boolean readable() {
      return switch (tag) {
        case FORMAT_PCM -> bits == 8 || bits == 16 || bits == 24 || bits == 32;
        case FORMAT_FLOAT -> bits == 32 || bits == 64;
        case FORMAT_ALAW, FORMAT_MULAW -> bits == 8;
        default -> false;
      };
    }
  }

  private final String name;
  private final FileChannel file;
  private final Format format;
  private final long dataStart;
  private final long frames;
  private final long declaredFrames;
  private final TimeSpan wanted;
  private final MediaInfo info;
  private final ByteBuffer bytes;
  private final FloatBuffer samples;
  private long next;
  private final long end;
  private boolean ended;

  private WavReader(
      String name,
      FileChannel file,
      Format format,
      long dataStart,
      long frames,
      long declaredFrames,
      MediaRequest request) {
    this.name = name;
    this.file = file;
    this.format = format;
    this.dataStart = dataStart;
    this.frames = frames;
    this.declaredFrames = declaredFrames;
    wanted = request.span().orElse(new TimeSpan(0, Long.MAX_VALUE));
    long micros = AudioWindow.micros(declaredFrames, format.sampleRateHz());
    info =
        new MediaInfo(
            MediaInfo.withoutFolder(name),
            Optional.of(micros),
            Optional.empty(),
            Optional.of(
                new MediaInfo.Audio(codec(format), format.channels(), format.sampleRateHz())));
    int window = format.sampleRateHz() / WINDOWS_PER_SECOND;
    bytes = ByteBuffer.allocate(window * format.frameBytes()).order(ByteOrder.LITTLE_ENDIAN);
    samples = FloatBuffer.allocate(window * format.channels());
    next = Math.min(frames, framesBefore(wanted.startMicros()));
    end = Math.min(frames, framesBefore(wanted.endMicros()));
    ended = !request.audio();
  }

  /**
   * Opens a file if it is a WAVE file of a kind that this reads.
   *
   * @param file to read
   * @param name for people
   * @param request what is wanted of it
   * @return the reader, or empty if it is something else
   * @throws MediaException if it is a damaged WAVE file
   */
  static Optional<MediaReader> open(Path file, String name, MediaRequest request) {
    try {
      FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
      Optional<MediaReader> reader = Optional.empty();
      try {
        reader = parse(channel, name, request);
        return reader;
      } finally {
        if (reader.isEmpty()) {
          channel.close();
        }
      }
    } catch (IOException e) {
      throw new MediaException(name + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static Optional<MediaReader> parse(FileChannel file, String name, MediaRequest request)
      throws IOException {
    ByteBuffer head = read(file, 0, 12);
    String form = head.remaining() < 12 ? "" : identifier(head, 0);
    boolean wide = form.equals("RF64") || form.equals("BW64");
    if (!(wide || form.equals("RIFF")) || !identifier(head, 8).equals("WAVE")) {
      return Optional.empty();
    }
    long fileSize = file.size();
    long wideDataSize = UNKNOWN_SIZE;
    Format format = null;
    long position = 12;
    for (int chunks = 0; chunks < MOST_CHUNKS; chunks++) {
      ByteBuffer chunk = read(file, position, 8);
      if (chunk.remaining() < 8) {
        throw new MediaException(
            "%s is a damaged WAVE file: it needs a \"%s\" chunk, and ends at byte %d without one"
                .formatted(name, format == null ? "fmt " : "data", fileSize));
      }
      String identifier = identifier(chunk, 0);
      long size = Integer.toUnsignedLong(chunk.getInt(4));
      long content = position + 8;
      if (identifier.equals("ds64") && wide) {
        ByteBuffer sizes = read(file, content, 16);
        if (sizes.remaining() == 16 && sizes.getLong(8) > 0) {
          wideDataSize = sizes.getLong(8);
        }
      } else if (identifier.equals("fmt ")) {
        format = format(read(file, content, (int) Math.min(size, 40)), name);
        if (!format.readable()) {
          return Optional.empty();
        }
      } else if (identifier.equals("data")) {
        if (format == null) {
          throw new MediaException(
              name + " is a damaged WAVE file: its \"data\" chunk comes before a \"fmt \" chunk");
        }
        boolean unknown = size == 0 || size == UNKNOWN_SIZE;
        long declared = unknown && wide ? wideDataSize : size;
        declared = Math.min(declared, LARGEST_SIZE);
        long there = fileSize - content;
        if (declared == 0 || declared == UNKNOWN_SIZE) {
          declared = there;
        }
        return Optional.of(
            new WavReader(
                name,
                file,
                format,
                content,
                Math.min(declared, there) / format.frameBytes(),
                declared / format.frameBytes(),
                request));
      }
      position = content + size + (size & 1);
    }
    throw new MediaException(
        "%s is a damaged WAVE file: none of its first %d chunks is \"data\""
            .formatted(name, MOST_CHUNKS));
  }

  private static Format format(ByteBuffer chunk, String name) {
    if (chunk.remaining() < 16) {
      throw new MediaException(
          "%s is a damaged WAVE file: its \"fmt \" chunk must have at least 16 bytes, had %d"
              .formatted(name, chunk.remaining()));
    }
    int tag = Short.toUnsignedInt(chunk.getShort(0));
    int channels = Short.toUnsignedInt(chunk.getShort(2));
    int sampleRateHz = chunk.getInt(4);
    int bits = Short.toUnsignedInt(chunk.getShort(14));
    if (tag == FORMAT_EXTENSIBLE) {
      if (chunk.remaining() < 26) {
        throw new MediaException(
            "%s is a damaged WAVE file: its extensible \"fmt \" chunk must have 40 bytes, had %d"
                .formatted(name, chunk.remaining()));
      }
      tag = Short.toUnsignedInt(chunk.getShort(24)); // the sub-format's first two bytes
    }
    if (channels < 1 || channels > AudioWindow.MAX_CHANNELS) {
      throw new MediaException(
          "%s has %d channels; they must be from 1 to %d"
              .formatted(name, channels, AudioWindow.MAX_CHANNELS));
    }
    if (sampleRateHz < AudioWindow.MIN_SAMPLE_RATE_HZ
        || sampleRateHz > AudioWindow.MAX_SAMPLE_RATE_HZ) {
      throw new MediaException(
          "%s has a sample rate of %d Hz; it must be from %d to %d"
              .formatted(
                  name,
                  Integer.toUnsignedLong(sampleRateHz),
                  AudioWindow.MIN_SAMPLE_RATE_HZ,
                  AudioWindow.MAX_SAMPLE_RATE_HZ));
    }
    // 12 or 20 bits stand left-justified in whole bytes
    return new Format(tag, channels, sampleRateHz, (bits + 7) / 8 * 8);
  }

  private static ByteBuffer read(FileChannel file, long position, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    fill(file, position, buffer);
    return buffer.flip();
  }

  private static void fill(FileChannel file, long position, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      int count = file.read(buffer, position + buffer.position());
      if (count < 0) {
        return;
      }
    }
  }

  private static String identifier(ByteBuffer buffer, int offset) {
    byte[] letters = new byte[4];
    buffer.get(offset, letters);
    return new String(letters, StandardCharsets.ISO_8859_1);
  }

  private static String codec(Format format) {
    return switch (format.tag()) {
      case FORMAT_FLOAT -> "pcm_f" + format.bits() + "le";
      case FORMAT_ALAW -> "pcm_alaw";
      case FORMAT_MULAW -> "pcm_mulaw";
      default -> format.bits() == 8 ? "pcm_u8" : "pcm_s" + format.bits() + "le";
    };
  }

  /** Returns how many samples a channel lie before a time. */
  private long framesBefore(long micros) {
    if (micros <= 0) {
      return 0;
    }
    long rate = format.sampleRateHz();
    long seconds = micros / 1_000_000;
    if (seconds >= Long.MAX_VALUE / rate) {
      return Long.MAX_VALUE;
    }
    return seconds * rate + (micros % 1_000_000 * rate + 999_999) / 1_000_000;
  }

  @Override
  public MediaInfo info() {
    return info;
  }

  @Override
  public boolean read(MediaSink sink) {
    if (!file.isOpen()) {
      throw new IllegalStateException("the reader of " + name + " is closed");
    }
    if (ended) {
      return false;
    }
    int count = (int) Math.min(end - next, samples.capacity() / format.channels());
    String failure = "ends";
    if (count > 0) {
      int wantedBytes = count * format.frameBytes();
      bytes.clear().limit(wantedBytes);
      try {
        fill(file, dataStart + next * format.frameBytes(), bytes);
      } catch (ClosedByInterruptException e) {
        throw new MediaException("reading " + name + " was interrupted", e);
      } catch (IOException e) {
        failure = "cannot be read on (" + e.getMessage() + ")";
      }
      int whole = bytes.position() / format.frameBytes();
      if (whole > 0) {
        convert(whole * format.channels());
        FloatBuffer window = samples.slice(0, whole * format.channels());
        sink.audio(
            AudioWindow.of(
                window,
                format.channels(),
                format.sampleRateHz(),
                AudioWindow.micros(next, format.sampleRateHz())));
        next += whole;
      }
      ended = whole < count;
    }
    ended |= next == end;
    if (ended) {
      finish(failure, sink);
    }
    return !ended;
  }

  /** Tells what is missing of what the header promised. */
  private void finish(String failure, MediaSink sink) {
    long promised = Math.min(declaredFrames, framesBefore(wanted.endMicros()));
    long from = Math.max(next, framesBefore(wanted.startMicros()));
    if (from < promised && (next < frames || frames < declaredFrames)) {
      TimeSpan span =
          new TimeSpan(
              AudioWindow.micros(from, format.sampleRateHz()),
              AudioWindow.micros(promised, format.sampleRateHz()));
      sink.lost(
          Modality.VOICE,
          span,
          Evidence.Reason.STREAM_ENDED,
          "the sound of " + info.name() + ' ' + failure + ": " + span);
    }
  }

  private void convert(int count) {
    float[] to = samples.array();
    switch (format.tag()) {
      case FORMAT_FLOAT -> {
        for (int i = 0; i < count; i++) {
          to[i] = format.bits() == 32 ? bytes.getFloat(4 * i) : (float) bytes.getDouble(8 * i);
        }
      }
      case FORMAT_ALAW -> {
        for (int i = 0; i < count; i++) {
          to[i] = alaw(bytes.get(i)) / 32_768f;
        }
      }
      case FORMAT_MULAW -> {
        for (int i = 0; i < count; i++) {
          to[i] = mulaw(bytes.get(i)) / 32_768f;
        }
      }
      default -> convertPcm(count, to);
    }
  }

  private void convertPcm(int count, float[] to) {
    switch (format.bits()) {
      case 8 -> {
        for (int i = 0; i < count; i++) {
          to[i] = ((bytes.get(i) & 0xFF) - 128) / 128f;
        }
      }
      case 16 -> {
        for (int i = 0; i < count; i++) {
          to[i] = bytes.getShort(2 * i) / 32_768f;
        }
      }
      case 24 -> {
        for (int i = 0; i < count; i++) {
          int low = bytes.getShort(3 * i) & 0xFFFF;
          to[i] = (bytes.get(3 * i + 2) << 16 | low) / 8_388_608f;
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          to[i] = bytes.getInt(4 * i) / FULL_SCALE_32;
        }
      }
    }
  }

  /** Expands a byte of A-law (ITU-T G.711) to 16 bits. */
  private static int alaw(byte coded) {
    int value = (coded ^ 0x55) & 0xFF;
    int mantissa = (value & 0x0F) << 4;
    int exponent = (value & 0x70) >> 4;
    int magnitude = exponent == 0 ? mantissa + 8 : (mantissa + 0x108) << (exponent - 1);
    return (value & 0x80) != 0 ? magnitude : -magnitude;
  }

  /** Expands a byte of mu-law (ITU-T G.711) to 16 bits. */
  private static int mulaw(byte coded) {
    int value = ~coded & 0xFF;
    int magnitude = ((((value & 0x0F) << 3) + 0x84) << ((value & 0x70) >> 4)) - 0x84;
    return (value & 0x80) != 0 ? -magnitude : magnitude;
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new MediaException(name + " cannot be closed: " + e.getMessage(), e);
    }
  }
}
