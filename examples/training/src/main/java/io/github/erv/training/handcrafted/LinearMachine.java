package io.github.erv.training.handcrafted;

import de.bwaldvogel.liblinear.Model;
import io.github.erv.classical.SupportVectorMachine;
import io.github.erv.classical.SupportVectorMachine.Scheme;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.tribuo.Example;
import org.tribuo.ImmutableFeatureMap;
import org.tribuo.MutableDataset;
import org.tribuo.classification.Label;
import org.tribuo.classification.LabelFactory;
import org.tribuo.classification.liblinear.LibLinearClassificationTrainer;
import org.tribuo.classification.liblinear.LinearClassificationType;
import org.tribuo.classification.liblinear.LinearClassificationType.LinearType;
import org.tribuo.common.liblinear.LibLinearModel;
import org.tribuo.impl.ArrayExample;
import org.tribuo.provenance.SimpleDataSourceProvenance;

/**
 * Learns a linear machine, one class against the rest, with Tribuo and LIBLINEAR: squared hinge
 * loss, dual coordinate descent (Hsieh et al., 2008).
 */
final class LinearMachine {
  private static final int MOST_ITERATIONS = 100;

  /** LIBLINEAR's own, at which its dual solvers stop. */
  private static final double TOLERANCE = 0.1;

  private final int classes;
  private final List<String> features;
  private final MutableDataset<Label> examples;

  /** Indices of features in the order of their names, in which Tribuo keeps them. */
  private final int[] byName;

  /**
   * Starts without examples.
   *
   * @param classes how many there are; all must be shown
   * @param features their names, all different
   */
  LinearMachine(int classes, List<String> features) {
    this.classes = classes;
    this.features = features;
    LabelFactory labels = new LabelFactory();
    examples = new MutableDataset<>(new SimpleDataSourceProvenance("faces", labels), labels);
    List<Integer> order = new ArrayList<>();
    for (int f = 0; f < features.size(); f++) {
      order.add(f);
    }
    Collections.sort(order, Comparator.comparing(features::get));
    byName = order.stream().mapToInt(f -> f).toArray();
  }

  /** Shows one example; features that are 0 cost nothing. */
  void add(float[] values, int label) {
    examples.add(example(values, label));
  }

  Example<Label> example(float[] values, int label) {
    String[] names = new String[values.length];
    double[] numbers = new double[values.length];
    int count = 0;
    for (int f : byName) {
      if (values[f] != 0) {
        names[count] = features.get(f);
        numbers[count++] = values[f];
      }
    }
    return new ArrayExample<>(
        new Label(Integer.toString(label)),
        Arrays.copyOf(names, count),
        Arrays.copyOf(numbers, count));
  }

  LibLinearModel<Label> train(double cost) {
    return new LibLinearClassificationTrainer(
            new LinearClassificationType(LinearType.L2R_L2LOSS_SVC_DUAL),
            cost,
            MOST_ITERATIONS,
            TOLERANCE)
        .train(examples);
  }

  /**
   * Returns the same machine for reading faces.
   *
   * @param temperature by which decisions are divided
   * @param bias what is added then, a value a class
   */
  SupportVectorMachine machine(LibLinearModel<Label> model, double temperature, double[] bias) {
    Model inner = model.getInnerModels().get(0);
    ImmutableFeatureMap map = model.getFeatureIDMap();
    float[] weights = new float[classes * features.size()];
    float[] intercepts = new float[classes];
    int[] labels = inner.getLabels();
    for (int k = 0; k < labels.length; k++) {
      int c = Integer.parseInt(model.getOutputIDInfo().getOutput(labels[k]).getLabel());
      intercepts[c] = (float) (inner.getDecfunBias(k) / temperature + bias[c]);
      for (int f = 0; f < features.size(); f++) {
        int id = map.getID(features.get(f)); // -1 if it was 0 in all examples
        if (id >= 0) {
          weights[c * features.size() + f] = (float) (inner.getDecfunCoef(id + 1, k) / temperature);
        }
      }
    }
    return SupportVectorMachine.linear(Scheme.ONE_VS_REST, classes, weights, intercepts).build();
  }
}
