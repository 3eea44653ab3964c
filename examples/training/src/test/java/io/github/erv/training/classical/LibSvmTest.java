package io.github.erv.training.classical;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.classical.SupportVectorMachine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.tribuo.Prediction;
import org.tribuo.classification.Label;
import org.tribuo.classification.libsvm.LibSVMClassificationModel;
import org.tribuo.impl.ArrayExample;

class LibSvmTest {
  private static final int WIDTH = 12;
  private static final int CLASSES = 4;

  /** Clouds that overlap, in an order that mixes classes. */
  private static List<Recording> clouds(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Recording> clouds = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      int label = (i * 7 + 3) % CLASSES;
      float[] row = new float[WIDTH];
      for (int f = 0; f < WIDTH; f++) {
        row[f] = (float) (2 * random.nextDouble(-1, 1) + (f % CLASSES == label ? 1 : 0));
      }
      clouds.add(new Recording("r" + i, label, "s" + i % 5, WIDTH, row));
    }
    return clouds;
  }

  @Test
  void machine_ofTribuos_decidesAsTribuo() {
    List<Recording> training = clouds(120, 1);
    for (LibSvm setting : List.of(new LibSvm(0, 0.1), new LibSvm(0.05, 3))) {
      LibSVMClassificationModel model = setting.train(training, CLASSES, true, 1);
      SupportVectorMachine machine = setting.machine(model, WIDTH, CLASSES);
      SupportVectorMachine.Session session = machine.open();
      assertEquals(setting.gamma() == 0, machine.supportVectors() == 0);
      String[] names = new String[WIDTH];
      Arrays.setAll(names, LibSvm::name);
      int right = 0;
      for (Recording one : clouds(100, 2)) {
        double[] values = new double[WIDTH];
        Arrays.setAll(values, f -> one.rows()[f]);
        Prediction<Label> theirs = model.predict(new ArrayExample<>(new Label("0"), names, values));
        float[] p = new float[CLASSES];
        session.probabilitiesInto(one.rows(), 0, p, 0);
        int best = 0;
        for (int c = 0; c < CLASSES; c++) {
          best = p[c] > p[best] ? c : best;
          // libsvm stops coupling within 0.005 of the solution
          assertEquals(theirs.getOutputScores().get(Integer.toString(c)).getScore(), p[c], 0.005);
        }
        right += best == one.label() ? 1 : 0;
      }
      assertTrue(right > 60, setting + " reads " + right);
    }
  }

  @Test
  void fit_sameSeed_isTheSame_andBalanced() {
    List<Recording> training = clouds(60, 3);
    float[] first = probabilities(new LibSvm(0.05, 1).fit(training, CLASSES, true, 4));
    float[] again = probabilities(new LibSvm(0.05, 1).fit(training, CLASSES, true, 4));
    assertEquals(Arrays.toString(first), Arrays.toString(again));
    assertThrows(IllegalArgumentException.class, () -> new LibSvm(0, 1).fit(training, 5, false, 1));
  }

  private static float[] probabilities(SupportVectorMachine machine) {
    float[] p = new float[CLASSES];
    machine.open().probabilitiesInto(new float[WIDTH], 0, p, 0);
    return p;
  }
}
