package io.github.erv.audio.spectrum;

import static java.util.Objects.checkFromIndexSize;

import java.util.Arrays;
import org.jtransforms.fft.FloatFFT_1D;
import org.jtransforms.utils.CommonUtils;

/**
 * The short-time Fourier transform of one frame at a time: a {@link Window}, zeros up to the
 * transform's length, and the squared magnitude of the non-negative frequencies, unscaled.
 *
 * <p>Agrees with a transform in double arithmetic to about 1e-6 of the frame's greatest power.
 * Frames with samples that are not finite give powers that are not. Nothing is allocated after
 * construction. Holds scratch: used by one thread at a time.
 */
public final class Stft {
  static {
    // one frame is far too short to be worth a thread, and threads allocate
    CommonUtils.setThreadsBeginN_1D_FFT_2Threads(Long.MAX_VALUE);
    CommonUtils.setThreadsBeginN_1D_FFT_4Threads(Long.MAX_VALUE);
  }

  private final int frameLength;
  private final int fftSize;
  private final float[] window;
  private final float[] scratch;
  private final FloatFFT_1D fft;

  /**
   * Creates a transform under a periodic Hann window.
   *
   * @param frameLength samples a frame, at least 2
   * @param fftSize length of the transform, a power of two not below the frame's length
   * @throws IllegalArgumentException if a number is off
   */
  public Stft(int frameLength, int fftSize) {
    this(Window.HANN, frameLength, fftSize);
  }

  /**
   * Creates a transform.
   *
   * @param window what the frame is weighted with
   * @param frameLength samples a frame, at least 2
   * @param fftSize length of the transform, a power of two not below the frame's length
   * @throws IllegalArgumentException if a number is off
   */
  public Stft(Window window, int frameLength, int fftSize) {
    if (frameLength < 2) {
      throw new IllegalArgumentException("a frame needs at least 2 samples, had " + frameLength);
    }
    if (fftSize < frameLength || Integer.bitCount(fftSize) != 1) {
      throw new IllegalArgumentException(
          "the transform's length must be a power of two of at least %d, was %d"
              .formatted(frameLength, fftSize));
    }
    this.frameLength = frameLength;
    this.fftSize = fftSize;
    this.window = window.weights(frameLength);
    this.scratch = new float[fftSize];
    this.fft = new FloatFFT_1D(fftSize);
  }

  /**
   * Returns how many samples a frame has.
   *
   * @return at least 2
   */
  public int frameLength() {
    return frameLength;
  }

  /**
   * Returns how many frequencies come out.
   *
   * @return half the transform's length and one: bin k stands for k times the sample rate over the
   *     transform's length
   */
  public int bins() {
    return fftSize / 2 + 1;
  }

  /**
   * Writes the power spectrum of one frame.
   *
   * @param samples hold the frame
   * @param offset where it starts
   * @param power receives {@link #bins} values, each at least 0
   * @throws IndexOutOfBoundsException if an array is too short
   */
  public void powerInto(float[] samples, int offset, float[] power) {
    checkFromIndexSize(offset, frameLength, samples.length);
    checkFromIndexSize(0, bins(), power.length);
    for (int i = 0; i < frameLength; i++) {
      scratch[i] = samples[offset + i] * window[i];
    }
    Arrays.fill(scratch, frameLength, fftSize, 0);
    fft.realForward(scratch);
    // packed: the first two values are the real parts at 0 and at half the sample rate
    power[0] = scratch[0] * scratch[0];
    power[fftSize / 2] = scratch[1] * scratch[1];
    for (int k = 1; k < fftSize / 2; k++) {
      float re = scratch[2 * k];
      float im = scratch[2 * k + 1];
      power[k] = re * re + im * im;
    }
  }

  /**
   * Writes the power spectrum of one frame, and the spectrum itself.
   *
   * @param samples hold the frame
   * @param offset where it starts
   * @param power receives {@link #bins} values, each at least 0
   * @param spectrum receives {@link #bins} pairs of a real and an imaginary part, of the sum of
   *     {@code x(n) exp(-2 pi i k n / fftSize)}
   * @throws IndexOutOfBoundsException if an array is too short
   */
  public void powerInto(float[] samples, int offset, float[] power, float[] spectrum) {
    checkFromIndexSize(0, 2 * bins(), spectrum.length);
    powerInto(samples, offset, power);
    System.arraycopy(scratch, 0, spectrum, 0, fftSize);
    spectrum[1] = 0;
    spectrum[fftSize] = scratch[1];
    spectrum[fftSize + 1] = 0;
  }
}
