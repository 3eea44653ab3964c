package io.github.erv.fusion.train;

import io.github.erv.error.ModelException;
import io.github.erv.tensor.Safetensors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Gives a network its weights, by name: drawn for one that will be trained, read for one that was.
 * A network asks for them in its constructor, in one order. Names and shapes are those of PyTorch's
 * modules: {@code Linear} has {@code weight} (outputs, inputs) and {@code bias} (outputs), {@code
 * LayerNorm} has {@code weight} and {@code bias} (size). Not thread-safe.
 */
public final class Parameters {
  private final List<Parameter> parameters = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private final @Nullable Safetensors source;
  private final SplittableRandom random;
  private int size;

  private Parameters(@Nullable Safetensors source, long seed) {
    this.source = source;
    random = new SplittableRandom(seed);
  }

  /**
   * Returns weights to be trained.
   *
   * @param seed from which they are drawn
   * @return none yet
   */
  public static Parameters drawn(long seed) {
    return new Parameters(null, seed);
  }

  /**
   * Returns weights that were trained.
   *
   * @param source where they are
   * @return none yet
   */
  public static Parameters of(Safetensors source) {
    return new Parameters(source, 0);
  }

  /**
   * A layer {@code y = W x + b}.
   *
   * @param weight shape (outputs, inputs)
   * @param bias shape (outputs)
   */
  public record Linear(Parameter weight, Parameter bias) {}

  /**
   * A layer normalisation.
   *
   * @param gain shape (size)
   * @param shift shape (size)
   */
  public record Norm(Parameter gain, Parameter shift) {}

  /**
   * Returns the weights of a linear layer, drawn uniformly within {@code 1 / sqrt(inputs)}, as
   * PyTorch does.
   *
   * @param name of the layer
   * @param inputs columns of the weight
   * @param outputs rows of the weight
   * @return the layer
   */
  public Linear linear(String name, int inputs, int outputs) {
    float bound = (float) (1 / Math.sqrt(inputs));
    return new Linear(
        parameter(name + ".weight", -bound, bound, outputs, inputs),
        parameter(name + ".bias", -bound, bound, outputs));
  }

  /**
   * Returns the weights of a layer normalisation, 1 and 0 at the start.
   *
   * @param name of the layer
   * @param size columns of what it normalises
   * @return the layer
   */
  public Norm norm(String name, int size) {
    return new Norm(parameter(name + ".weight", 1, 1, size), parameter(name + ".bias", 0, 0, size));
  }

  /**
   * Returns a weight.
   *
   * @param name under which it is saved
   * @param low the least value at the start
   * @param high the greatest value at the start
   * @param shape sizes
   * @return the weight
   * @throws ModelException if it is to be read, and is not there or of another shape
   */
  public Parameter parameter(String name, float low, float high, int... shape) {
    if (!names.add(name)) {
      throw new IllegalArgumentException("the parameter \"" + name + "\" exists already");
    }
    int count = 1;
    for (int n : shape) {
      count = Math.multiplyExact(count, n);
    }
    float[] values;
    if (source != null) {
      values = source.require(name, shape);
      for (float value : values) {
        if (!Float.isFinite(value)) {
          throw new ModelException(
              "the tensor \"" + name + "\" holds " + value + "; weights must be finite");
        }
      }
    } else {
      values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = low + (high - low) * (float) random.nextDouble();
      }
    }
    Parameter parameter = new Parameter(name, shape, values, size);
    size = Math.addExact(size, count);
    parameters.add(parameter);
    return parameter;
  }

  /**
   * Returns all weights.
   *
   * @return an immutable view in the order in which they were asked for
   */
  public List<Parameter> all() {
    return Collections.unmodifiableList(parameters);
  }

  /**
   * Returns how many numbers are learnt.
   *
   * @return the sum of the sizes
   */
  public int size() {
    return size;
  }

  /**
   * Refuses tensors that nothing asked for.
   *
   * @param others names that are read by somebody else
   * @throws ModelException if there are any, naming them
   */
  void requireAllRead(Set<String> others) {
    if (source != null) {
      Set<String> left = new HashSet<>(source.names());
      left.removeAll(names);
      left.removeAll(others);
      if (!left.isEmpty()) {
        throw new ModelException(
            "the weights hold the tensors " + left + ", which the architecture does not have");
      }
    }
  }

  float[] snapshot() {
    float[] all = new float[size];
    for (Parameter parameter : parameters) {
      System.arraycopy(parameter.values, 0, all, parameter.offset, parameter.values.length);
    }
    return all;
  }

  void restore(float[] all) {
    for (Parameter parameter : parameters) {
      System.arraycopy(all, parameter.offset, parameter.values, 0, parameter.values.length);
    }
  }
}
