package io.github.erv.fusion.train;

import io.github.erv.Evidence;
import io.github.erv.FusionWindow;
import io.github.erv.Observation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One window as a network takes it: of each modality that is present, standardised features, time
 * and quality of each step. Loaded again for the next window, in the same memory. Used by one
 * thread at a time.
 */
public final class Streams {
  /** The least quality that counts, so that what cannot be read at all still has a logarithm. */
  private static final double LEAST_QUALITY = 1e-2;

  private final Inputs inputs;
  private final int[] steps;
  private final boolean[] hidden;
  private final float[][] features;
  private final float[][] seconds;
  private final float[][] quality;
  private final float[] one;
  private @Nullable Node attended;

  Streams(Inputs inputs) {
    this.inputs = inputs;
    int n = inputs.size();
    steps = new int[n];
    hidden = new boolean[n];
    features = new float[n][0];
    seconds = new float[n][0];
    quality = new float[n][0];
    int widest = 0;
    for (int m = 0; m < n; m++) {
      widest = Math.max(widest, inputs.width(m));
    }
    one = new float[widest];
  }

  void load(FusionWindow window) {
    for (int m = 0; m < steps.length; m++) {
      int width = inputs.width(m);
      List<Observation> observations = window.observations(inputs.modality(m));
      features[m] = Node.atLeast(features[m], observations.size() * width);
      seconds[m] = Node.atLeast(seconds[m], observations.size());
      quality[m] = Node.atLeast(quality[m], observations.size());
      int n = 0;
      for (int i = 0; i < observations.size(); i++) {
        Observation observation = observations.get(i);
        if (observation.evidence() instanceof Evidence.Present present
            && inputs.features(m, window.labels(), present, one)) {
          System.arraycopy(one, 0, features[m], n * width, width);
          long middle = (observation.span().startMicros() + observation.span().endMicros()) / 2;
          seconds[m][n] = (middle - window.window().endMicros()) * 1e-6f;
          quality[m][n++] = present.quality();
        }
      }
      steps[m] = n;
      hidden[m] = false;
    }
  }

  void hide(int m, boolean value) {
    hidden[m] = value;
  }

  /**
   * Returns how many modalities there may be.
   *
   * @return at least 1
   */
  public int size() {
    return steps.length;
  }

  /**
   * Tells whether a modality is there.
   *
   * @param m from 0, in the order of names
   * @return true if it has steps
   */
  public boolean present(int m) {
    return steps[m] > 0 && !hidden[m];
  }

  /**
   * Returns how many modalities are there.
   *
   * @return the number of those that are present
   */
  public int presentCount() {
    int count = 0;
    for (int m = 0; m < steps.length; m++) {
      count += present(m) ? 1 : 0;
    }
    return count;
  }

  /**
   * Returns how many steps a modality has.
   *
   * @param m from 0, in the order of names
   * @return 0 if it is not there
   */
  public int steps(int m) {
    return hidden[m] ? 0 : steps[m];
  }

  /**
   * Returns when a step is.
   *
   * @param m a modality, from 0
   * @param step from 0
   * @return seconds from the end of the window, so at most 0
   */
  public float seconds(int m, int step) {
    return seconds[m][step];
  }

  /**
   * Returns the mean quality of a modality's steps.
   *
   * @param m a modality that is present
   * @return in [0, 1]
   */
  public float quality(int m) {
    double sum = 0;
    for (int i = 0; i < steps[m]; i++) {
      sum += quality[m][i];
    }
    return (float) (sum / steps[m]);
  }

  /**
   * Puts the features of a modality on a tape.
   *
   * @param tape where
   * @param m from 0, in the order of names
   * @return shape (steps, width)
   */
  public Node features(Tape tape, int m) {
    Node node = tape.input(steps(m), inputs.width(m));
    System.arraycopy(features[m], 0, node.value, 0, node.size());
    return node;
  }

  /**
   * Puts the mean of a modality's features on a tape, weighted by quality.
   *
   * @param tape where
   * @param m from 0, in the order of names
   * @return shape (1, width); zeros if it is not there
   */
  public Node mean(Tape tape, int m) {
    int width = inputs.width(m);
    Node node = tape.input(1, width);
    double total = 0;
    for (int s = 0; s < steps(m); s++) {
      total += Math.max(LEAST_QUALITY, quality[m][s]);
    }
    for (int s = 0; s < steps(m); s++) {
      float weight = (float) (Math.max(LEAST_QUALITY, quality[m][s]) / total);
      for (int i = 0; i < width; i++) {
        node.value[i] += weight * features[m][s * width + i];
      }
    }
    return node;
  }

  /**
   * Puts the times of a modality on a tape.
   *
   * @param tape where
   * @param m from 0, in the order of names
   * @return shape (steps, 1), seconds from the end of the window
   */
  public Node seconds(Tape tape, int m) {
    Node node = tape.input(steps(m), 1);
    System.arraycopy(seconds[m], 0, node.value, 0, node.size());
    return node;
  }

  /**
   * Puts the logarithms of the qualities of a modality's steps on a tape: added to scores, they
   * make attention proportional to quality.
   *
   * @param tape where
   * @param m from 0, in the order of names
   * @return shape (steps, 1)
   */
  public Node logQuality(Tape tape, int m) {
    Node node = tape.input(steps(m), 1);
    for (int s = 0; s < node.rows(); s++) {
      node.value[s] = (float) Math.log(Math.max(LEAST_QUALITY, quality[m][s]));
    }
    return node;
  }

  /**
   * Puts the logarithm of the mean quality of a modality on a tape.
   *
   * @param tape where
   * @param m a modality that is present
   * @return shape (1, 1)
   */
  public Node logMeanQuality(Tape tape, int m) {
    Node node = tape.input(1, 1);
    node.value[0] = (float) Math.log(Math.max(LEAST_QUALITY, quality(m)));
    return node;
  }

  /**
   * Tells which attention says what each modality contributed. A network that does not call it has
   * its modalities' shares measured by leaving each out.
   *
   * @param pool result of {@link Tape#pool} over one row a present modality, or one row a step, in
   *     the order of modalities
   */
  public void attended(Node pool) {
    attended = pool;
  }

  /** Returns the share of each modality that the network attended to, or false if it did not. */
  boolean shares(float[] out) {
    Node pool = attended;
    attended = null;
    if (pool == null || pool.a == null) {
      return false;
    }
    boolean perStep = pool.a.rows != presentCount();
    int row = 0;
    for (int m = 0; m < steps.length; m++) {
      out[m] = 0;
      for (int i = 0; i < (perStep ? steps(m) : present(m) ? 1 : 0); i++) {
        out[m] += pool.saved[row++];
      }
    }
    return true;
  }
}
