package io.github.erv.bench.whole;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.hash.Hashing;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.erv.Encoder;
import io.github.erv.audio.SpeechEncoder;
import io.github.erv.error.ModelException;
import io.github.erv.onnx.OnnxOptions;
import io.github.erv.vision.ExpressionEncoder;
import io.github.erv.vision.FaceEncoder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a model of the user's gets that is not what its card says. */
class BadModelTest {
  @TempDir Path folder;

  /** A bundled model, as if it were the user's. */
  enum Model {
    FACE(ExpressionEncoder.class, "models/ferplus-expression") {
      @Override
      Encoder<?> load(Path file) {
        return FaceEncoder.builder()
            .head(ExpressionEncoder.onnx(file, OnnxOptions.DEFAULT))
            .build();
      }
    },
    VOICE(SpeechEncoder.class, "models/emodb-voice") {
      @Override
      Encoder<?> load(Path file) {
        return SpeechEncoder.onnx(file);
      }
    };

    private final Class<?> anchor;
    private final String name;

    Model(Class<?> anchor, String name) {
      this.anchor = anchor;
      this.name = name;
    }

    abstract Encoder<?> load(Path file);

    byte[] resource(String ending) throws IOException {
      try (InputStream in = anchor.getResourceAsStream(name + ending)) {
        return in.readAllBytes();
      }
    }
  }

  private Path write(Model model, byte[] bytes, Consumer<JsonObject> change) throws IOException {
    JsonObject card =
        JsonParser.parseString(new String(model.resource(".card.json"), UTF_8)).getAsJsonObject();
    change.accept(card);
    Files.writeString(folder.resolve("own.card.json"), card.toString());
    return Files.write(folder.resolve("own.onnx"), bytes);
  }

  private static void refused(Model model, Path file, String... said) {
    ModelException e = assertThrows(ModelException.class, () -> model.load(file));
    for (String part : said) {
      assertTrue(e.getMessage().contains(part), e.getMessage());
    }
  }

  @ParameterizedTest
  @EnumSource
  void load_goodModel_works(Model model) throws IOException {
    Path file = write(model, model.resource(".onnx"), card -> {});

    try (Encoder<?> encoder = model.load(file)) {
      assertEquals(labels(model), encoder.labels().size());
    }
  }

  @ParameterizedTest
  @EnumSource
  void load_fileMissing_namesIt(Model model) throws IOException {
    refused(model, folder.resolve("none.onnx"), "none.onnx", "cannot be read");
    Files.write(folder.resolve("bare.onnx"), model.resource(".onnx"));
    refused(model, folder.resolve("bare.onnx"), "bare.card.json", "cannot be read");
  }

  @ParameterizedTest
  @EnumSource
  void load_otherHash_saysExpectedAndActual(Model model) throws IOException {
    byte[] bytes = model.resource(".onnx");
    String expected = hash(bytes);
    bytes[bytes.length / 2] ^= 1;

    refused(model, write(model, bytes, card -> {}), "expected SHA-256 " + expected, hash(bytes));
  }

  @ParameterizedTest
  @EnumSource
  void load_damagedWithItsHash_saysHowManyBytes(Model model) throws IOException {
    byte[] all = model.resource(".onnx");
    for (byte[] bytes : new byte[][] {Arrays.copyOf(all, all.length / 2), new byte[0], {1, 2, 3}}) {
      Path file = write(model, bytes, card -> card.addProperty("sha256", hash(bytes)));

      refused(model, file, "cannot be loaded (" + bytes.length + " bytes)");
    }
  }

  @ParameterizedTest
  @EnumSource
  void load_wrongLabels_saysExpectedAndActual(Model model) throws IOException {
    int labels = labels(model);
    Path fewer =
        write(
            model,
            model.resource(".onnx"),
            card -> {
              card.remove("logitBias");
              card.getAsJsonArray("labels").remove(labels - 1);
            });
    refused(model, fewer, "one value a label, that is %d, had %d".formatted(labels - 1, labels));

    Path twice =
        write(
            model,
            model.resource(".onnx"),
            card -> card.getAsJsonArray("labels").set(6, card.getAsJsonArray("labels").get(0)));
    refused(model, twice, "bad labels", "neutral");
  }

  @ParameterizedTest
  @EnumSource
  void load_wrongShape_saysExpectedAndActual(Model model) throws IOException {
    Path file =
        write(
            model,
            model.resource(".onnx"),
            card -> {
              JsonArray shape = card.getAsJsonObject("input").getAsJsonArray("shape");
              shape.set(shape.size() - 1, JsonParser.parseString("40"));
            });

    refused(model, file, "must have the shape", "40]", "48]");
  }

  @ParameterizedTest
  @EnumSource
  void load_notForCommerce_isRefusedUnlessAllowed(Model model) throws IOException {
    Path file =
        write(
            model,
            model.resource(".onnx"),
            card -> card.getAsJsonObject("weights").addProperty("licenceClass", "NON_COMMERCIAL"));

    refused(model, file, "non-commercial use only", "allowNonCommercial()");
  }

  @ParameterizedTest
  @EnumSource
  void load_brokenCard_saysWhichField(Model model) throws IOException {
    byte[] bytes = model.resource(".onnx");
    refused(model, write(model, bytes, card -> card.remove("sha256")), "own.card.json", "sha256");
    refused(
        model,
        write(model, bytes, card -> card.addProperty("outputs", 3)),
        "own.card.json",
        "outputs");
    Path file = write(model, bytes, card -> {});
    Files.writeString(folder.resolve("own.card.json"), "{ no json");
    refused(model, file, "own.card.json", "not valid");
  }

  private static int labels(Model model) throws IOException {
    String card = new String(model.resource(".card.json"), UTF_8);
    return JsonParser.parseString(card).getAsJsonObject().getAsJsonArray("labels").size();
  }

  private static String hash(byte[] bytes) {
    return Hashing.sha256().hashBytes(bytes).toString();
  }
}
