package io.github.erv.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.github.erv.error.ModelException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One thread's view of an {@link OnnxModel}: input buffers to write, outputs to read, and a call
 * that runs the graph between them. Everything is allocated when the session is opened; a run
 * itself leaves only ONNX Runtime's own small result object behind.
 *
 * <p>Used by one thread at a time.
 */
public final class OnnxSession implements AutoCloseable {
  /** A tensor over direct memory that both sides see. */
  private record Bound(OnnxTensor tensor, ByteBuffer memory) {}

  private final OnnxModel model;
  private final OrtSession session;
  private final Map<String, Bound> inputs = new LinkedHashMap<>();
  private final Map<String, Bound> outputs = new LinkedHashMap<>();
  private final Map<String, OnnxTensor> inputTensors = new LinkedHashMap<>();
  private final Map<String, OnnxTensor> outputTensors = new LinkedHashMap<>();
  private boolean closed;

  OnnxSession(OnnxModel model, OrtSession session, Map<String, long[]> shapes) {
    this.model = model;
    this.session = session;
    try {
      bind(session.getInputInfo(), shapes, inputs, inputTensors);
      bind(session.getOutputInfo(), shapes, outputs, outputTensors);
    } catch (OrtException e) {
      free();
      throw new ModelException(model + " cannot be bound: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      free();
      throw e;
    }
  }

  private void bind(
      Map<String, NodeInfo> nodes,
      Map<String, long[]> shapes,
      Map<String, Bound> bound,
      Map<String, OnnxTensor> tensors)
      throws OrtException {
    OrtEnvironment environment = OnnxModel.environment();
    for (Map.Entry<String, NodeInfo> node : nodes.entrySet()) {
      String name = node.getKey();
      if (!(node.getValue().getInfo() instanceof TensorInfo info)) {
        throw new ModelException(model + " has the input or output " + name + ", not a tensor");
      }
      long[] shape = resolve(name, info.getShape(), shapes.get(name));
      long values = Arrays.stream(shape).reduce(1, Math::multiplyExact);
      boolean floats = info.type == OnnxJavaType.FLOAT;
      if (!floats && info.type != OnnxJavaType.INT64) {
        throw new ModelException(
            model + ": " + name + " must hold float32 or int64 values, holds " + info.type);
      }
      int bytes = Math.toIntExact(Math.multiplyExact(values, floats ? 4L : 8L));
      ByteBuffer memory = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
      OnnxTensor tensor =
          floats
              ? OnnxTensor.createTensor(environment, memory.asFloatBuffer(), shape)
              : OnnxTensor.createTensor(environment, memory.asLongBuffer(), shape);
      bound.put(name, new Bound(tensor, memory));
      tensors.put(name, tensor);
    }
  }

  private long[] resolve(String name, long[] graph, long @Nullable [] given) {
    long[] shape = given == null ? graph.clone() : given.clone();
    boolean fits = shape.length == graph.length;
    for (int i = 0; fits && i < shape.length; i++) {
      if (given == null && i == 0 && shape[i] < 0) {
        shape[i] = 1;
      }
      fits = shape[i] > 0 && (graph[i] < 0 || graph[i] == shape[i]);
    }
    if (!fits) {
      throw new ModelException(
          "%s: %s has the shape %s in the graph, a session cannot have %s; give every free dimension"
              .formatted(model, name, Arrays.toString(graph), Arrays.toString(shape)));
    }
    return shape;
  }

  /**
   * Returns the names of the outputs in the order of the graph.
   *
   * @return an immutable view
   */
  public Set<String> outputNames() {
    return Collections.unmodifiableSet(outputs.keySet());
  }

  /**
   * Returns the memory of a float input, to be written before {@link #run}.
   *
   * @param name of the input
   * @return a new view over the whole tensor, row-major; keep it, it stays valid until the close
   * @throws IllegalArgumentException if there is no such float input
   * @throws IllegalStateException if this session is closed
   */
  public FloatBuffer floatInput(String name) {
    return memory(inputs, name, OnnxJavaType.FLOAT).asFloatBuffer();
  }

  /**
   * Returns the memory of an integer input, to be written before {@link #run}.
   *
   * @param name of the input
   * @return a new view over the whole tensor, row-major; keep it, it stays valid until the close
   * @throws IllegalArgumentException if there is no such int64 input
   * @throws IllegalStateException if this session is closed
   */
  public LongBuffer longInput(String name) {
    return memory(inputs, name, OnnxJavaType.INT64).asLongBuffer();
  }

  /**
   * Returns the memory of a float output, to be read after {@link #run}.
   *
   * @param name of the output
   * @return a new view over the whole tensor, row-major; keep it, it stays valid until the close
   * @throws IllegalArgumentException if there is no such float output
   * @throws IllegalStateException if this session is closed
   */
  public FloatBuffer floatOutput(String name) {
    return memory(outputs, name, OnnxJavaType.FLOAT).asFloatBuffer();
  }

  private ByteBuffer memory(Map<String, Bound> bound, String name, OnnxJavaType type) {
    requireOpen();
    Bound found = bound.get(name);
    if (found == null || found.tensor.getInfo().type != type) {
      throw new IllegalArgumentException(
          model + " has no " + type + " tensor " + name + " there, but " + bound.keySet());
    }
    return found.memory.duplicate().order(ByteOrder.nativeOrder());
  }

  /**
   * Runs the graph on what the inputs hold.
   *
   * @throws ModelException if the graph fails
   * @throws IllegalStateException if this session is closed
   */
  public void run() {
    requireOpen();
    try {
      // the result owns none of the pinned outputs, so closing it frees only its own bookkeeping
      session.run(inputTensors, Set.of(), outputTensors).close();
    } catch (OrtException e) {
      throw new ModelException(model + " failed to run: " + e.getMessage(), e);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the session of " + model + " is closed");
    }
  }

  private void free() {
    inputs.values().forEach(bound -> bound.tensor.close());
    outputs.values().forEach(bound -> bound.tensor.close());
  }

  /** Frees the tensors and this session's share of the model. Idempotent. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      free();
      model.close();
    }
  }
}
