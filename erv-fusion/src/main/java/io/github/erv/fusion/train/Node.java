package io.github.erv.fusion.train;

import org.jspecify.annotations.Nullable;

/**
 * A matrix on a {@link Tape}: a result and how it came about. Valid until the tape is rewound, when
 * its memory is used again. Used by one thread at a time.
 */
public final class Node {
  private static final float[] NONE = {};

  @Nullable Op op;
  int rows;
  int columns;
  float[] value = NONE;
  float[] gradient = NONE;

  /** What the operation keeps for the way back: weights, a mask. */
  float[] saved = NONE;

  @Nullable Node a;
  @Nullable Node b;
  @Nullable Node c;
  @Nullable Parameter weight;
  @Nullable Parameter bias;
  int number;
  float factor;

  Node() {}

  /**
   * Returns how many rows it has.
   *
   * @return at least 0
   */
  public int rows() {
    return rows;
  }

  /**
   * Returns how many columns it has.
   *
   * @return at least 1
   */
  public int columns() {
    return columns;
  }

  /**
   * Returns one of its values.
   *
   * @param row from 0
   * @param column from 0
   * @return the value
   */
  public float value(int row, int column) {
    return value[row * columns + column];
  }

  /**
   * Sets one of its values; for inputs.
   *
   * @param row from 0
   * @param column from 0
   * @param v the value
   */
  public void set(int row, int column, float v) {
    value[row * columns + column] = v;
  }

  int size() {
    return rows * columns;
  }

  /** Takes a shape; contents are left as they were. */
  void shape(int newRows, int newColumns) {
    rows = newRows;
    columns = newColumns;
    value = atLeast(value, size());
  }

  float[] saved(int size) {
    saved = atLeast(saved, size);
    return saved;
  }

  static float[] atLeast(float[] array, int size) {
    // half as much again: windows grow step by step
    return array.length >= size ? array : new float[size + size / 2];
  }

  @Override
  public String toString() {
    return op + " (" + rows + ", " + columns + ")";
  }
}
