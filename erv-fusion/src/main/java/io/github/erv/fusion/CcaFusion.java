package io.github.erv.fusion;

import io.github.erv.Evidence;
import io.github.erv.FusionSession;
import io.github.erv.FusionStrategy;
import io.github.erv.FusionWindow;
import io.github.erv.Modality;
import io.github.erv.emotion.LabelSet;
import io.github.erv.fusion.train.Example;
import io.github.erv.fusion.train.Trainable;
import io.github.erv.fusion.train.TrainedFusion;
import io.github.erv.fusion.train.Training;
import io.github.erv.tensor.Safetensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.CholeskyDecomposition_F64;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;
import org.jspecify.annotations.Nullable;

/*
 * MAXVAR: the common variates G (n x k, G'G = I) and maps U_m that minimise sum_m |G - X_m U_m|^2 +
 * r n |U_m|^2 over standardised views X_m. With C_m = X_m'X_m / n + r I = L_m L_m' and Z_m = X_m
 * L_m^-T / sqrt(n), G holds the left singular vectors of Z = [Z_1 ... Z_M] to the largest singular
 * values. They come from the eigenvectors V of Z'Z, which is as large as all features together, not
 * as the data; lambda_j in [0, M] says in how many views variate j is found. What view m knows of
 * variate j is
 *
 *   g_mj(x) = (lambda_j / M) x' L_m^-T V_mj M / sqrt(lambda_j) = sqrt(lambda_j) x' L_m^-T V_mj,
 *
 * the projection, scaled so that variates that several views share weigh more against the ridge of
 * the classifier on [g_1 ... g_M] than those of one view alone. Only leading variates are kept, as
 * many as make the classifier predict held-out examples best.
 */

/**
 * Generalised canonical correlation analysis: every modality is projected onto the variates that it
 * shares with the others, so that noise of its own falls away; a logistic regression, one for every
 * subset of the modalities, reads the projections. The vector of a modality is its mean embedding
 * over the window, or if it was trained without any, log-ratios of its distribution. A window
 * without any such vector is fused as {@link LateFusion} does with equal weights. Immutable and
 * thread-safe.
 *
 * @see "Kettenring (1971), Canonical analysis of several sets of variables, Biometrika 58, section
 *     3 (MAXVAR); Rastogi, Van Durme and Arora (2015), Multiview LSA: representation learning via
 *     generalized CCA, NAACL, eq. 1-4 (ridge); Sun et al. (2005), A new method of feature fusion
 *     and its application in image recognition, Pattern Recognition 38 (fusion of the variates)"
 */
final class CcaFusion implements FusionStrategy {
  /** Ridge on the covariance of standardised features. */
  private static final double RIDGE = 0.1;

  /** How many of the leading variates may be kept; as many as predict held-out examples best. */
  private static final int[] VARIATES = {2, 4, 8, 16, 32, 64};

  private final LabelSet labels;
  private final Map<Modality, View> views;
  private final SubsetRegression regression;

  private CcaFusion(LabelSet labels, Map<Modality, View> views, SubsetRegression regression) {
    this.labels = labels;
    this.views = views;
    this.regression = regression;
  }

  /**
   * The projection of one modality.
   *
   * @param decided whether it projects log-ratios of distributions, not embeddings
   * @param projection shape (variates, features + 1), the constant last
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never leaves
  private record View(boolean decided, int features, int variates, float[] projection) {
    /** The same with fewer variates. */
    View leading(int most) {
      int kept = Math.min(most, variates);
      return new View(decided, features, kept, Arrays.copyOf(projection, kept * (features + 1)));
    }

    double[] project(double[] x) {
      double[] g = new double[variates];
      for (int j = 0; j < variates; j++) {
        g[j] = projection[j * (features + 1) + features];
        for (int i = 0; i < features; i++) {
          g[j] += projection[j * (features + 1) + i] * x[i];
        }
      }
      return g;
    }
  }

  @Override
  public FusionSession open() {
    FusionSession pool = LateFusion.EQUAL.open();
    return (in, out) -> {
      Map<Modality, double[]> variates = new TreeMap<>();
      views.forEach(
          (modality, view) -> {
            double[] x = vector(in, modality, view.decided, labels);
            if (x != null) {
              Heads.requireSize(modality, view.features, x.length);
              variates.put(modality, view.project(x));
            }
          });
      SubsetRegression.Prediction prediction = regression.predict(variates);
      if (prediction == null) {
        pool.fuse(in, out);
      } else {
        SubsetRegression.fuse(prediction, labels, in, out);
      }
    };
  }

  private static double @Nullable [] vector(
      FusionWindow in, Modality modality, boolean decided, LabelSet labels) {
    Evidence.Present present = in.pooled(modality).orElse(null);
    if (present == null) {
      return null;
    }
    if (decided) {
      return StackingFusion.logRatios(present, labels);
    }
    return present.embeddingSize() > 0 ? Heads.features(modality, present) : null;
  }

  /** Fits it. */
  record Family() implements Trainable {
    static final String NAME = "cca";
    private static final String MODALITIES = "erv.modalities";
    private static final String DECIDED = "erv.decided";

    @Override
    public String name() {
      return NAME;
    }

    @Override
    public TrainedFusion fit(List<Example> examples, Training training) {
      TrainingSet set = TrainingSet.of(examples, training);
      Set<Modality> embedded = new TreeSet<>();
      for (Example example : examples) {
        for (Modality modality : set.modalities()) {
          if (example.window().pooled(modality).filter(p -> p.embeddingSize() > 0).isPresent()) {
            embedded.add(modality);
          }
        }
      }
      List<Map<Modality, double[]>> vectors = new ArrayList<>();
      Map<Modality, Integer> sizes = new TreeMap<>();
      for (Example example : examples) {
        Map<Modality, double[]> each = new TreeMap<>();
        for (Modality modality : set.modalities()) {
          double[] x =
              vector(example.window(), modality, !embedded.contains(modality), set.labels());
          if (x != null) {
            sizes.put(modality, x.length);
            each.put(modality, x);
          }
        }
        vectors.add(each);
      }
      Map<Modality, View> all = views(vectors, sizes, embedded);
      double least = Double.POSITIVE_INFINITY;
      Map<Modality, View> best = all;
      for (int most : VARIATES) {
        Map<Modality, View> leading = new TreeMap<>();
        all.forEach((modality, view) -> leading.put(modality, view.leading(most)));
        double loss = SubsetRegression.heldOutLoss(set, projected(vectors, leading));
        if (loss < least) {
          least = loss;
          best = leading;
        }
      }
      return of(
          set.labels(),
          best,
          Heads.NONE,
          SubsetRegression.fit(set, projected(vectors, best), Family::nothing));
    }

    /** Shrinks to zero without changing the scale of the variates. */
    private static double[] nothing(int inputs, int classes) {
      return new double[classes * (inputs + 1)];
    }

    private static List<Map<Modality, double[]>> projected(
        List<Map<Modality, double[]>> vectors, Map<Modality, View> views) {
      List<Map<Modality, double[]>> variates = new ArrayList<>();
      for (Map<Modality, double[]> each : vectors) {
        Map<Modality, double[]> projected = new TreeMap<>();
        views.forEach(
            (modality, view) -> {
              double[] x = each.get(modality);
              if (x != null) {
                projected.put(modality, view.project(x));
              }
            });
        variates.add(projected);
      }
      return variates;
    }

    /** Finds the variates in the examples in which every modality is present. */
    private static Map<Modality, View> views(
        List<Map<Modality, double[]>> vectors,
        Map<Modality, Integer> sizes,
        Set<Modality> embedded) {
      List<Modality> modalities = List.copyOf(sizes.keySet());
      List<List<double[]>> complete = new ArrayList<>();
      modalities.forEach(modality -> complete.add(new ArrayList<>()));
      for (Map<Modality, double[]> each : vectors) {
        if (each.keySet().containsAll(modalities)) {
          List<double[]> row = List.copyOf(each.values()); // in the order of the names, as all here
          for (int m = 0; m < row.size(); m++) {
            complete.get(m).add(row.get(m));
          }
        }
      }
      int n = complete.get(0).size();
      if (n < 2) {
        throw new IllegalArgumentException(
            "CCA needs examples in which all of " + modalities + " are present, there are " + n);
      }
      int[] size = sizes.values().stream().mapToInt(each -> each).toArray();
      int all = Arrays.stream(size).sum();
      double[][] mean = new double[modalities.size()][];
      double[][] scale = new double[modalities.size()][];
      List<DMatrixRMaj> inverse = new ArrayList<>();
      DMatrixRMaj z = new DMatrixRMaj(n, all);
      int from = 0;
      for (int m = 0; m < modalities.size(); m++) {
        mean[m] = new double[size[m]];
        scale[m] = new double[size[m]];
        DMatrixRMaj x = standardized(complete.get(m), mean[m], scale[m]);
        DMatrixRMaj covariance = new DMatrixRMaj(size[m], size[m]);
        CommonOps_DDRM.multTransA(1.0 / n, x, x, covariance);
        for (int i = 0; i < size[m]; i++) {
          covariance.add(i, i, RIDGE);
        }
        DMatrixRMaj l = inverseOfLower(covariance);
        inverse.add(l);
        DMatrixRMaj whitened = new DMatrixRMaj(n, size[m]);
        CommonOps_DDRM.multTransB(1 / Math.sqrt(n), x, l, whitened);
        CommonOps_DDRM.insert(whitened, z, 0, from);
        from += size[m];
      }
      DMatrixRMaj gram = new DMatrixRMaj(all, all);
      CommonOps_DDRM.multInner(z, gram);
      return projections(modalities, embedded, mean, scale, inverse, gram);
    }

    private static Map<Modality, View> projections(
        List<Modality> modalities,
        Set<Modality> embedded,
        double[][] mean,
        double[][] scale,
        List<DMatrixRMaj> inverse,
        DMatrixRMaj gram) {
      EigenDecomposition_F64<DMatrixRMaj> eigen =
          DecompositionFactory_DDRM.eig(gram.numRows, true, true);
      if (!eigen.decompose(gram)) {
        throw new IllegalStateException("the eigenvalues of the views did not converge");
      }
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < gram.numRows; i++) {
        order.add(i);
      }
      order.sort(
          (a, b) ->
              Double.compare(eigen.getEigenvalue(b).getReal(), eigen.getEigenvalue(a).getReal()));
      int variates = Math.min(VARIATES[VARIATES.length - 1], gram.numRows);
      Map<Modality, View> views = new TreeMap<>();
      int from = 0;
      for (int m = 0; m < modalities.size(); m++) {
        int size = mean[m].length;
        float[] projection = new float[variates * (size + 1)];
        for (int j = 0; j < variates; j++) {
          double root = Math.sqrt(Math.max(0, eigen.getEigenvalue(order.get(j)).getReal()));
          DMatrixRMaj v = eigen.getEigenVector(order.get(j));
          double constant = 0;
          for (int i = 0; i < size; i++) {
            double u = 0; // row i of L^-T V
            for (int k = i; k < size; k++) {
              u += inverse.get(m).get(k, i) * v.get(from + k);
            }
            double w = root * u * scale[m][i];
            projection[j * (size + 1) + i] = (float) w;
            constant -= w * mean[m][i];
          }
          projection[j * (size + 1) + size] = (float) constant;
        }
        boolean decided = !embedded.contains(modalities.get(m));
        views.put(modalities.get(m), new View(decided, size, variates, projection));
        from += size;
      }
      return views;
    }

    private static DMatrixRMaj standardized(List<double[]> vectors, double[] mean, double[] scale) {
      int n = vectors.size();
      DMatrixRMaj x = new DMatrixRMaj(n, mean.length);
      for (int j = 0; j < mean.length; j++) {
        double second = 0;
        for (double[] each : vectors) {
          mean[j] += each[j] / n;
        }
        for (double[] each : vectors) {
          second += (each[j] - mean[j]) * (each[j] - mean[j]) / n;
        }
        double deviation = Math.sqrt(second);
        // a constant says nothing; its deviation is rounding
        scale[j] = deviation > 1e-9 * Math.max(1, Math.abs(mean[j])) ? 1 / deviation : 0;
        for (int i = 0; i < n; i++) {
          x.set(i, j, (vectors.get(i)[j] - mean[j]) * scale[j]);
        }
      }
      return x;
    }

    private static DMatrixRMaj inverseOfLower(DMatrixRMaj positive) {
      CholeskyDecomposition_F64<DMatrixRMaj> cholesky =
          DecompositionFactory_DDRM.chol(positive.numRows, true);
      if (!cholesky.decompose(positive)) {
        throw new IllegalStateException("a covariance with a ridge must be positive definite");
      }
      DMatrixRMaj inverse = new DMatrixRMaj(positive.numRows, positive.numRows);
      CommonOps_DDRM.invert(cholesky.getT(null), inverse);
      return inverse;
    }

    private static DecisionFusion of(
        LabelSet labels, Map<Modality, View> views, Heads heads, SubsetRegression regression) {
      Safetensors.Builder weights =
          Safetensors.builder()
              .metadata(
                  MODALITIES,
                  views.keySet().stream().map(Modality::name).collect(Collectors.joining(",")))
              .metadata(
                  DECIDED,
                  views.entrySet().stream()
                      .filter(entry -> entry.getValue().decided)
                      .map(entry -> entry.getKey().name())
                      .collect(Collectors.joining(",")));
      views.forEach(
          (modality, view) ->
              weights.tensor(
                  "view." + modality, view.projection, view.variates, view.features + 1));
      regression.save(weights);
      return new DecisionFusion(
          NAME, labels, heads, new CcaFusion(labels, views, regression), weights);
    }

    @Override
    public TrainedFusion restore(Safetensors weights) {
      return DecisionFusion.restore(
          weights,
          labels -> {
            Map<Modality, View> views = new TreeMap<>();
            List<Modality> decided = modalities(weights, DECIDED);
            for (Modality modality : modalities(weights, MODALITIES)) {
              views.put(modality, view(weights, "view." + modality, decided.contains(modality)));
            }
            SubsetRegression regression = SubsetRegression.restore(weights, labels);
            regression.requireInputs(
                modality -> {
                  View view = views.get(modality);
                  return view == null ? 0 : view.variates;
                });
            return of(labels, views, Heads.restore(weights, labels), regression);
          });
    }

    private static List<Modality> modalities(Safetensors weights, String key) {
      return Arrays.stream(weights.requireMetadata(key).split(",", -1))
          .filter(name -> !name.isEmpty())
          .map(Modality::new)
          .toList();
    }

    private static View view(Safetensors weights, String name, boolean decided) {
      int[] shape = weights.shape(name);
      if (shape.length != 2 || shape[0] < 1 || shape[1] < 2) {
        throw new IllegalArgumentException(
            "the tensor \""
                + name
                + "\" must have the shape [variates, features + 1], has "
                + Arrays.toString(shape));
      }
      return new View(decided, shape[1] - 1, shape[0], weights.require(name, shape));
    }
  }
}
