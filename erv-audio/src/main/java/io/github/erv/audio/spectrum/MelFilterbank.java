package io.github.erv.audio.spectrum;

import static java.util.Objects.checkFromIndexSize;

import java.util.Arrays;

/**
 * Triangular filters, spaced evenly on a {@link MelScale}, each reaching from the centre of its
 * lower neighbour to that of its upper one. Weights are taken at the frequencies of the bins.
 *
 * <p>Immutable and thread-safe; applying it allocates nothing. Agrees with librosa 0.10's {@code
 * filters.mel} (SLANEY: its defaults; HTK: {@code htk=True, norm=None}).
 */
public final class MelFilterbank {
  private final int bins;
  private final int bands;

  /** First bin of each band, and where its weights start; shape (bands + 1). */
  private final int[] firstBin;

  private final int[] firstWeight;
  private final float[] weights;

  /**
   * Creates the filterbank of the Hidden Markov Model Toolkit: as with {@link MelScale#HTK}, but
   * the flanks are straight on the mel axis instead of the frequency axis, and bins too near the
   * edges of the whole count for nothing: those below {@code floor(low / binHz + 1.5)} and above
   * {@code floor(high / binHz + 0.5)}.
   *
   * @param bands how many filters, at least 1
   * @param fftSize length of the transform the power spectrum comes from
   * @param sampleRateHz of the sound
   * @param lowHz lower edge of the first filter, at least 0
   * @param highHz upper edge of the last, above the lower edge, at most half the sample rate
   * @return the filterbank
   * @throws IllegalArgumentException if a number is off
   * @see "Young et al. (2006), The HTK book 3.4, section 5.4"
   */
  public static MelFilterbank htk(
      int bands, int fftSize, int sampleRateHz, double lowHz, double highHz) {
    double binHz = (double) sampleRateHz / fftSize;
    int first = (int) Math.floor(lowHz / binHz + 1.5);
    int last = (int) Math.floor(highHz / binHz + 0.5);
    return new MelFilterbank(
        MelScale.HTK, bands, fftSize, sampleRateHz, lowHz, highHz, true, first, last);
  }

  /**
   * Creates a filterbank whose flanks are straight on the frequency axis.
   *
   * @param scale on which the filters are spaced
   * @param bands how many filters, at least 1
   * @param fftSize length of the transform the power spectrum comes from
   * @param sampleRateHz of the sound
   * @param lowHz lower edge of the first filter, at least 0
   * @param highHz upper edge of the last, above the lower edge, at most half the sample rate
   * @throws IllegalArgumentException if a number is off
   */
  public MelFilterbank(
      MelScale scale, int bands, int fftSize, int sampleRateHz, double lowHz, double highHz) {
    this(scale, bands, fftSize, sampleRateHz, lowHz, highHz, false, 0, fftSize / 2);
  }

  private MelFilterbank(
      MelScale scale,
      int bands,
      int fftSize,
      int sampleRateHz,
      double lowHz,
      double highHz,
      boolean straightInMel,
      int lowestBin,
      int highestBin) {
    if (bands < 1) {
      throw new IllegalArgumentException("bands must be at least 1, were " + bands);
    }
    if (!(lowHz >= 0 && lowHz < highHz && highHz <= sampleRateHz / 2.0)) {
      throw new IllegalArgumentException(
          "the band edges must rise from 0 to at most half of %d Hz, were %s and %s"
              .formatted(sampleRateHz, lowHz, highHz));
    }
    this.bins = fftSize / 2 + 1;
    this.bands = bands;
    double[] edges = new double[bands + 2];
    double lowMel = scale.mel(lowHz);
    double stepMel = (scale.mel(highHz) - lowMel) / (bands + 1);
    for (int i = 0; i < edges.length; i++) {
      edges[i] = scale.hertz(lowMel + i * stepMel);
    }
    this.firstBin = new int[bands];
    this.firstWeight = new int[bands + 1];
    float[] collected = new float[2 * bins]; // a bin lies under at most two filters
    double binHz = (double) sampleRateHz / fftSize;
    int count = 0;
    for (int b = 0; b < bands; b++) {
      double low = edges[b];
      double centre = edges[b + 1];
      double high = edges[b + 2];
      double height = scale.height(low, high);
      firstBin[b] = Math.max(lowestBin, (int) Math.floor(low / binHz) + 1);
      firstWeight[b] = count;
      for (int k = firstBin[b]; k <= highestBin && k * binHz < high; k++) {
        double hertz = k * binHz;
        double weight =
            straightInMel
                ? triangle(scale.mel(low), scale.mel(centre), scale.mel(high), scale.mel(hertz))
                : triangle(low, centre, high, hertz);
        collected[count++] = (float) (height * weight);
      }
    }
    firstWeight[bands] = count;
    this.weights = Arrays.copyOf(collected, count);
  }

  private static double triangle(double low, double centre, double high, double x) {
    return Math.min((x - low) / (centre - low), (high - x) / (high - centre));
  }

  /**
   * Returns how many filters there are.
   *
   * @return at least 1
   */
  public int bands() {
    return bands;
  }

  /**
   * Writes the power within each band.
   *
   * @param power spectrum, half the transform's length and one values
   * @param target receives {@link #bands} values
   * @param offset where the first goes
   * @throws IndexOutOfBoundsException if an array is too short
   */
  public void applyInto(float[] power, float[] target, int offset) {
    checkFromIndexSize(0, bins, power.length);
    checkFromIndexSize(offset, bands, target.length);
    for (int b = 0; b < bands; b++) {
      float sum = 0;
      int bin = firstBin[b] - firstWeight[b];
      for (int w = firstWeight[b]; w < firstWeight[b + 1]; w++) {
        sum += weights[w] * power[bin + w];
      }
      target[offset + b] = sum;
    }
  }
}
