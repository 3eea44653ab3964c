package io.github.erv.bench.tensor;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A graph in ONNX Runtime on one thread, with inputs and an output that stay in place, the fastest
 * way to call it from Java. Used by one thread at a time.
 */
public final class OnnxRun implements AutoCloseable {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
  private final Map<String, OnnxTensor> outputs = new LinkedHashMap<>();
  private final FloatBuffer output;

  /**
   * Opens a graph.
   *
   * @param graph as in a file
   * @param output the name of its only output
   * @param shape of the output
   */
  public OnnxRun(byte[] graph, String output, long... shape) {
    try {
      OrtSession.SessionOptions options = new OrtSession.SessionOptions();
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      session = environment.createSession(graph, options);
      this.output = direct(shape);
      outputs.put(output, OnnxTensor.createTensor(environment, this.output, shape));
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  private static FloatBuffer direct(long... shape) {
    long size = 4;
    for (long side : shape) {
      size *= side;
    }
    return ByteBuffer.allocateDirect(Math.toIntExact(size))
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  /**
   * Sets an input.
   *
   * @param name of the input
   * @param values row-major
   * @param shape of the input
   * @return this
   */
  public OnnxRun input(String name, float[] values, long... shape) {
    FloatBuffer buffer = direct(shape);
    buffer.put(0, values);
    try {
      inputs.put(name, OnnxTensor.createTensor(environment, buffer, shape));
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
    return this;
  }

  void run() {
    try {
      session.run(inputs, Set.of(), outputs).close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What the last run left, row-major. */
  float[] output() {
    float[] values = new float[output.capacity()];
    output.get(0, values);
    return values;
  }

  @Override
  public void close() {
    inputs.values().forEach(OnnxTensor::close);
    outputs.values().forEach(OnnxTensor::close);
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }
}
