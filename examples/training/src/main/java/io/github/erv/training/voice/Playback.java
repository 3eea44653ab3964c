package io.github.erv.training.voice;

import io.github.erv.audio.VoiceFeatures;
import io.github.erv.emotion.Emotion;
import io.github.erv.personal.SubjectProfile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Plays one speaker's recordings to a voice, step by step as the encoder does. */
final class Playback {
  /** What else of the speaker is heard. */
  enum Way {
    /** Nothing: each recording is a stranger's. */
    ALONE("alone"),
    /** The recordings before, in a random order. */
    SESSION("session"),
    /** All of his other recordings. */
    KNOWN("known"),
    /** The recordings before, sorted by emotion: the worst order for a baseline. */
    BY_EMOTION("by emotion");

    private final String words;

    Way(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  /** What was said of a step of a recording, before doubt. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Step(double weight, float[] outputs, double distance, double known) {}

  /** What was said of one recording. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Heard(int recording, float[] probabilities, double arousal) {}

  /** Steps by recording. */
  private final Map<Integer, List<Step>> steps = new LinkedHashMap<>();

  /**
   * Plays.
   *
   * @param rows of one speaker, a recording's in order of time
   */
  Playback(
      TrainedVoice voice,
      Way way,
      List<FeatureTable.Row> rows,
      List<EmoDb.Sound> sounds,
      long seed) {
    Map<Integer, List<FeatureTable.Row>> recordings = new LinkedHashMap<>();
    rows.forEach(
        row -> recordings.computeIfAbsent(row.recording(), r -> new ArrayList<>()).add(row));
    List<Integer> order = new ArrayList<>(recordings.keySet());
    if (way == Way.BY_EMOTION) {
      order.sort(Comparator.comparing(r -> sounds.get(r).label()));
    } else {
      Collections.shuffle(order, new Random(seed));
    }
    SubjectProfile speaker = SubjectProfile.empty(VoiceFeatures.SIZE);
    for (int recording : order) {
      if (way == Way.ALONE || way == Way.KNOWN) {
        speaker = SubjectProfile.empty(VoiceFeatures.SIZE);
      }
      if (way == Way.KNOWN) {
        for (FeatureTable.Row row : rows) {
          speaker =
              row.recording() == recording ? speaker : speaker.plus(row.values(), row.weight());
        }
      }
      for (FeatureTable.Row row : recordings.getOrDefault(recording, List.of())) {
        speaker = speaker.plus(row.values(), row.weight());
        float[] input = voice.population.input(speaker, row.values());
        steps
            .computeIfAbsent(recording, r -> new ArrayList<>())
            .add(
                new Step(
                    Math.min(1, row.frames() / 150.0),
                    voice.outputs(input),
                    Doubt.distance(input),
                    input[input.length - 1]));
      }
    }
  }

  /** Each recording as the mean of its steps, weighed as the encoder's quality does. */
  List<Heard> heard(Doubt doubt) {
    int classes = TrainVoice.LABELS.size();
    List<Heard> heard = new ArrayList<>();
    steps.forEach(
        (recording, own) -> {
          float[] mean = new float[classes];
          double arousal = 0;
          double total = 0;
          for (Step step : own) {
            double reliability = Math.exp(-doubt.exponent(step.distance, step.known));
            double weight = step.weight * reliability;
            double[] p = new double[classes];
            for (int c = 0; c < classes; c++) {
              p[c] = step.outputs[c] * reliability / doubt.temperature();
            }
            LogisticRegression.softmaxInPlace(p);
            for (int c = 0; c < classes; c++) {
              mean[c] += (float) (weight * p[c]);
            }
            arousal += weight * Math.tanh(step.outputs[classes] * reliability);
            total += weight;
          }
          for (int c = 0; c < classes; c++) {
            mean[c] /= (float) total;
          }
          heard.add(new Heard(recording, mean, arousal / total));
        });
    return heard;
  }

  /** How often a recording of an emotion of high arousal is above one of low arousal. */
  static double arousalAuc(List<Heard> heard, List<EmoDb.Sound> sounds) {
    List<Emotion> high = List.of(Emotion.HAPPINESS, Emotion.ANGER, Emotion.FEAR);
    List<Emotion> low = List.of(Emotion.SADNESS, Emotion.BOREDOM);
    double right = 0;
    double pairs = 0;
    for (Heard one : heard) {
      for (Heard other : heard) {
        if (high.contains(TrainVoice.LABELS.get(sounds.get(one.recording).label()))
            && low.contains(TrainVoice.LABELS.get(sounds.get(other.recording).label()))) {
          right += one.arousal > other.arousal ? 1 : one.arousal == other.arousal ? 0.5 : 0;
          pairs++;
        }
      }
    }
    return right / pairs;
  }
}
