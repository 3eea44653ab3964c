package io.github.erv.training.handcrafted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import de.bwaldvogel.liblinear.Model;
import io.github.erv.classical.SupportVectorMachine;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.tribuo.MutableDataset;
import org.tribuo.classification.Label;
import org.tribuo.classification.LabelFactory;
import org.tribuo.classification.liblinear.LibLinearClassificationTrainer;
import org.tribuo.classification.liblinear.LinearClassificationType;
import org.tribuo.classification.liblinear.LinearClassificationType.LinearType;
import org.tribuo.common.liblinear.LibLinearModel;
import org.tribuo.impl.ArrayExample;
import org.tribuo.provenance.SimpleDataSourceProvenance;

class LinearMachineTest {
  private static final int CLASSES = 3;
  private static final int FEATURES = 12;

  /** Both stop when projected gradients differ by a tenth; decisions are about 1. */
  private static final double TOLERANCE = 0.03;

  /** Three clouds that overlap. */
  private static float[][] rows(int[] labels) {
    SplittableRandom random = new SplittableRandom(5);
    float[][] rows = new float[labels.length][FEATURES];
    for (int i = 0; i < rows.length; i++) {
      labels[i] = i % 5 % CLASSES;
      for (int f = 0; f < FEATURES; f++) {
        rows[i][f] = (float) (random.nextDouble() + (f % CLASSES == labels[i] ? 0.25 : 0));
      }
    }
    return rows;
  }

  @Test
  void fit_clouds_decidesAsLiblinear() {
    int[] labels = new int[400];
    float[][] rows = rows(labels);
    String[] names = new String[FEATURES];
    Arrays.setAll(names, f -> "%02d".formatted(f));
    LabelFactory factory = new LabelFactory();
    MutableDataset<Label> examples =
        new MutableDataset<>(new SimpleDataSourceProvenance("clouds", factory), factory);
    for (int i = 0; i < rows.length; i++) {
      double[] values = new double[FEATURES];
      for (int f = 0; f < FEATURES; f++) {
        values[f] = rows[i][f];
      }
      examples.add(new ArrayExample<>(new Label(Integer.toString(labels[i])), names, values));
    }
    for (double cost : new double[] {0.02, 0.5}) {
      LibLinearModel<Label> model =
          new LibLinearClassificationTrainer(
                  new LinearClassificationType(LinearType.L2R_L2LOSS_SVC_DUAL), cost, 1_000, 0.01)
              .train(examples);
      Model expected = model.getInnerModels().get(0);
      SupportVectorMachine.Session machine =
          LinearMachine.fit(rows, labels, CLASSES, cost, 3).machine(1, new double[CLASSES]).open();
      float[] decisions = new float[CLASSES];
      for (float[] row : rows) {
        machine.decisionsInto(row, 0, decisions, 0);
        for (int k = 0; k < CLASSES; k++) {
          int id = expected.getLabels()[k];
          int c = Integer.parseInt(model.getOutputIDInfo().getOutput(id).getLabel());
          double decision = expected.getDecfunBias(k);
          for (int f = 0; f < FEATURES; f++) {
            decision +=
                expected.getDecfunCoef(model.getFeatureIDMap().getID(names[f]) + 1, k) * row[f];
          }
          assertEquals(decision, decisions[c], TOLERANCE, "cost " + cost);
        }
      }
    }
  }

  @Test
  void machine_operatingPoint_isInTheWeights() {
    int[] labels = new int[60];
    float[][] rows = rows(labels);
    LinearMachine learnt = LinearMachine.fit(rows, labels, CLASSES, 0.1, 1);
    SupportVectorMachine.Session plain = learnt.machine(1, new double[CLASSES]).open();
    SupportVectorMachine.Session moved = learnt.machine(0.5, new double[] {1, 0, -2}).open();
    float[] before = new float[CLASSES];
    float[] after = new float[CLASSES];
    int right = 0;
    for (int i = 0; i < rows.length; i++) {
      plain.decisionsInto(rows[i], 0, before, 0);
      moved.decisionsInto(rows[i], 0, after, 0);
      for (int c = 0; c < CLASSES; c++) {
        assertEquals(2 * before[c] + new float[] {1, 0, -2}[c], after[c], 1e-4);
      }
      right += plain.classify(rows[i], 0) == labels[i] ? 1 : 0;
    }
    assertTrue(right > 40, right + " of 60");
  }
}
