package io.github.erv.bench.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.erv.Modality;
import io.github.erv.emotion.Emotion;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class EvaluateFusionTest {
  /** The decimals of the probabilities in the tables. */
  private static final double ROUNDING = 1e-6;

  @TempDir private Path folder = Path.of(".");

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private Path write(String name, String... lines) throws IOException {
    return Files.write(folder.resolve(name), List.of(lines));
  }

  private int run(String... args) {
    CommandLine line = EvaluateFusion.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    line.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
    return line.execute(args);
  }

  /** Words are features that tell half of the classes, the face is a distribution. */
  private Path table(String name, int rows, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    String[] labels = {"Happy!", "sad", "3"};
    List<String> lines = new ArrayList<>();
    lines.add("id,label,Text:a,Text:b,face:sad,face:Happy!,face:3,note");
    for (int i = 0; i < rows; i++) {
      int truth = random.nextInt(3);
      double[] p = new double[3];
      double sum = 0;
      for (int e = 0; e < 3; e++) {
        p[e] = 0.1 + random.nextDouble() + (e == truth ? 1 : 0);
        sum += p[e];
      }
      lines.add(
          "%d,%s,%.4f,%.4f,%.6f,%.6f,%.6f,\"a, note\""
              .formatted(
                  i,
                  labels[truth],
                  (truth == 0 ? 1 : -1) + random.nextGaussian(),
                  (truth == 1 ? 1 : -1) + random.nextGaussian(),
                  p[1] / sum,
                  p[0] / sum,
                  p[2] / sum));
    }
    return Files.write(folder.resolve(name), lines);
  }

  private JsonObject json(String... args) {
    assertEquals(0, run(args), err::toString);
    return JsonParser.parseString(out.toString()).getAsJsonObject();
  }

  @ParameterizedTest
  @ValueSource(strings = {"late", "late-linear", "stacking", "dempster-shafer", "cca"})
  void run_anyStrategy_scoresAboveChance(String strategy) throws IOException {
    String train = table("train.csv", 150, 1).toString();
    String test = table("test.csv", 120, 2).toString();
    JsonObject json = json("--train", train, "--test", test, "--strategy", strategy);
    assertEquals(120, json.get("n").getAsInt());
    assertEquals(0, json.get("missed").getAsInt());
    assertTrue(json.get("accuracy").getAsDouble() > 0.7, json::toString);
    assertTrue(json.get("logLoss").getAsDouble() < Math.log(3), json::toString);
    assertEquals(3, json.getAsJsonArray("perClass").size());
  }

  /** What is said alone is returned as it is, so every figure follows from four rows. */
  @Test
  void run_oneDistribution_figuresAreThoseByHand() throws IOException {
    Path table =
        write(
            "t.csv",
            "id,label,face:a,face:b",
            "1,a,0.8,0.2",
            "2,a,0.4,0.6",
            "3,b,0.1,0.9",
            "4,b,0.3,0.7");
    Path result = folder.resolve("r.json");
    assertEquals(
        0,
        run(
            "--train", table.toString(),
            "--test", table.toString(),
            "--strategy", "late",
            "--out", result.toString()),
        err::toString);
    assertEquals("", out.toString());
    JsonObject json = JsonParser.parseString(Files.readString(result)).getAsJsonObject();
    assertEquals(4, json.get("n").getAsInt());
    assertEquals(0.75, json.get("accuracy").getAsDouble());
    assertEquals(0.75, json.get("uar").getAsDouble());
    assertEquals((2 / 3.0 + 4 / 5.0) / 2, json.get("macroF1").getAsDouble(), ROUNDING);
    assertEquals(
        -(Math.log(0.8) + Math.log(0.4) + Math.log(0.9) + Math.log(0.7)) / 4,
        json.get("logLoss").getAsDouble(),
        ROUNDING);
    // the confidences 0.8, 0.6, 0.9 and 0.7 fall into bins of their own
    assertEquals((0.2 + 0.6 + 0.1 + 0.3) / 4, json.get("ece").getAsDouble(), ROUNDING);
    JsonObject a = json.getAsJsonArray("perClass").get(0).getAsJsonObject();
    assertEquals("a", a.get("label").getAsString());
    assertEquals(2, a.get("n").getAsInt());
    assertEquals(0.5, a.get("recall").getAsDouble());
    assertEquals(1, a.get("precision").getAsDouble());
  }

  @Test
  void run_dropped_isAsIfTheCellsWereEmpty() throws IOException {
    Path train = table("train.csv", 120, 3);
    Path test = table("test.csv", 50, 4);
    List<String> emptied = new ArrayList<>();
    for (String line : Files.readAllLines(test)) {
      String[] cells = line.split(",", 8);
      if (!emptied.isEmpty()) {
        cells[4] = cells[5] = cells[6] = "";
      }
      emptied.add(String.join(",", cells));
    }
    Path without = Files.write(folder.resolve("without.csv"), emptied);
    JsonObject dropped =
        json(
            "--train",
            train.toString(),
            "--test",
            test.toString(),
            "--strategy",
            "stacking",
            "--drop",
            "face");
    out.getBuffer().setLength(0);
    JsonObject empty =
        json("--train", train.toString(), "--test", without.toString(), "--strategy", "stacking");
    assertEquals("face", dropped.getAsJsonArray("dropped").get(0).getAsString());
    dropped.remove("dropped");
    empty.remove("dropped");
    assertEquals(empty, dropped);
  }

  @Test
  void run_everythingDropped_countsAsMissed() throws IOException {
    String table = table("t.csv", 60, 5).toString();
    JsonObject json =
        json("--train", table, "--test", table, "--strategy", "late", "--drop", "face,text");
    assertEquals(0, json.get("n").getAsInt());
    assertEquals(60, json.get("missed").getAsInt());
    assertTrue(json.get("accuracy").isJsonNull());
  }

  @Test
  void layout_namesThatAreLabels_areDistributions() throws IOException {
    FusionTable.Layout layout =
        FusionTable.read(
                write(
                    "t.csv",
                    "id,label,face:anger,face:surprise,voice:anger,voice:pitch,Body Pose:0",
                    "1,anger,0.5,0.5,0.1,200,1",
                    "2,fear,0.5,0.5,0.1,200,1"))
            .layout();
    assertEquals(Set.of(Modality.FACE), layout.distributions());
    assertEquals(
        Set.of(Modality.FACE, Modality.VOICE, new Modality("body-pose")),
        layout.columns().keySet());
    assertTrue(layout.labels().contains(Emotion.SURPRISE), "a class that only the face knows");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "id;label                                   | has no rows",
        "id;x:a / 1;2                               | lacks the column \"label\"",
        "id;label;a / 1;x;2                         | no column of the form <modality>:<name>",
        "id;label;x:a / 1;x;2                       | items of one class, [x]",
        "id;label;x:f / 1;p;2 / 2;q;NaN             | line 3: x:f must be finite, was NaN",
        "id;label;x:f / 1;p;2 / 2;q;two             | line 3: x:f must be a number, was \"two\"",
        "id;label;x:f;x:g / 1;p;2;1 / 2;q;2;        | line 3: x:g is empty, though",
        "id;label;x:p;x:q / 1;p;2;1 / 2;q;-1;2      | line 3: x:p is a probability, at least 0",
        "id;label;x:p;x:q / 1;p;0;0 / 2;q;1;2       | line 2: the probabilities [x:p, x:q] must"
            + " not",
        "id;label;x:f / 1;p;2 / 2;;3                | line 3: the label is empty",
        "id;label;x:f / 1;p;2 / 2;P;3               | line 3: the labels \"p\" and \"P\" are too",
        "id;label;x:f;x:f / 1;p;2;3                 | is not CSV in UTF-8 with a header"
      })
  void run_badTable_endsWithTheReason(String table, String reason) throws IOException {
    Path bad = write("bad.csv", table.replace(';', ',').split(" / "));
    assertEquals(
        1,
        run("--train", bad.toString(), "--test", bad.toString(), "--strategy", "late"),
        out::toString);
    assertTrue(err.toString().contains(reason), err::toString);
  }

  @Test
  void run_testThatDoesNotFit_endsWithTheReason() throws IOException {
    Path train = table("train.csv", 30, 7);
    requireRefused(
        train,
        write("other.csv", "id,label,text:a", "1,sad,2"),
        "has 1 columns of text, shape [1], what it is tested with was trained on 2, shape [2]");
    requireRefused(
        train,
        write("unknown.csv", "id,label,Text:a,Text:b", "1,sad,2,3", "2,angry,2,3"),
        "line 3: the label \"angry\" is none of those trained on");
    requireRefused(train, folder.resolve("none.csv"), "there is no file");
  }

  private void requireRefused(Path train, Path test, String reason) {
    assertEquals(
        1, run("--train", train.toString(), "--test", test.toString(), "--strategy", "late"));
    assertTrue(err.toString().contains(reason), err::toString);
  }

  @Test
  void run_unknownNames_endWithThoseThereAre() throws IOException {
    String table = table("t.csv", 30, 8).toString();
    assertEquals(1, run("--train", table, "--test", table, "--strategy", "magic"));
    assertTrue(err.toString().contains("dempster-shafer"), err::toString);
    assertEquals(
        1, run("--train", table, "--test", table, "--strategy", "late", "--drop", "smell"));
    assertTrue(err.toString().contains("\"smell\" to drop; there are [face, text]"), err::toString);
  }
}
