package io.github.erv.bench.evaluate;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** The page of an evaluation: one file that asks the network for nothing. */
final class EvaluationPage {
  private static final String PLACE = "/*RESULT*/";

  private EvaluationPage() {}

  static void write(JsonObject json, Path file) throws IOException {
    Files.writeString(file, of(json));
  }

  static String of(JsonObject json) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(EvaluationPage.class.getResourceAsStream("evaluation.html"))) {
      // Gson escapes < and >, so that no text of the data can end the script
      return new String(in.readAllBytes(), UTF_8).replace(PLACE, new Gson().toJson(json));
    }
  }
}
