package io.github.erv.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.github.erv.error.FormatException;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One line of a JSON Lines file. Whatever is wrong with it is reported with file and line. */
final class JsonLine {
  private static final int MOST_SHOWN = 60;

  private final String origin;
  private final int number;
  private final JsonObject object;

  JsonLine(String origin, int number, String text) {
    this.origin = origin;
    this.number = number;
    try (JsonReader reader = new JsonReader(new StringReader(text))) {
      reader.setStrictness(Strictness.STRICT);
      JsonElement element = JsonParser.parseReader(reader);
      if (!element.isJsonObject() || reader.peek() != JsonToken.END_DOCUMENT) {
        throw unlike("a JSON object and nothing else", text, null);
      }
      object = element.getAsJsonObject();
    } catch (IOException | JsonParseException e) {
      throw unlike("a JSON object", text, e);
    }
  }

  /** Runs a part of reading; what values refuse becomes an error of this line. */
  <T> T check(Supplier<T> part) {
    try {
      return part.get();
    } catch (IllegalArgumentException e) {
      throw new FormatException(place() + ": " + e.getMessage(), e);
    }
  }

  FormatException error(String field, String expected, String actual) {
    return unlike("field \"" + field + "\" to be " + expected, actual, null);
  }

  private FormatException unlike(String expected, String actual, @Nullable Exception cause) {
    String shown = actual.length() <= MOST_SHOWN ? actual : actual.substring(0, MOST_SHOWN) + "...";
    return new FormatException(
        place() + ": expected " + expected + ", found " + (shown.isEmpty() ? "nothing" : shown),
        cause);
  }

  private String place() {
    return origin + ", line " + number;
  }

  boolean has(String field) {
    return object.has(field);
  }

  boolean isNull(String field) {
    return element(field, "there").isJsonNull();
  }

  private JsonElement element(String field, String expected) {
    return element(object, field, field, expected);
  }

  private JsonElement element(JsonObject parent, String name, String field, String expected) {
    JsonElement value = parent.get(name);
    if (value == null) {
      throw error(field, expected, "no such field");
    }
    return value;
  }

  String text(String field) {
    return text(element(field, "a string"), field);
  }

  String text(String field, String key) {
    String path = field + "." + key;
    return text(element(child(field), key, path, "a string"), path);
  }

  private String text(JsonElement value, String field) {
    if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isString()) {
      throw error(field, "a string", value.toString());
    }
    return value.getAsString();
  }

  void requireText(String field, String expected) {
    String actual = text(field);
    if (!actual.equals(expected)) {
      throw error(field, '"' + expected + '"', '"' + actual + '"');
    }
  }

  <E extends Enum<E>> E constant(String field, String name, Class<E> type) {
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(name)) {
        return constant;
      }
    }
    throw error(field, "one of " + Arrays.toString(type.getEnumConstants()), '"' + name + '"');
  }

  boolean flag(String field) {
    JsonElement value = element(field, "true or false");
    if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isBoolean()) {
      throw error(field, "true or false", value.toString());
    }
    return value.getAsBoolean();
  }

  long wholeNumber(String field) {
    JsonElement value = element(field, "a whole number");
    if (value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber()) {
      try {
        return Long.parseLong(value.getAsString());
      } catch (NumberFormatException e) {
        throw unlike(
            "field \"" + field + "\" to be a whole number of 64 bits", value.toString(), e);
      }
    }
    throw error(field, "a whole number", value.toString());
  }

  float number(String field) {
    return number(element(field, "a number"), field);
  }

  float number(String field, String key) {
    String path = field + "." + key;
    return number(element(child(field), key, path, "a number"), path);
  }

  private float number(JsonElement value, String field) {
    if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isNumber()) {
      throw error(field, "a number", value.toString());
    }
    return Float.parseFloat(value.getAsString());
  }

  float[] numbers(String field, int count) {
    JsonArray array = array(field, "a list of " + count + " numbers");
    if (array.size() != count) {
      throw error(field, "a list of " + count + " numbers", array.toString());
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = number(array.get(i), field + "[" + i + "]");
    }
    return values;
  }

  List<String> texts(String field) {
    List<String> values = new ArrayList<>();
    for (JsonElement value : array(field, "a list of strings")) {
      values.add(text(value, field + "[" + values.size() + "]"));
    }
    return values;
  }

  private JsonArray array(String field, String expected) {
    JsonElement value = element(field, expected);
    if (!value.isJsonArray()) {
      throw error(field, expected, value.toString());
    }
    return value.getAsJsonArray();
  }

  Set<String> names(String field) {
    return child(field).keySet();
  }

  private JsonObject child(String field) {
    JsonElement value = element(field, "an object");
    if (!value.isJsonObject()) {
      throw error(field, "an object", value.toString());
    }
    return value.getAsJsonObject();
  }
}
