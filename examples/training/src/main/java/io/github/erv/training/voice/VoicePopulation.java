package io.github.erv.training.voice;

import io.github.erv.audio.VoiceFeatures;
import io.github.erv.personal.Population;
import io.github.erv.personal.SubjectProfile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** What is usual in some speakers' voices, and how features are read against it. */
final class VoicePopulation {
  /** The features, and how well the speaker is known. */
  static final int INPUTS = VoiceFeatures.SIZE + 1;

  /** Greatest size of a normalised feature. */
  static final float LIMIT = 4;

  static final double MEAN_WEIGHT = 4;
  static final double DEVIATION_WEIGHT = 8;

  /** Two seconds of speech each: 20 s. */
  static final double ENOUGH = 10;

  /** How many of a speaker's recordings his baseline is made of where one learns. */
  private static final int[] HEARD = {0, 1, 2, 4, 8, 16, 32, 48};

  /** How often each row is taken as an example, the baseline drawn anew. */
  private static final int TIMES = 2;

  final float[] means = new float[VoiceFeatures.SIZE];
  final float[] deviations = new float[VoiceFeatures.SIZE];
  private final Population population;

  /** One reading of a row. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Example(int label, float[] input) {}

  /** Takes the mean of all rows, and their deviation within what one speaker said over one line. */
  VoicePopulation(List<FeatureTable.Row> rows, List<EmoDb.Sound> sounds) {
    SubjectProfile all = SubjectProfile.empty(VoiceFeatures.SIZE);
    Map<String, SubjectProfile> sessions = new LinkedHashMap<>();
    for (FeatureTable.Row row : rows) {
      all = all.plus(row.values(), 1);
      String session = session(row, sounds);
      sessions.put(
          session,
          sessions
              .getOrDefault(session, SubjectProfile.empty(VoiceFeatures.SIZE))
              .plus(row.values(), 1));
    }
    for (int i = 0; i < means.length; i++) {
      means[i] = (float) all.mean(i);
      double squares = 0;
      double weight = 0;
      for (SubjectProfile session : sessions.values()) {
        if (session.weight(i) > 0) {
          squares += session.deviation(i) * session.deviation(i) * session.weight(i);
          weight += session.weight(i);
        }
      }
      deviations[i] = (float) Math.sqrt(squares / weight);
    }
    population = new Population(means, deviations, MEAN_WEIGHT, DEVIATION_WEIGHT, ENOUGH);
  }

  private static String session(FeatureTable.Row row, List<EmoDb.Sound> sounds) {
    return sounds.get(row.recording()).speaker() + " " + row.channel();
  }

  /** What the model is fed, shape ({@link #INPUTS}). */
  float[] input(SubjectProfile speaker, float[] values) {
    float[] input = new float[INPUTS];
    population.normaliseInto(speaker, values, LIMIT, input);
    input[INPUTS - 1] = (float) (speaker.evidence() / (speaker.evidence() + MEAN_WEIGHT));
    return input;
  }

  /**
   * Reads rows against baselines of some of the same session's rows, the row itself among them, or
   * of none: so one learns to read strangers and acquaintances alike.
   */
  List<Example> examples(List<FeatureTable.Row> rows, List<EmoDb.Sound> sounds, long seed) {
    Map<String, List<FeatureTable.Row>> sessions = new LinkedHashMap<>();
    for (FeatureTable.Row row : rows) {
      sessions.computeIfAbsent(session(row, sounds), s -> new ArrayList<>()).add(row);
    }
    SplittableRandom random = new SplittableRandom(seed);
    List<Example> examples = new ArrayList<>();
    for (int time = 0; time < TIMES; time++) {
      for (FeatureTable.Row row : rows) {
        List<FeatureTable.Row> session = sessions.getOrDefault(session(row, sounds), List.of(row));
        int heard = HEARD[random.nextInt(HEARD.length)];
        SubjectProfile speaker = SubjectProfile.empty(VoiceFeatures.SIZE);
        for (int i = 0; i < heard; i++) {
          FeatureTable.Row one = i == 0 ? row : session.get(random.nextInt(session.size()));
          speaker = speaker.plus(one.values(), 1);
        }
        examples.add(
            new Example(sounds.get(row.recording()).label(), input(speaker, row.values())));
      }
    }
    return examples;
  }
}
