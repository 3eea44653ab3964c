package io.github.erv.training.voice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.erv.audio.spectrum.LogMel;
import io.github.erv.audio.spectrum.MelScale;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmoDbTest {
  /** From what all recordings keep, first, to what only some had before the chain, last. */
  private static final LogMel.Spec THREE_BANDS =
      new LogMel.Spec(16_000, 400, 160, 512, 3, MelScale.HTK, 5_400, 7_900, 1e-12);

  @Test
  void read_originalAndCopy_endAtTheSameFrequency(@TempDir Path folder) throws IOException {
    String data = System.getenv("ERV_DATA");
    assumeTrue(data != null, "ERV_DATA is not set: EMO-DB is not here");
    Path emodb = Path.of(data, "emodb");
    List<String> rows = Files.readAllLines(emodb.resolve("manifest.csv"));
    StringBuilder manifest = new StringBuilder(rows.get(0)).append('\n');
    for (String start : List.of("original-16k/", "cut-2s-22k/")) {
      manifest.append(
          rows.stream()
              .filter(row -> row.startsWith(start))
              .limit(3)
              .map(row -> emodb + "/" + row + "\n")
              .reduce("", String::concat));
    }
    Files.writeString(folder.resolve("manifest.csv"), manifest);

    List<EmoDb.Sound> recordings = EmoDb.sounds(folder, TrainVoice.LABELS);

    assertEquals(6, recordings.size());
    for (EmoDb.Sound recording : recordings) {
      LogMel logMel = new LogMel(THREE_BANDS);
      int frames = 0;
      double below = 0;
      double above = 0;
      float[] frame = new float[3];
      for (int at = 0; at + 400 <= recording.samples().length; at += 160) {
        logMel.frameInto(recording.samples(), at, frame, 0);
        below += frame[0];
        above += frame[2];
        frames++;
      }
      assertTrue(frames > 40, recording.name());
      // the upper band starts at 6.6 kHz, where the chain's filter is half way down
      assertTrue(above < below - 3 * frames, recording.name() + ": " + below + ", " + above);
    }
  }

  @Test
  void read_unknownLabel_isRefused(@TempDir Path folder) throws IOException {
    Files.writeString(
        folder.resolve("manifest.csv"), "path,label,speaker,text\nx.flac,glee,03,a01\n");
    assertThrows(IOException.class, () -> EmoDb.sounds(folder, TrainVoice.LABELS));
  }
}
