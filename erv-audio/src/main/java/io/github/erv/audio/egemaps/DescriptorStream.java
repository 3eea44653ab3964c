package io.github.erv.audio.egemaps;

import io.github.erv.audio.spectrum.MelFilterbank;
import io.github.erv.audio.spectrum.Mfcc;
import io.github.erv.audio.spectrum.PerceptualLoudness;
import io.github.erv.audio.spectrum.SpectralShape;
import io.github.erv.audio.spectrum.Stft;
import io.github.erv.audio.spectrum.Window;
import io.github.erv.audio.voice.Harmonics;
import io.github.erv.audio.voice.HarmonicsToNoise;
import io.github.erv.audio.voice.Periods;
import io.github.erv.audio.voice.PitchPath;
import io.github.erv.audio.voice.SubharmonicSummation;
import java.util.Arrays;
import java.util.List;

/**
 * Turns samples into rows of smoothed descriptors.
 *
 * <p>Three clocks run behind one another: short frames as soon as their 20 ms are there, long ones
 * after 60 ms, and decisions on pitch {@link Egemaps#LOOKAHEAD} frames later, upon which the row
 * before is complete. What the later ones need of the earlier is kept in rings.
 */
final class DescriptorStream {
  // raw values of a frame, before smoothing
  static final int LOUDNESS = 0;
  static final int ALPHA = 1;
  static final int HAMMARBERG = 2;
  static final int SLOPE_LOW = 3;
  static final int SLOPE_HIGH = 4;
  static final int FLUX = 5;
  static final int MFCC = 6;
  static final int F0 = 10;
  static final int JITTER = 11;
  static final int SHIMMER = 12;
  static final int HNR = 13;
  static final int H1_H2 = 14;
  static final int H1_A3 = 15;
  static final int FORMANTS = 16;
  static final int ENERGY = 25;
  private static final int RAW = 26;

  // the same places hold the smoothed values of a row, then come those of voiced and of unvoiced
  // frames, and the formants' frequencies and bandwidths of voiced ones
  static final int VOICED = 26;
  static final int VOICED_COUNT = 9;
  static final int VOICED_FORMANTS = VOICED + VOICED_COUNT;
  private static final int FORMANT_COUNT = 3;
  static final int UNVOICED = VOICED_FORMANTS + 2 * FORMANT_COUNT;
  static final int UNVOICED_COUNT = 5;
  static final int ROW = UNVOICED + UNVOICED_COUNT;

  static final float NO_LEVEL = -201;

  private static final double INT16 = 32_767;
  private static final int BANDS = 26;
  private static final int CANDIDATES = 6;
  private static final double MIN_F0_HZ = 55;
  private static final double MAX_F0_HZ = 1_000;
  private static final double VOICING_CUTOFF = 0.70;
  private static final double SILENT_RMS = 0.001;
  private static final int MOST_HARMONICS = 100;

  /** Frames kept in the rings: those undecided, and neighbours of the one in work. */
  private static final int RING = Egemaps.LOOKAHEAD + 16;

  private static final double HOP_SECONDS = 0.010;

  /** Steps by which the periods of the lowest pitch lag behind; one more for rounding. */
  private static final int LOOK_BACK =
      1 + (int) Math.ceil(Periods.LOOK_BACK / MIN_F0_HZ / HOP_SECONDS);

  private static final int BLOCK = 1_024;

  private final int sampleRateHz;
  private final int hop;
  private final int shortLength;
  private final int longLength;

  private final float[] wave;
  private int waveFilled;
  private long waveStart;

  private final Stft shortStft;
  private final float[] power;
  private float[] magnitude;
  private float[] magnitudeBefore;
  private final float[] levels;
  private final MelFilterbank filters;
  private final float[] mel;
  private final float[] melLogs;
  private final Mfcc mfcc;
  private final PerceptualLoudness loudness;
  private final SpectralShape shape;
  private final float[] spectrum;
  private final ReferenceFormants formants;
  private final float[] formantHz = new float[5];
  private final float[] formantBandwidthHz = new float[5];

  private final Stft longStft;
  private final float[] longWindow;
  private final float[][] longMagnitudes;
  private final SubharmonicSummation pitch;
  private final float[] candidateHz = new float[CANDIDATES];
  private final float[] candidateVoicing = new float[CANDIDATES];
  private final PitchPath path;
  private final HarmonicsToNoise harmonicsToNoise;
  private final Harmonics harmonics;
  private final Periods periods;
  private final boolean[] silent = new boolean[RING];

  private final float[] raw = new float[RING * RAW];
  private final float[] history;
  private final int historyFrames;

  private final FrameDescriptor[] own;
  // of one frame more than is remembered: a frame's values are there before its row is complete
  private final float[] ownHistory;

  private long shortFrames;
  private long longFrames;
  private long decided;
  private long rows;
  private boolean finished;

  DescriptorStream(int sampleRateHz, int historyFrames, List<FrameDescriptor> own) {
    this.sampleRateHz = sampleRateHz;
    this.hop = hop(sampleRateHz);
    this.shortLength = (int) Math.round(0.020 * sampleRateHz);
    this.longLength = (int) Math.round(0.060 * sampleRateHz);
    this.wave = new float[(RING + 1 + LOOK_BACK) * hop + longLength + BLOCK];
    int shortFft = powerOfTwo(shortLength);
    this.shortStft = new Stft(Window.HAMMING, shortLength, shortFft);
    this.power = new float[shortStft.bins()];
    this.magnitude = new float[shortStft.bins()];
    this.magnitudeBefore = new float[shortStft.bins()];
    this.levels = new float[shortStft.bins()];
    double highHz = Math.min(8_000, sampleRateHz / 2.0);
    this.filters = MelFilterbank.htk(BANDS, shortFft, sampleRateHz, 20, highHz);
    this.mel = new float[BANDS];
    this.melLogs = new float[BANDS];
    this.mfcc = new Mfcc(BANDS, 1, 4, 22, 1 / (INT16 * INT16));
    this.loudness = new PerceptualLoudness(BANDS, 20, highHz);
    this.shape = new SpectralShape(shortFft, sampleRateHz);
    this.spectrum = new float[2 * shortStft.bins()];
    this.formants = new ReferenceFormants(shortLength, shortFft, sampleRateHz);
    int longFft = powerOfTwo(longLength);
    Window gauss = Window.gaussian(0.4);
    this.longStft = new Stft(gauss, longLength, longFft);
    this.longWindow = gauss.weights(longLength);
    this.longMagnitudes = new float[RING][longStft.bins()];
    double maxF0Hz = Math.min(MAX_F0_HZ, 0.45 * sampleRateHz);
    this.pitch = new SubharmonicSummation(longFft, sampleRateHz, MIN_F0_HZ, maxF0Hz);
    this.path = new PitchPath(CANDIDATES, Egemaps.LOOKAHEAD, VOICING_CUTOFF);
    this.harmonicsToNoise = new HarmonicsToNoise(longFft, sampleRateHz);
    this.harmonics = new Harmonics(longFft, sampleRateHz, MOST_HARMONICS);
    this.periods = new Periods();
    this.historyFrames = historyFrames;
    this.history = new float[Math.multiplyExact(historyFrames, ROW)];
    this.own = own.toArray(FrameDescriptor[]::new);
    this.ownHistory = new float[Math.multiplyExact(historyFrames + 1, this.own.length)];
  }

  static int hop(int sampleRateHz) {
    return (int) Math.round(HOP_SECONDS * sampleRateHz);
  }

  private static int powerOfTwo(int length) {
    int highest = Integer.highestOneBit(length);
    return highest == length ? length : 2 * highest;
  }

  void reset() {
    waveFilled = 0;
    waveStart = 0;
    shortFrames = 0;
    longFrames = 0;
    decided = 0;
    rows = 0;
    finished = false;
    path.reset();
    periods.pause();
  }

  long frames() {
    return rows;
  }

  /** Frames up to which voice was looked for: the long ones end earlier, and one more counts. */
  long voiceFrames() {
    return finished ? Math.min(rows, longFrames + 1) : rows;
  }

  /**
   * Up to which frame voiced and unvoiced ones are told apart in frames up to one: the reference
   * leaves out the last of the long ones.
   */
  long toldFrames(long to) {
    return finished ? Math.min(to, longFrames - 1) : to;
  }

  long firstFrame() {
    return Math.max(0, rows - historyFrames);
  }

  void rowInto(long frame, int width, float[] target, int offset) {
    System.arraycopy(history, place(frame), target, offset, width);
  }

  float value(long frame, int column) {
    return history[place(frame) + column];
  }

  float own(long frame, int index) {
    return ownHistory[ownPlace(frame) + index];
  }

  private int ownPlace(long frame) {
    return (int) (frame % (historyFrames + 1)) * own.length;
  }

  private int place(long frame) {
    return (int) (frame % historyFrames) * ROW;
  }

  void process(float[] samples, int offset, int length) {
    if (finished) {
      throw new IllegalStateException("the stream is finished; reset it to start anew");
    }
    for (int done = 0; done < length; ) {
      int block = Math.min(length - done, wave.length - waveFilled);
      for (int i = 0; i < block; i++) {
        float sample = samples[offset + done + i];
        wave[waveFilled + i] = Math.abs(sample) <= Float.MAX_VALUE ? sample : 0;
      }
      waveFilled += block;
      done += block;
      advance();
      makeRoom();
    }
  }

  private void makeRoom() {
    long needed = Math.max(0, decided - LOOK_BACK) * hop;
    int drop = (int) Math.min(waveFilled, needed - waveStart);
    if (drop > 0 && wave.length - waveFilled < BLOCK) {
      waveFilled -= drop;
      System.arraycopy(wave, drop, wave, 0, waveFilled);
      waveStart += drop;
    }
  }

  private int inWave(long frame) {
    return (int) (frame * hop - waveStart);
  }

  private void advance() {
    long heard = waveStart + waveFilled;
    while (shortFrames * hop + shortLength <= heard) {
      shortFrame();
      shortFrames++;
      if (longFrames * hop + longLength <= heard) {
        longFrame();
        longFrames++;
        if (path.ready(false)) {
          decide(path.poll());
        }
      }
    }
    while (longFrames * hop + longLength <= heard) {
      longFrame();
      longFrames++;
      if (path.ready(false)) {
        decide(path.poll());
      }
    }
  }

  void finish() {
    if (finished) {
      return;
    }
    finished = true;
    while (path.ready(true)) {
      decide(path.poll());
    }
    while (decided < shortFrames) {
      decide(0);
    }
    if (decided > 0) {
      completeRow(decided - 1, decided - 1);
    }
  }

  private int rawAt(long frame) {
    return (int) (frame % RING) * RAW;
  }

  private void shortFrame() {
    int start = inWave(shortFrames);
    int row = rawAt(shortFrames);
    float energy = 0;
    for (int i = start; i < start + shortLength; i++) {
      energy += wave[i] * wave[i];
    }
    shortStft.powerInto(wave, start, power, spectrum);
    float[] swap = magnitudeBefore;
    magnitudeBefore = magnitude;
    magnitude = swap;
    for (int k = 0; k < power.length; k++) {
      magnitude[k] = (float) Math.sqrt(power[k]);
    }
    filters.applyInto(power, mel, 0);
    raw[row + ENERGY] = energy / shortLength;
    raw[row + LOUDNESS] = loudness.of(mel);
    mfcc.applyInto(mel, melLogs, raw, row + MFCC);
    raw[row + ALPHA] = shape.alphaRatio(power);
    raw[row + HAMMARBERG] = shape.hammarbergIndex(power);
    shape.levelsInto(power, 1_500, levels);
    raw[row + SLOPE_LOW] = shape.slope(levels, 0, 500);
    raw[row + SLOPE_HIGH] = shape.slope(levels, 500, 1_500);
    raw[row + FLUX] = shortFrames == 0 ? 0 : shape.flux(magnitude, magnitudeBefore);
    formants.findInto(spectrum, formantHz, formantBandwidthHz);
    for (int f = 0; f < 3; f++) {
      raw[row + FORMANTS + 3 * f] = formantHz[f];
      raw[row + FORMANTS + 3 * f + 1] = formantBandwidthHz[f];
    }
  }

  private void longFrame() {
    int start = inWave(longFrames);
    int slot = (int) (longFrames % RING);
    double energy = 0;
    for (int i = 0; i < longLength; i++) {
      double sample = wave[start + i] * longWindow[i];
      energy += sample * sample;
    }
    silent[slot] = Math.sqrt(energy / longLength) < SILENT_RMS;
    float[] spectrum = longMagnitudes[slot];
    longStft.powerInto(wave, start, spectrum);
    for (int k = 0; k < spectrum.length; k++) {
      spectrum[k] = (float) Math.sqrt(spectrum[k]);
    }
    int count = pitch.candidatesInto(spectrum, candidateHz, candidateVoicing);
    path.push(candidateHz, candidateVoicing, count);
  }

  /** Takes up the fundamental frequency of the oldest undecided frame, 0 if it is unvoiced. */
  private void decide(float hertz) {
    int slot = (int) (decided % RING);
    int row = rawAt(decided);
    boolean voiced = hertz > 0 && decided < longFrames && !silent[slot];
    Arrays.fill(raw, row + F0, row + FORMANTS, 0);
    for (int f = 0; f < 3; f++) {
      raw[row + FORMANTS + 3 * f + 2] = NO_LEVEL;
    }
    if (voiced) {
      measureVoice(hertz, slot, row);
    } else {
      periods.pause();
    }
    for (int i = 0; i < own.length; i++) {
      ownHistory[ownPlace(decided) + i] =
          own[i].of(wave, inWave(decided), shortLength, voiced ? hertz : 0);
    }
    if (decided > 0) {
      completeRow(decided - 1, decided);
    }
    decided++;
  }

  private void measureVoice(float hertz, int slot, int row) {
    raw[row + F0] = (float) (12 * Math.log(hertz / 27.5) / Math.log(2));
    float[] spectrum = longMagnitudes[slot];
    raw[row + HNR] = harmonicsToNoise.of(spectrum, hertz);
    long start = decided * hop;
    periods.follow(wave, waveStart, start, start + hop, sampleRateHz / (double) hertz);
    raw[row + JITTER] = periods.jitter();
    raw[row + SHIMMER] = periods.shimmerDb();
    int found = harmonics.measure(spectrum, hertz);
    if (found < 3) {
      return;
    }
    // the reference counts harmonics from the fundamental as 0: its H1 is the octave, its H2 the
    // twelfth, while the formants' levels are over the fundamental
    float fundamental = harmonics.binLevelDb(1);
    float first = harmonics.levelDb(2);
    raw[row + H1_H2] = first - harmonics.levelDb(3);
    for (int f = 0; f < 3; f++) {
      float centre = raw[row + FORMANTS + 3 * f];
      float reach = 0.2f * centre;
      float level = harmonics.strongestDb(centre - reach, centre + reach);
      boolean there = level > Float.NEGATIVE_INFINITY;
      raw[row + FORMANTS + 3 * f + 2] = there ? level - fundamental : 0;
      if (there && f == 2) {
        raw[row + H1_A3] = first - level;
      }
    }
  }

  /** Smooths over a frame and its neighbours; past the ends, the frame itself is the neighbour. */
  private void completeRow(long frame, long after) {
    int before = rawAt(Math.max(0, frame - 1));
    int at = rawAt(frame);
    int next = rawAt(after);
    int row = place(frame);
    for (int c = 0; c < F0; c++) {
      history[row + c] = (raw[before + c] + raw[at + c] + raw[next + c]) / 3;
    }
    for (int c = F0; c < ENERGY; c++) {
      history[row + c] = smooth(raw[before + c], raw[at + c], raw[next + c]);
    }
    history[row + ENERGY] = raw[at + ENERGY];
    boolean voicedBefore = raw[before + F0] > 0;
    boolean voiced = raw[at + F0] > 0;
    boolean voicedNext = raw[next + F0] > 0;
    for (int c = 0; c < VOICED_COUNT + 2 * FORMANT_COUNT; c++) {
      int formant = (c - VOICED_COUNT) / 2;
      int from = c < VOICED_COUNT ? ALPHA + c : FORMANTS + 3 * formant + (c - VOICED_COUNT) % 2;
      history[row + VOICED + c] =
          smooth(
              voicedBefore ? raw[before + from] : 0,
              voiced ? raw[at + from] : 0,
              voicedNext ? raw[next + from] : 0);
    }
    for (int c = 0; c < UNVOICED_COUNT; c++) {
      int from = ALPHA + c;
      history[row + UNVOICED + c] =
          smooth(
              voicedBefore ? 0 : raw[before + from],
              voiced ? 0 : raw[at + from],
              voicedNext ? 0 : raw[next + from]);
    }
    rows = frame + 1;
  }

  private static float smooth(float before, float at, float next) {
    if (at == 0) {
      return 0;
    }
    int count = 1 + (before == 0 ? 0 : 1) + (next == 0 ? 0 : 1);
    return (before + at + next) / count;
  }
}
