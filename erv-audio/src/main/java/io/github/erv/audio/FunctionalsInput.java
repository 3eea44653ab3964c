package io.github.erv.audio;

import io.github.erv.Evidence;
import io.github.erv.audio.egemaps.Egemaps;
import io.github.erv.audio.voice.Vad;
import io.github.erv.classical.SupportVectorMachine;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Functionals over the last seconds, from the first frame of speech in them to the last. The
 * speaker's baseline outlives {@link #reset}.
 */
final class FunctionalsInput extends ModelInput implements VoiceReading {
  private static final int HOP = Vad.SAMPLE_RATE_HZ / 100;

  /** Functionals of less are noise. */
  private static final int LEAST_FRAMES = 50;

  private final ClassicalModel model;
  private final SupportVectorMachine.Session machine;
  private final Baseline baseline;
  private final Egemaps egemaps;
  private final int contextFrames;
  private final float[] features = new float[Egemaps.FUNCTIONALS];
  private final float[] probabilities;

  /** The sample up to which speech is in the baseline. */
  private long learnt;

  FunctionalsInput(
      ClassicalModel model, SupportVectorMachine machine, Baseline baseline, Duration context) {
    this.model = model;
    this.machine = machine.open();
    this.baseline = baseline;
    contextFrames = (int) (context.toMillis() / 10);
    egemaps = new Egemaps(Vad.SAMPLE_RATE_HZ, contextFrames + ClassicalModel.SPARE_FRAMES);
    probabilities = new float[machine.classes()];
  }

  @Override
  int embeddingSize() {
    return 0;
  }

  @Override
  double speakerKnown() {
    return baseline.known();
  }

  @Override
  void reset() {
    egemaps.reset();
    learnt = 0;
  }

  @Override
  void accept(float[] samples, int length) {
    egemaps.process(samples, 0, length);
  }

  @Override
  void finish() {
    egemaps.finish();
  }

  @Override
  @Nullable VoiceReading fed(long end, HeardChunks heard) {
    long to = Math.min(egemaps.frames(), end / HOP);
    long from = Math.max(egemaps.firstFrame(), end / HOP - contextFrames);
    while (from < to && !heard.speechAt(from * HOP)) {
      from++;
    }
    while (from < to && !heard.speechAt((to - 1) * HOP)) {
      to--;
    }
    if (to - from < LEAST_FRAMES) {
      return null;
    }
    egemaps.functionalsInto(from, to, features, 0);
    double fresh = (double) heard.speechSamples(learnt, end) / Vad.SAMPLE_RATE_HZ;
    baseline.learn(features, fresh * Baseline.OBSERVATIONS_PER_SECOND);
    learnt = end;
    baseline.normaliseInPlace(features);
    return this;
  }

  @Override
  public Evidence.Present.Builder run(float quality) {
    machine.probabilitiesInto(features, 0, probabilities, 0);
    return model.evidence(quality, probabilities);
  }

  @Override
  public void close() {}
}
