package io.github.erv.training.voice;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * For each speaker a voice that was fitted on the others alone: their population, their rows, and
 * the penalty that did best on each of them when he, too, was left out. So what is scored on a
 * speaker has been neither fitted nor chosen on him.
 */
final class HeldOutVoices {
  /** Of the squared weights, to choose from. */
  private static final double[] PENALTIES = {1e-3, 3e-3, 1e-2, 3e-2, 1e-1};

  private final Map<String, TrainedVoice> voices = new LinkedHashMap<>();
  private final Map<String, Double> penalties = new LinkedHashMap<>();
  private final double penalty;

  /** Fits the voices of all speakers. */
  HeldOutVoices(List<FeatureTable.Row> rows, List<EmoDb.Sound> sounds, long seed) {
    List<String> speakers =
        rows.stream().map(r -> sounds.get(r.recording()).speaker()).distinct().sorted().toList();
    int n = speakers.size();
    double[][] inner = new double[n][PENALTIES.length];
    for (int a = 0; a < n; a++) {
      for (int b = a + 1; b < n; b++) {
        List<FeatureTable.Row> rest =
            others(rows, sounds, List.of(speakers.get(a), speakers.get(b)));
        VoicePopulation population = new VoicePopulation(rest, sounds);
        LogisticRegression.Examples fitted =
            TrainedVoice.emotions(population.examples(rest, sounds, seed));
        List<VoicePopulation.Example> ofA = own(population, rows, sounds, speakers.get(a), seed);
        List<VoicePopulation.Example> ofB = own(population, rows, sounds, speakers.get(b), seed);
        for (int p = 0; p < PENALTIES.length; p++) {
          LogisticRegression emotions = LogisticRegression.fit(fitted, PENALTIES[p]);
          inner[a][p] += TrainedVoice.loss(emotions, ofB); // chosen for a, on b
          inner[b][p] += TrainedVoice.loss(emotions, ofA);
        }
      }
    }
    double[] outer = new double[PENALTIES.length];
    for (int a = 0; a < n; a++) {
      String speaker = speakers.get(a);
      List<FeatureTable.Row> rest = others(rows, sounds, List.of(speaker));
      VoicePopulation population = new VoicePopulation(rest, sounds);
      List<VoicePopulation.Example> examples = population.examples(rest, sounds, seed);
      LogisticRegression.Examples fitted = TrainedVoice.emotions(examples);
      List<VoicePopulation.Example> held = own(population, rows, sounds, speaker, seed);
      for (int p = 0; p < PENALTIES.length; p++) {
        outer[p] += TrainedVoice.loss(LogisticRegression.fit(fitted, PENALTIES[p]), held);
      }
      double chosen = PENALTIES[least(inner[a])];
      penalties.put(speaker, chosen);
      voices.put(speaker, new TrainedVoice(population, examples, chosen));
    }
    penalty = PENALTIES[least(outer)];
  }

  private static List<FeatureTable.Row> others(
      List<FeatureTable.Row> rows, List<EmoDb.Sound> sounds, List<String> without) {
    return rows.stream()
        .filter(r -> !without.contains(sounds.get(r.recording()).speaker()))
        .toList();
  }

  private static List<VoicePopulation.Example> own(
      VoicePopulation population,
      List<FeatureTable.Row> rows,
      List<EmoDb.Sound> sounds,
      String speaker,
      long seed) {
    return population.examples(
        rows.stream().filter(r -> sounds.get(r.recording()).speaker().equals(speaker)).toList(),
        sounds,
        seed);
  }

  private static int least(double[] losses) {
    int best = 0;
    for (int p = 1; p < losses.length; p++) {
      best = losses[p] < losses[best] ? p : best;
    }
    return best;
  }

  /** The speakers, in order, with the penalty chosen without each. */
  Map<String, Double> penalties() {
    return penalties;
  }

  /** The penalty for a voice fitted on all speakers. */
  double penalty() {
    return penalty;
  }

  TrainedVoice without(String speaker) {
    TrainedVoice voice = voices.get(speaker);
    if (voice == null) {
      throw new IllegalArgumentException("there is no speaker " + speaker);
    }
    return voice;
  }

  /** What each voice says of the speaker it has not heard. */
  List<Doubt.Held> held(List<FeatureTable.Row> rows, List<EmoDb.Sound> sounds, long seed) {
    List<Doubt.Held> held = new ArrayList<>();
    voices.forEach(
        (speaker, voice) -> {
          for (VoicePopulation.Example e : own(voice.population, rows, sounds, speaker, seed)) {
            held.add(Doubt.Held.of(e, voice));
          }
        });
    return held;
  }
}
