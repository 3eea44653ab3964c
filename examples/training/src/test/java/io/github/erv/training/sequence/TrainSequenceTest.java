package io.github.erv.training.sequence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.hash.Hashing;
import io.github.erv.examples.onnx.OnnxGraph;
import io.github.erv.training.face.Faces;
import io.github.erv.training.face.FerPlus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TrainSequenceTest {
  /** What every recipe must be ahead of the baseline that is blind to order, in points. */
  private static final double AHEAD = 10;

  @TempDir Path folder;

  /** Gives the mean brightness of eight bands, in which {@link Faces} shows its classes. */
  private Path bands() throws IOException {
    int side = FerPlus.SIDE;
    int bands = FerPlus.LABELS.size();
    OnnxGraph graph = new OnnxGraph("bands");
    String image = graph.input("image", 1, 1, side, side);
    String pooled =
        graph.node(
            "AveragePool",
            List.of(image),
            OnnxGraph.integers("kernel_shape", side / bands, side),
            OnnxGraph.integers("strides", side / bands, side));
    String flat = graph.node("Flatten", List.of(pooled), OnnxGraph.integer("axis", 1));
    graph.output(flat, "logits", 1, bands);
    graph.output(flat, "embedding", 1, bands);
    byte[] bytes = graph.bytes();
    Path file = folder.resolve("bands.onnx");
    Files.write(file, bytes);
    Files.writeString(
        folder.resolve("bands.card.json"),
        """
        {"name": "bands", "version": "1", "sha256": "%s",
         "weights": {"source": "test", "licence": "Apache-2.0", "licenceClass": "PERMISSIVE"},
         "data": {"name": "none", "licence": "none", "rightsClear": true},
         "labels": ["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear",
                    "contempt"],
         "input": {"name": "image", "shape": [1, 1, 48, 48], "colour": "GRAY"},
         "outputs": [{"name": "logits", "shape": [1, 8], "meaning": "logits"},
                     {"name": "embedding", "shape": [1, 8], "meaning": "embedding"}]}
        """
            .formatted(Hashing.sha256().hashBytes(bytes)));
    return file;
  }

  @Test
  void recipes_whereOnlyOrderTells_beatTheBaseline() throws IOException {
    Path data = Files.createDirectory(folder.resolve("data"));
    Faces.write(data, "train", 320);
    Faces.write(data, "valid", 240);
    Path out = folder.resolve("out");
    CommandLine recipe = new CommandLine(new TrainSequence());
    recipe.setCaseInsensitiveEnumValuesAllowed(true);
    String[] options = {
      "mean",
      "lstm",
      "attention",
      "convolution",
      "--data",
      data.toString(),
      "--frame-model",
      bands().toString(),
      "--out",
      out.toString(),
      "--paths",
      "160",
      "--valid-paths",
      "30",
      "--epochs",
      "6"
    };
    assertEquals(0, recipe.execute(options));
    String log = Files.readString(out.resolve("sequence.log"));
    // both orders of a path have the same mean: at most rounding tells them apart
    double baseline = accuracy(log, "mean");
    assertEquals(50, baseline, 5);
    for (String layers : List.of("lstm", "attention", "convolution")) {
      assertTrue(accuracy(log, layers) >= baseline + AHEAD, log);
    }
  }

  private static double accuracy(String log, String layers) {
    Matcher found = Pattern.compile(layers + ": .* accuracy ([0-9.]+) %").matcher(log);
    assertTrue(found.find(), log);
    return Double.parseDouble(found.group(1));
  }
}
