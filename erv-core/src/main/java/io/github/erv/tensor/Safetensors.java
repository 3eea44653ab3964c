package io.github.erv.tensor;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import io.github.erv.error.ModelException;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/*
 * The file: eight bytes, little-endian, of header length; the header, a JSON object
 *   {"__metadata__": {text: text}, name: {"dtype": "F32", "shape": [..], "data_offsets": [from, to]}}
 * and the data, row-major and little-endian, to which the offsets count. As the reference
 * implementation does, a file is refused unless its tensors cover the data without gap or overlap.
 */

/**
 * Named float tensors and a little text: the weights of a fitted model, in the format of the same
 * name (safetensors 0.4). Files of PyTorch's {@code safetensors.torch.save_file} can be read; F64,
 * F16 and BF16 become float. Immutable and thread-safe.
 */
public final class Safetensors {
  /** As the reference implementation limits it. */
  private static final int LONGEST_HEADER = 100_000_000;

  private static final String METADATA = "__metadata__";

  /** What the header says of a tensor. */
  private static final class Entry {
    final String name;
    final String type;
    final int[] shape;
    final long from;
    final long to;

    Entry(String name, String type, int[] shape, long from, long to) {
      this.name = name;
      this.type = type;
      this.shape = shape;
      this.from = from;
      this.to = to;
    }

    long from() {
      return from;
    }

    long to() {
      return to;
    }
  }

  /** Arrays that never leave this class. */
  private static final class Tensor {
    final int[] shape;
    final float[] values;

    Tensor(int[] shape, float[] values) {
      this.shape = shape;
      this.values = values;
    }
  }

  private final SortedMap<String, Tensor> tensors;
  private final SortedMap<String, String> metadata;

  private Safetensors(SortedMap<String, Tensor> tensors, SortedMap<String, String> metadata) {
    this.tensors = tensors;
    this.metadata = metadata;
  }

  /**
   * Starts a set of tensors.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Reads a file.
   *
   * @param file the file
   * @return its tensors
   * @throws ModelException if it cannot be read or is damaged, saying where
   */
  public static Safetensors read(Path file) {
    try {
      return parse(Files.readAllBytes(file), file.toString());
    } catch (IOException e) {
      throw new ModelException("the file " + file + " cannot be read: " + e, e);
    }
  }

  /**
   * Reads tensors from memory.
   *
   * @param bytes a whole file
   * @param origin for messages: where it came from
   * @return the tensors
   * @throws ModelException if it is damaged, saying where
   */
  public static Safetensors parse(byte[] bytes, String origin) {
    try {
      return parse(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    } catch (DamagedException e) {
      throw new ModelException(
          "the safetensors file " + origin + " is damaged: " + e.getMessage() + "; get it again",
          e);
    }
  }

  /** What is wrong, without where. */
  private static final class DamagedException extends Exception {
    private static final long serialVersionUID = 1L;

    DamagedException(String message) {
      super(message);
    }
  }

  private static Safetensors parse(ByteBuffer bytes) throws DamagedException {
    if (bytes.limit() < Long.BYTES) {
      throw new DamagedException("it has " + bytes.limit() + " bytes, not even a header's length");
    }
    long length = bytes.getLong(0);
    if (length < 2 || length > Math.min(LONGEST_HEADER, bytes.limit() - Long.BYTES)) {
      throw new DamagedException(
          "its header claims "
              + Long.toUnsignedString(length)
              + " bytes, of "
              + (bytes.limit() - Long.BYTES)
              + " that follow");
    }
    SortedMap<String, String> metadata = new TreeMap<>();
    byte[] header = new byte[(int) length];
    bytes.get(Long.BYTES, header);
    List<Entry> entries = header(new String(header, UTF_8), metadata);
    ByteBuffer data = bytes.position(Long.BYTES + (int) length).slice();
    data.order(ByteOrder.LITTLE_ENDIAN);
    entries.sort(Comparator.comparingLong(Entry::from).thenComparingLong(Entry::to));
    long end = 0;
    for (Entry entry : entries) {
      if (entry.from != end) {
        throw new DamagedException(
            "the tensor \""
                + entry.name
                + "\" starts at "
                + entry.from
                + ", the one before ends at "
                + end);
      }
      end = entry.to;
    }
    if (end != data.limit()) {
      throw new DamagedException(
          "its tensors take " + end + " bytes, its data are " + data.limit());
    }
    SortedMap<String, Tensor> tensors = new TreeMap<>();
    for (Entry entry : entries) {
      tensors.put(entry.name, new Tensor(entry.shape, values(entry, data)));
    }
    return new Safetensors(tensors, metadata);
  }

  private static List<Entry> header(String text, Map<String, String> metadata)
      throws DamagedException {
    List<Entry> entries = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>();
    try (JsonReader json = new JsonReader(new StringReader(text))) {
      json.setStrictness(Strictness.STRICT);
      json.beginObject();
      while (json.hasNext()) {
        String name = json.nextName();
        if (!names.add(name)) {
          throw new DamagedException("the header names \"" + name + "\" twice");
        }
        if (name.equals(METADATA)) {
          json.beginObject();
          while (json.hasNext()) {
            String key = json.nextName();
            if (json.peek() != JsonToken.STRING) {
              throw new DamagedException("the metadata \"" + key + "\" is not text");
            }
            metadata.put(key, json.nextString());
          }
          json.endObject();
        } else {
          entries.add(entry(name, json));
        }
      }
      json.endObject();
      if (json.peek() != JsonToken.END_DOCUMENT) {
        throw new DamagedException("something follows the header's object");
      }
    } catch (IOException | IllegalStateException | NumberFormatException e) {
      throw new DamagedException("its header is not the JSON it should be: " + e.getMessage());
    }
    return entries;
  }

  private static Entry entry(String name, JsonReader json) throws IOException, DamagedException {
    String type = "";
    long[] shape = null;
    long[] offsets = null;
    json.beginObject();
    while (json.hasNext()) {
      switch (json.nextName()) {
        case "dtype" -> type = json.nextString();
        case "shape" -> shape = longs(json);
        case "data_offsets" -> offsets = longs(json);
        default -> json.skipValue();
      }
    }
    json.endObject();
    if (shape == null || offsets == null || offsets.length != 2) {
      throw new DamagedException("the tensor \"" + name + "\" lacks its shape or two offsets");
    }
    long count = 1;
    int[] sizes = new int[shape.length];
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] < 0 || shape[i] > Integer.MAX_VALUE) {
        throw tooLarge(name, shape);
      }
      sizes[i] = (int) shape[i];
      count *= shape[i]; // cannot overflow: both are below 2^31
      if (count > Integer.MAX_VALUE) {
        throw tooLarge(name, shape);
      }
    }
    long length = count * bytesOf(name, type);
    if (offsets[0] < 0 || offsets[1] < offsets[0] || offsets[1] - offsets[0] != length) {
      throw new DamagedException(
          "the tensor \""
              + name
              + "\" of shape "
              + Arrays.toString(shape)
              + " needs "
              + length
              + " bytes, its offsets are "
              + Arrays.toString(offsets));
    }
    return new Entry(name, type, sizes, offsets[0], offsets[1]);
  }

  private static DamagedException tooLarge(String name, long[] shape) {
    return new DamagedException(
        "the tensor \"" + name + "\" has the impossible shape " + Arrays.toString(shape));
  }

  private static long[] longs(JsonReader json) throws IOException {
    List<Long> values = new ArrayList<>();
    json.beginArray();
    while (json.hasNext()) {
      values.add(json.nextLong());
    }
    json.endArray();
    return values.stream().mapToLong(Long::longValue).toArray();
  }

  private static int bytesOf(String name, String type) throws DamagedException {
    return switch (type) {
      case "F64" -> 8;
      case "F32" -> 4;
      case "F16", "BF16" -> 2;
      default ->
          throw new DamagedException(
              "the tensor \""
                  + name
                  + "\" is of the type \""
                  + type
                  + "\"; expected F32, F64, F16 or BF16");
    };
  }

  /** Reads values whose range was checked against the data. */
  private static float[] values(Entry entry, ByteBuffer data) throws DamagedException {
    int width = bytesOf(entry.name, entry.type);
    float[] values = new float[(int) ((entry.to - entry.from) / width)];
    int at = (int) entry.from;
    for (int i = 0; i < values.length; i++, at += width) {
      values[i] =
          switch (entry.type) {
            case "F64" -> (float) data.getDouble(at);
            case "F32" -> data.getFloat(at);
            case "BF16" -> Float.intBitsToFloat(data.getShort(at) << 16);
            default -> half(data.getShort(at));
          };
    }
    return values;
  }

  /** IEEE 754 binary16 to float; Java has it from 20 on. */
  private static float half(short bits) {
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    float magnitude =
        exponent == 0x1f
            ? fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN
            : exponent == 0
                ? fraction * 0x1p-24f
                : Math.scalb(1 + fraction * 0x1p-10f, exponent - 15);
    return bits < 0 ? -magnitude : magnitude;
  }

  /**
   * Returns the names of the tensors.
   *
   * @return an immutable set, in alphabetical order
   */
  public Set<String> names() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  /**
   * Returns the text that came with the tensors.
   *
   * @return an immutable map
   */
  public SortedMap<String, String> metadata() {
    return Collections.unmodifiableSortedMap(metadata);
  }

  /**
   * Returns a piece of the text that must be there.
   *
   * @param key its name
   * @return the text
   * @throws ModelException if there is none
   */
  public String requireMetadata(String key) {
    String value = metadata.get(key);
    if (value == null) {
      throw new ModelException(
          "the weights lack the metadata \"" + key + "\"; there are " + metadata.keySet());
    }
    return value;
  }

  /**
   * Returns the shape of a tensor.
   *
   * @param name its name
   * @return a new array
   * @throws ModelException if there is none of that name
   */
  public int[] shape(String name) {
    return tensor(name).shape.clone();
  }

  /**
   * Returns the values of a tensor that must have a certain shape.
   *
   * @param name its name
   * @param shape its sizes
   * @return a new array, row-major
   * @throws ModelException if there is none of that name, or its shape is another, naming both
   */
  public float[] require(String name, int... shape) {
    Tensor tensor = tensor(name);
    if (!Arrays.equals(tensor.shape, shape)) {
      throw new ModelException(
          "the tensor \""
              + name
              + "\" must have the shape "
              + Arrays.toString(shape)
              + ", has "
              + Arrays.toString(tensor.shape));
    }
    return tensor.values.clone();
  }

  private Tensor tensor(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new ModelException(
          "the weights lack the tensor \"" + name + "\"; there are " + tensors.keySet());
    }
    return tensor;
  }

  /**
   * Returns the file.
   *
   * @return the same bytes for the same tensors and text
   */
  public byte[] toBytes() {
    StringWriter text = new StringWriter();
    long end = 0;
    try (JsonWriter json = new JsonWriter(text)) {
      json.beginObject();
      if (!metadata.isEmpty()) {
        json.name(METADATA).beginObject();
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
          json.name(entry.getKey()).value(entry.getValue());
        }
        json.endObject();
      }
      for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
        json.name(entry.getKey()).beginObject().name("dtype").value("F32");
        json.name("shape").beginArray();
        for (int size : entry.getValue().shape) {
          json.value(size);
        }
        json.endArray().name("data_offsets").beginArray().value(end);
        end += 4L * entry.getValue().values.length;
        json.value(end).endArray().endObject();
      }
      json.endObject();
    } catch (IOException e) {
      throw new AssertionError("a string can always be written to", e);
    }
    byte[] header = text.toString().getBytes(UTF_8);
    int padded = header.length + 7 & ~7; // data start at a multiple of eight
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(Long.BYTES + padded + end))
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(padded)
            .put(header);
    while (bytes.position() < Long.BYTES + padded) {
      bytes.put((byte) ' ');
    }
    for (Tensor tensor : tensors.values()) {
      for (float value : tensor.values) {
        bytes.putFloat(value);
      }
    }
    return bytes.array();
  }

  /** Collects tensors. Not thread-safe. */
  public static final class Builder {
    private final SortedMap<String, Tensor> tensors = new TreeMap<>();
    private final SortedMap<String, String> metadata = new TreeMap<>();

    private Builder() {}

    /**
     * Adds a tensor.
     *
     * @param name its name
     * @param values row-major; copied
     * @param shape its sizes
     * @return this
     * @throws IllegalArgumentException if the values do not fill the shape
     */
    public Builder tensor(String name, float[] values, int... shape) {
      long count = 1;
      for (int size : shape) {
        count = size < 0 ? -1 : Math.multiplyExact(count, size);
      }
      if (count != values.length) {
        throw new IllegalArgumentException(
            "the tensor \""
                + name
                + "\" of shape "
                + Arrays.toString(shape)
                + " must have "
                + count
                + " values, has "
                + values.length);
      }
      if (name.equals(METADATA) || tensors.containsKey(name)) {
        throw new IllegalArgumentException("the name \"" + name + "\" is taken");
      }
      tensors.put(name, new Tensor(shape.clone(), values.clone()));
      return this;
    }

    /**
     * Adds text.
     *
     * @param key its name
     * @param value the text
     * @return this
     */
    public Builder metadata(String key, String value) {
      metadata.put(key, value);
      return this;
    }

    /**
     * Returns the tensors.
     *
     * @return what was collected
     */
    public Safetensors build() {
      return new Safetensors(new TreeMap<>(tensors), new TreeMap<>(metadata));
    }
  }
}
