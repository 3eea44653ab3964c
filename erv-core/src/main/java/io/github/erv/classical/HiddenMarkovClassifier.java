package io.github.erv.classical;

import static java.util.Objects.checkFromIndexSize;

import io.github.erv.error.ModelException;
import io.github.erv.tensor.Kernels;
import io.github.erv.tensor.Safetensors;
import java.util.ArrayList;
import java.util.List;

/**
 * Tells classes of sequences apart by a {@link HiddenMarkovModel} of each: the class is that whose
 * model explains the frames best.
 *
 * <p>Scores are mean log-likelihoods a frame, so that a longer sequence does not make anything more
 * certain: neighbouring frames say much the same. Probabilities are the softmax of scores over a
 * temperature; all classes are as probable at first. Immutable, thread-safe and shared; a {@link
 * Session} belongs to one thread and allocates nothing.
 */
public final class HiddenMarkovClassifier {
  private static final String PREFIX = "hmm.";

  /** A frame's log-likelihood that no model reaches: what cannot be becomes finite. */
  private static final double LEAST = -1e6;

  private final List<HiddenMarkovModel> models;
  private final float temperature;

  private HiddenMarkovClassifier(List<HiddenMarkovModel> models, float temperature) {
    this.models = models;
    this.temperature = temperature;
  }

  /**
   * Creates a classifier.
   *
   * @param models one a class, at least two, of the same features
   * @param temperature by which scores are divided, in nats a frame; greater than 0
   * @return the classifier
   * @throws IllegalArgumentException if models do not fit together or the temperature is off
   */
  public static HiddenMarkovClassifier of(List<HiddenMarkovModel> models, float temperature) {
    if (models.size() < 2) {
      throw new IllegalArgumentException("there must be at least 2 classes, were " + models.size());
    }
    int features = models.get(0).features();
    for (HiddenMarkovModel model : models) {
      if (model.features() != features) {
        throw new IllegalArgumentException(
            "models must read the same features, had %d and %d"
                .formatted(features, model.features()));
      }
    }
    if (!(temperature > 0 && temperature <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException("temperature must be greater than 0, was " + temperature);
    }
    return new HiddenMarkovClassifier(List.copyOf(models), temperature);
  }

  /**
   * Returns how many classes there are.
   *
   * @return at least 2
   */
  public int classes() {
    return models.size();
  }

  /**
   * Returns how many numbers a frame has.
   *
   * @return at least 1
   */
  public int features() {
    return models.get(0).features();
  }

  /**
   * Returns the models.
   *
   * @return one a class, immutable
   */
  public List<HiddenMarkovModel> models() {
    return models;
  }

  /**
   * Writes the classifier into a file under way, under names that start with {@code hmm.}.
   *
   * @param to receives tensors and metadata
   */
  public void writeInto(Safetensors.Builder to) {
    to.metadata(PREFIX + "classes", Integer.toString(classes()));
    to.metadata(PREFIX + "temperature", Float.toString(temperature));
    for (int c = 0; c < classes(); c++) {
      models.get(c).writeInto(to, PREFIX + c + '.');
    }
  }

  /**
   * Reads what {@link #writeInto} wrote.
   *
   * @param from a file; tensors of other names are left alone
   * @return the classifier
   * @throws ModelException if something is missing or off, saying what
   */
  public static HiddenMarkovClassifier read(Safetensors from) {
    try {
      int classes = Integer.parseInt(from.requireMetadata(PREFIX + "classes"));
      List<HiddenMarkovModel> models = new ArrayList<>();
      for (int c = 0; c < classes; c++) {
        models.add(HiddenMarkovModel.read(from, PREFIX + c + '.'));
      }
      return of(models, Float.parseFloat(from.requireMetadata(PREFIX + "temperature")));
    } catch (IllegalArgumentException e) {
      throw new ModelException("the hidden Markov models are damaged: " + e.getMessage(), e);
    }
  }

  /**
   * Opens a way to use the classifier.
   *
   * @return a session for one thread
   */
  public Session open() {
    return new Session();
  }

  /** Working memory around a classifier. Used by one thread at a time; allocates nothing. */
  public final class Session {
    private final List<HiddenMarkovModel.Session> sessions =
        models.stream().map(HiddenMarkovModel::open).toList();
    private final float[] scores = new float[classes()];
    private int frames;

    private Session() {}

    /** Forgets all frames. */
    public void reset() {
      frames = 0;
      for (int c = 0; c < scores.length; c++) {
        sessions.get(c).reset();
      }
    }

    /**
     * Takes up the next frame of a sequence.
     *
     * @param values hold the frame
     * @param offset where it starts
     * @throws IllegalArgumentException if a value is not finite
     * @throws IndexOutOfBoundsException if the array is too short
     */
    public void accept(float[] values, int offset) {
      for (int c = 0; c < scores.length; c++) {
        sessions.get(c).accept(values, offset);
      }
      frames++;
    }

    private void score() {
      if (frames == 0) {
        throw new IllegalStateException("there was no frame since the start or reset");
      }
      for (int c = 0; c < scores.length; c++) {
        scores[c] = (float) Math.max(LEAST, sessions.get(c).logLikelihood() / frames);
      }
    }

    /**
     * Writes how well each model explains the frames accepted since the start or {@link #reset}.
     *
     * @param target receives a mean log-likelihood a frame for each class, at least -1,000,000
     * @param offset where the first goes
     * @throws IllegalStateException if there was no frame
     * @throws IndexOutOfBoundsException if the array is too short
     */
    public void scoresInto(float[] target, int offset) {
      checkFromIndexSize(offset, scores.length, target.length);
      score();
      System.arraycopy(scores, 0, target, offset, scores.length);
    }

    /**
     * Writes how probable each class is, given the frames accepted since the start or {@link
     * #reset}.
     *
     * @param target receives a value a class; their sum is 1
     * @param offset where the first goes
     * @throws IllegalStateException if there was no frame
     * @throws IndexOutOfBoundsException if the array is too short
     */
    public void probabilitiesInto(float[] target, int offset) {
      checkFromIndexSize(offset, scores.length, target.length);
      score();
      for (int c = 0; c < scores.length; c++) {
        scores[c] /= temperature;
      }
      Kernels.softmax(scores, 0, target, offset, 1, scores.length);
    }
  }

  @Override
  public String toString() {
    return "HiddenMarkovClassifier[" + models + "]";
  }
}
