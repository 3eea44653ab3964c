package io.github.erv.training.face;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class OperatingPointTest {
  private static final int CLASSES = FerPlus.LABELS.size();

  /**
   * Faces whose class is drawn from the softmax of hidden logits, and logits that are distorted.
   */
  private static float[][] draw(int n, double factor, double[] shift, List<FerPlus.Face> faces) {
    SplittableRandom random = new SplittableRandom(2);
    float[][] logits = new float[n][CLASSES];
    for (float[] row : logits) {
      float[] hidden = new float[CLASSES];
      for (int c = 0; c < CLASSES; c++) {
        hidden[c] = (float) (2 * random.nextGaussian());
        row[c] = (float) (factor * (hidden[c] - shift[c]));
      }
      double at = random.nextDouble();
      double normaliser = OperatingPoint.logSumExp(hidden);
      int drawn = -1;
      while (at >= 0 && drawn < CLASSES - 1) {
        at -= Math.exp(hidden[++drawn] - normaliser);
      }
      faces.add(new FerPlus.Face(new byte[0], new float[CLASSES], drawn));
    }
    return logits;
  }

  @Test
  void fit_findsTheDistortion() {
    double[] shift = {0.5, -0.5, 0, 1, -1, 0, 0, 0};
    List<FerPlus.Face> faces = new ArrayList<>();
    float[][] logits = draw(6_000, 2.5, shift, faces);
    double[] even = new double[CLASSES];
    Arrays.fill(even, 1.0 / CLASSES);
    OperatingPoint first = OperatingPoint.all(logits, faces, even).get(0);
    assertEquals(2.5, first.temperature(), 0.2);
    for (int c = 1; c < CLASSES; c++) {
      double expected = shift[c] - shift[0]; // a common constant changes nothing
      assertEquals(expected, first.bias().get(c) - first.bias().get(0), 0.3, "class " + c);
    }
    assertTrue(first.scores(logits, faces).reliability().ece() < 0.03);
  }

  @Test
  void adjustment_tradesAccuracyForRecallOfRareClasses() {
    List<FerPlus.Face> faces = new ArrayList<>();
    float[][] logits = draw(4_000, 1, new double[] {-2, -2, 0, 0, 0, 2, 0, 2}, faces);
    // the classes' own frequencies
    double[] frequency = new double[CLASSES];
    faces.forEach(face -> frequency[face.majority()] += 1.0 / faces.size());
    List<OperatingPoint> points = OperatingPoint.all(logits, faces, frequency);
    OperatingPoint chosen = OperatingPoint.choose(points, 0.01);
    assertTrue(chosen.uar() >= points.get(0).uar());
    assertTrue(chosen.accuracy() >= points.get(0).accuracy() - 0.01);
    assertEquals(points.get(0), OperatingPoint.choose(points.subList(0, 1), 0.01));
  }
}
