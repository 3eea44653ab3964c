package io.github.erv.audio.spectrum;

import static java.util.Objects.checkFromIndexSize;

/**
 * Log-mel frames of a stream of mono samples: every hop, the natural logarithm of the power in each
 * mel band, not below the logarithm of the floor. Frame f reads the samples from {@code f * hop} to
 * {@code f * hop + frameLength}; nothing is padded.
 *
 * <p>What comes out does not depend on how the samples are cut into calls, to the bit. Nothing is
 * allocated after construction. Used by one thread at a time.
 */
public final class LogMel {
  /**
   * What the frames are.
   *
   * @param sampleRateHz of the sound
   * @param frameLength samples a frame, at least 2
   * @param hop samples from the start of one frame to the next, from 1 to the frame's length
   * @param fftSize length of the transform, a power of two not below the frame's length
   * @param bands mel filters, at least 1
   * @param scale on which the filters are spaced
   * @param lowHz lower edge of the first filter
   * @param highHz upper edge of the last, at most half the sample rate
   * @param floor the least power in a band, greater than 0
   */
  public record Spec(
      int sampleRateHz,
      int frameLength,
      int hop,
      int fftSize,
      int bands,
      MelScale scale,
      double lowHz,
      double highHz,
      double floor) {
    // Checks what {@link Stft} and {@link MelFilterbank} do not.
    public Spec {
      if (hop < 1 || hop > frameLength) {
        throw new IllegalArgumentException(
            "the hop must be from 1 to the frame's length " + frameLength + ", was " + hop);
      }
      if (!(floor > 0 && floor <= Float.MAX_VALUE)) {
        throw new IllegalArgumentException(
            "the floor must be finite and greater than 0, was " + floor);
      }
    }
  }

  private final Spec spec;
  private final Stft stft;
  private final MelFilterbank filters;
  private final float[] power;
  private final float floor;

  /** Samples from the start of the next frame on; fewer than a frame between calls. */
  private final float[] buffer;

  private int filled;

  /**
   * Creates a stream of frames.
   *
   * @param spec what they are
   * @throws IllegalArgumentException if the spec's numbers do not go together
   */
  public LogMel(Spec spec) {
    this.spec = spec;
    this.stft = new Stft(spec.frameLength, spec.fftSize);
    this.filters =
        new MelFilterbank(
            spec.scale, spec.bands, spec.fftSize, spec.sampleRateHz, spec.lowHz, spec.highHz);
    this.power = new float[stft.bins()];
    this.floor = (float) spec.floor;
    this.buffer = new float[spec.frameLength];
  }

  /**
   * Returns what the frames are.
   *
   * @return the spec
   */
  public Spec spec() {
    return spec;
  }

  /** Starts anew, as if nothing had been heard. */
  public void reset() {
    filled = 0;
  }

  /**
   * Returns how many frames a call of {@link #process} can give at most.
   *
   * @param length samples that go in
   * @return a number of frames
   */
  public int maxFrames(int length) {
    return length / spec.hop + 1;
  }

  /**
   * Takes up samples and gives the frames that are complete.
   *
   * @param samples hold the sound
   * @param offset where it starts
   * @param length how many samples, any number
   * @param frames receives shape (frames, bands); {@link #maxFrames} frames must fit
   * @param frameOffset index of the first value written
   * @return how many frames were given
   * @throws IndexOutOfBoundsException if an array is too short
   */
  public int process(float[] samples, int offset, int length, float[] frames, int frameOffset) {
    checkFromIndexSize(offset, length, samples.length);
    checkFromIndexSize(frameOffset, maxFrames(length) * spec.bands, frames.length);
    int given = 0;
    for (int done = 0; done < length; ) {
      int block = Math.min(length - done, spec.frameLength - filled);
      System.arraycopy(samples, offset + done, buffer, filled, block);
      filled += block;
      done += block;
      if (filled == spec.frameLength) {
        frameInto(buffer, 0, frames, frameOffset + given * spec.bands);
        given++;
        filled -= spec.hop;
        System.arraycopy(buffer, spec.hop, buffer, 0, filled);
      }
    }
    return given;
  }

  /**
   * Writes one frame, apart from the stream.
   *
   * @param samples hold the frame's samples
   * @param offset where they start
   * @param frame receives the bands
   * @param frameOffset where the first goes
   * @throws IndexOutOfBoundsException if an array is too short
   */
  public void frameInto(float[] samples, int offset, float[] frame, int frameOffset) {
    stft.powerInto(samples, offset, power);
    filters.applyInto(power, frame, frameOffset);
    for (int b = frameOffset; b < frameOffset + spec.bands; b++) {
      frame[b] = (float) Math.log(Math.max(floor, frame[b]));
    }
  }
}
