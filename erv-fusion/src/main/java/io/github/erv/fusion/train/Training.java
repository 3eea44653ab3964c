package io.github.erv.fusion.train;

import static java.util.Objects.requireNonNull;

/**
 * How a family is fitted. Families without a gradient use what applies to them: the seed, the class
 * weights, the listener. Immutable and thread-safe.
 */
public final class Training {
  /** How the learning rate goes on after it has risen. */
  public enum Schedule {
    /** It stays. */
    CONSTANT,
    /** It falls to 0 along half a cosine (Loshchilov and Hutter, 2017, without restarts). */
    COSINE,
    /** It falls to 0 on a straight line. */
    LINEAR
  }

  private final int epochs;
  private final int batchSize;
  private final double learningRate;
  private final double weightDecay;
  private final Schedule schedule;
  private final double warmUp;
  private final double clipNorm;
  private final double validation;
  private final int patience;
  private final boolean balanced;
  private final double labelSmoothing;
  private final double modalityDropout;
  private final long seed;
  private final int threads;
  private final TrainingListener listener;

  private Training(Builder builder) {
    epochs = builder.epochs;
    batchSize = builder.batchSize;
    learningRate = builder.learningRate;
    weightDecay = builder.weightDecay;
    schedule = builder.schedule;
    warmUp = builder.warmUp;
    clipNorm = builder.clipNorm;
    validation = builder.validation;
    patience = builder.patience;
    balanced = builder.balanced;
    labelSmoothing = builder.labelSmoothing;
    modalityDropout = builder.modalityDropout;
    seed = builder.seed;
    threads = builder.threads;
    listener = builder.listener;
    if (patience > 0 && validation == 0) {
      throw new IllegalArgumentException(
          "early stopping after " + patience + " epochs needs a validation share above 0");
    }
  }

  /**
   * Starts from the defaults, which are named at each option.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns a builder with these options.
   *
   * @return a builder
   */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.epochs = epochs;
    builder.batchSize = batchSize;
    builder.learningRate = learningRate;
    builder.weightDecay = weightDecay;
    builder.schedule = schedule;
    builder.warmUp = warmUp;
    builder.clipNorm = clipNorm;
    builder.validation = validation;
    builder.patience = patience;
    builder.balanced = balanced;
    builder.labelSmoothing = labelSmoothing;
    builder.modalityDropout = modalityDropout;
    builder.seed = seed;
    builder.threads = threads;
    builder.listener = listener;
    return builder;
  }

  /**
   * Returns how often every example is seen.
   *
   * @return at least 1
   */
  public int epochs() {
    return epochs;
  }

  /**
   * Returns how many examples make one step.
   *
   * @return at least 1
   */
  public int batchSize() {
    return batchSize;
  }

  /**
   * Returns the largest learning rate.
   *
   * @return greater than 0
   */
  public double learningRate() {
    return learningRate;
  }

  /**
   * Returns the decoupled weight decay of AdamW; with 0 it is Adam.
   *
   * @return at least 0
   */
  public double weightDecay() {
    return weightDecay;
  }

  /**
   * Returns how the learning rate goes on after it has risen.
   *
   * @return the schedule
   */
  public Schedule schedule() {
    return schedule;
  }

  /**
   * Returns the share of all steps in which the learning rate rises from 0.
   *
   * @return in [0, 1)
   */
  public double warmUp() {
    return warmUp;
  }

  /**
   * Returns the length to which longer gradients are shortened.
   *
   * @return greater than 0, possibly infinite
   */
  public double clipNorm() {
    return clipNorm;
  }

  /**
   * Returns the share of the groups that is held out.
   *
   * @return in [0, 1), 0 for none
   */
  public double validation() {
    return validation;
  }

  /**
   * Returns after how many epochs without a lower validation loss training stops.
   *
   * @return 0 for never
   */
  public int patience() {
    return patience;
  }

  /**
   * Tells whether rare classes weigh more.
   *
   * @return true if every class has the same weight in total
   */
  public boolean balanced() {
    return balanced;
  }

  /**
   * Returns the probability that is taken from the label and spread over all classes.
   *
   * @return in [0, 1)
   */
  public double labelSmoothing() {
    return labelSmoothing;
  }

  /**
   * Returns how likely each modality is hidden from one example of a batch; one always stays.
   *
   * @return in [0, 1)
   */
  public double modalityDropout() {
    return modalityDropout;
  }

  /**
   * Returns the seed of everything drawn.
   *
   * @return any number
   */
  public long seed() {
    return seed;
  }

  /**
   * Returns how many threads share a batch.
   *
   * @return at least 1
   */
  public int threads() {
    return threads;
  }

  /**
   * Returns who hears how it goes.
   *
   * @return the listener
   */
  public TrainingListener listener() {
    return listener;
  }

  /** Collects options. Not thread-safe. */
  public static final class Builder {
    private int epochs = 30;
    private int batchSize = 32;
    private double learningRate = 1e-3;
    private double weightDecay = 1e-2;
    private Schedule schedule = Schedule.COSINE;
    private double warmUp = 0.1;
    private double clipNorm = 1;
    private double validation;
    private int patience;
    private boolean balanced;
    private double labelSmoothing;
    private double modalityDropout = 0.2;
    private long seed = 1;
    private int threads = Runtime.getRuntime().availableProcessors();
    private TrainingListener listener = TrainingListener.NONE;

    private Builder() {}

    /**
     * Sets how often every example is seen, 30 by default.
     *
     * @param value at least 1
     * @return this
     */
    public Builder epochs(int value) {
      epochs = (int) require("epochs", value, value >= 1, "at least 1");
      return this;
    }

    /**
     * Sets how many examples make one step, 32 by default.
     *
     * @param value at least 1
     * @return this
     */
    public Builder batchSize(int value) {
      batchSize = (int) require("the batch size", value, value >= 1, "at least 1");
      return this;
    }

    /**
     * Sets the largest learning rate, 0.001 by default.
     *
     * @param value finite, greater than 0
     * @return this
     */
    public Builder learningRate(double value) {
      learningRate =
          require("the learning rate", value, value > 0 && value < 1e6, "greater than 0");
      return this;
    }

    /**
     * Sets the decoupled weight decay, 0.01 by default. With 0, AdamW is Adam.
     *
     * @param value finite, at least 0
     * @return this
     */
    public Builder weightDecay(double value) {
      weightDecay = require("the weight decay", value, value >= 0 && value < 1e6, "at least 0");
      return this;
    }

    /**
     * Sets how the learning rate goes on after it has risen, {@link Schedule#COSINE} by default.
     *
     * @param value the schedule
     * @return this
     */
    public Builder schedule(Schedule value) {
      schedule = requireNonNull(value);
      return this;
    }

    /**
     * Sets the share of all steps in which the learning rate rises from 0, 0.1 by default.
     *
     * @param value in [0, 1)
     * @return this
     */
    public Builder warmUp(double value) {
      warmUp = requireShare("the share of steps to warm up", value);
      return this;
    }

    /**
     * Sets the length to which longer gradients are shortened, 1 by default.
     *
     * @param value greater than 0; infinite for no limit
     * @return this
     */
    public Builder clipNorm(double value) {
      clipNorm = require("the gradient's largest norm", value, value > 0, "greater than 0");
      return this;
    }

    /**
     * Sets the share of the groups that is held out, 0 by default. The weights that are kept are
     * those of the epoch whose loss on it was lowest.
     *
     * @param value in [0, 1)
     * @return this
     */
    public Builder validation(double value) {
      validation = requireShare("the validation share", value);
      return this;
    }

    /**
     * Sets after how many epochs without a lower validation loss training stops, never by default.
     *
     * @param value 0 for never
     * @return this
     */
    public Builder patience(int value) {
      patience = (int) require("the patience", value, value >= 0, "at least 0");
      return this;
    }

    /**
     * Sets whether rare classes weigh more, so that every class has the same weight in total. Off
     * by default.
     *
     * @param value whether they do
     * @return this
     */
    public Builder balanced(boolean value) {
      balanced = value;
      return this;
    }

    /**
     * Sets the probability that is taken from the label and spread over all classes, 0 by default.
     *
     * @param value in [0, 1)
     * @return this
     */
    public Builder labelSmoothing(double value) {
      labelSmoothing = requireShare("label smoothing", value);
      return this;
    }

    /**
     * Sets how likely each modality is hidden from one example of a batch, 0.2 by default; one
     * always stays. What is trained with it keeps working when a modality is missing.
     *
     * @param value in [0, 1)
     * @return this
     */
    public Builder modalityDropout(double value) {
      modalityDropout = requireShare("modality dropout", value);
      return this;
    }

    /**
     * Sets the seed of everything drawn, 1 by default.
     *
     * @param value any number
     * @return this
     */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /**
     * Sets how many threads share a batch, as many as there are processors by default. The result
     * does not depend on it.
     *
     * @param value at least 1
     * @return this
     */
    public Builder threads(int value) {
      threads = (int) require("threads", value, value >= 1, "at least 1");
      return this;
    }

    /**
     * Sets who hears how it goes, nobody by default.
     *
     * @param value the listener
     * @return this
     */
    public Builder listener(TrainingListener value) {
      listener = requireNonNull(value);
      return this;
    }

    /**
     * Returns the options.
     *
     * @return what was collected
     * @throws IllegalArgumentException if training may stop early but nothing is held out
     */
    public Training build() {
      return new Training(this);
    }

    private static double requireShare(String what, double value) {
      return require(what, value, value >= 0 && value < 1, "in [0, 1)");
    }

    private static double require(String what, double value, boolean holds, String limit) {
      if (!holds) {
        throw new IllegalArgumentException(what + " must be " + limit + ", was " + value);
      }
      return value;
    }
  }
}
