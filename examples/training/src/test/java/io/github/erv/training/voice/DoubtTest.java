package io.github.erv.training.voice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DoubtTest {
  @Test
  void fit_ofLabelsDrawnByADoubt_findsIt() {
    Doubt truth = new Doubt(1.5f, 2.5f, 0.8f, 0.5f); // 2.5 is the median distance
    SplittableRandom random = new SplittableRandom(2);
    List<Doubt.Held> held = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      double distance = random.nextDouble(0, 5);
      double known = random.nextDouble();
      double scale = 1 / (truth.temperature() * Math.exp(truth.exponent(distance, known)));
      float[] logits = new float[3];
      double total = 0;
      for (int c = 0; c < 3; c++) {
        logits[c] = (float) (3 * random.nextGaussian());
        total += Math.exp(logits[c] * scale);
      }
      double left = random.nextDouble() * total;
      int label = 0;
      while (label < 2 && (left -= Math.exp(logits[label] * scale)) > 0) {
        label++;
      }
      held.add(new Doubt.Held(label, logits, distance, known));
    }
    Doubt found = Doubt.fit(held);
    assertEquals(truth.temperature(), found.temperature(), 0.1);
    assertEquals(truth.far(), found.far(), 0.06);
    assertEquals(truth.stranger(), found.stranger(), 0.1);
  }

  @Test
  void exponent_growsWithDistanceAndFallsWithAcquaintance() {
    Doubt doubt = new Doubt(1, 1, 0.8f, 0.5f);
    assertEquals(0, doubt.exponent(0.5, 1));
    assertTrue(doubt.exponent(3, 1) > doubt.exponent(2, 1));
    assertTrue(doubt.exponent(1, 0) > doubt.exponent(1, 1));
  }
}
