package io.github.erv.bench.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import io.github.erv.audio.egemaps.Egemaps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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

  @Test
  void functionals_agreeWithTheReference() throws IOException {
    String data = System.getenv("ERV_DATA");
    Assumptions.assumeTrue(data != null, "skipped: ERV_DATA is not set");
    Path reference = Path.of(data, "egemaps", "functionals.csv");
    List<double[]> expected = new ArrayList<>();
    StringBuilder manifest = new StringBuilder("path\n");
    try (CsvReader<NamedCsvRecord> rows =
        CsvReader.builder().fieldSeparator(';').ofNamedCsvRecord(reference)) {
      for (NamedCsvRecord row : rows) {
        expected.add(values(row));
        String name = row.getField("name").replace("'", "");
        manifest.append(Path.of(data, "emodb", "original-16k", name + ".flac")).append('\n');
      }
    }
    Path list = Files.writeString(folder.resolve("list.csv"), manifest);
    Path out = folder.resolve("out.csv");
    assertEquals(
        0,
        ExtractFeatures.run(
            "--set", "egemaps-v02", "--manifest", list.toString(), "--out", out.toString()));
    List<double[]> actual = new ArrayList<>();
    try (CsvReader<NamedCsvRecord> rows =
        CsvReader.builder().fieldSeparator(';').ofNamedCsvRecord(out)) {
      rows.forEach(row -> actual.add(values(row)));
    }
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

  private static boolean matches(List<String> prefixes, String name) {
    return prefixes.stream().anyMatch(name::startsWith);
  }

  private static double[] values(NamedCsvRecord row) {
    return Egemaps.functionalNames().stream()
        .mapToDouble(name -> Double.parseDouble(row.getField(name)))
        .toArray();
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
    Arrays.sort(differences);
    int half = differences.length / 2;
    double median =
        differences.length % 2 == 1
            ? differences[half]
            : 0.5 * (differences[half - 1] + differences[half]);
    return median / Math.sqrt(variance);
  }
}
