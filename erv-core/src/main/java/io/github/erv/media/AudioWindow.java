package io.github.erv.media;

import static java.util.Objects.checkFromIndexSize;

import io.github.erv.TimedInput;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;

/**
 * A stretch of sound: interleaved float PCM, nominally in [-1, 1], and its place in media time. The
 * time of a sample is the start plus its number over the sample rate.
 *
 * <p><b>Memory.</b> A window does not copy float samples. One made by a caller is valid as long as
 * the caller leaves its array alone; one handed to a callback is valid until the callback returns,
 * and {@link #copy} keeps it. Thread-safe as long as nobody writes the samples.
 */
public final class AudioWindow implements TimedInput {
  /** The lowest sample rate taken. */
  public static final int MIN_SAMPLE_RATE_HZ = 4_000;

  /** The highest sample rate taken. */
  public static final int MAX_SAMPLE_RATE_HZ = 384_000;

  /** The most channels taken. */
  public static final int MAX_CHANNELS = 64;

  private final FloatBuffer samples;
  private final int channels;
  private final int frames;
  private final int sampleRateHz;
  private final TimeSpan span;

  private AudioWindow(FloatBuffer samples, int channels, int sampleRateHz, long startMicros) {
    if (channels < 1 || channels > MAX_CHANNELS) {
      throw new IllegalArgumentException(
          "channels must be from 1 to " + MAX_CHANNELS + ", were " + channels);
    }
    if (sampleRateHz < MIN_SAMPLE_RATE_HZ || sampleRateHz > MAX_SAMPLE_RATE_HZ) {
      throw new IllegalArgumentException(
          "the sample rate must be from %d to %d Hz, was %d"
              .formatted(MIN_SAMPLE_RATE_HZ, MAX_SAMPLE_RATE_HZ, sampleRateHz));
    }
    this.samples = samples.slice();
    this.channels = channels;
    this.sampleRateHz = sampleRateHz;
    int length = this.samples.remaining();
    if (length == 0 || length % channels != 0) {
      throw new IllegalArgumentException(
          "the number of samples must be a multiple of the "
              + channels
              + " channels and more than 0, was "
              + length);
    }
    this.frames = length / channels;
    this.span = new TimeSpan(startMicros, startMicros + micros(frames, sampleRateHz));
  }

  /**
   * Returns a window over mono samples.
   *
   * @param samples shape (frames), nominally in [-1, 1], at least one; not copied. Values that are
   *     not finite count as 0 where the window is read.
   * @param sampleRateHz {@value #MIN_SAMPLE_RATE_HZ} to {@value #MAX_SAMPLE_RATE_HZ}
   * @param startMicros presentation time of the first sample
   * @return the window
   * @throws IllegalArgumentException if there are no samples, or the rate is off
   */
  public static AudioWindow of(float[] samples, int sampleRateHz, long startMicros) {
    return of(FloatBuffer.wrap(samples), 1, sampleRateHz, startMicros);
  }

  /**
   * Returns a window over interleaved samples.
   *
   * @param samples shape (frames, channels) from the buffer's position to its limit; not copied
   * @param channels 1 to {@value #MAX_CHANNELS}
   * @param sampleRateHz {@value #MIN_SAMPLE_RATE_HZ} to {@value #MAX_SAMPLE_RATE_HZ}
   * @param startMicros presentation time of the first sample
   * @return the window
   * @throws IllegalArgumentException if there are no samples, they do not divide by the channels,
   *     or a number is off
   */
  public static AudioWindow of(
      FloatBuffer samples, int channels, int sampleRateHz, long startMicros) {
    return new AudioWindow(samples, channels, sampleRateHz, startMicros);
  }

  /**
   * Returns a window of interleaved 16-bit samples, which are converted.
   *
   * @param samples shape (frames, channels), full scale 32,768
   * @param channels 1 to {@value #MAX_CHANNELS}
   * @param sampleRateHz {@value #MIN_SAMPLE_RATE_HZ} to {@value #MAX_SAMPLE_RATE_HZ}
   * @param startMicros presentation time of the first sample
   * @return the window, with memory of its own
   * @throws IllegalArgumentException as {@link #of(FloatBuffer, int, int, long)}
   */
  public static AudioWindow ofPcm16(
      short[] samples, int channels, int sampleRateHz, long startMicros) {
    return ofPcm16(ShortBuffer.wrap(samples), channels, sampleRateHz, startMicros);
  }

  /**
   * Returns a window of interleaved 16-bit samples, which are converted. Bytes from a sound card or
   * a socket become a buffer by {@code ByteBuffer.wrap(bytes).order(order).asShortBuffer()}.
   *
   * @param samples shape (frames, channels), full scale 32,768
   * @param channels 1 to {@value #MAX_CHANNELS}
   * @param sampleRateHz {@value #MIN_SAMPLE_RATE_HZ} to {@value #MAX_SAMPLE_RATE_HZ}
   * @param startMicros presentation time of the first sample
   * @return the window, with memory of its own
   * @throws IllegalArgumentException as {@link #of(FloatBuffer, int, int, long)}
   */
  public static AudioWindow ofPcm16(
      ShortBuffer samples, int channels, int sampleRateHz, long startMicros) {
    ShortBuffer from = samples.slice();
    float[] converted = new float[from.remaining()];
    for (int i = 0; i < converted.length; i++) {
      converted[i] = from.get(i) / 32_768f;
    }
    return of(FloatBuffer.wrap(converted), channels, sampleRateHz, startMicros);
  }

  /**
   * Returns how long a number of samples lasts.
   *
   * @param frames samples a channel
   * @param sampleRateHz greater than 0
   * @return microseconds, rounded down
   */
  public static long micros(long frames, int sampleRateHz) {
    return Math.multiplyExact(frames, 1_000_000L) / sampleRateHz;
  }

  /**
   * Returns the number of samples a channel.
   *
   * @return at least 1
   */
  public int frames() {
    return frames;
  }

  /**
   * Returns the number of channels.
   *
   * @return at least 1
   */
  public int channels() {
    return channels;
  }

  /**
   * Returns the sample rate.
   *
   * @return in Hz
   */
  public int sampleRateHz() {
    return sampleRateHz;
  }

  /**
   * Returns one sample.
   *
   * @param frame in [0, frames)
   * @param channel in [0, channels)
   * @return nominally in [-1, 1]; whatever the caller put there
   */
  public float sample(int frame, int channel) {
    return samples.get(frame * channels + channel);
  }

  /**
   * Writes the mean of the channels into an array. Samples that are not finite count as 0.
   *
   * @param target receives {@link #frames} values
   * @param offset where the first goes
   * @throws IndexOutOfBoundsException if they do not fit
   */
  public void mixDownInto(float[] target, int offset) {
    checkFromIndexSize(offset, frames, target.length);
    for (int i = 0; i < frames; i++) {
      float sum = 0;
      for (int c = 0; c < channels; c++) {
        float sample = samples.get(i * channels + c);
        sum += Float.isFinite(sample) ? sample : 0;
      }
      target[offset + i] = sum / channels;
    }
  }

  @Override
  public TimeSpan span() {
    return span;
  }

  @Override
  public AudioWindow copy() {
    return copyTo(FloatBuffer.allocate(frames * channels));
  }

  /**
   * Copies the samples into a buffer.
   *
   * @param target with room for all samples; its position does not move
   * @return a window over the buffer, valid as long as the buffer is left alone
   * @throws IndexOutOfBoundsException if they do not fit
   */
  public AudioWindow copyTo(FloatBuffer target) {
    FloatBuffer to = target.slice();
    to.put(0, samples, 0, frames * channels);
    return of(to.limit(frames * channels), channels, sampleRateHz, span.startMicros());
  }

  @Override
  public String toString() {
    return frames + " x " + channels + " samples at " + sampleRateHz + " Hz, " + span;
  }
}
