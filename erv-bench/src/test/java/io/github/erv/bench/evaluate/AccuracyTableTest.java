package io.github.erv.bench.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.error.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccuracyTableTest {
  @TempDir Path folder;

  @Test
  void readme_holdsWhatTheCommittedResultsSay() throws IOException {
    Path root = Path.of("").toAbsolutePath().getParent(); // tests run in the module's folder
    String readme = Files.readString(root.resolve("README.md"));
    assertEquals(
        AccuracyTable.rewrite(readme, root.resolve("erv-bench/results")),
        readme,
        "run AccuracyTable --results erv-bench/results --readme README.md");
  }

  @Test
  void rewrite_ofAResult_saysItsFigures() throws IOException {
    Files.writeString(
        folder.resolve("a.json"),
        """
        {"degradation": "none", "modelCards": [{"name": "m", "version": "1"}], "data": "D",
         "aligned": true, "restricted": false, "session": "", "n": 10, "missed": 2,
         "accuracy": 0.75, "accuracyInterval": [0.5, 0.875], "uar": 0.5, "uarInterval": null,
         "ece": 0.0314, "date": "2026-01-02",
         "perClass": {"fear": {"recall": 0.25}, "anger": {"recall": 0.9}, "calm": {"recall": null}}}
        """);
    String before = "x\n" + AccuracyTable.BEGIN + "\nold\n" + AccuracyTable.END + "\ny\n";
    String after = AccuracyTable.rewrite(before, folder);
    assertTrue(
        after.contains(
            "| m 1 | D, ready crops | 10 | 75.0 % (50.0 to 87.5) | 2 | 50.0 % | 0.031 |"
                + " fear 25 % | 2026-01-02 |"),
        after);
    assertTrue(after.startsWith("x\n" + AccuracyTable.BEGIN + "\n|"));
    assertTrue(after.endsWith("|\n" + AccuracyTable.END + "\ny\n"));
    assertEquals(after, AccuracyTable.rewrite(after, folder));
  }

  @Test
  void rewrite_withoutMarkers_saysWhatIsNeeded() {
    assertThrows(FormatException.class, () -> AccuracyTable.rewrite("nothing", folder));
    assertEquals(1, AccuracyTable.run("--results", "" + folder, "--readme", "" + folder));
  }
}
