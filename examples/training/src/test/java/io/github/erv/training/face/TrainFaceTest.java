package io.github.erv.training.face;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.onnx.ModelCard;
import io.github.erv.onnx.OnnxModel;
import io.github.erv.onnx.OnnxOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TrainFaceTest {
  @TempDir Path folder;

  private void train(Path data, String run, String... more) {
    String[] fixed = {"--data", data.toString(), "--out", folder.resolve(run).toString()};
    String[] all = Arrays.copyOf(fixed, fixed.length + more.length);
    System.arraycopy(more, 0, all, fixed.length, more.length);
    assertEquals(0, new CommandLine(new TrainFace()).execute(all));
  }

  @Test
  void training_brokenOffAndResumed_givesWhatOneRunGives() throws IOException {
    Path data = Files.createDirectory(folder.resolve("data"));
    Faces.write(data, "train", 240);
    Faces.write(data, "valid", 80);
    train(data, "whole", "--epochs", "3");
    train(data, "parts", "--epochs", "3", "--stop-after", "1");
    train(data, "parts", "--epochs", "3", "--stop-after", "1");
    train(data, "parts", "--epochs", "3");

    Map<String, float[]> whole = Weights.read(folder.resolve("whole").resolve(TrainFace.BEST));
    Map<String, float[]> parts = Weights.read(folder.resolve("parts").resolve(TrainFace.BEST));
    assertEquals(whole.keySet(), parts.keySet());
    whole.forEach((name, values) -> assertArrayEquals(values, parts.get(name), 1e-5f, name));

    Path out = folder.resolve("model");
    assertEquals(
        0,
        new CommandLine(new FinishFace())
            .execute(
                "--data",
                data.toString(),
                "--run",
                folder.resolve("whole").toString(),
                "--out",
                out.toString()));
    // loading holds the graph against the card: hash, shape, labels
    try (OnnxModel model =
        OnnxModel.load(out.resolve(FinishFace.NAME + ".onnx"), OnnxOptions.DEFAULT)) {
      ModelCard card = model.card();
      assertEquals(FerPlus.LABELS, card.labels().orElseThrow());
      assertEquals(FerPlus.LABELS.size(), card.logitBias().length);
      assertTrue(card.accuracy().contains("n = 80"), card.accuracy());
    }
  }
}
