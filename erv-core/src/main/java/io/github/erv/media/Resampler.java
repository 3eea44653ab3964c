package io.github.erv.media;

import static java.util.Objects.checkFromIndexSize;

import java.util.Arrays;

/**
 * Brings a stream of mono samples to another rate.
 *
 * <p><b>Filter.</b> A sinc under a Kaiser window, {@value #ZERO_CROSSINGS} zero crossings to each
 * side. With {@code f} half the lower of the two rates: flat within 0.001 dB up to 0.9 {@code f},
 * half amplitude at 0.95 {@code f}, at least 85 dB down from {@code f} on. Equal rates copy.
 *
 * <p><b>Time.</b> The filter's delay is compensated: output {@code n} is the sound at {@code n /
 * outputRate} after the first input sample, and {@code c} input samples become {@code ceil(c *
 * outputRate / inputRate)} output samples, the last of them by {@link #flush}. Positions are exact
 * fractions, so nothing drifts however long the stream. Before its first and after its last sample
 * the stream counts as 0.
 *
 * <p>The output does not depend on how the input is cut into calls, to the bit. Samples that are
 * not finite spoil the outputs within reach of the filter; {@link AudioWindow#mixDownInto} keeps
 * them out. Nothing is allocated after construction. Used by one thread at a time.
 *
 * @see "Kaiser (1974), Nonrecursive digital filter design using the I0-sinh window function; Smith,
 *     Digital Audio Resampling Home Page, https://ccrma.stanford.edu/~jos/resample/"
 */
public final class Resampler {
  private static final int ZERO_CROSSINGS = 64;

  /** Kaiser's formula for 90 dB, which with the transition band gives the zero crossings above. */
  private static final double KAISER_BETA = 0.1102 * (90 - 8.7);

  /** Centre of the transition band, as a part of half the lower rate. */
  private static final double CUTOFF = 0.95;

  /**
   * The most phases of the filter that are tabulated. Ratios that need more interpolate linearly
   * between neighbouring phases, whose error is (pi / {@value})^2 / 8, that is -118 dB.
   */
  private static final int MAX_PHASES = 1024;

  /** Input samples taken up at once. */
  private static final int BLOCK = 1024;

  private final int inputRateHz;
  private final int outputRateHz;

  // one output sample is `step / phases` input samples after the one before
  private final int step;
  private final int phases;

  /** Filter taps to each side of the position; 0 if the rates are equal. */
  private final int reach;

  private final int tablePhases;

  /** Shape (tablePhases + 1, 2 * reach); row p is the filter at a fraction p / tablePhases. */
  private final float[] table;

  /** The last 2 * reach - 1 samples before the present ones, then up to a block of those. */
  private final float[] buffer;

  private int filled;

  /** Where in the buffer the first tap of the next output lies. */
  private int first;

  /** Fraction of the next output's position, in phases. */
  private int phase;

  private long taken;
  private long given;

  /**
   * Creates a resampler at the start of a stream.
   *
   * @param inputRateHz {@value AudioWindow#MIN_SAMPLE_RATE_HZ} to {@value
   *     AudioWindow#MAX_SAMPLE_RATE_HZ}
   * @param outputRateHz in the same range
   * @throws IllegalArgumentException if a rate is outside the range
   */
  public Resampler(int inputRateHz, int outputRateHz) {
    this.inputRateHz = requireRate(inputRateHz);
    this.outputRateHz = requireRate(outputRateHz);
    int divisor = greatestCommonDivisor(inputRateHz, outputRateHz);
    this.step = inputRateHz / divisor;
    this.phases = outputRateHz / divisor;
    if (inputRateHz == outputRateHz) {
      this.reach = 0;
      this.tablePhases = 0;
      this.table = new float[0];
      this.buffer = new float[0];
    } else {
      double stretch = Math.max(1, (double) inputRateHz / outputRateHz);
      this.reach = (int) Math.ceil(ZERO_CROSSINGS * stretch);
      this.tablePhases = Math.min(phases, MAX_PHASES);
      this.table = table(tablePhases, reach, stretch);
      this.buffer = new float[2 * reach - 1 + BLOCK];
    }
    reset();
  }

  private static int requireRate(int rateHz) {
    if (rateHz < AudioWindow.MIN_SAMPLE_RATE_HZ || rateHz > AudioWindow.MAX_SAMPLE_RATE_HZ) {
      throw new IllegalArgumentException(
          "a sample rate must be from %d to %d Hz, was %d"
              .formatted(AudioWindow.MIN_SAMPLE_RATE_HZ, AudioWindow.MAX_SAMPLE_RATE_HZ, rateHz));
    }
    return rateHz;
  }

  private static int greatestCommonDivisor(int a, int b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }

  private static float[] table(int phases, int reach, double stretch) {
    int taps = 2 * reach;
    float[] table = new float[(phases + 1) * taps];
    double[] row = new double[taps];
    for (int p = 0; p <= phases; p++) {
      double sum = 0;
      for (int k = 0; k < taps; k++) {
        // distance from the output's position to the tap, in periods of the lower rate
        double distance = (k - (reach - 1) - (double) p / phases) / stretch;
        row[k] = sinc(CUTOFF * distance) * kaiser(distance / ZERO_CROSSINGS);
        sum += row[k];
      }
      for (int k = 0; k < taps; k++) {
        table[p * taps + k] = (float) (row[k] / sum); // so that every phase passes DC alike
      }
    }
    return table;
  }

  private static double sinc(double x) {
    return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
  }

  private static double kaiser(double x) {
    return Math.abs(x) > 1 ? 0 : besselI0(KAISER_BETA * Math.sqrt(1 - x * x));
  }

  private static double besselI0(double x) {
    double sum = 1;
    double term = 1;
    for (int k = 1; term > 1e-17 * sum; k++) {
      term *= (x / (2 * k)) * (x / (2 * k));
      sum += term;
    }
    return sum;
  }

  /**
   * Returns the rate of what goes in.
   *
   * @return in Hz
   */
  public int inputRateHz() {
    return inputRateHz;
  }

  /**
   * Returns the rate of what comes out.
   *
   * @return in Hz
   */
  public int outputRateHz() {
    return outputRateHz;
  }

  /** Starts anew, as if nothing had been heard. */
  public void reset() {
    taken = 0;
    given = 0;
    phase = 0;
    first = 0;
    // the first output stands on the first input, so reach - 1 taps lie before it
    filled = Math.max(0, reach - 1);
    Arrays.fill(buffer, 0, filled, 0);
  }

  /**
   * Returns how many samples a call of {@link #process} or {@link #flush} can give at most.
   *
   * @param inputLength samples that go in, 0 for a flush
   * @return a length for the output array
   */
  public int maxOutput(int inputLength) {
    long pending = (long) inputLength + 2L * reach;
    return Math.toIntExact(pending * outputRateHz / inputRateHz + 1);
  }

  /**
   * Takes up samples and gives those that can be told by now.
   *
   * @param input holds the samples
   * @param inputOffset where the first stands
   * @param inputLength how many, any number
   * @param output receives the samples, must not be {@code input}
   * @param outputOffset where the first goes; {@link #maxOutput} samples must fit behind it
   * @return how many were given
   * @throws IndexOutOfBoundsException if an array is too short
   */
  public int process(
      float[] input, int inputOffset, int inputLength, float[] output, int outputOffset) {
    checkFromIndexSize(inputOffset, inputLength, input.length);
    checkFromIndexSize(outputOffset, maxOutput(inputLength), output.length);
    taken += inputLength;
    if (reach == 0) {
      System.arraycopy(input, inputOffset, output, outputOffset, inputLength);
      given += inputLength;
      return inputLength;
    }
    int written = 0;
    for (int done = 0; done < inputLength; ) {
      int block = Math.min(inputLength - done, buffer.length - filled);
      System.arraycopy(input, inputOffset + done, buffer, filled, block);
      filled += block;
      done += block;
      written += give(output, outputOffset + written, Long.MAX_VALUE);
    }
    given += written;
    return written;
  }

  /**
   * Gives the samples that were held back for what might follow, at the end of the stream, and
   * {@linkplain #reset starts anew}.
   *
   * @param output receives the samples
   * @param outputOffset where the first goes; {@link #maxOutput maxOutput(0)} samples must fit
   * @return how many were given
   * @throws IndexOutOfBoundsException if the array is too short
   */
  public int flush(float[] output, int outputOffset) {
    checkFromIndexSize(outputOffset, maxOutput(0), output.length);
    // rounded up: an output is due for every position before the end of the input
    long due = -Math.floorDiv(-Math.multiplyExact(taken, (long) phases), step) - given;
    int written = 0;
    while (written < due) {
      int block = buffer.length - filled;
      Arrays.fill(buffer, filled, buffer.length, 0);
      filled += block;
      written += give(output, outputOffset + written, due - written);
    }
    reset();
    return written;
  }

  /** Computes what the buffer suffices for, then moves what is still needed to its start. */
  private int give(float[] output, int offset, long limit) {
    int taps = 2 * reach;
    int written = 0;
    while (first + taps <= filled && written < limit) {
      output[offset + written++] = sample();
      int ahead = phase + step;
      first += ahead / phases;
      phase = ahead % phases;
    }
    int from = Math.min(first, filled);
    System.arraycopy(buffer, from, buffer, 0, filled - from);
    filled -= from;
    first -= from;
    return written;
  }

  private float sample() {
    int taps = 2 * reach;
    if (tablePhases == phases) {
      return dot(phase * taps);
    }
    double position = (double) phase * tablePhases / phases;
    int row = (int) position;
    float fraction = (float) (position - row);
    float low = dot(row * taps);
    return low + fraction * (dot((row + 1) * taps) - low);
  }

  private float dot(int row) {
    // independent sums: float addition is not associative, so the compiler may not split it
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int taps = 2 * reach;
    int k = 0;
    for (int bound = taps & ~3; k < bound; k += 4) {
      s0 += table[row + k] * buffer[first + k];
      s1 += table[row + k + 1] * buffer[first + k + 1];
      s2 += table[row + k + 2] * buffer[first + k + 2];
      s3 += table[row + k + 3] * buffer[first + k + 3];
    }
    for (; k < taps; k++) {
      s0 += table[row + k] * buffer[first + k];
    }
    return (s0 + s1) + (s2 + s3);
  }
}
