package io.github.erv.bench.evaluate;

import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Gathers the rows of a manifest, and writes them with paths relative to the file. */
final class ManifestWriter {
  private final Path file;
  private final List<String> columns;
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * @param columns besides path and label
   */
  ManifestWriter(Path file, List<String> columns) {
    this.file = file.toAbsolutePath().normalize();
    this.columns = List.copyOf(columns);
  }

  /**
   * Adds a row.
   *
   * @param label a canonical name, or empty
   * @param fields by column; what is absent stays empty
   */
  void add(Path path, String label, Map<String, String> fields) {
    Path absolute = path.toAbsolutePath().normalize();
    List<String> row = new ArrayList<>();
    // with slashes on every system
    row.add(file.resolveSibling("").relativize(absolute).toString().replace('\\', '/'));
    row.add(label);
    for (String column : columns) {
      row.add(fields.getOrDefault(column, ""));
    }
    rows.add(row);
  }

  int size() {
    return rows.size();
  }

  void write() throws IOException {
    Files.createDirectories(file.resolveSibling(""));
    List<String> header = new ArrayList<>(List.of("path", "label"));
    header.addAll(columns);
    try (CsvWriter csv = CsvWriter.builder().build(file)) {
      csv.writeRecord(header);
      rows.forEach(csv::writeRecord);
    }
  }
}
