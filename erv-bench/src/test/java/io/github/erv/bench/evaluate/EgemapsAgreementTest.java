package io.github.erv.bench.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import io.github.erv.audio.egemaps.Egemaps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the functionals against what openSMILE 3.0.2 printed for 112 recordings of EMO-DB. */
class EgemapsAgreementTest {
  /** What is asserted to agree; everything else is only measured and printed. */
  private static final List<String> EXACT =
      List.of(
          "loudness",
          "spectralFlux",
          "equivalentSoundLevel",
          "F0semitoneFrom27.5Hz_sma3nz_amean",
          "F0semitoneFrom27.5Hz_sma3nz_percentile",
          "alphaRatio",
          "hammarbergIndex",
          "slopeV0-500_sma3nz_amean",
          "slopeV500-1500_sma3nz_amean",
          "slopeUV0-500",
          "mfcc1",
          "mfcc2_",
          "mfcc2V_sma3nz_amean",
          "mfcc3",
          "mfcc4_",
          "mfcc4V_sma3nz_amean",
          "MeanUnvoicedSegmentLength",
          "StddevUnvoicedSegmentLength");

  /** What is asserted to go along with the reference. */
  private static final List<String> CLOSE =
      List.of(
          "HNRdBACF_sma3nz_amean",
          "logRelF0-H1-H2_sma3nz_amean",
          "logRelF0-H1-A3_sma3nz_amean",
          "F1frequency",
          "F2frequency",
          "F3frequency",
          "F1amplitude",
          "F2amplitude",
          "F3amplitude",
          "slopeUV500-1500");

  /** What is asserted to go along less closely. */
  private static final List<String> LOOSE =
      List.of(
          "F1bandwidth",
          "F2bandwidth",
          "F3bandwidth",
          "logRelF0-H1-A3",
          "VoicedSegmentsPerSec",
          "MeanVoicedSegmentLengthSec",
          "StddevVoicedSegmentLengthSec");

  @TempDir Path folder;

  /** Formants are the reference's but for its rounding, in voiced and unvoiced frames. */
  @Test
  void formants_agreeFrameByFrame() throws IOException {
    Path egemaps = data().resolve("egemaps");
    List<Path> listings;
    try (Stream<Path> files = Files.list(egemaps)) {
      listings = files.filter(file -> name(file).startsWith("lld-")).sorted().toList();
    }
    assertEquals(6, listings.size());
    for (Path listing : listings) {
      List<NamedCsvRecord> expected = rows(listing);
      String recording = name(listing).substring(4).replace(".csv", "");
      List<NamedCsvRecord> actual = extracted("egemaps-v02-lld", List.of(recording));
      for (int formant = 1; formant <= 3; formant++) {
        for (String kind : List.of("frequency", "bandwidth")) {
          String column = "F" + formant + kind + "_sma3nz";
          double[] differences = new double[expected.size()];
          for (int t = 0; t < differences.length; t++) {
            differences[t] =
                Math.abs(number(expected.get(t), column) - number(actual.get(t), column));
          }
          assertEquals(0, median(differences), 0.25, recording + ", Hz of " + column);
        }
      }
    }
  }

  @Test
  void functionals_agreeWithTheReference() throws IOException {
    List<NamedCsvRecord> reference = rows(data().resolve("egemaps").resolve("functionals.csv"));
    List<double[]> expected = reference.stream().map(EgemapsAgreementTest::values).toList();
    List<String> recordings =
        reference.stream().map(row -> row.getField("name").replace("'", "")).toList();
    List<double[]> actual =
        extracted("egemaps-v02", recordings).stream().map(EgemapsAgreementTest::values).toList();
    assertEquals(expected.size(), actual.size());
    StringBuilder table =
        new StringBuilder("| functional | correlation | median difference / SD |\n|---|---|---|\n");
    double[] correlations = new double[Egemaps.FUNCTIONALS];
    double[] differences = new double[Egemaps.FUNCTIONALS];
    for (int i = 0; i < Egemaps.FUNCTIONALS; i++) {
      correlations[i] = correlation(column(expected, i), column(actual, i));
      differences[i] = difference(column(expected, i), column(actual, i));
      table.append(
          String.format(
              Locale.ROOT,
              "| %s | %.4f | %.4f |%n",
              Egemaps.functionalNames().get(i),
              correlations[i],
              differences[i]));
    }
    Files.writeString(Path.of("target", "egemaps-agreement.md"), table);
    for (int i = 0; i < Egemaps.FUNCTIONALS; i++) {
      String name = Egemaps.functionalNames().get(i);
      if (matches(EXACT, name)) {
        assertTrue(correlations[i] >= 0.99, name + ": r = " + correlations[i]);
        assertTrue(differences[i] <= 0.02, name + ": median difference / SD = " + differences[i]);
      } else if (matches(CLOSE, name)) {
        assertTrue(correlations[i] >= 0.97, name + ": r = " + correlations[i]);
      } else if (matches(LOOSE, name)) {
        assertTrue(correlations[i] >= 0.90, name + ": r = " + correlations[i]);
      }
    }
  }

  private static Path data() {
    String data = System.getenv("ERV_DATA");
    Assumptions.assumeTrue(data != null, "skipped: ERV_DATA is not set");
    return Path.of(data);
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  /** What the command writes for recordings of EMO-DB. */
  private List<NamedCsvRecord> extracted(String set, List<String> recordings) throws IOException {
    StringBuilder manifest = new StringBuilder("path\n");
    Path originals = data().resolve("emodb").resolve("original-16k");
    for (String recording : recordings) {
      manifest.append(originals.resolve(recording + ".flac")).append('\n');
    }
    Path list = Files.writeString(folder.resolve("list.csv"), manifest);
    Path out = folder.resolve("out.csv");
    assertEquals(
        0,
        ExtractFeatures.run("--set", set, "--manifest", list.toString(), "--out", out.toString()));
    return rows(out);
  }

  private static List<NamedCsvRecord> rows(Path file) throws IOException {
    try (CsvReader<NamedCsvRecord> rows =
        CsvReader.builder().fieldSeparator(';').ofNamedCsvRecord(file)) {
      return rows.stream().toList();
    }
  }

  private static double number(NamedCsvRecord row, String column) {
    return Double.parseDouble(row.getField(column));
  }

  private static boolean matches(List<String> prefixes, String name) {
    return prefixes.stream().anyMatch(name::startsWith);
  }

  private static double[] values(NamedCsvRecord row) {
    return Egemaps.functionalNames().stream().mapToDouble(name -> number(row, name)).toArray();
  }

  private static double[] column(List<double[]> rows, int index) {
    return rows.stream().mapToDouble(row -> row[index]).toArray();
  }

  private static double correlation(double[] x, double[] y) {
    double meanX = Arrays.stream(x).average().orElseThrow();
    double meanY = Arrays.stream(y).average().orElseThrow();
    double xy = 0;
    double xx = 0;
    double yy = 0;
    for (int i = 0; i < x.length; i++) {
      xy += (x[i] - meanX) * (y[i] - meanY);
      xx += (x[i] - meanX) * (x[i] - meanX);
      yy += (y[i] - meanY) * (y[i] - meanY);
    }
    return xy / Math.sqrt(xx * yy);
  }

  private static double difference(double[] reference, double[] actual) {
    double mean = Arrays.stream(reference).average().orElseThrow();
    double variance =
        Arrays.stream(reference).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    double[] differences = new double[reference.length];
    for (int i = 0; i < differences.length; i++) {
      differences[i] = Math.abs(reference[i] - actual[i]);
    }
    return median(differences) / Math.sqrt(variance);
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    int half = values.length / 2;
    return values.length % 2 == 1 ? values[half] : 0.5 * (values[half - 1] + values[half]);
  }
}
