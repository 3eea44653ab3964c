package io.github.erv.training.fusion;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import io.github.erv.Modality;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.fusion.train.Example;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads how people rated CREMA-D (Cao et al., 2014): each clip by some ten people who only heard
 * it, some ten others who only saw it, and some ten others who saw and heard it.
 */
final class CremaVotes {
  static final LabelSet LABELS =
      LabelSet.of(
          Emotion.NEUTRAL,
          Emotion.HAPPINESS,
          Emotion.SADNESS,
          Emotion.ANGER,
          Emotion.DISGUST,
          Emotion.FEAR);

  /** Columns of the votes, in the order of the labels. */
  private static final String[] COLUMNS = {"N", "H", "S", "A", "D", "F"};

  private static final char VOICE = '1';
  private static final char FACE = '2';
  private static final char BOTH = '3';

  private CremaVotes() {}

  /**
   * Reads the clips as examples: what the voice and the face say is how people voted who had that
   * alone, what is true is how those voted who had both, and the group is the actor.
   *
   * @param folder with {@code tabulatedVotes.csv}
   * @param smoothing votes added to each class of voice and of face: with ten votes, a class that
   *     nobody named is improbable, not impossible
   * @return a clip each, in the order of their names
   * @throws IOException if the file cannot be read or holds something else
   */
  static List<Example> read(Path folder, double smoothing) throws IOException {
    Map<String, Map<Character, double[]>> clips = new TreeMap<>();
    try (CsvReader<NamedCsvRecord> rows =
        CsvReader.builder().ofNamedCsvRecord(folder.resolve("tabulatedVotes.csv"))) {
      for (NamedCsvRecord row : rows) {
        double[] votes = new double[COLUMNS.length];
        for (int e = 0; e < votes.length; e++) {
          votes[e] = Double.parseDouble(row.getField(COLUMNS[e]));
        }
        clips
            .computeIfAbsent(row.getField("fileName"), name -> new TreeMap<>())
            .put(row.getField(0).charAt(0), votes);
      }
    }
    List<Example> examples = new ArrayList<>();
    for (Map.Entry<String, Map<Character, double[]>> clip : clips.entrySet()) {
      double[] voice = clip.getValue().get(VOICE);
      double[] face = clip.getValue().get(FACE);
      double[] both = clip.getValue().get(BOTH);
      if (voice == null || face == null || both == null) {
        throw new IOException(clip.getKey() + " lacks votes for voice, face or both");
      }
      examples.add(
          Example.builder(LABELS)
              .distribution(Modality.VOICE, shares(voice, smoothing))
              .distribution(Modality.FACE, shares(face, smoothing))
              .group(clip.getKey().substring(0, 4)) // the actor
              .votes(shares(both, 0)));
    }
    return examples;
  }

  private static Distribution shares(double[] votes, double smoothing) {
    float[] weights = new float[votes.length];
    for (int e = 0; e < votes.length; e++) {
      weights[e] = (float) (votes[e] + smoothing);
    }
    return Distribution.proportionalTo(LABELS, weights);
  }
}
