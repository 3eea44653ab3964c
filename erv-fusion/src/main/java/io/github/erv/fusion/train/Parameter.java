package io.github.erv.fusion.train;

/**
 * A weight that is learnt. Its values change while it is trained and never after.
 *
 * <p>Package-private arrays: what reads and writes them is the {@link Tape} and the optimiser.
 */
public final class Parameter {
  final String name;
  final int[] shape;
  final float[] values;

  /** Where its gradient starts in the array that holds those of all parameters. */
  final int offset;

  Parameter(String name, int[] shape, float[] values, int offset) {
    this.name = name;
    this.shape = shape.clone();
    this.values = values;
    this.offset = offset;
  }

  /**
   * Returns the name under which it is saved.
   *
   * @return dotted words, as in {@code head.weight}
   */
  public String name() {
    return name;
  }

  /**
   * Returns its sizes.
   *
   * @return a new array
   */
  public int[] shape() {
    return shape.clone();
  }

  /**
   * Returns its values.
   *
   * @return row-major; a new array
   */
  public float[] values() {
    return values.clone();
  }

  @Override
  public String toString() {
    return name;
  }
}
