package io.github.erv.training.classical;

import io.github.erv.classical.SupportVectorMachine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import libsvm.svm;
import libsvm.svm_model;
import libsvm.svm_node;
import org.tribuo.ImmutableFeatureMap;
import org.tribuo.MutableDataset;
import org.tribuo.classification.Label;
import org.tribuo.classification.LabelFactory;
import org.tribuo.classification.libsvm.LibSVMClassificationModel;
import org.tribuo.classification.libsvm.LibSVMClassificationTrainer;
import org.tribuo.classification.libsvm.SVMClassificationType;
import org.tribuo.classification.libsvm.SVMClassificationType.SVMMode;
import org.tribuo.common.libsvm.KernelType;
import org.tribuo.common.libsvm.SVMParameters;
import org.tribuo.impl.ArrayExample;
import org.tribuo.provenance.SimpleDataSourceProvenance;

/**
 * One setting of a support vector machine, which Tribuo's libsvm learns and erv evaluates.
 *
 * @param gamma of the radial kernel; 0 is the linear one
 * @param cost of an example on the wrong side, C; classes weigh alike
 */
record LibSvm(double gamma, double cost) {
  /** Linear ones, and radial ones about as wide as 88 features of variance 1 are far apart. */
  static List<LibSvm> grid() {
    List<LibSvm> grid = new ArrayList<>();
    for (double cost : new double[] {0.001, 0.003, 0.01, 0.03, 0.1, 0.3}) {
      grid.add(new LibSvm(0, cost));
    }
    for (double gamma : new double[] {0.001, 0.003, 0.01}) {
      for (double cost : new double[] {1, 3, 10}) {
        grid.add(new LibSvm(gamma, cost));
      }
    }
    return grid;
  }

  /**
   * Learns from recordings of one row each.
   *
   * @param probabilities whether sigmoids are fitted, over five folds that libsvm draws
   */
  SupportVectorMachine fit(
      List<Recording> training, int classes, boolean probabilities, long seed) {
    return machine(train(training, classes, probabilities, seed), training.get(0).width(), classes);
  }

  /** A feature's name for Tribuo. */
  static String name(int feature) {
    return "%05d".formatted(feature);
  }

  LibSVMClassificationModel train(
      List<Recording> training, int classes, boolean probabilities, long seed) {
    // libsvm numbers classes as it meets them
    List<Recording> ordered =
        training.stream().sorted(Comparator.comparingInt(Recording::label)).toList();
    int width = ordered.get(0).width();
    String[] names = new String[width];
    Arrays.setAll(names, LibSvm::name);
    LabelFactory labels = new LabelFactory();
    MutableDataset<Label> data =
        new MutableDataset<>(new SimpleDataSourceProvenance("recordings", labels), labels);
    int[] counts = new int[classes];
    for (Recording one : ordered) {
      double[] values = new double[width];
      Arrays.setAll(values, f -> one.rows()[f]);
      data.add(new ArrayExample<>(new Label(Integer.toString(one.label())), names, values));
      counts[one.label()]++;
    }
    SVMParameters<Label> parameters =
        new SVMParameters<>(
            new SVMClassificationType(SVMMode.C_SVC),
            gamma == 0 ? KernelType.LINEAR : KernelType.RBF);
    parameters.setCost(cost);
    parameters.setGamma(gamma == 0 ? 1 : gamma);
    if (probabilities) {
      parameters.setProbability();
    }
    Map<Label, Float> weights = new HashMap<>();
    for (int c = 0; c < classes; c++) {
      if (counts[c] == 0) {
        throw new IllegalArgumentException("no recording of class " + c);
      }
      weights.put(new Label(Integer.toString(c)), (float) ordered.size() / (classes * counts[c]));
    }
    svm.svm_set_print_string_function(text -> {}); // it would tell of every step
    LibSVMClassificationTrainer trainer = new LibSVMClassificationTrainer(parameters, seed);
    trainer.setLabelWeights(weights);
    return (LibSVMClassificationModel) trainer.train(data);
  }

  /** The same machine as erv evaluates it. */
  SupportVectorMachine machine(LibSVMClassificationModel model, int width, int classes) {
    svm_model inner = model.getInnerModels().get(0);
    for (int c = 0; c < classes; c++) {
      String label = model.getOutputIDInfo().getOutput(inner.label[c]).getLabel();
      if (!label.equals(Integer.toString(c))) {
        throw new IllegalStateException("class " + c + " of libsvm is " + label);
      }
    }
    int[] column = columns(model.getFeatureIDMap(), width);
    int n = inner.l;
    float[] supports = new float[n * width];
    double[] dual = new double[(classes - 1) * n];
    for (int s = 0; s < n; s++) {
      for (svm_node node : inner.SV[s]) {
        supports[s * width + column[node.index]] = (float) node.value;
      }
      for (int row = 0; row < classes - 1; row++) {
        dual[row * n + s] = inner.sv_coef[row][s];
      }
    }
    float[] intercepts = floats(inner.rho, -1);
    SupportVectorMachine.Builder builder =
        gamma == 0
            ? SupportVectorMachine.pairwiseLinear(inner.nSV, supports, dual, intercepts)
            : SupportVectorMachine.pairwiseRadial(gamma, inner.nSV, supports, dual, intercepts);
    if (inner.probA != null) {
      builder.sigmoids(floats(inner.probA, 1), floats(inner.probB, 1));
    }
    return builder.build();
  }

  /** Of each of Tribuo's feature numbers, ours. */
  private static int[] columns(ImmutableFeatureMap features, int width) {
    int[] columns = new int[width];
    for (int f = 0; f < width; f++) {
      columns[features.getID(name(f))] = f;
    }
    return columns;
  }

  private static float[] floats(double[] values, int sign) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) (sign * values[i]);
    }
    return floats;
  }

  @Override
  public String toString() {
    return gamma == 0 ? "linear, C " + cost : "radial, gamma " + gamma + ", C " + cost;
  }
}
