package io.github.erv.training.handcrafted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.emotion.LabelSet;
import io.github.erv.training.face.Faces;
import io.github.erv.vision.handcrafted.HandcraftedFaceEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TrainHandcraftedTest {
  @TempDir Path folder;

  @Test
  void main_bars_areLearntAndSaved() throws IOException {
    Faces.write(folder, "train", 240);
    Faces.write(folder, "valid", 80);
    Path out = folder.resolve("out");
    int code =
        new CommandLine(new TrainHandcrafted())
            .execute("--data", folder.toString(), "--out", out.toString(), "--costs", "0.01,0.1");
    assertEquals(0, code);
    try (HandcraftedFaceEncoder encoder =
        HandcraftedFaceEncoder.load(out.resolve("ferplus-handcrafted.safetensors"), false)) {
      assertEquals(LabelSet.FERPLUS_8, encoder.labels());
      assertEquals(TrainHandcrafted.FEATURES.names(), encoder.features().names());
      assertTrue(encoder.card().accuracy().contains("n = 80"), encoder.card().accuracy());
    }
    String log = Files.readString(out.resolve("ferplus-handcrafted.log"));
    assertTrue(log.contains("valid, not adjusted: accuracy 100.0 %"), log);
  }
}
