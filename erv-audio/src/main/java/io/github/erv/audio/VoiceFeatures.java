package io.github.erv.audio;

import static java.util.Objects.checkFromIndexSize;

import io.github.erv.audio.spectrum.MelFilterbank;
import io.github.erv.audio.spectrum.MelScale;
import io.github.erv.audio.spectrum.Stft;
import io.github.erv.audio.voice.Vad;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongPredicate;
import org.jtransforms.fft.FloatFFT_1D;

/**
 * How somebody speaks over a few seconds, in {@link #SIZE} numbers: pitch, loudness, voice quality,
 * the shape of the spectrum and its movement, rhythm. Frame by frame as the sound comes in,
 * gathered over any stretch of it.
 *
 * <p>Sound is 16 kHz, frames are 40 ms under a Hann window every 10 ms. Nothing above {@value
 * #HIGH_HZ} Hz is looked at. Pitch is that of Boersma (1993): peaks of the autocorrelation over
 * that of the window, and the cheapest path through them. The other descriptors follow the Geneva
 * minimalistic set (Eyben et al., 2016), in decibels, so that a gain of the whole moves {@code
 * loudness.mean} alone.
 *
 * <p>Samples that are not finite give features that are not. Holds memory and scratch: used by one
 * thread at a time.
 *
 * @see "Boersma (1993), Accurate short-term analysis of the fundamental frequency and the
 *     harmonics-to-noise ratio of a sampled sound, IFA Proceedings 17"
 */
public final class VoiceFeatures {
  /** What these features are; another recipe would need models of its own. */
  public static final String VERSION = "erv-voice-1";

  /** Samples a frame: three periods of the lowest voice. */
  public static final int FRAME = 640;

  /** Samples from frame to frame. */
  public static final int HOP = 160;

  private static final int FFT = 1024;
  private static final double BIN_HZ = (double) Vad.SAMPLE_RATE_HZ / FFT;

  /** Below the band edge of recordings that were once at 14 kHz or more. */
  private static final int HIGH_HZ = 6_000;

  private static final int BANDS = 40;
  private static final int CEPSTRA = 12;

  // pitch: Praat's defaults at its step of 10 ms
  private static final double LOWEST_HZ = 65;
  private static final double HIGHEST_HZ = 600;
  private static final int CANDIDATES = 5;
  private static final double VOICING = 0.45;
  private static final double SILENCE = 0.03;
  private static final double OCTAVE_COST = 0.01;
  private static final double OCTAVE_JUMP = 0.35;
  private static final double VOICED_UNVOICED = 0.14;

  /** What the pitch is sought in: overtones of voices, little noise. */
  private static final int PITCH_LOW_BIN = 4;

  private static final int PITCH_HIGH_BIN = (int) (3_000 / BIN_HZ);

  /** Added to powers: some -100 dB of full scale. */
  private static final double FLOOR = 1e-6;

  // descriptors of a frame
  private static final int LOUDNESS = 0;
  private static final int LEVEL = 1;
  private static final int AMPLITUDE = 2;
  private static final int FLUX = 3;
  private static final int ALPHA = 4;
  private static final int HAMMARBERG = 5;
  private static final int SLOPE_0_500 = 6;
  private static final int SLOPE_500_1500 = 7;
  private static final int SLOPE_1500_5000 = 8;
  private static final int CENTROID = 9;
  private static final int FLATNESS = 10;
  private static final int FIRST_CEPSTRUM = 11;

  private static final int DESCRIPTORS = FIRST_CEPSTRUM + CEPSTRA;

  /** Those of the shape of the spectrum, and their names. */
  private static final int FIRST_SPECTRAL = ALPHA;

  private static final List<String> SPECTRAL =
      List.of(
          "alpha",
          "hammarberg",
          "slope-0-500",
          "slope-500-1500",
          "slope-1500-5000",
          "centroid",
          "flatness");
  private static final List<String> NAMES = featureNames();

  /** How many numbers there are. */
  public static final int SIZE = NAMES.size();

  private final Stft stft = new Stft(FRAME, FFT);
  private final FloatFFT_1D fft = new FloatFFT_1D(FFT);
  private final MelFilterbank mel =
      new MelFilterbank(MelScale.SLANEY, BANDS, FFT, Vad.SAMPLE_RATE_HZ, 60, HIGH_HZ);
  private final float[] power = new float[stft.bins()];
  private final float[] bands = new float[BANDS];
  private final float[] before = new float[BANDS];
  private final float[] correlation = new float[FFT];
  private final float[] windowCorrelation = new float[FFT];
  private final float[][] cosines = new float[CEPSTRA][BANDS];
  private final float[] buffer = new float[FRAME];
  private int filled;

  /** Frame f is row f % capacity of all of these. */
  private final int capacity;

  private final float[][] descriptors;
  private final float[][] pitches;
  private final float[][] strengths;
  private final float[][] harmonics;
  private long count;

  // of a stretch: its rows in order, what is voiced, and at which pitch
  private final int[] rows;
  private final boolean[] adjacent;
  private final float[] semitones;
  private final float[] strength;
  private final int[] chosen;
  private final byte[][] from;
  private final float[] values;
  private final float[] sorted;

  /**
   * Creates features of a stream.
   *
   * @param capacity how many frames are remembered
   * @throws IllegalArgumentException if that is none
   */
  public VoiceFeatures(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("there must be room for a frame, was " + capacity);
    }
    this.capacity = capacity;
    descriptors = new float[capacity][DESCRIPTORS];
    pitches = new float[capacity][CANDIDATES];
    strengths = new float[capacity][CANDIDATES];
    harmonics = new float[capacity][2 * CANDIDATES];
    rows = new int[capacity];
    adjacent = new boolean[capacity];
    semitones = new float[capacity];
    strength = new float[capacity];
    chosen = new int[capacity];
    from = new byte[capacity][CANDIDATES + 1];
    values = new float[capacity];
    sorted = new float[capacity];
    for (int c = 0; c < CEPSTRA; c++) {
      for (int b = 0; b < BANDS; b++) {
        cosines[c][b] =
            (float) (Math.sqrt(2.0 / BANDS) * Math.cos(Math.PI * (c + 1) * (b + 0.5) / BANDS));
      }
    }
    float[] ones = new float[FRAME];
    Arrays.fill(ones, 1);
    stft.powerInto(ones, 0, power);
    correlate(0, FFT / 2, windowCorrelation);
  }

  /**
   * Returns what the numbers are.
   *
   * @return {@link #SIZE} names, as in {@code pitch.mean}
   */
  public static List<String> names() {
    return NAMES;
  }

  private static List<String> featureNames() {
    List<String> names = new ArrayList<>();
    for (String of : List.of("mean", "deviation", "p20", "p50", "p80", "range", "rise", "fall")) {
      names.add("pitch." + of);
    }
    for (String of : List.of("mean", "deviation", "range", "rise", "fall", "peaks")) {
      names.add("loudness." + of);
    }
    names.addAll(List.of("harmonicity.mean", "harmonicity.deviation", "jitter", "shimmer"));
    names.addAll(List.of("flux.mean", "flux.deviation", "flux.voiced", "flux.unvoiced"));
    for (String name : SPECTRAL) {
      names.add(name + ".voiced");
      names.add(name + ".deviation");
      names.add(name + ".unvoiced");
    }
    for (int c = 1; c <= CEPSTRA; c++) {
      names.add("mfcc" + c + ".voiced");
      names.add("mfcc" + c + ".deviation");
      names.add("mfcc" + c + ".movement");
    }
    for (String of : List.of("h1-h2", "h1-a3")) {
      names.add(of + ".mean");
      names.add(of + ".deviation");
    }
    names.addAll(List.of("voiced.part", "voiced.rate", "voiced.length", "voiced.deviation"));
    return List.copyOf(names);
  }

  /**
   * Returns how much of an independent observation of a speaker features are: two seconds of speech
   * that was not in the ones before count as one, and what is gathered from less than 1.5 seconds
   * counts less.
   *
   * @param freshSamples of speech since the last features
   * @param frames of speech that these were gathered from
   * @return a weight for {@link io.github.erv.personal.SubjectProfile#plus}
   */
  public static double weight(long freshSamples, int frames) {
    return freshSamples / (2.0 * Vad.SAMPLE_RATE_HZ) * Math.min(1, frames / 150.0);
  }

  /** Starts anew, as if nothing had been heard. */
  public void reset() {
    filled = 0;
    count = 0;
  }

  /**
   * Returns how many frames were complete so far. Frame f holds {@value #FRAME} samples from {@code
   * f * HOP} on.
   *
   * @return a count from the first sample heard
   */
  public long count() {
    return count;
  }

  /**
   * Takes up samples.
   *
   * @param samples hold sound at 16 kHz
   * @param offset where it starts
   * @param length how many, any number
   */
  public void process(float[] samples, int offset, int length) {
    checkFromIndexSize(offset, length, samples.length);
    for (int done = 0; done < length; ) {
      int block = Math.min(length - done, FRAME - filled);
      System.arraycopy(samples, offset + done, buffer, filled, block);
      filled += block;
      done += block;
      if (filled == FRAME) {
        describe((int) (count++ % capacity));
        filled -= HOP;
        System.arraycopy(buffer, HOP, buffer, 0, filled);
      }
    }
  }

  // ---- a frame

  private void describe(int row) {
    stft.powerInto(buffer, 0, power);
    mel.applyInto(power, bands, 0);
    float[] d = descriptors[row];
    double loudness = 0;
    double sum = 0;
    double flux = 0;
    double logs = 0;
    for (int b = 0; b < BANDS; b++) {
      double p = bands[b] + FLOOR;
      loudness += Math.cbrt(p);
      sum += p;
      float log = (float) Math.log(p);
      flux += count == 1 ? 0 : Math.abs(log - before[b]);
      logs += log;
      before[b] = log;
    }
    d[LOUDNESS] = (float) (30 * Math.log10(loudness / BANDS)); // moves with the level, dB for dB
    d[LEVEL] = (float) (10 * Math.log10(sum));
    d[AMPLITUDE] = (float) Math.sqrt(sum);
    d[FLUX] = (float) (flux / BANDS);
    d[FLATNESS] = (float) (logs / BANDS - Math.log(sum / BANDS));
    for (int c = 0; c < CEPSTRA; c++) {
      double value = 0;
      for (int b = 0; b < BANDS; b++) {
        value += cosines[c][b] * before[b];
      }
      d[FIRST_CEPSTRUM + c] = (float) value;
    }
    double low = band(50, 1_000);
    d[ALPHA] = (float) (decibels(low) - decibels(band(1_000, 5_000)));
    d[HAMMARBERG] = (float) (decibels(peak(0, 2_000)) - decibels(peak(2_000, 5_000)));
    d[SLOPE_0_500] = (float) slope(60, 500);
    d[SLOPE_500_1500] = (float) slope(500, 1_500);
    d[SLOPE_1500_5000] = (float) slope(1_500, 5_000);
    double weighted = 0;
    double total = 0;
    for (int k = bin(60); k < bin(HIGH_HZ); k++) {
      double magnitude = Math.sqrt(power[k]);
      weighted += magnitude * k;
      total += magnitude;
    }
    d[CENTROID] = (float) (12 * Math.log((weighted + 1e-3) / (total + 1e-5)) / Math.log(2));
    seekPitch(row);
  }

  private static double decibels(double power) {
    return 10 * Math.log10(power + FLOOR);
  }

  private static int bin(double hertz) {
    return (int) Math.round(hertz / BIN_HZ);
  }

  private double band(double lowHz, double highHz) {
    double sum = 0;
    for (int k = bin(lowHz); k < bin(highHz); k++) {
      sum += power[k];
    }
    return sum;
  }

  private double peak(double lowHz, double highHz) {
    double most = 0;
    for (int k = bin(lowHz); k < bin(highHz); k++) {
      most = Math.max(most, power[k]);
    }
    return most;
  }

  /** Decibels a kilohertz, by least squares. */
  private double slope(double lowHz, double highHz) {
    int first = bin(lowHz);
    int end = bin(highHz);
    double middle = (first + end - 1) / 2.0;
    double above = 0;
    double below = 0;
    for (int k = first; k < end; k++) {
      above += (k - middle) * decibels(power[k]);
      below += (k - middle) * (k - middle);
    }
    return above / below / BIN_HZ * 1_000;
  }

  /** The autocorrelation of the frame whose power spectrum is at hand, within a band. */
  private void correlate(int lowBin, int highBin, float[] target) {
    Arrays.fill(target, 0);
    for (int k = Math.max(1, lowBin); k < highBin; k++) {
      target[2 * k] = power[k];
    }
    if (lowBin == 0) {
      target[0] = power[0];
    }
    fft.realInverse(target, true);
  }

  private void seekPitch(int row) {
    correlate(PITCH_LOW_BIN, PITCH_HIGH_BIN, correlation);
    float[] pitch = pitches[row];
    float[] strong = strengths[row];
    Arrays.fill(pitch, 0);
    Arrays.fill(strong, Float.NEGATIVE_INFINITY);
    double whole = correlation[0];
    if (whole > FLOOR * 1e-3) {
      int shortest = (int) (Vad.SAMPLE_RATE_HZ / HIGHEST_HZ);
      int longest = (int) (Vad.SAMPLE_RATE_HZ / LOWEST_HZ);
      for (int lag = shortest; lag <= longest; lag++) {
        double here = normalised(lag, whole);
        double left = normalised(lag - 1, whole);
        double right = normalised(lag + 1, whole);
        if (here > 0.5 * VOICING && here > left && here >= right) {
          double curve = left - 2 * here + right;
          double shift = curve == 0 ? 0 : 0.5 * (left - right) / curve;
          double height = Math.min(0.9999, here - 0.25 * (left - right) * shift);
          double hertz = Vad.SAMPLE_RATE_HZ / (lag + shift);
          keep(pitch, strong, hertz, height + OCTAVE_COST * Math.log(hertz / LOWEST_HZ) / LN2);
        }
      }
    }
    compareHarmonics(pitch, harmonics[row]);
  }

  private static final double LN2 = Math.log(2);

  private double normalised(int lag, double whole) {
    return correlation[lag] / whole * windowCorrelation[0] / windowCorrelation[lag];
  }

  private static void keep(float[] pitch, float[] strong, double hertz, double height) {
    int place = CANDIDATES;
    while (place > 0 && height > strong[place - 1]) {
      place--;
    }
    if (place < CANDIDATES) {
      System.arraycopy(pitch, place, pitch, place + 1, CANDIDATES - 1 - place);
      System.arraycopy(strong, place, strong, place + 1, CANDIDATES - 1 - place);
      pitch[place] = (float) hertz;
      strong[place] = (float) height;
    }
  }

  /** For each candidate: harmonic 1 over harmonic 2, and over the strongest near F3, in dB. */
  private void compareHarmonics(float[] pitch, float[] levels) {
    double third = decibels(peak(2_000, 3_200));
    for (int c = 0; c < CANDIDATES; c++) {
      double first = pitch[c] == 0 ? 0 : harmonic(pitch[c]);
      levels[2 * c] = pitch[c] == 0 ? 0 : (float) (first - harmonic(2 * pitch[c]));
      levels[2 * c + 1] = pitch[c] == 0 ? 0 : (float) (first - third);
    }
  }

  private double harmonic(double hertz) {
    int middle = bin(hertz);
    double most = 0;
    for (int k = middle - 1; k <= middle + 1; k++) {
      most = Math.max(most, power[k]);
    }
    return decibels(most);
  }

  // ---- a stretch

  /**
   * Gathers the frames of a stretch.
   *
   * @param first frame
   * @param end the frame behind the last; frames no longer remembered or not yet heard are left out
   * @param speech tells whether a frame is speech, others are left out
   * @param target receives {@link #SIZE} numbers; those that nothing is known of (a pitch where
   *     nothing is voiced) are NaN
   * @return how many frames of speech were gathered; 0 leaves the target as it was
   */
  public int gatherInto(long first, long end, LongPredicate speech, float[] target) {
    checkFromIndexSize(0, SIZE, target.length);
    int n = 0;
    long last = Long.MIN_VALUE;
    for (long f = Math.max(Math.max(0, count - capacity), first); f < Math.min(end, count); f++) {
      if (speech.test(f)) {
        adjacent[n] = f == last + 1;
        rows[n++] = (int) (f % capacity);
        last = f;
      }
    }
    if (n > 0) {
      trackPitch(n);
      functionals(n, target);
    }
    return n;
  }

  /** The cheapest path (Viterbi); chosen is a candidate or -1. */
  private void trackPitch(int n) {
    float loudest = 0;
    for (int i = 0; i < n; i++) {
      loudest = Math.max(loudest, at(i, AMPLITUDE));
    }
    double[] cost = new double[CANDIDATES + 1];
    double[] next = new double[CANDIDATES + 1];
    for (int i = 0; i < n; i++) {
      float[] pitch = pitches[rows[i]];
      float[] strong = strengths[rows[i]];
      double relative = at(i, AMPLITUDE) / Math.max(1e-9, loudest);
      double unvoiced = VOICING + Math.max(0, 2 - relative / (SILENCE / (1 + VOICING)));
      for (int c = 0; c <= CANDIDATES; c++) {
        boolean voiced = c < CANDIDATES;
        if (voiced && pitch[c] == 0) {
          next[c] = Double.POSITIVE_INFINITY;
          continue;
        }
        double best = Double.POSITIVE_INFINITY;
        for (int b = 0; b <= CANDIDATES; b++) {
          double step = cost[b];
          if (i > 0 && adjacent[i]) {
            if (voiced != (b < CANDIDATES)) {
              step += VOICED_UNVOICED;
            } else if (voiced && step < Double.POSITIVE_INFINITY) {
              step += OCTAVE_JUMP * Math.abs(Math.log(pitch[c] / pitches[rows[i - 1]][b])) / LN2;
            }
          }
          if (step < best) {
            best = step;
            from[i][c] = (byte) b;
          }
        }
        next[c] = best - (voiced ? strong[c] : unvoiced);
      }
      double[] swap = cost;
      cost = next;
      next = swap;
    }
    int state = 0;
    for (int c = 1; c <= CANDIDATES; c++) {
      state = cost[c] < cost[state] ? c : state;
    }
    for (int i = n - 1; i >= 0; i--) {
      boolean voiced = state < CANDIDATES;
      chosen[i] = voiced ? state : -1;
      if (voiced) {
        double hertz = pitches[rows[i]][state];
        semitones[i] = (float) (12 * Math.log(hertz / 27.5) / LN2);
        strength[i] =
            (float) (strengths[rows[i]][state] - OCTAVE_COST * Math.log(hertz / LOWEST_HZ) / LN2);
      }
      state = from[i][state];
    }
  }

  private float at(int i, int descriptor) {
    return descriptors[rows[i]][descriptor];
  }

  private boolean voiced(int i) {
    return chosen[i] >= 0;
  }

  private boolean voicedRun(int i) {
    return i > 0 && adjacent[i] && voiced(i) && voiced(i - 1);
  }

  private void functionals(int n, float[] out) {
    int o = 0;
    int v = collect(n, true, i -> semitones[i]);
    out[o++] = mean(v);
    out[o++] = deviation(v);
    sort(v);
    out[o++] = percentile(v, 0.2);
    out[o++] = percentile(v, 0.5);
    out[o++] = percentile(v, 0.8);
    out[o++] = percentile(v, 0.8) - percentile(v, 0.2);
    out[o++] = 100 * slopeMean(n, 1, i -> voicedRun(i) ? semitones[i] - semitones[i - 1] : 0);
    out[o++] = 100 * slopeMean(n, -1, i -> voicedRun(i) ? semitones[i] - semitones[i - 1] : 0);

    v = collect(n, false, i -> at(i, LOUDNESS));
    out[o++] = mean(v);
    out[o++] = deviation(v);
    sort(v);
    out[o++] = percentile(v, 0.8) - percentile(v, 0.2);
    Of rise = i -> i > 0 && adjacent[i] ? at(i, LOUDNESS) - at(i - 1, LOUDNESS) : 0;
    out[o++] = 100 * slopeMean(n, 1, rise);
    out[o++] = 100 * slopeMean(n, -1, rise);
    out[o++] = peaksPerSecond(n);

    v = collect(n, true, this::harmonicity);
    out[o++] = mean(v);
    out[o++] = deviation(v);
    out[o++] = roughness(n, i -> semitones[i]);
    out[o++] = roughness(n, i -> at(i, LEVEL));

    v = collect(n, false, i -> at(i, FLUX));
    out[o++] = mean(v);
    out[o++] = deviation(v);
    out[o++] = mean(collect(n, true, i -> at(i, FLUX)));
    out[o++] = mean(collectUnvoiced(n, i -> at(i, FLUX)));
    for (int s = 0; s < SPECTRAL.size(); s++) {
      int d = FIRST_SPECTRAL + s;
      v = collect(n, true, i -> at(i, d));
      out[o++] = mean(v);
      out[o++] = deviation(v);
      out[o++] = mean(collectUnvoiced(n, i -> at(i, d)));
    }
    for (int c = 0; c < CEPSTRA; c++) {
      int column = FIRST_CEPSTRUM + c;
      v = collect(n, true, i -> descriptors[rows[i]][column]);
      out[o++] = mean(v);
      out[o++] = deviation(v);
      double moved = 0;
      int steps = 0;
      for (int i = 1; i < n; i++) {
        if (adjacent[i]) {
          moved += Math.abs(descriptors[rows[i]][column] - descriptors[rows[i - 1]][column]);
          steps++;
        }
      }
      out[o++] = steps == 0 ? Float.NaN : (float) (moved / steps);
    }
    for (int h = 0; h < 2; h++) {
      int column = h;
      v = collect(n, true, i -> harmonics[rows[i]][2 * chosen[i] + column]);
      out[o++] = mean(v);
      out[o++] = deviation(v);
    }
    rhythm(n, out, o);
  }

  private float harmonicity(int i) {
    double r = Math.max(0.01, Math.min(0.9999, strength[i]));
    return (float) (10 * Math.log10(r / (1 - r)));
  }

  private interface Of {
    float frame(int i);
  }

  private int collect(int n, boolean voicedOnly, Of of) {
    int found = 0;
    for (int i = 0; i < n; i++) {
      if (!voicedOnly || voiced(i)) {
        values[found++] = of.frame(i);
      }
    }
    return found;
  }

  private int collectUnvoiced(int n, Of of) {
    int found = 0;
    for (int i = 0; i < n; i++) {
      if (!voiced(i)) {
        values[found++] = of.frame(i);
      }
    }
    return found;
  }

  private float mean(int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += values[i];
    }
    return n == 0 ? Float.NaN : (float) (sum / n);
  }

  private float deviation(int n) {
    double mean = mean(n);
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += (values[i] - mean) * (values[i] - mean);
    }
    return n < 2 ? Float.NaN : (float) Math.sqrt(sum / n);
  }

  private void sort(int n) {
    System.arraycopy(values, 0, sorted, 0, n);
    Arrays.sort(sorted, 0, n);
  }

  private float percentile(int n, double p) {
    if (n == 0) {
      return Float.NaN;
    }
    double place = p * (n - 1);
    int low = (int) place;
    double part = place - low;
    return (float) (sorted[low] * (1 - part) + sorted[Math.min(n - 1, low + 1)] * part);
  }

  /** Mean of the steps up or down. */
  private float slopeMean(int n, int sign, Of of) {
    double sum = 0;
    int steps = 0;
    for (int i = 0; i < n; i++) {
      float step = of.frame(i) * sign;
      if (step > 0) {
        sum += step;
        steps++;
      }
    }
    return steps == 0 ? Float.NaN : (float) (sum / steps);
  }

  /** Frames louder than their 100 ms before and behind, by 2 dB than the least of those. */
  private float peaksPerSecond(int n) {
    int peaks = 0;
    for (int i = 0; i < n; i++) {
      float here = at(i, LOUDNESS);
      float least = here;
      boolean peak = true;
      for (int j = Math.max(0, i - 10); j <= Math.min(n - 1, i + 10) && peak; j++) {
        peak = j == i || (j < i ? at(j, LOUDNESS) < here : at(j, LOUDNESS) <= here);
        least = Math.min(least, at(j, LOUDNESS));
      }
      peaks += peak && here - least >= 2 ? 1 : 0;
    }
    return 100f * peaks / n;
  }

  /** Mean size of the second difference within voiced runs: what is not a glide. */
  private float roughness(int n, Of of) {
    double sum = 0;
    int steps = 0;
    for (int i = 2; i < n; i++) {
      if (voicedRun(i) && voicedRun(i - 1)) {
        sum += Math.min(3, Math.abs(of.frame(i) - 2 * of.frame(i - 1) + of.frame(i - 2)));
        steps++;
      }
    }
    return steps == 0 ? Float.NaN : (float) (sum / steps);
  }

  private void rhythm(int n, float[] out, int offset) {
    int voiced = 0;
    int runs = 0;
    int run = 0;
    for (int i = 0; i < n; i++) {
      if (voiced(i)) {
        voiced++;
        run = voicedRun(i) ? run + 1 : 1;
        boolean over = i + 1 == n || !voicedRun(i + 1);
        if (over) {
          values[runs++] = run / 100f;
        }
      }
    }
    out[offset] = (float) voiced / n;
    out[offset + 1] = 100f * runs / n;
    out[offset + 2] = mean(runs);
    out[offset + 3] = deviation(runs);
  }
}
