package io.github.erv.classical;

import static java.util.Objects.checkFromIndexSize;

import io.github.erv.error.ModelException;
import io.github.erv.tensor.Kernels;
import io.github.erv.tensor.Safetensors;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/*
 * Every machine is the same two steps: features, standardised, become n inputs (themselves, or their
 * likeness to each support vector), and a matrix of shape (functions, n) makes decisions of those. A
 * linear machine of support vectors folds into that matrix when it is built.
 *
 * The likeness exp(-gamma |x - s|^2) is exp(2 gamma x.s - gamma |s|^2 - gamma |x|^2): one product of
 * a matrix and a vector for all support vectors. Features are standardised, so that what cancels is
 * small.
 */

/**
 * Tells classes apart by hyperplanes: a linear one for each class or pair of classes, or one
 * between radial basis functions around support vectors. Learnt elsewhere, as by libsvm.
 *
 * <p>A feature that is not finite counts as its mean; one beyond a million deviations counts as
 * that. Immutable, thread-safe and shared; a {@link Session} belongs to one thread and allocates
 * nothing.
 *
 * @see "Boser, Guyon and Vapnik (1992), A training algorithm for optimal margin classifiers, COLT;
 *     Chang and Lin (2011), LIBSVM: a library for support vector machines, ACM TIST 2(3)"
 */
public final class SupportVectorMachine {
  /** What a decision function tells apart. */
  public enum Scheme {
    /**
     * Each function two classes, in the order 0 and 1, 0 and 2, ..., 1 and 2, ...; above 0 it is
     * for the first.
     */
    ONE_VS_ONE,
    /** Each function one class, from all others. */
    ONE_VS_REST;

    int functions(int classes) {
      return this == ONE_VS_REST ? classes : classes * (classes - 1) / 2;
    }
  }

  private static final String PREFIX = "svm.";

  /** Standardised features are cut here, that squares do not overflow. */
  private static final float LIMIT = 1e6f;

  /** As libsvm keeps the probabilities of pairs away from 0 and 1. */
  private static final double LEAST_PROBABILITY = 1e-7;

  private final Scheme scheme;
  private final int classes;
  private final int features;
  private final int functions;

  /** 0 for a linear machine. */
  private final float gamma;

  private final float[] mean;

  /** One over the deviation; 0 leaves a feature out. */
  private final float[] scale;

  /** Shape (support vectors, features); empty if linear. */
  private final float[] supports;

  /** Of each support vector, minus gamma times its square. */
  private final float[] squares;

  /** Shape (functions, features or support vectors). */
  private final float[] weights;

  private final float[] intercepts;

  /** Shape (functions, 2): slope and offset; empty if there are none. */
  private final float[] sigmoids;

  private final float temperature;

  private SupportVectorMachine(Builder builder) {
    scheme = builder.scheme;
    classes = builder.classes;
    features = builder.features;
    functions = scheme.functions(classes);
    gamma = builder.gamma;
    supports = builder.supports;
    weights = builder.weights;
    intercepts = builder.intercepts;
    mean = builder.mean;
    scale = builder.scale;
    sigmoids = builder.sigmoids;
    temperature = builder.temperature;
    squares = new float[inputs()];
    if (gamma > 0) {
      for (int s = 0; s < squares.length; s++) {
        double sum = 0;
        for (int f = 0; f < features; f++) {
          double value = supports[s * features + f];
          sum += value * value;
        }
        squares[s] = (float) (-gamma * sum);
      }
    }
  }

  /** Columns of the weights. */
  private int inputs() {
    return gamma > 0 ? supports.length / features : features;
  }

  /**
   * Starts a linear machine of one weight vector a decision function.
   *
   * @param scheme what the functions tell apart
   * @param classes how many there are, at least 2
   * @param weights of the standardised features, shape (functions, features); copied
   * @param intercepts what is added, shape (functions); copied
   * @return a builder
   * @throws IllegalArgumentException if sizes do not fit together or a number is not finite
   */
  public static Builder linear(Scheme scheme, int classes, float[] weights, float[] intercepts) {
    int functions = requireFunctions(scheme, classes, intercepts);
    if (weights.length == 0 || weights.length % functions != 0) {
      throw new IllegalArgumentException(
          "%d decision functions need as many weight vectors of one length; had %d weights"
              .formatted(functions, weights.length));
    }
    return new Builder(
        scheme,
        classes,
        weights.length / functions,
        0,
        new float[0],
        finite(weights, "weights"),
        finite(intercepts, "intercepts"));
  }

  /**
   * Starts a machine of support vectors with the linear kernel, in the layout of libsvm, one
   * against one.
   *
   * @param counts support vectors of each class; their sum is n
   * @param supports standardised support vectors, those of class 0 first, shape (n, features)
   * @param dual libsvm's {@code sv_coef}, shape (classes - 1, n): the row of a vector of class i
   *     against class j is j - 1 if i is less than j, else j
   * @param intercepts minus libsvm's {@code rho}, one a pair of classes
   * @return a builder
   * @throws IllegalArgumentException if sizes do not fit together or a number is not finite
   */
  public static Builder pairwiseLinear(
      int[] counts, float[] supports, double[] dual, float[] intercepts) {
    int n = Arrays.stream(counts).sum();
    float[] coefficients = coefficients(counts, n, dual, intercepts);
    int features = features(supports, n);
    float[] weights = new float[intercepts.length * features];
    for (int p = 0; p < intercepts.length; p++) {
      for (int f = 0; f < features; f++) {
        double sum = 0;
        for (int s = 0; s < n; s++) {
          sum += (double) coefficients[p * n + s] * supports[s * features + f];
        }
        weights[p * features + f] = (float) sum;
      }
    }
    return linear(Scheme.ONE_VS_ONE, counts.length, weights, intercepts);
  }

  /**
   * Starts a machine of support vectors with the kernel {@code exp(-gamma |x - s|²)}, in the layout
   * of libsvm, one against one.
   *
   * @param gamma greater than 0
   * @param counts support vectors of each class; their sum is n
   * @param supports standardised support vectors, those of class 0 first, shape (n, features);
   *     copied
   * @param dual libsvm's {@code sv_coef}, shape (classes - 1, n), as in {@link #pairwiseLinear}
   * @param intercepts minus libsvm's {@code rho}, one a pair of classes; copied
   * @return a builder
   * @throws IllegalArgumentException if sizes do not fit together or a number is not finite
   */
  public static Builder pairwiseRadial(
      double gamma, int[] counts, float[] supports, double[] dual, float[] intercepts) {
    int n = Arrays.stream(counts).sum();
    float[] coefficients = coefficients(counts, n, dual, intercepts);
    return new Builder(
        Scheme.ONE_VS_ONE,
        counts.length,
        features(supports, n),
        requireGamma(gamma),
        finite(supports, "support vectors"),
        coefficients,
        finite(intercepts, "intercepts"));
  }

  private static float requireGamma(double gamma) {
    if (!(gamma > 0 && (float) gamma > 0 && gamma <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException("gamma must be finite and greater than 0, was " + gamma);
    }
    return (float) gamma;
  }

  /** Of each pair, the coefficients of all support vectors: those of other classes are 0. */
  private static float[] coefficients(int[] counts, int n, double[] dual, float[] intercepts) {
    int classes = counts.length;
    int pairs = requireFunctions(Scheme.ONE_VS_ONE, classes, intercepts);
    if (n == 0 || dual.length != (classes - 1) * n) {
      throw new IllegalArgumentException(
          "%d support vectors of %d classes need %d coefficients, had %d"
              .formatted(n, classes, (classes - 1) * n, dual.length));
    }
    float[] coefficients = new float[pairs * n];
    int pair = 0;
    int iFirst = 0;
    for (int i = 0; i < classes; i++) {
      int jFirst = iFirst + counts[i];
      for (int j = i + 1; j < classes; j++, pair++) {
        for (int s = 0; s < counts[i]; s++) {
          coefficients[pair * n + iFirst + s] = (float) dual[(j - 1) * n + iFirst + s];
        }
        for (int s = 0; s < counts[j]; s++) {
          coefficients[pair * n + jFirst + s] = (float) dual[i * n + jFirst + s];
        }
        jFirst += counts[j];
      }
      iFirst += counts[i];
    }
    return finite(coefficients, "coefficients");
  }

  private static int requireFunctions(Scheme scheme, int classes, float[] intercepts) {
    if (classes < 2 || classes > 1_000) {
      throw new IllegalArgumentException("classes must be from 2 to 1000, were " + classes);
    }
    if (intercepts.length != scheme.functions(classes)) {
      throw new IllegalArgumentException(
          "%d classes %s have %d decision functions; had %d intercepts"
              .formatted(classes, scheme, scheme.functions(classes), intercepts.length));
    }
    return intercepts.length;
  }

  private static int features(float[] supports, int n) {
    if (supports.length == 0 || supports.length % n != 0) {
      throw new IllegalArgumentException(
          "%d support vectors must be of one length; had %d values".formatted(n, supports.length));
    }
    return supports.length / n;
  }

  /** Returns a copy. */
  private static float[] finite(float[] values, String name) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException(name + " must be finite, had " + value);
      }
    }
    return values.clone();
  }

  /** What a machine has beside its decision functions. Not thread-safe. */
  public static final class Builder {
    private final Scheme scheme;
    private final int classes;
    private final int features;
    private final float gamma;
    private final float[] supports;
    private final float[] weights;
    private final float[] intercepts;
    private float[] mean;
    private float[] scale;
    private float[] sigmoids = new float[0];
    private float temperature = 1;

    private Builder(
        Scheme scheme,
        int classes,
        int features,
        float gamma,
        float[] supports,
        float[] weights,
        float[] intercepts) {
      this.scheme = scheme;
      this.classes = classes;
      this.features = features;
      this.gamma = gamma;
      this.supports = supports;
      this.weights = weights;
      this.intercepts = intercepts;
      mean = new float[features];
      scale = new float[features];
      Arrays.fill(scale, 1);
    }

    /**
     * Sets how features are standardised before anything else: {@code (value - mean) / deviation}.
     *
     * @param means one a feature; copied
     * @param deviations one a feature, at least 0; 0 leaves the feature out
     * @return this
     * @throws IllegalArgumentException if there are not as many as features, or one is off
     */
    public Builder standardised(float[] means, float[] deviations) {
      requireLength(means, features, "means");
      requireLength(deviations, features, "deviations");
      mean = finite(means, "means");
      scale = finite(deviations, "deviations");
      for (int f = 0; f < features; f++) {
        if (scale[f] < 0) {
          throw new IllegalArgumentException("deviations must be at least 0, had " + scale[f]);
        }
        scale[f] = scale[f] == 0 ? 0 : Math.min(Float.MAX_VALUE, 1 / scale[f]);
      }
      return this;
    }

    /**
     * Sets how probable the first class of each pair is: {@code 1 / (1 + exp(slope decision +
     * offset))}.
     *
     * @param slopes libsvm's {@code probA}, one a pair
     * @param offsets libsvm's {@code probB}, one a pair
     * @return this
     * @throws IllegalArgumentException if there are not as many as pairs, or one is not finite
     * @throws IllegalStateException for one against the rest, which has a temperature
     * @see "Platt (1999), Probabilistic outputs for support vector machines, Advances in Large
     *     Margin Classifiers"
     */
    public Builder sigmoids(float[] slopes, float[] offsets) {
      if (scheme != Scheme.ONE_VS_ONE) {
        throw new IllegalStateException("sigmoids are for one against one; set a temperature");
      }
      requireLength(slopes, intercepts.length, "slopes");
      requireLength(offsets, intercepts.length, "offsets");
      float[] both = new float[2 * slopes.length];
      for (int p = 0; p < slopes.length; p++) {
        both[2 * p] = slopes[p];
        both[2 * p + 1] = offsets[p];
      }
      sigmoids = finite(both, "sigmoids");
      return this;
    }

    /**
     * Sets by what the decisions of one against the rest are divided before the softmax that makes
     * probabilities of them; 1 at the start.
     *
     * @param value greater than 0
     * @return this
     * @throws IllegalArgumentException if it is off
     * @throws IllegalStateException for one against one, which has sigmoids
     */
    public Builder temperature(float value) {
      if (scheme != Scheme.ONE_VS_REST) {
        throw new IllegalStateException("a temperature is for one against the rest; set sigmoids");
      }
      if (!(value > 0 && value <= Float.MAX_VALUE)) {
        throw new IllegalArgumentException("temperature must be greater than 0, was " + value);
      }
      temperature = value;
      return this;
    }

    private static void requireLength(float[] values, int length, String name) {
      if (values.length != length) {
        throw new IllegalArgumentException(
            "there must be %d %s, were %d".formatted(length, name, values.length));
      }
    }

    /**
     * Returns the machine.
     *
     * @return what was set
     */
    public SupportVectorMachine build() {
      return new SupportVectorMachine(this);
    }
  }

  /**
   * Returns how many classes there are.
   *
   * @return at least 2
   */
  public int classes() {
    return classes;
  }

  /**
   * Returns how many features go in.
   *
   * @return at least 1
   */
  public int features() {
    return features;
  }

  /**
   * Returns how many decisions come out.
   *
   * @return one a class or one a pair, as the scheme says
   */
  public int functions() {
    return functions;
  }

  /**
   * Returns what a decision tells apart.
   *
   * @return the scheme
   */
  public Scheme scheme() {
    return scheme;
  }

  /**
   * Returns how many support vectors there are.
   *
   * @return 0 for a linear machine
   */
  public int supportVectors() {
    return gamma > 0 ? inputs() : 0;
  }

  /**
   * Tells whether there are probabilities.
   *
   * @return false for one against one without sigmoids
   */
  public boolean probabilistic() {
    return scheme == Scheme.ONE_VS_REST || sigmoids.length > 0;
  }

  /**
   * Writes the machine into a file under way, under names that start with {@code svm.}.
   *
   * @param to receives tensors and metadata
   */
  public void writeInto(Safetensors.Builder to) {
    to.metadata(PREFIX + "scheme", scheme.name());
    to.metadata(PREFIX + "classes", Integer.toString(classes));
    to.metadata(PREFIX + "gamma", Float.toString(gamma));
    to.metadata(PREFIX + "temperature", Float.toString(temperature));
    to.tensor(PREFIX + "mean", mean, features);
    to.tensor(PREFIX + "scale", scale, features);
    to.tensor(PREFIX + "weights", weights, functions, inputs());
    to.tensor(PREFIX + "intercepts", intercepts, functions);
    if (gamma > 0) {
      to.tensor(PREFIX + "supports", supports, inputs(), features);
    }
    if (sigmoids.length > 0) {
      to.tensor(PREFIX + "sigmoids", sigmoids, functions, 2);
    }
  }

  /**
   * Reads what {@link #writeInto} wrote.
   *
   * @param from a file; tensors of other names are left alone
   * @return the machine
   * @throws ModelException if something is missing or off, saying what
   */
  public static SupportVectorMachine read(Safetensors from) {
    try {
      Scheme scheme = Scheme.valueOf(from.requireMetadata(PREFIX + "scheme"));
      int classes = Integer.parseInt(from.requireMetadata(PREFIX + "classes"));
      float gamma = Float.parseFloat(from.requireMetadata(PREFIX + "gamma"));
      int[] shape = from.shape(PREFIX + "mean");
      int features = shape.length == 0 ? 0 : shape[0];
      float[] intercepts = from.require(PREFIX + "intercepts", scheme.functions(classes));
      int functions = requireFunctions(scheme, classes, intercepts);
      Builder builder;
      if (gamma == 0) {
        builder =
            linear(
                scheme, classes, from.require(PREFIX + "weights", functions, features), intercepts);
      } else {
        int n = from.shape(PREFIX + "supports")[0];
        builder =
            new Builder(
                scheme,
                classes,
                features,
                requireGamma(gamma),
                finite(from.require(PREFIX + "supports", n, features), "support vectors"),
                finite(from.require(PREFIX + "weights", functions, n), "weights"),
                finite(intercepts, "intercepts"));
      }
      builder.mean = finite(from.require(PREFIX + "mean", features), "means");
      builder.scale = finite(from.require(PREFIX + "scale", features), "scales");
      if (scheme == Scheme.ONE_VS_REST) {
        builder.temperature(Float.parseFloat(from.requireMetadata(PREFIX + "temperature")));
      } else if (from.names().contains(PREFIX + "sigmoids")) {
        builder.sigmoids = finite(from.require(PREFIX + "sigmoids", functions, 2), "sigmoids");
      }
      return builder.build();
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new ModelException("the support vector machine is damaged: " + e.getMessage(), e);
    }
  }

  /**
   * Opens a way to use the machine.
   *
   * @return a session for one thread
   */
  public Session open() {
    return new Session();
  }

  /** Working memory around a machine. Used by one thread at a time; allocates nothing. */
  public final class Session {
    private final float[] standard = new float[features];
    private final float @Nullable [] likeness = gamma > 0 ? new float[inputs()] : null;
    private final float[] decisions = new float[functions];
    private final PairwiseCoupling coupling = new PairwiseCoupling(classes);

    private Session() {}

    private void decide(float[] values, int offset) {
      checkFromIndexSize(offset, features, values.length);
      float square = 0;
      for (int f = 0; f < features; f++) {
        float value = (values[offset + f] - mean[f]) * scale[f];
        value = Math.max(-LIMIT, Math.min(LIMIT, value));
        // infinity times a scale of 0 is not a number either
        standard[f] = Float.isFinite(values[offset + f]) ? value : 0;
      }
      float[] in = standard;
      float[] near = likeness;
      if (near != null) {
        square = gamma * Kernels.dot(standard, 0, standard, 0, features);
        for (int f = 0; f < features; f++) {
          standard[f] *= 2 * gamma;
        }
        Kernels.gemv(
            supports,
            0,
            features,
            false,
            standard,
            0,
            squares,
            false,
            near,
            0,
            near.length,
            features);
        for (int s = 0; s < near.length; s++) {
          near[s] = Math.min(0, near[s] - square); // above 0 by rounding only
        }
        Kernels.exp(near, 0, near, 0, near.length);
        in = near;
      }
      Kernels.gemv(
          weights,
          0,
          in.length,
          false,
          in,
          0,
          intercepts,
          false,
          decisions,
          0,
          functions,
          in.length);
    }

    /**
     * Writes the decisions.
     *
     * @param values the features
     * @param offset where the first is
     * @param target receives a value a decision function: how far on the side of its class
     * @param targetOffset where the first goes
     * @throws IndexOutOfBoundsException if an array is too short
     */
    public void decisionsInto(float[] values, int offset, float[] target, int targetOffset) {
      checkFromIndexSize(targetOffset, functions, target.length);
      decide(values, offset);
      System.arraycopy(decisions, 0, target, targetOffset, functions);
    }

    /**
     * Returns the class decided for: the one that most pairs vote for, or that stands out most from
     * the rest. Of equals the first.
     *
     * @param values the features
     * @param offset where the first is
     * @return index of the class
     * @throws IndexOutOfBoundsException if the array is too short
     */
    public int classify(float[] values, int offset) {
      decide(values, offset);
      return scheme == Scheme.ONE_VS_ONE ? coupling.mostVotes(decisions) : first(decisions);
    }

    private static int first(float[] values) {
      int best = 0;
      for (int i = 1; i < values.length; i++) {
        best = values[i] > values[best] ? i : best;
      }
      return best;
    }

    /**
     * Writes how probable each class is: the sigmoids of the pairs coupled, or the softmax of the
     * decisions over the temperature.
     *
     * @param values the features
     * @param offset where the first is
     * @param target receives a value a class; their sum is 1
     * @param targetOffset where the first goes
     * @throws IllegalStateException if the machine has no probabilities
     * @throws IndexOutOfBoundsException if an array is too short
     */
    public void probabilitiesInto(float[] values, int offset, float[] target, int targetOffset) {
      if (!probabilistic()) {
        throw new IllegalStateException(
            "the support vector machine has no sigmoids, and so no probabilities");
      }
      checkFromIndexSize(targetOffset, classes, target.length);
      decide(values, offset);
      if (scheme == Scheme.ONE_VS_REST) {
        for (int c = 0; c < classes; c++) {
          decisions[c] /= temperature;
        }
        Kernels.softmax(decisions, 0, target, targetOffset, 1, classes);
        return;
      }
      int pair = 0;
      for (int i = 0; i < classes; i++) {
        for (int j = i + 1; j < classes; j++, pair++) {
          double z = (double) decisions[pair] * sigmoids[2 * pair] + sigmoids[2 * pair + 1];
          double p = 1 / (1 + Math.exp(z));
          coupling.pair(i, j, Math.max(LEAST_PROBABILITY, Math.min(1 - LEAST_PROBABILITY, p)));
        }
      }
      coupling.couple();
      for (int c = 0; c < classes; c++) {
        target[targetOffset + c] = (float) coupling.probability(c);
      }
    }
  }

  @Override
  public String toString() {
    return "SupportVectorMachine[%s, %d classes, %d features, %d support vectors]"
        .formatted(scheme, classes, features, supportVectors());
  }
}
