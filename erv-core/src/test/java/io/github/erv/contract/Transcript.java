package io.github.erv.contract;

import io.github.erv.Evidence;
import io.github.erv.Fused;
import io.github.erv.Observation;
import io.github.erv.RecognitionListener;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.timeline.Gap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/**
 * Writes down what an encoder, a strategy or a session said, one line each and exact to the last
 * bit of every number, so that two runs can be compared and a difference can be read. As a listener
 * it takes estimates, gaps and warnings; observations and progress come in no fixed order and are
 * left out. Thread-safe.
 */
public final class Transcript implements Consumer<Observation>, RecognitionListener {
  private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

  /** Creates an empty transcript. */
  public Transcript() {}

  /**
   * Returns what was said so far.
   *
   * @return a copy, a line for each
   */
  public List<String> lines() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  @Override
  public void accept(Observation observation) {
    lines.add(line(observation));
  }

  @Override
  public void estimate(EmotionEstimate estimate) {
    lines.add(line(estimate));
  }

  @Override
  public void gap(Gap gap) {
    lines.add(gap.subject() + " " + gap.span() + " gap " + gap.reason());
  }

  @Override
  public void warning(String message) {
    lines.add("warning " + message);
  }

  /**
   * Returns an observation in one line.
   *
   * @param observation any
   * @return equal for observations that are equal to the bit
   */
  public static String line(Observation observation) {
    String head =
        observation.modality() + " " + observation.subject() + " " + observation.span() + " ";
    if (observation.evidence() instanceof Evidence.Present present) {
      float[] embedding = new float[present.embeddingSize()];
      present.copyEmbedding(embedding, 0);
      List<Float> values = new ArrayList<>();
      for (float value : embedding) {
        values.add(value);
      }
      return head
          + present.distribution()
          + present.affect()
          + values
          + present.quality()
          + present.region()
          + present.cues();
    }
    return head + observation.evidence();
  }

  /**
   * Returns an estimate in one line.
   *
   * @param estimate any
   * @return equal for estimates that are equal to the bit
   */
  public static String line(EmotionEstimate estimate) {
    return estimate.subject()
        + " "
        + estimate.span()
        + " "
        + estimate.distribution()
        + estimate.affect()
        + (estimate.affectDerived() ? " derived " : " read ")
        + estimate.confidence()
        + (estimate.abstained() ? " abstained " : " ")
        + estimate.contributions()
        + estimate.missing()
        + estimate.region()
        + estimate.models();
  }

  /**
   * Returns a fused result in one line.
   *
   * @param fused any
   * @return equal for results that are equal to the bit
   */
  public static String line(Fused fused) {
    return fused.distribution() + " " + fused.affect() + " " + fused.contributions();
  }
}
