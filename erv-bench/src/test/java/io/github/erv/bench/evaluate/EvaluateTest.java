package io.github.erv.bench.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program from its arguments to its files, with the bundled models. */
class EvaluateTest {
  @TempDir Path folder;

  private Path blank(String name) throws IOException {
    BufferedImage image = new BufferedImage(48, 48, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.GRAY);
    graphics.fillRect(0, 0, 48, 48);
    graphics.dispose();
    ImageIO.write(image, "png", folder.resolve(name).toFile());
    return folder.resolve(name);
  }

  private int run(String manifest, String... options) throws IOException {
    Files.writeString(folder.resolve("m.csv"), manifest);
    List<String> args =
        new ArrayList<>(
            List.of(
                "--manifest", folder.resolve("m.csv").toString(),
                "--out", folder.resolve("out/r.json").toString()));
    args.addAll(List.of(options));
    return Evaluate.run(args.toArray(String[]::new));
  }

  private JsonObject result() throws IOException {
    return JsonParser.parseString(Files.readString(folder.resolve("out/r.json"))).getAsJsonObject();
  }

  @Test
  void face_ofPicturesWithoutFaces_missesThemAndListsTheUnreadable() throws IOException {
    blank("a.png");
    Files.writeString(folder.resolve("b.png"), "no picture");
    assertEquals(0, run("path,label\na.png,neutral\nb.png,anger\n", "--modality", "face"));
    JsonObject json = result();
    assertEquals(2, json.get("n").getAsInt());
    assertEquals(2, json.get("missed").getAsInt());
    assertEquals("{\"NO_FACE\":1,\"UNREADABLE\":1}", json.getAsJsonObject("missedBy").toString());
    assertEquals(1, json.getAsJsonArray("unreadable").size());
    assertTrue(json.getAsJsonArray("unreadable").get(0).getAsString().contains("line 3"));
    assertTrue(json.get("accuracy").isJsonNull());
    assertEquals(0, json.get("accuracyAll").getAsDouble());
    assertTrue(Files.readString(folder.resolve("out/r.html")).contains("\"modality\":\"face\""));
  }

  @Test
  void face_aligned_readsEveryPictureAndRepeats() throws IOException {
    blank("a.png");
    String manifest = "path,label\na.png,neutral\na.png,boredom\n";
    String[] options = {"--modality", "face", "--aligned", "--degrade", "noise", "--seed", "7"};
    assertEquals(0, run(manifest, options));
    JsonObject first = result();
    assertEquals(2, first.get("evaluated").getAsInt());
    JsonObject boredom = first.getAsJsonObject("perClass").getAsJsonObject("boredom");
    assertEquals(0, boredom.get("recall").getAsDouble()); // no face model knows it
    assertEquals(0, run(manifest, options));
    JsonObject second = result();
    second.add("itemsPerSecond", first.get("itemsPerSecond"));
    assertEquals(first, second);
  }

  @Test
  void voice_inSessions_readsEachRecordingWithAndWithout() throws IOException {
    for (String name : List.of("a.mp4", "b.mp4")) {
      try (InputStream in =
          Objects.requireNonNull(
              EvaluateTest.class.getResourceAsStream(
                  "/io/github/erv/examples/basics/sample.mp4"))) {
        Files.copy(in, folder.resolve(name));
      }
    }
    String manifest = "path,label,who\na.mp4,neutral,x\nb.mp4,neutral,x\n";
    assertEquals(0, run(manifest, "--modality", "voice", "--session", "who", "--by", "who"));
    JsonObject json = result();
    assertEquals(2, json.get("evaluated").getAsInt());
    JsonObject without = json.getAsJsonObject("withoutSession");
    assertEquals(2, without.get("evaluated").getAsInt());
    // alike recordings by themselves are read alike
    double accuracy = without.get("accuracy").getAsDouble();
    assertTrue(accuracy == 0 || accuracy == 1, "accuracy " + accuracy);
    assertEquals(1, json.getAsJsonArray("modelCards").size());
    assertEquals(2, json.getAsJsonObject("groups").getAsJsonObject("x").get("n").getAsInt());
  }

  @Test
  void badArguments_areRefusedBeforeAnythingIsRead() throws IOException {
    blank("a.png");
    String manifest = "path,label\na.png,neutral\n";
    assertEquals(1, run("path,label\na.png,joy\n", "--modality", "face"));
    assertEquals(1, run("path,label\nz.png,neutral\n", "--modality", "face"));
    assertEquals(1, run(manifest, "--modality", "face", "--by", "nobody"));
    assertEquals(2, run(manifest, "--modality", "voice", "--aligned"));
    assertEquals(2, run(manifest, "--modality", "face", "--degrade", "reverb"));
    assertEquals(2, run(manifest, "--modality", "face", "--degrade", "fog"));
    assertEquals(2, run(manifest, "--modality", "smell"));
    assertEquals(
        1, run(manifest, "--modality", "face", "--model", folder.resolve("no.onnx").toString()));
    assertFalse(Files.exists(folder.resolve("out/r.json")));
  }
}
