package io.github.erv.bench.evaluate;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import io.github.erv.error.FormatException;
import java.awt.image.BufferedImage;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import javax.imageio.ImageIO;

/** Corpora whose copies, as their publishers lay them out, become manifests. */
enum Corpus {
  /**
   * FER+ (Barsoum et al., 2016): {@code fer2013new.csv} beside {@code fer2013.csv}, or IDX files
   * {@code PART-images.idx3-ubyte.gz} with {@code PART-votes.csv}. Pictures become PNG files beside
   * the manifest. The label is the majority's: votes of 1 count as 0; a class with more than half
   * of what is left, votes for unknown and for no face included; without one, the picture is left
   * out.
   */
  FERPLUS("ferplus") {
    @Override
    void read(Path root, String part, Path out, ManifestWriter manifest) throws IOException {
      if (Files.exists(root.resolve("fer2013new.csv"))) {
        original(root, part, out, manifest);
      } else {
        idx(root, part.isEmpty() ? "valid" : part, out, manifest);
      }
    }

    @Override
    List<String> columns() {
      return Stream.concat(
              FERPLUS_LABELS.stream().map(label -> Manifest.VOTES + label), Stream.of("part"))
          .toList();
    }

    private void idx(Path root, String part, Path out, ManifestWriter manifest) throws IOException {
      Path images = root.resolve(part + "-images.idx3-ubyte.gz");
      try (DataInputStream in =
              new DataInputStream(new GZIPInputStream(Files.newInputStream(images)));
          CsvReader<NamedCsvRecord> rows = open(root.resolve(part + "-votes.csv"))) {
        if (in.readInt() != 0x803) {
          throw new FormatException(images + " is not an IDX file of pictures");
        }
        int count = in.readInt();
        int height = in.readInt();
        int width = in.readInt();
        byte[] pixels = new byte[Math.multiplyExact(height, width)];
        int read = 0;
        for (NamedCsvRecord row : rows) {
          if (read++ == count) {
            throw new FormatException(images + " has " + count + " pictures, there are more votes");
          }
          in.readFully(pixels);
          add(row, row.getField("image"), part, pixels, width, out, manifest);
        }
      }
    }

    private void original(Path root, String part, Path out, ManifestWriter manifest)
        throws IOException {
      try (CsvReader<NamedCsvRecord> votes = open(root.resolve("fer2013new.csv"));
          CsvReader<NamedCsvRecord> pictures = open(root.resolve("fer2013.csv"))) {
        var each = pictures.iterator();
        for (NamedCsvRecord row : votes) {
          if (!each.hasNext()) {
            throw new FormatException("fer2013.csv has fewer rows than fer2013new.csv");
          }
          String[] values = each.next().getField("pixels").strip().split("\\s+", -1);
          String usage = row.getField("Usage");
          String name = row.findField("Image name").orElse("");
          if (name.isBlank() || !(part.isEmpty() || part.equals(usage))) {
            continue; // pictures that FER+ dropped have no name
          }
          byte[] pixels = new byte[values.length];
          for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) Integer.parseInt(values[i]);
          }
          int side = (int) Math.round(Math.sqrt(pixels.length));
          add(row, name, usage, pixels, side, out, manifest);
        }
      }
    }

    private void add(
        NamedCsvRecord row,
        String name,
        String part,
        byte[] pixels,
        int width,
        Path out,
        ManifestWriter manifest)
        throws IOException {
      int total = 0;
      String best = "";
      int most = 0;
      Map<String, String> fields = new LinkedHashMap<>();
      fields.put("part", part);
      for (String label : FERPLUS_LABELS) {
        int votes = votes(row, label);
        fields.put(Manifest.VOTES + label, String.valueOf(votes));
        int counted = votes == 1 ? 0 : votes;
        total += counted;
        if (counted > most) {
          most = counted;
          best = label;
        }
      }
      for (String other : List.of("unknown", "NF")) {
        int votes = votes(row, other);
        total += votes == 1 ? 0 : votes;
      }
      if (2 * most <= total) {
        return;
      }
      Path file = out.resolve(name);
      BufferedImage image =
          new BufferedImage(width, pixels.length / width, BufferedImage.TYPE_BYTE_GRAY);
      image.getRaster().setDataElements(0, 0, width, pixels.length / width, pixels);
      Files.createDirectories(out);
      ImageIO.write(image, "png", file.toFile());
      manifest.add(file, best, fields);
    }

    private int votes(NamedCsvRecord row, String label) {
      String text =
          row.findField(label)
              .orElseThrow(() -> new FormatException("the votes have no column " + label));
      return Integer.parseInt(text.strip());
    }
  },

  /**
   * EMO-DB (Burkhardt et al., 2005): {@code wav/03a01Fa.wav}, or any folder with such names, or a
   * {@code manifest.csv} with path, label and speaker. Column: speaker, and where the manifest has
   * them, its own.
   */
  EMODB("emodb") {
    @Override
    void read(Path root, String part, Path out, ManifestWriter manifest) throws IOException {
      Path own = root.resolve("manifest.csv");
      if (!Files.exists(own)) {
        byName(
            root,
            manifest,
            SOUND,
            name ->
                name.matches("\\d\\d[abc]\\d\\d[WLEAFTN][a-z]?")
                    ? row(
                        of(
                            name.substring(5, 6),
                            "W",
                            "anger",
                            "L",
                            "boredom",
                            "E",
                            "disgust",
                            "A",
                            "fear",
                            "F",
                            "happiness",
                            "T",
                            "sadness",
                            "N",
                            "neutral"),
                        "speaker",
                        name.substring(0, 2),
                        "text",
                        name.substring(2, 5))
                    : List.of());
        return;
      }
      try (CsvReader<NamedCsvRecord> rows = open(own)) {
        for (NamedCsvRecord row : rows) {
          String path = row.getField("path");
          if (part.isEmpty() || path.startsWith(part)) {
            manifest.add(root.resolve(path), row.getField("label"), row.getFieldsAsMap());
          }
        }
      }
    }

    @Override
    List<String> columns() {
      return List.of("speaker", "text");
    }
  },

  /** CREMA-D (Cao et al., 2014): {@code AudioWAV/1001_DFA_ANG_XX.wav} or {@code VideoFlash/}. */
  CREMAD("crema-d") {
    @Override
    void read(Path root, String part, Path out, ManifestWriter manifest) throws IOException {
      byName(
          part.isEmpty() ? root : root.resolve(part),
          manifest,
          MEDIA,
          name -> {
            String[] parts = name.split("_", -1);
            return parts.length != 4
                ? List.of()
                : row(
                    of(
                        parts[2],
                        "ANG",
                        "anger",
                        "DIS",
                        "disgust",
                        "FEA",
                        "fear",
                        "HAP",
                        "happiness",
                        "NEU",
                        "neutral",
                        "SAD",
                        "sadness"),
                    "speaker",
                    parts[0],
                    "text",
                    parts[1],
                    "intensity",
                    parts[3]);
          });
    }

    @Override
    List<String> columns() {
      return List.of("speaker", "text", "intensity");
    }
  },

  /** RAVDESS (Livingstone and Russo, 2018): {@code Actor_01/03-01-06-01-02-01-12.wav}. */
  RAVDESS("ravdess") {
    @Override
    void read(Path root, String part, Path out, ManifestWriter manifest) throws IOException {
      byName(
          part.isEmpty() ? root : root.resolve(part),
          manifest,
          MEDIA,
          name -> {
            String[] parts = name.split("-", -1);
            return parts.length != 7
                ? List.of()
                : row(
                    of(
                        parts[2],
                        "01",
                        "neutral",
                        "02",
                        "calm",
                        "03",
                        "happiness",
                        "04",
                        "sadness",
                        "05",
                        "anger",
                        "06",
                        "fear",
                        "07",
                        "disgust",
                        "08",
                        "surprise"),
                    "speaker",
                    parts[6],
                    "sex",
                    parts[6].matches("\\d*[02468]") ? "female" : "male",
                    "channel",
                    of(parts[1], "01", "speech", "02", "song"),
                    "intensity",
                    of(parts[3], "01", "normal", "02", "strong"));
          });
    }

    @Override
    List<String> columns() {
      return List.of("speaker", "sex", "channel", "intensity");
    }
  },

  /**
   * RAF-DB (Li et al., 2017), basic: {@code EmoLabel/list_patition_label.txt} and {@code
   * Image/aligned/test_0001_aligned.jpg}.
   */
  RAFDB("raf-db") {
    @Override
    void read(Path root, String part, Path out, ManifestWriter manifest) throws IOException {
      for (String line : Files.readAllLines(root.resolve("EmoLabel/list_patition_label.txt"))) {
        String[] words = line.strip().split("\\s+", -1);
        if (words.length == 2 && words[0].startsWith(part)) {
          String label =
              of(
                  words[1],
                  "1",
                  "surprise",
                  "2",
                  "fear",
                  "3",
                  "disgust",
                  "4",
                  "happiness",
                  "5",
                  "sadness",
                  "6",
                  "anger",
                  "7",
                  "neutral");
          Path aligned =
              root.resolve("Image/aligned").resolve(words[0].replace(".jpg", "_aligned.jpg"));
          Path file =
              Files.exists(aligned) ? aligned : root.resolve("Image/original").resolve(words[0]);
          manifest.add(
              file, label, Map.of("part", words[0].startsWith("train") ? "train" : "test"));
        }
      }
    }

    @Override
    List<String> columns() {
      return List.of("part");
    }
  },

  /**
   * AffectNet (Mollahosseini et al., 2017): {@code validation.csv} with {@code
   * subDirectory_filePath, expression, valence, arousal} and pictures under {@code
   * Manually_Annotated_Images}; or a folder for each class, {@code val/0} to {@code val/7}. What is
   * none of the eight classes is left out.
   */
  AFFECTNET("affectnet") {
    private static final List<String> ORDER =
        List.of(
            "neutral", "happiness", "sadness", "surprise", "fear", "disgust", "anger", "contempt");

    @Override
    void read(Path root, String part, Path out, ManifestWriter manifest) throws IOException {
      Path table = root.resolve((part.isEmpty() ? "validation" : part) + ".csv");
      if (Files.exists(table)) {
        Path pictures = root.resolve("Manually_Annotated_Images");
        Path folder = Files.isDirectory(pictures) ? pictures : root;
        try (CsvReader<NamedCsvRecord> rows = open(table)) {
          for (NamedCsvRecord row : rows) {
            int expression = Integer.parseInt(row.getField("expression").strip());
            if (expression >= 0 && expression < ORDER.size()) {
              manifest.add(
                  folder.resolve(row.getField("subDirectory_filePath")),
                  ORDER.get(expression),
                  row.getFieldsAsMap());
            }
          }
        }
        return;
      }
      Path folder = root.resolve(part.isEmpty() ? "val" : part);
      for (int i = 0; i < ORDER.size(); i++) {
        Path pictures = folder.resolve(String.valueOf(i));
        if (Files.isDirectory(pictures)) {
          for (Path file : files(pictures, PICTURES)) {
            manifest.add(file, ORDER.get(i), Map.of());
          }
        }
      }
    }

    @Override
    List<String> columns() {
      return List.of("valence", "arousal");
    }
  },

  /**
   * MELD (Poria et al., 2019): {@code test_sent_emo.csv} and {@code dia0_utt1.mp4} in {@code
   * output_repeated_splits_test}, {@code dev_splits_complete} or {@code train_splits}.
   */
  MELD("meld") {
    @Override
    void read(Path root, String part, Path out, ManifestWriter manifest) throws IOException {
      String chosen = part.isEmpty() ? "test" : part;
      String clips =
          of(
              chosen,
              "test",
              "output_repeated_splits_test",
              "dev",
              "dev_splits_complete",
              "train",
              "train_splits");
      try (CsvReader<NamedCsvRecord> rows = open(root.resolve(chosen + "_sent_emo.csv"))) {
        for (NamedCsvRecord row : rows) {
          String dialogue = row.getField("Dialogue_ID");
          Path file =
              root.resolve(clips)
                  .resolve("dia" + dialogue + "_utt" + row.getField("Utterance_ID") + ".mp4");
          String label =
              of(
                  row.getField("Emotion").toLowerCase(Locale.ROOT),
                  "joy",
                  "happiness",
                  "neutral",
                  "neutral",
                  "surprise",
                  "surprise",
                  "sadness",
                  "sadness",
                  "anger",
                  "anger",
                  "disgust",
                  "disgust",
                  "fear",
                  "fear");
          manifest.add(
              file, label, Map.of("speaker", row.getField("Speaker"), "dialogue", dialogue));
        }
      }
    }

    @Override
    List<String> columns() {
      return List.of("speaker", "dialogue");
    }
  };

  private static final List<String> FERPLUS_LABELS =
      List.of(
          "neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt");
  private static final List<String> SOUND = List.of(".wav", ".flac", ".mp3");
  private static final List<String> PICTURES = List.of(".jpg", ".jpeg", ".png");
  private static final List<String> MEDIA = List.of(".wav", ".flac", ".mp3", ".mp4", ".flv");

  private final String name;

  Corpus(String name) {
    this.name = name;
  }

  static Corpus named(String name) {
    return Arrays.stream(values())
        .filter(corpus -> corpus.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "a corpus must be one of " + Arrays.toString(values()) + ", was " + name));
  }

  /** The columns of its manifests besides path and label. */
  abstract List<String> columns();

  /**
   * Reads a copy.
   *
   * @param root of the copy
   * @param part of the corpus, in its own words; empty for what is usually reported
   * @param out where pictures go that have no file yet
   */
  abstract void read(Path root, String part, Path out, ManifestWriter manifest) throws IOException;

  private static CsvReader<NamedCsvRecord> open(Path file) throws IOException {
    return CsvReader.builder().allowMissingFields(true).ofNamedCsvRecord(file);
  }

  private static List<Path> files(Path root, List<String> endings) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(file -> endings.contains(ending(String.valueOf(file.getFileName()))))
          .sorted()
          .toList();
    }
  }

  private static String ending(String name) {
    return name.substring(Math.max(0, name.lastIndexOf('.'))).toLowerCase(Locale.ROOT);
  }

  /** What a file's name says. */
  private interface Naming {
    /**
     * Returns the label and then columns with their values, or nothing if it is not one of those.
     */
    List<String> parse(String name);
  }

  private static List<String> row(String label, String... columnsAndValues) {
    List<String> row = new ArrayList<>();
    row.add(label);
    row.addAll(Arrays.asList(columnsAndValues));
    return row;
  }

  private static void byName(
      Path root, ManifestWriter manifest, List<String> endings, Naming naming) throws IOException {
    for (Path file : files(root, endings)) {
      String name = String.valueOf(file.getFileName());
      List<String> row = naming.parse(name.substring(0, name.lastIndexOf('.')));
      if (!row.isEmpty()) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (int i = 1; i < row.size(); i += 2) {
          fields.put(row.get(i), row.get(i + 1));
        }
        manifest.add(file, row.get(0), fields);
      }
    }
  }

  /** The name that a corpus's own code stands for, of pairs of both. */
  private static String of(String code, String... codesAndNames) {
    for (int i = 0; i < codesAndNames.length; i += 2) {
      if (codesAndNames[i].equals(code)) {
        return codesAndNames[i + 1];
      }
    }
    throw new FormatException("the corpus has no code \"" + code + '"');
  }

  @Override
  public String toString() {
    return name;
  }
}
