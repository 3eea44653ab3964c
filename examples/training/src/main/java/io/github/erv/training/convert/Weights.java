package io.github.erv.training.convert;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;

/** The weights of a TensorFlow.js model as they lie in its files, by name. */
final class Weights {
  /** How the values of a weight are stored. */
  enum Storage {
    FLOAT32(4),
    FLOAT16(2),
    UINT8(1),
    INT32(4);

    final int bytes;

    Storage(int bytes) {
      this.bytes = bytes;
    }
  }

  /** One weight; a value stored as uint8 stands for {@code value * scale + min}. */
  static final class Weight {
    final int[] shape;
    final Storage storage;
    final double scale;
    final double min;
    private final byte[] data;

    private Weight(int[] shape, Storage storage, double scale, double min, byte[] data) {
      this.shape = shape;
      this.storage = storage;
      this.scale = scale;
      this.min = min;
      this.data = data;
    }

    /** Returns this weight with its axes in another order: axis i of the result is order[i]. */
    Weight transpose(int... order) {
      int rank = shape.length;
      int[] to = new int[rank];
      int[] strides = new int[rank];
      int[] stride = new int[rank];
      for (int i = rank - 1, size = 1; i >= 0; i--) {
        stride[i] = size;
        size *= shape[i];
      }
      for (int i = 0; i < rank; i++) {
        to[i] = shape[order[i]];
        strides[i] = stride[order[i]];
      }
      byte[] moved = new byte[data.length];
      int[] index = new int[rank];
      int unit = storage.bytes;
      for (int target = 0; target < data.length; target += unit) {
        int source = 0;
        for (int i = 0; i < rank; i++) {
          source += index[i] * strides[i];
        }
        System.arraycopy(data, source * unit, moved, target, unit);
        for (int i = rank - 1; i >= 0 && ++index[i] == to[i]; i--) {
          index[i] = 0;
        }
      }
      return new Weight(to, storage, scale, min, moved);
    }

    /** Returns this weight with the same values in another shape. */
    Weight reshape(int... other) {
      return new Weight(other, storage, scale, min, data);
    }

    /** Returns the stored bytes, little-endian; not to be written. */
    byte[] data() {
      return data;
    }

    /** Returns the values of an INT32 weight. */
    int[] ints() {
      if (storage != Storage.INT32) {
        throw new IllegalStateException("expected int32 values, were " + storage);
      }
      int[] values = new int[data.length / 4];
      ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(values);
      return values;
    }
  }

  private final Map<String, Weight> byName = new LinkedHashMap<>();

  private Weights() {}

  /**
   * Reads the weights that a manifest lists.
   *
   * @param manifest groups of weights and the files they lie in, one after the other
   * @param folder where the files lie
   */
  static Weights read(JsonArray manifest, Path folder) throws IOException {
    Weights weights = new Weights();
    for (JsonElement group : manifest) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      for (JsonElement path : group.getAsJsonObject().getAsJsonArray("paths")) {
        bytes.write(Files.readAllBytes(folder.resolve(path.getAsString())));
      }
      ByteBuffer data = ByteBuffer.wrap(bytes.toByteArray());
      for (JsonElement entry : group.getAsJsonObject().getAsJsonArray("weights")) {
        weights.add(entry.getAsJsonObject(), data);
      }
      if (data.hasRemaining()) {
        throw new IOException(
            "the weights in " + folder + " leave " + data.remaining() + " bytes over");
      }
    }
    return weights;
  }

  private void add(JsonObject entry, ByteBuffer data) {
    int[] shape =
        entry.getAsJsonArray("shape").asList().stream().mapToInt(JsonElement::getAsInt).toArray();
    int count = 1;
    for (int side : shape) {
      count *= side;
    }
    String type = entry.get("dtype").getAsString();
    double scale = 1;
    double min = 0;
    if (entry.has("quantization")) {
      JsonObject quantization = entry.getAsJsonObject("quantization");
      type = quantization.get("dtype").getAsString();
      scale = quantization.has("scale") ? quantization.get("scale").getAsDouble() : 1;
      min = quantization.has("min") ? quantization.get("min").getAsDouble() : 0;
    }
    Storage storage =
        switch (type) {
          case "float32" -> Storage.FLOAT32;
          case "float16" -> Storage.FLOAT16;
          case "uint8" -> Storage.UINT8;
          case "int32" -> Storage.INT32;
          default -> throw new IllegalArgumentException("unknown storage of weights: " + type);
        };
    byte[] values = new byte[count * storage.bytes];
    data.get(values);
    byName.put(entry.get("name").getAsString(), new Weight(shape, storage, scale, min, values));
  }

  boolean has(String name) {
    return byName.containsKey(name);
  }

  Weight get(String name) {
    Weight weight = byName.get(name);
    if (weight == null) {
      throw new NoSuchElementException("no weight " + name + " among " + byName.keySet());
    }
    return weight;
  }
}
