package io.github.erv.training.classical;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.personal.Population;
import io.github.erv.personal.SubjectProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecordingTest {
  private static Recording one(String speaker, int label, float... row) {
    return new Recording(speaker + label, label, speaker, row.length, row);
  }

  @Test
  void population_ofSpeakers_isTheirMeanAndHowOneVaries() {
    Map<String, SubjectProfile> profiles =
        Recording.profiles(
            List.of(one("a", 0, 1, 7), one("a", 1, 3, 7), one("b", 0, 8, 7), one("b", 1, 12, 7)));
    assertEquals(2, profiles.get("a").mean(0));
    assertEquals(2, profiles.get("b").evidence());
    Population population = Recording.population(profiles);
    // mean (2 + 10) / 2; variance (1 + 4) / 2
    Recording read =
        one("c", 0, 6 + (float) Math.sqrt(2.5), 7).normalised(population, SubjectProfile.empty(2));
    assertArrayEquals(new float[] {1, 0}, read.rows(), 1e-5f);
    // a speaker well known is read against himself: 3 is one deviation above 2, about
    SubjectProfile known = SubjectProfile.empty(2);
    for (int i = 0; i < 500; i++) {
      known = known.plus(new float[] {1, 7}, 1).plus(new float[] {3, 7}, 1);
    }
    assertEquals(1, one("a", 0, 3, 7).normalised(population, known).rows()[0], 0.02);
  }

  @Test
  void report_ofGuesses_isTheirRecall() {
    LabelSet labels = LabelSet.of(Emotion.ANGER, Emotion.FEAR);
    List<Held> held = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int label = i < 6 ? 0 : 1;
      boolean right = i != 0 && i != 6; // 5 of 6, 1 of 2
      float[] scores = new float[2];
      scores[right ? label : 1 - label] = 2;
      held.add(new Held(one("s" + i % 4, label, 0), scores));
    }
    assertEquals((5 / 6.0 + 1 / 2.0) / 2, Held.uar(held, labels), 1e-12);
    String report = Held.report(held, labels, 1, 1);
    assertTrue(report.startsWith("UAR 66.7 %") && report.contains("n = 8"), report);
    assertTrue(report.endsWith("anger 83 fear 50"), report);
    // three quarters are right: the odds that say so are e^(2 / T) = 3
    assertEquals(2 / Math.log(3), Held.temperature(held, labels), 0.1);
  }
}
