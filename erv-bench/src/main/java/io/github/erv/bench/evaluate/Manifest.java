package io.github.erv.bench.evaluate;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What to evaluate on: a CSV file with the columns {@code path}, relative to the file, and {@code
 * label}, and any others. {@code votes:LABEL} columns hold how many people chose a label, {@code
 * valence} and {@code arousal} an annotation in [-1, 1]; a row that has one of these may leave its
 * label empty.
 *
 * @param name of the file
 * @param items the rows, in order
 * @param columns the names of the columns
 */
record Manifest(String name, List<Item> items, List<String> columns) {
  static final String VOTES = "votes:";

  /** The names that labels may have, besides those a model brings. */
  static final LabelSet CANONICAL =
      LabelSet.of(
          Emotion.NEUTRAL,
          Emotion.HAPPINESS,
          Emotion.SURPRISE,
          Emotion.SADNESS,
          Emotion.ANGER,
          Emotion.DISGUST,
          Emotion.FEAR,
          Emotion.CONTEMPT,
          Emotion.CALM,
          Emotion.BOREDOM);

  Manifest {
    items = List.copyOf(items);
    columns = List.copyOf(columns);
  }

  /**
   * Reads a manifest.
   *
   * @param known labels that are allowed besides the canonical ones
   * @throws FormatException if it is not one, or a row has a label that nobody knows or names a
   *     file that is not there; says which
   */
  static Manifest read(Path file, LabelSet known) {
    List<Item> items = new ArrayList<>();
    List<String> columns = List.of();
    Path folder = file.toAbsolutePath().resolveSibling("");
    try (CsvReader<NamedCsvRecord> rows = CsvReader.builder().ofNamedCsvRecord(file)) {
      for (NamedCsvRecord row : rows) {
        columns = row.getHeader();
        String where = file.getFileName() + ", line " + row.getStartingLineNumber();
        String path =
            row.findField("path")
                .filter(text -> !text.isBlank())
                .orElseThrow(() -> new FormatException(where + ": needs a \"path\""));
        items.add(
            new Item(
                row.getStartingLineNumber(),
                existing(folder, path, where),
                label(row, known, where),
                row.getFieldsAsMap()));
      }
    } catch (CsvParseException e) {
      throw new FormatException(file.getFileName() + " is not CSV: " + e.getMessage(), e);
    } catch (IOException | UncheckedIOException e) {
      throw new FormatException(file + " cannot be read: " + e.getMessage(), e);
    }
    if (items.isEmpty()) {
      throw new FormatException(file.getFileName() + " has no rows below its header");
    }
    return new Manifest(String.valueOf(file.getFileName()), items, columns);
  }

  private static Path existing(Path folder, String path, String where) {
    try {
      Path file = folder.resolve(path);
      if (Files.isRegularFile(file)) {
        return file;
      }
    } catch (InvalidPathException e) {
      throw new FormatException(where + ": not a path: " + e.getMessage(), e);
    }
    throw new FormatException(where + ": there is no file " + path + " in " + folder);
  }

  private static Optional<Emotion> label(NamedCsvRecord row, LabelSet known, String where) {
    String label = row.findField("label").orElse("").strip();
    if (label.isEmpty()) {
      boolean other =
          row.getHeader().stream()
              .anyMatch(
                  column ->
                      (column.startsWith(VOTES)
                              || column.equals("valence")
                              || column.equals("arousal"))
                          && !row.getField(column).isBlank());
      if (other) {
        return Optional.empty();
      }
      throw new FormatException(where + ": needs a \"label\"");
    }
    return Optional.of(emotion(label, known, where));
  }

  private static Emotion emotion(String label, LabelSet known, String where) {
    for (LabelSet set : List.of(CANONICAL, known)) {
      for (Emotion emotion : set) {
        if (emotion.name().equals(label)) {
          return emotion;
        }
      }
    }
    Set<Emotion> allowed = new LinkedHashSet<>(CANONICAL.emotions());
    allowed.addAll(known.emotions());
    throw new FormatException(
        where + ": the label must be one of " + allowed + ", was \"" + label + '"');
  }

  boolean has(String column) {
    return columns.contains(column);
  }

  /** The labels that have a column of votes, in the order of the columns. */
  List<Emotion> voted(LabelSet known) {
    return columns.stream()
        .filter(column -> column.startsWith(VOTES))
        .map(column -> emotion(column.substring(VOTES.length()), known, name + ", header"))
        .toList();
  }

  /** A column's number in a row, or NaN if the field is empty. */
  double number(Item item, String column) {
    String text = item.field(column).strip();
    try {
      return text.isEmpty() ? Double.NaN : Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new FormatException(
          name + ", " + item + ": \"" + column + "\" must be a number, was \"" + text + '"', e);
    }
  }
}
