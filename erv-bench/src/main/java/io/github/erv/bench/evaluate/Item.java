package io.github.erv.bench.evaluate;

import io.github.erv.emotion.Emotion;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * One row of a manifest.
 *
 * @param line of the file in which the row starts
 * @param path of the picture or recording
 * @param label what people said, empty where the row has only votes or dimensions
 * @param fields all columns by name
 */
record Item(long line, Path path, Optional<Emotion> label, Map<String, String> fields) {
  Item {
    fields = Map.copyOf(fields);
  }

  String field(String column) {
    return fields.getOrDefault(column, "");
  }

  @Override
  public String toString() {
    return "line " + line + " (" + path.getFileName() + ")";
  }
}
