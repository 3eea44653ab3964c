package io.github.erv.training.classical;

import io.github.erv.audio.CepstralFrames;
import io.github.erv.audio.ClassicalSpeechEncoder;
import io.github.erv.audio.egemaps.Egemaps;
import io.github.erv.personal.Population;
import io.github.erv.personal.SubjectProfile;
import io.github.erv.training.voice.EmoDb;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One recording as features: a row of functionals, or a row a frame.
 *
 * @param name path in the corpus
 * @param label index of the emotion
 * @param speaker who speaks
 * @param width features a row
 * @param rows shape (rows, width)
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Recording(String name, int label, String speaker, int width, float[] rows) {
  /**
   * How much of an independent observation of a speaker a row of frames is: half a one a second, as
   * the encoder counts.
   */
  private static final double FRAME_WEIGHT = 0.005;

  /** With how many observations the population's means and deviations are held. */
  private static final double WEIGHT = 2;

  /** Observations from which on a speaker counts as known. */
  private static final double ENOUGH = 10;

  private static final int RATE_HZ = 16_000;

  static Recording functionals(EmoDb.Sound sound) {
    return new Recording(
        sound.name(),
        sound.label(),
        sound.speaker(),
        Egemaps.FUNCTIONALS,
        Egemaps.functionals(sound.samples(), RATE_HZ));
  }

  static Recording cepstra(EmoDb.Sound sound) {
    int most = sound.samples().length / CepstralFrames.HOP + 1;
    CepstralFrames frames = new CepstralFrames(most);
    frames.process(sound.samples(), 0, sound.samples().length);
    float[] rows = new float[(int) frames.count() * CepstralFrames.SIZE];
    frames.gatherInto(0, frames.count(), f -> true, rows);
    return new Recording(sound.name(), sound.label(), sound.speaker(), CepstralFrames.SIZE, rows);
  }

  private double weight() {
    return rows.length == width ? 1 : FRAME_WEIGHT;
  }

  private SubjectProfile into(SubjectProfile profile) {
    SubjectProfile sum = profile;
    for (int at = 0; at < rows.length; at += width) {
      sum = sum.plus(Arrays.copyOfRange(rows, at, at + width), weight());
    }
    return sum;
  }

  /** What is usual for each speaker: all of his recordings, without regard to labels. */
  static Map<String, SubjectProfile> profiles(List<Recording> recordings) {
    Map<String, SubjectProfile> profiles = new LinkedHashMap<>();
    for (Recording one : recordings) {
      profiles.merge(one.speaker, one.into(SubjectProfile.empty(one.width)), SubjectProfile::merge);
    }
    return profiles;
  }

  /** What is usual for people, speakers counting alike: their means, and how one of them varies. */
  static Population population(Map<String, SubjectProfile> speakers) {
    int width = speakers.values().iterator().next().size();
    float[] means = new float[width];
    float[] deviations = new float[width];
    for (int f = 0; f < width; f++) {
      double mean = 0;
      double variance = 0;
      for (SubjectProfile speaker : speakers.values()) {
        mean += speaker.mean(f) / speakers.size();
        variance += speaker.deviation(f) * speaker.deviation(f) / speakers.size();
      }
      means[f] = (float) mean;
      // a feature that never changes would divide by 0
      deviations[f] = (float) Math.max(Math.sqrt(variance), 1e-6 * (1 + Math.abs(mean)));
    }
    return new Population(means, deviations, WEIGHT, WEIGHT, ENOUGH);
  }

  /** Read against a speaker as far as his profile tells of him. */
  Recording normalised(Population population, SubjectProfile profile) {
    float[] out = new float[rows.length];
    float[] row = new float[width];
    for (int at = 0; at < rows.length; at += width) {
      System.arraycopy(rows, at, row, 0, width);
      population.normaliseInto(profile, row, ClassicalSpeechEncoder.LIMIT, row);
      System.arraycopy(row, 0, out, at, width);
    }
    return new Recording(name, label, speaker, width, out);
  }
}
