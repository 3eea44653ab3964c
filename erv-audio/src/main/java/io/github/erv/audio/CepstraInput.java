package io.github.erv.audio;

import io.github.erv.Evidence;
import io.github.erv.classical.HiddenMarkovClassifier;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Cepstral frames of the speech in the last seconds. The baseline outlives {@link #reset}. */
final class CepstraInput extends ModelInput implements VoiceReading {
  /** Fewer frames of speech than these say nothing. */
  private static final int LEAST_FRAMES = 25;

  private final ClassicalModel model;
  private final HiddenMarkovClassifier.Session classifier;
  private final Baseline baseline;
  private final CepstralFrames frames;
  private final int contextFrames;
  private final float[] gathered;
  private final float[] frame = new float[CepstralFrames.SIZE];
  private final float[] probabilities;
  private int count;

  /** The frame up to which speech is in the baseline. */
  private long learnt;

  CepstraInput(
      ClassicalModel model,
      HiddenMarkovClassifier classifier,
      Baseline baseline,
      Duration context) {
    this.model = model;
    this.classifier = classifier.open();
    this.baseline = baseline;
    contextFrames = (int) (context.toMillis() / 10);
    frames = new CepstralFrames(contextFrames + ClassicalModel.SPARE_FRAMES);
    gathered = new float[(contextFrames + ClassicalModel.SPARE_FRAMES) * CepstralFrames.SIZE];
    probabilities = new float[classifier.classes()];
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
    frames.reset();
    learnt = 0;
  }

  @Override
  void accept(float[] samples, int length) {
    frames.process(samples, 0, length);
  }

  @Override
  @Nullable VoiceReading fed(long end, HeardChunks heard) {
    long last = Math.floorDiv(end - CepstralFrames.FRAME, CepstralFrames.HOP) + 1;
    int fresh = gather(Math.max(learnt, last - contextFrames), last, heard);
    double weight = Baseline.OBSERVATIONS_PER_SECOND / 100;
    for (int f = 0; f < fresh; f++) {
      System.arraycopy(gathered, f * CepstralFrames.SIZE, frame, 0, CepstralFrames.SIZE);
      baseline.learn(frame, weight);
    }
    learnt = Math.max(learnt, last);
    count = gather(last - contextFrames, last, heard);
    return count < LEAST_FRAMES ? null : this;
  }

  private int gather(long first, long end, HeardChunks heard) {
    return frames.gatherInto(
        first,
        end,
        f -> heard.speechAt(f * CepstralFrames.HOP + CepstralFrames.FRAME / 2),
        gathered);
  }

  @Override
  public Evidence.Present.Builder run(float quality) {
    classifier.reset();
    for (int f = 0; f < count; f++) {
      System.arraycopy(gathered, f * CepstralFrames.SIZE, frame, 0, CepstralFrames.SIZE);
      baseline.normaliseInPlace(frame);
      classifier.accept(frame, 0);
    }
    classifier.probabilitiesInto(probabilities, 0);
    return model.evidence(quality, probabilities);
  }

  @Override
  public void close() {}
}
