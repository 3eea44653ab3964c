package io.github.erv.training.face;

import static java.util.Objects.requireNonNull;

import ai.djl.ndarray.NDArray;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;

/** Weights of a {@link FaceNet} by name, outside the engine. */
final class Weights {
  private Weights() {}

  static Map<String, float[]> of(FaceNet net) {
    Map<String, float[]> values = new LinkedHashMap<>();
    net.getParameters()
        .forEach(p -> values.put(p.getValue().getName(), p.getValue().getArray().toFloatArray()));
    return values;
  }

  static void into(FaceNet net, Map<String, float[]> values) {
    net.getParameters().forEach(p -> copy(values, p.getValue().getName(), p.getValue().getArray()));
  }

  /**
   * Copies values into the memory of an array; DJL's own {@code set} and {@code copyTo} leave the
   * network as it was.
   */
  static void copy(Map<String, float[]> values, String name, NDArray array) {
    try (NDArray source =
            array.getManager().create(requireNonNull(values.get(name), name), array.getShape());
        NDArray target = array.stopGradient()) {
      target.subi(target).addi(source);
    }
  }

  static void write(Path file, Map<String, float[]> values) throws IOException {
    Path whole = file.resolveSibling(file.getFileName() + ".part");
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(whole)))) {
      write(out, values);
    }
    Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  static void write(DataOutputStream out, Map<String, float[]> values) throws IOException {
    out.writeInt(values.size());
    for (Map.Entry<String, float[]> entry : values.entrySet()) {
      out.writeUTF(entry.getKey());
      out.writeInt(entry.getValue().length);
      for (float value : entry.getValue()) {
        out.writeFloat(value);
      }
    }
  }

  static Map<String, float[]> read(Path file) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      return read(in);
    }
  }

  static Map<String, float[]> read(DataInputStream in) throws IOException {
    Map<String, float[]> values = new LinkedHashMap<>();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      String name = in.readUTF();
      float[] array = new float[in.readInt()];
      for (int k = 0; k < array.length; k++) {
        array[k] = in.readFloat();
      }
      values.put(name, array);
    }
    return values;
  }
}
