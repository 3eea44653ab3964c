package io.github.erv.training.convert;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.erv.onnx.ModelCard;
import io.github.erv.training.convert.GraphModel.Output;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Writes the models that erv-vision bundles and those that erv-bench compares with, and their
 * cards, from the npm packages that publish their weights:
 *
 * <pre>
 *   npm install --ignore-scripts @vladmandic/human@3.3.6 @vladmandic/face-api@1.7.15
 *   ConvertModels --package node_modules --out DIR
 * </pre>
 */
@Command(
    name = "ConvertModels",
    description =
        "Converts the weights of npm packages to the ONNX models of erv-vision and erv-bench.")
public final class ConvertModels implements Callable<Integer> {
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  @Option(
      names = "--package",
      required = true,
      description = "The folder node_modules that holds @vladmandic/human and face-api.")
  private Path packages = Path.of(".");

  @Option(names = "--out", required = true, description = "Where to write models and cards.")
  private Path out = Path.of(".");

  private ConvertModels() {}

  /**
   * Runs the conversion.
   *
   * @param args see the class
   */
  public static void main(String... args) {
    System.exit(new CommandLine(new ConvertModels()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    Path human = packages.resolve("@vladmandic/human/models");
    Path faceApi = packages.resolve("@vladmandic/face-api/model");
    Files.createDirectories(out);
    write(
        "blazeface",
        GraphModel.convert(
            human.resolve("blazeface.json"),
            "blazeface",
            3,
            256,
            new Output("Identity", "scores16", List.of(1L, 512L, 1L)),
            new Output("Identity_1", "scores8", List.of(1L, 384L, 1L)),
            new Output("Identity_2", "boxes16", List.of(1L, 512L, 16L)),
            new Output("Identity_3", "boxes8", List.of(1L, 384L, 16L))));
    write(
        "facemesh",
        GraphModel.convert(
            human.resolve("facemesh.json"),
            "facemesh",
            3,
            192,
            new Output("Identity_2", "landmarks", List.of(1L, 1404L)),
            new Output("Identity_1", "presence", List.of(1L, 1L))));
    write("face-api-expression", ExpressionNet.convert(faceApi));
    write(
        "mini-xception",
        GraphModel.convert(
            human.resolve("emotion.json"),
            "mini-xception",
            1,
            64,
            new Output(
                "StatefulPartitionedCall/model_1/global_average_pooling2d_1/Mean",
                "logits",
                List.of(1L, 7L))));
    return 0;
  }

  /** Writes a model, and its card with the hash of what was written. */
  private void write(String name, byte[] model) throws IOException {
    String cardName = name + ".card.json";
    JsonObject card = JsonParser.parseString(resource(cardName)).getAsJsonObject();
    card.addProperty("sha256", Hashing.sha256().hashBytes(model).toString());
    String text = GSON.toJson(card) + "\n";
    ModelCard.parse(text, cardName);
    Files.write(out.resolve(name + ".onnx"), model);
    Files.writeString(out.resolve(cardName), text);
    System.out.printf("%s: %,d bytes%n", name, model.length);
  }

  private static String resource(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(ConvertModels.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }
}
