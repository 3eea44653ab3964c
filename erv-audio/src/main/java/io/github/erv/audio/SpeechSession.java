package io.github.erv.audio;

import io.github.erv.Cue;
import io.github.erv.EncoderSession;
import io.github.erv.Evidence;
import io.github.erv.Modality;
import io.github.erv.Observation;
import io.github.erv.Subject;
import io.github.erv.audio.voice.Vad;
import io.github.erv.media.AudioWindow;
import io.github.erv.media.Resampler;
import io.github.erv.media.TimeSpan;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/*
 * Everything is counted in samples at 16 kHz from the first sample of the present stretch of sound,
 * and worked on in chunks of the voice activity detector on that same count. So the result is a
 * function of the samples alone, however they were cut into windows.
 */
final class SpeechSession implements EncoderSession<AudioWindow> {
  /** Below this level, in dB of full scale, a step without speech is silence. */
  static final int SILENCE_DB = -50;

  /** How far off the end of the one before a window may start and still continue it. */
  static final long JITTER_MICROS = 40_000;

  private static final double ENOUGH_SPEECH_SECONDS = 1.5;
  private static final double CLEAR_DB = 20;
  private static final double LOUD_ABOVE_SILENCE_DB = 20;

  /** Added to powers, so that no sound at all has a level: -100 dBFS. */
  private static final double LEAST_POWER = 1e-10;

  /** Samples beyond this are cut: the detector's state would not survive an overflow. */
  private static final float GREATEST_SAMPLE = 100;

  private final Vad.Session vad;
  private final ModelInput input;
  private final HeardChunks heard;
  private final long stepMicros;

  private float[] mono = new float[0];
  private float[] resampled = new float[0];
  private final float[] chunk = new float[Vad.CHUNK];
  private int filled;

  /** Null before the first window and after a flush: no stretch of sound is under way. */
  private @Nullable Resampler resampler;

  private boolean cut;
  private boolean closed;
  private long startMicros;
  private long taken;

  /** The step under way: its span so far, and its samples. */
  private long stepStartMicros;

  private long stepEndMicros;
  private long stepFirst;
  private long stepLast;
  private double stepEnergy;

  /** Steps that are over, but wait until it is known whether what began in them is speech. */
  private final ArrayDeque<Step> waiting = new ArrayDeque<>();

  private long saidMicros = Long.MIN_VALUE;

  /** A step and its samples, counted from the first of the stretch of sound. */
  private record Step(TimeSpan span, long first, long last, double energy) {}

  SpeechSession(
      Vad.Session vad, ModelInput input, Duration step, Duration context, int undecidedChunks) {
    this.vad = vad;
    this.input = input;
    this.stepMicros = step.toNanos() / 1000;
    this.heard = new HeardChunks(chunks(context), chunks(step) + undecidedChunks + 2);
  }

  private static int chunks(Duration duration) {
    return (int) (duration.toMillis() * Vad.SAMPLE_RATE_HZ / 1000 / Vad.CHUNK) + 1;
  }

  @Override
  public void encode(AudioWindow window, Consumer<Observation> out) {
    requireOpen();
    long start = window.span().startMicros();
    long end = resampler == null ? saidMicros : heardMicros(resampler);
    if (end != Long.MIN_VALUE && start < end - JITTER_MICROS) {
      throw new IllegalArgumentException(
          "sound must come in time order: the window starts at %d us, %d us were heard"
              .formatted(start, end));
    }
    if (resampler != null
        && (cut
            || start > end + JITTER_MICROS
            || window.sampleRateHz() != resampler.inputRateHz())) {
      finish(out);
    }
    Resampler rate = resampler;
    if (rate == null) {
      rate = begin(window, out);
    }
    int frames = window.frames();
    if (mono.length < frames) {
      mono = new float[frames];
    }
    if (resampled.length < rate.maxOutput(frames)) {
      resampled = new float[rate.maxOutput(frames)];
    }
    window.mixDownInto(mono, 0);
    for (int i = 0; i < frames; i++) {
      mono[i] = Math.max(-GREATEST_SAMPLE, Math.min(GREATEST_SAMPLE, mono[i]));
    }
    taken += frames;
    hear(rate.process(mono, 0, frames, resampled, 0), out);
  }

  private long heardMicros(Resampler rate) {
    return startMicros + AudioWindow.micros(taken, rate.inputRateHz());
  }

  /** Starts a stretch of sound, and says that there was none since the one before. */
  private Resampler begin(AudioWindow window, Consumer<Observation> out) {
    startMicros = window.span().startMicros();
    taken = 0;
    cut = false;
    filled = 0;
    vad.reset();
    input.reset();
    heard.reset();
    if (saidMicros != Long.MIN_VALUE) {
      long from = -Math.floorDiv(-saidMicros, stepMicros) * stepMicros;
      long to = Math.floorDiv(startMicros, stepMicros) * stepMicros;
      if (from < to) {
        say(new TimeSpan(from, to), new Evidence.Missing(Evidence.Reason.NO_INPUT), out);
      }
    }
    stepLast = 0;
    beginStep(Math.max(startMicros, saidMicros));
    resampler = new Resampler(window.sampleRateHz(), Vad.SAMPLE_RATE_HZ);
    return resampler;
  }

  private void beginStep(long micros) {
    stepStartMicros = micros;
    stepEndMicros = (Math.floorDiv(micros, stepMicros) + 1) * stepMicros;
    stepFirst = stepLast;
    // rounded up: a sample belongs to the step in which its time lies
    stepLast = -Math.floorDiv(-(stepEndMicros - startMicros) * Vad.SAMPLE_RATE_HZ, 1_000_000L);
    stepEnergy = 0;
  }

  /** Cuts the resampled sound into chunks. */
  private void hear(int samples, Consumer<Observation> out) {
    for (int done = 0; done < samples; ) {
      int block = Math.min(samples - done, Vad.CHUNK - filled);
      System.arraycopy(resampled, done, chunk, filled, block);
      filled += block;
      done += block;
      if (filled == Vad.CHUNK) {
        hearChunk(out);
      }
    }
  }

  private void hearChunk(Consumer<Observation> out) {
    Arrays.fill(chunk, filled, Vad.CHUNK, 0);
    vad.accept(chunk, 0);
    double energy = energy(0, filled);
    long first = heard.count() * Vad.CHUNK;
    heard.add((float) (energy / filled), vad.speechRun());
    input.accept(chunk, filled);
    int from = 0;
    while (stepLast <= first + filled) {
      int to = (int) (stepLast - first);
      stepEnergy += energy(from, to);
      endStep(stepEndMicros, stepLast);
      beginStep(stepEndMicros);
      from = Math.max(from, to);
    }
    stepEnergy += energy(from, filled);
    filled = 0;
    sayDecided((heard.count() - vad.undecidedRun()) * Vad.CHUNK, out);
  }

  private void endStep(long endMicros, long last) {
    waiting.add(new Step(new TimeSpan(stepStartMicros, endMicros), stepFirst, last, stepEnergy));
  }

  private void sayDecided(long decided, Consumer<Observation> out) {
    for (Step step = waiting.peek();
        step != null && (step.last <= decided || speech(step) > 0);
        step = waiting.peek()) {
      waiting.remove();
      say(step, out);
    }
  }

  private long speech(Step step) {
    return heard.speechSamples(step.first, step.last);
  }

  private double energy(int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += (double) chunk[i] * chunk[i];
    }
    return sum;
  }

  private void say(Step step, Consumer<Observation> out) {
    TimeSpan span = step.span;
    long samples = step.last - step.first;
    double levelDb = 10 * Math.log10(step.energy / samples + LEAST_POWER);
    long speech = speech(step);
    VoiceReading model = speech == 0 ? null : input.fed(step.last, heard);
    if (model == null) {
      Evidence.Reason reason =
          speech == 0 && levelDb < SILENCE_DB
              ? Evidence.Reason.SILENCE
              : Evidence.Reason.NOT_SPEECH;
      say(span, new Evidence.Missing(reason), out);
      return;
    }
    double part = (double) speech / samples;
    double snrDb =
        10 * Math.log10((heard.speechPower() + LEAST_POWER) / (heard.noisePower() + LEAST_POWER));
    double seconds = (double) heard.speechChunks() * Vad.CHUNK / Vad.SAMPLE_RATE_HZ;
    double quality =
        upToOne(seconds / ENOUGH_SPEECH_SECONDS)
            * upToOne(snrDb / CLEAR_DB)
            * upToOne((levelDb - SILENCE_DB) / LOUD_ABOVE_SILENCE_DB)
            * ((1 + part) / 2);
    Evidence.Present.Builder evidence = model.run((float) quality);
    List<Cue> cues = new ArrayList<>(5);
    cues.add(new Cue("voice.level", levelDb, "dBFS", span));
    cues.add(new Cue("voice.snr", snrDb, "dB", span));
    cues.add(new Cue("voice.speech", part, "1", span));
    if (!Double.isNaN(input.speakerKnown())) {
      cues.add(new Cue("voice.known", input.speakerKnown(), "1", span));
    }
    model.addCues(span, cues);
    evidence.cues(cues);
    say(span, evidence.build(), out);
  }

  private static double upToOne(double value) {
    return Math.max(0, Math.min(1, value));
  }

  private void say(TimeSpan span, Evidence evidence, Consumer<Observation> out) {
    saidMicros = span.endMicros();
    out.accept(Observation.of(Modality.VOICE, Subject.VOICE, span, evidence));
  }

  /** Ends the stretch of sound under way: says the rest of it. */
  private void finish(Consumer<Observation> out) {
    Resampler rate = resampler;
    if (rate == null) {
      return;
    }
    if (resampled.length < rate.maxOutput(0)) {
      resampled = new float[rate.maxOutput(0)];
    }
    hear(rate.flush(resampled, 0), out);
    long samples = heard.count() * Vad.CHUNK + filled;
    if (filled > 0) {
      hearChunk(out);
    }
    long endMicros = heardMicros(rate);
    if (stepStartMicros < endMicros && stepFirst < samples) {
      endStep(endMicros, samples);
    }
    input.finish();
    sayDecided(Long.MAX_VALUE, out);
    resampler = null;
  }

  @Override
  public long watermarkMicros(long inputEndMicros) {
    return saidMicros;
  }

  @Override
  public void flush(Consumer<Observation> out) {
    requireOpen();
    finish(out);
  }

  @Override
  public void discontinuity(long timeMicros) {
    requireOpen();
    cut = true;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the speech session is closed");
    }
  }

  @Override
  public void close() {
    closed = true;
    vad.close();
    input.close();
  }
}
