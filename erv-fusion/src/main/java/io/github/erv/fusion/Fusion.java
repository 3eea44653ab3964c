package io.github.erv.fusion;

import io.github.erv.error.ModelException;
import io.github.erv.fusion.train.Safetensors;
import io.github.erv.fusion.train.Trainable;
import io.github.erv.fusion.train.TrainedFusion;
import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** Makes fusion strategies. */
public final class Fusion {
  private static final SortedMap<String, Trainable> FAMILIES = new TreeMap<>();

  static {
    for (Trainable family :
        new Trainable[] {
          new LatePooling(false),
          new LatePooling(true),
          new StackingFusion.Family(),
          new DempsterShaferFusion.Family(),
          new CcaFusion.Family()
        }) {
      FAMILIES.put(family.name(), family);
    }
  }

  private Fusion() {}

  /**
   * Returns late (decision-level) fusion with its defaults: a log-linear pool in which every
   * modality has the same weight, scaled by the quality of what it saw.
   *
   * @return a strategy
   */
  public static LateFusion late() {
    return LateFusion.builder().build();
  }

  /**
   * Returns what fits a log-linear pool, with a weight for every modality and class and a
   * temperature of the result.
   *
   * @return a family to fit
   */
  public static Trainable logLinearPool() {
    return new LatePooling(false);
  }

  /**
   * Returns what fits a linear pool, with a weight for every modality and class and a temperature
   * of the result.
   *
   * @return a family to fit
   */
  public static Trainable linearPool() {
    return new LatePooling(true);
  }

  /**
   * Returns what fits stacked generalisation: a logistic regression on what the modalities conclude
   * each by itself, one for every subset of them, which learns whom to believe about what.
   *
   * @return a family to fit
   */
  public static Trainable stacking() {
    return new StackingFusion.Family();
  }

  /**
   * Returns what fits the reliabilities of a {@link DempsterShaferFusion}.
   *
   * @return a family to fit
   */
  public static Trainable dempsterShafer() {
    return new DempsterShaferFusion.Family();
  }

  /**
   * Returns what fits generalised canonical correlation analysis: modalities projected onto what
   * they share, and read by a logistic regression, one for every subset of them.
   *
   * @return a family to fit
   */
  public static Trainable cca() {
    return new CcaFusion.Family();
  }

  /**
   * Returns every family that can be fitted, by the names that tools use.
   *
   * @return an immutable map in the order of the names
   */
  public static SortedMap<String, Trainable> families() {
    return Collections.unmodifiableSortedMap(FAMILIES);
  }

  /**
   * Returns a family by its name.
   *
   * @param name as in {@code stacking}
   * @return the family
   * @throws IllegalArgumentException if there is none of that name
   */
  public static Trainable family(String name) {
    Trainable family = FAMILIES.get(name);
    if (family == null) {
      throw new IllegalArgumentException(
          "there is no fusion \"" + name + "\"; there are " + FAMILIES.keySet());
    }
    return family;
  }

  /**
   * Loads what was fitted before, of whatever family.
   *
   * @param weights a file of {@link TrainedFusion#weights}
   * @return the strategy
   * @throws ModelException if the file cannot be read, is damaged, or holds something else
   */
  public static TrainedFusion load(Path weights) {
    Safetensors tensors = Safetensors.read(weights);
    String name = tensors.requireMetadata(Safetensors.FAMILY);
    Trainable family = FAMILIES.get(name);
    if (family == null) {
      throw new ModelException(
          weights + " holds the fusion \"" + name + "\"; there are " + FAMILIES.keySet());
    }
    return family.restore(tensors);
  }
}
