package io.github.erv.bench.evaluate;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import io.github.erv.Modality;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.fusion.train.Example;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads what modalities say of items, a row each: columns {@code id}, {@code label}, optionally
 * {@code group}, and {@code <modality>:<name>}. A modality whose names are all labels, of the file
 * or of erv, is a distribution; any other is a vector of features. Empty cells are a modality that
 * is missing from a row. Other columns are left alone.
 */
final class FusionTable {
  private static final String ID = "id";
  private static final String LABEL = "label";
  private static final String GROUP = "group";

  private final Path file;
  private final List<NamedCsvRecord> rows;
  private final Map<Modality, List<String>> columns;

  private FusionTable(Path file, List<NamedCsvRecord> rows, Map<Modality, List<String>> columns) {
    this.file = file;
    this.rows = rows;
    this.columns = columns;
  }

  /**
   * What both files are read with.
   *
   * @param labels the classes
   * @param spelt how the files write each class
   * @param columns the names of the columns of each modality
   * @param distributions the modalities that are distributions
   */
  record Layout(
      LabelSet labels,
      Map<Emotion, String> spelt,
      Map<Modality, List<String>> columns,
      Set<Modality> distributions) {}

  /**
   * Reads a file.
   *
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if it is no such table, saying why
   */
  static FusionTable read(Path file) throws IOException {
    List<NamedCsvRecord> rows = new ArrayList<>();
    try (CsvReader<NamedCsvRecord> reader = CsvReader.builder().ofNamedCsvRecord(file)) {
      reader.forEach(rows::add);
    } catch (CsvParseException | CharacterCodingException e) {
      Throwable reason = e.getCause() == null ? e : e.getCause();
      throw new IllegalArgumentException(
          file + " is not CSV in UTF-8 with a header: " + reason.getMessage(), e);
    }
    if (rows.isEmpty()) {
      throw new IllegalArgumentException(file + " has no rows below its header");
    }
    List<String> header = rows.get(0).getHeader();
    for (String required : List.of(ID, LABEL)) {
      if (!header.contains(required)) {
        throw new IllegalArgumentException(
            file + " lacks the column \"" + required + "\"; it has " + header);
      }
    }
    Map<Modality, List<String>> columns = new TreeMap<>();
    for (String column : header) {
      int colon = column.indexOf(':');
      if (colon > 0) {
        columns
            .computeIfAbsent(
                new Modality(word(column.substring(0, colon))), key -> new ArrayList<>())
            .add(column);
      }
    }
    if (columns.isEmpty()) {
      throw new IllegalArgumentException(
          file + " has no column of the form <modality>:<name>; it has " + header);
    }
    return new FusionTable(file, rows, columns);
  }

  /** Turns any name into a lower-case word, as names of modalities and emotions are. */
  private static String word(String name) {
    String word =
        name.strip().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    if (word.isEmpty()) {
      throw new IllegalArgumentException("\"" + name + "\" has no letter or digit");
    }
    return Character.isDigit(word.charAt(0)) ? "class-" + word : word;
  }

  private static String name(String column) {
    return column.substring(column.indexOf(':') + 1);
  }

  /** Tells what the rows are made of, for this table and those that follow it. */
  Layout layout() {
    Map<Emotion, String> spelt = new TreeMap<>((a, b) -> a.name().compareTo(b.name()));
    for (NamedCsvRecord row : rows) {
      spell(spelt, label(row), row);
    }
    Set<Modality> distributions = new TreeSet<>();
    Map<Emotion, String> more = new LinkedHashMap<>();
    columns.forEach(
        (modality, names) -> {
          Map<Emotion, String> classes = new LinkedHashMap<>();
          for (String column : names) {
            String name = name(column);
            if (!name.isBlank()) {
              classes.put(new Emotion(word(name)), name);
            }
          }
          boolean labels =
              classes.size() == names.size()
                  && classes.keySet().stream()
                      .allMatch(
                          each ->
                              spelt.containsKey(each)
                                  || Manifest.CANONICAL.emotions().contains(each));
          if (labels) {
            distributions.add(modality);
            more.putAll(classes);
          }
        });
    more.forEach(spelt::putIfAbsent);
    if (spelt.size() < 2) {
      throw new IllegalArgumentException(
          file + " has items of one class, " + spelt.values() + "; two are needed");
    }
    return new Layout(
        LabelSet.of(List.copyOf(spelt.keySet())), spelt, Map.copyOf(columns), distributions);
  }

  private void spell(Map<Emotion, String> spelt, String label, NamedCsvRecord row) {
    String before = spelt.putIfAbsent(new Emotion(word(label)), label);
    if (before != null && !before.equals(label)) {
      throw new IllegalArgumentException(
          at(row) + " the labels \"" + before + "\" and \"" + label + "\" are too much alike");
    }
  }

  private String label(NamedCsvRecord row) {
    String label = row.getField(LABEL).strip();
    if (label.isEmpty()) {
      throw new IllegalArgumentException(at(row) + " the label is empty");
    }
    return label;
  }

  private String at(NamedCsvRecord row) {
    return file + ", line " + row.getStartingLineNumber() + ":";
  }

  /** Refuses a table whose modalities have other columns than those of a layout. */
  void requireColumns(Layout layout) {
    layout.columns.forEach(
        (modality, names) -> {
          List<String> own = columns.getOrDefault(modality, List.of());
          if (!own.isEmpty() && !new HashSet<>(own).equals(new HashSet<>(names))) {
            throw new IllegalArgumentException(
                "%s has %d columns of %s, shape [%d], what it is tested with was trained on %d,"
                        .formatted(file, own.size(), modality, own.size(), names.size())
                    + " shape ["
                    + names.size()
                    + "], or on others");
          }
        });
  }

  /**
   * Returns the rows as examples.
   *
   * @param layout of the table that is trained on
   * @param dropped modalities to leave out
   * @throws IllegalArgumentException if a label is unknown or a value is no number, naming the line
   */
  List<Example> examples(Layout layout, Set<Modality> dropped) {
    List<Example> examples = new ArrayList<>();
    boolean grouped = rows.get(0).getHeader().contains(GROUP);
    for (NamedCsvRecord row : rows) {
      Example.Builder example = Example.builder(layout.labels);
      Emotion emotion = new Emotion(word(label(row)));
      if (!layout.spelt.containsKey(emotion)) {
        throw new IllegalArgumentException(
            at(row)
                + " the label \""
                + label(row)
                + "\" is none of those trained on, "
                + layout.spelt.values());
      }
      layout.columns.forEach(
          (modality, names) -> {
            float[] values =
                dropped.contains(modality) || !columns.containsKey(modality)
                    ? null
                    : values(row, names);
            if (values != null && layout.distributions.contains(modality)) {
              example.distribution(modality, distribution(layout.labels, names, values, row));
            } else if (values != null) {
              example.features(modality, values);
            }
          });
      examples.add(example.group(grouped ? row.getField(GROUP) : "").label(emotion));
    }
    return examples;
  }

  /** Reads the cells of a modality; null if all are empty. */
  private float @Nullable [] values(NamedCsvRecord row, List<String> names) {
    float[] values = new float[names.size()];
    String empty = null;
    int filled = 0;
    for (int i = 0; i < values.length; i++) {
      String cell = row.findField(names.get(i)).orElse("").strip();
      if (cell.isEmpty()) {
        empty = names.get(i);
        continue;
      }
      filled++;
      try {
        values[i] = Float.parseFloat(cell);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            at(row) + " " + names.get(i) + " must be a number, was \"" + cell + '"', e);
      }
      if (!Float.isFinite(values[i])) {
        throw new IllegalArgumentException(
            at(row) + " " + names.get(i) + " must be finite, was " + cell);
      }
    }
    if (filled > 0 && empty != null) {
      throw new IllegalArgumentException(
          at(row) + " " + empty + " is empty, though other columns of its modality are not");
    }
    return filled == 0 ? null : values;
  }

  private Distribution distribution(
      LabelSet labels, List<String> names, float[] values, NamedCsvRecord row) {
    float[] probabilities = new float[labels.size()];
    boolean[] support = new boolean[labels.size()];
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      if (values[i] < 0) {
        throw new IllegalArgumentException(
            at(row) + " " + names.get(i) + " is a probability, at least 0, was " + values[i]);
      }
      sum += values[i];
    }
    if (sum == 0) {
      throw new IllegalArgumentException(
          at(row) + " the probabilities " + names + " must not all be 0");
    }
    for (int i = 0; i < values.length; i++) {
      int e = labels.indexOf(new Emotion(word(name(names.get(i)))));
      probabilities[e] = (float) (values[i] / sum);
      support[e] = true;
    }
    return Distribution.of(labels, probabilities, support);
  }
}
