package io.github.erv.bench.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.github.erv.emotion.Affect;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationTest {
  private static final LabelSet KNOWN =
      LabelSet.of(Emotion.NEUTRAL, Emotion.HAPPINESS, Emotion.SADNESS);

  /** What JSON rounds to. */
  private static final double SIX_DIGITS = 1e-6;

  @TempDir Path folder;

  private Manifest manifest(String... lines) throws IOException {
    for (String line : lines) {
      String name = line.substring(0, line.indexOf(','));
      if (!name.equals("path")) {
        Files.writeString(folder.resolve(name), "x");
      }
    }
    return Manifest.read(
        Files.writeString(folder.resolve("m.csv"), String.join("\n", lines)), KNOWN);
  }

  private static Reading read(float... p) {
    return Reading.of(Distribution.of(KNOWN, p), Optional.empty());
  }

  private static double number(JsonObject json, String name) {
    return json.get(name).getAsDouble();
  }

  @Test
  void score_ofFiveItems_isWhatIsCountedByHand() throws IOException {
    Manifest manifest =
        manifest(
            "path,label,who",
            "a,happiness,x",
            "b,happiness,x",
            "c,sadness,y",
            "d,surprise,y",
            "e,sadness,y");
    JsonObject json =
        new Evaluation(manifest, KNOWN, false, "who", "", 1)
            .score(
                List.of(
                    read(0.1f, 0.8f, 0.1f),
                    read(0.5f, 0.3f, 0.2f),
                    read(0, 0, 1),
                    read(0, 1, 0), // surprise is not known: wrong, but counted
                    Reading.missed("NO_FACE")));
    assertEquals(5, number(json, "n"));
    assertEquals(4, number(json, "evaluated"));
    assertEquals(1, number(json, "missed"));
    assertEquals(1, number(json.getAsJsonObject("missedBy"), "NO_FACE"));
    assertEquals(2.0 / 4, number(json, "accuracy"), SIX_DIGITS);
    assertEquals(2.0 / 5, number(json, "accuracyAll"), SIX_DIGITS);
    assertEquals((0.5 + 1 + 0) / 3, number(json, "uar"), SIX_DIGITS);
    assertEquals((0.5 + 0.5 + 0) / 3, number(json, "uarAll"), SIX_DIGITS);
    assertEquals(3.0 / 4, number(json, "top2"), SIX_DIGITS);
    assertEquals("[[0,0,0,0],[1,1,0,0],[0,0,1,0],[0,1,0,0]]", json.get("confusion").toString());
    assertEquals(
        "[\"neutral\",\"happiness\",\"sadness\",\"surprise\"]", json.get("labels").toString());
    JsonObject surprise = json.getAsJsonObject("perClass").getAsJsonObject("surprise");
    assertEquals(0, number(surprise, "recall"));
    assertTrue(surprise.get("precision").isJsonNull());
    JsonObject groups = json.getAsJsonObject("groups");
    assertEquals(0.5, number(groups.getAsJsonObject("x"), "accuracy"), SIX_DIGITS);
    assertEquals(3, number(groups.getAsJsonObject("y"), "n"));
    assertEquals(1.0 / 3, number(groups.getAsJsonObject("y"), "accuracyAll"), SIX_DIGITS);
    JsonObject gap = json.getAsJsonObject("worstGroupGap");
    assertEquals(0.5 - 1.0 / 3, number(gap, "accuracyAll"), SIX_DIGITS);
    assertEquals("y", gap.get("accuracyAllWorst").getAsString());
  }

  @Test
  void score_restricted_renormalisesToTheLabelsPresent() throws IOException {
    Manifest manifest = manifest("path,label", "a,happiness", "b,sadness");
    JsonObject json =
        new Evaluation(manifest, KNOWN, true, "", "", 1)
            .score(List.of(read(0.8f, 0.15f, 0.05f), read(1, 0, 0)));
    assertEquals("[\"happiness\",\"sadness\"]", json.get("labels").toString());
    assertEquals(1, number(json, "missed")); // nothing is left of the second
    assertEquals(1, number(json, "accuracy"));
    assertEquals(-Math.log(0.75), number(json, "nll"), SIX_DIGITS);
  }

  @Test
  void score_ofVotesAndDimensions_addsTheirBlocks() throws IOException {
    Manifest manifest =
        manifest(
            "path,label,votes:happiness,votes:sadness,valence,arousal",
            "a,,3,1,0.5,",
            "b,,0,4,-0.5,");
    List<Reading> readings =
        List.of(
            Reading.of(
                Distribution.of(KNOWN, 0, 0.75f, 0.25f), Optional.of(new Affect(0.5f, 0, 0))),
            Reading.of(Distribution.of(KNOWN, 0, 0, 1), Optional.of(new Affect(-0.5f, 0, 0))));
    JsonObject json = new Evaluation(manifest, KNOWN, false, "", "", 1).score(readings);
    assertEquals(0, number(json, "labelled"));
    assertTrue(json.get("accuracy").isJsonNull());
    JsonObject soft = json.getAsJsonObject("soft");
    assertEquals(0, number(soft, "jensenShannon"), SIX_DIGITS);
    assertEquals((0.75 + 1) / 2, number(soft, "agreementCeiling"), SIX_DIGITS);
    JsonObject valence = json.getAsJsonObject("regression").getAsJsonObject("valence");
    assertEquals(1, number(valence, "ccc"), SIX_DIGITS);
    assertEquals(0, number(json.getAsJsonObject("regression").getAsJsonObject("arousal"), "n"));
  }

  @Test
  void score_clustered_isWiderThanOfIndependentItems() throws IOException {
    String[] lines = new String[41];
    Reading[] readings = new Reading[40];
    lines[0] = "path,label,who";
    for (int i = 0; i < 40; i++) { // what one person says is all right or all wrong
      lines[i + 1] = "f" + i + ",happiness,p" + i / 10;
      readings[i] = i / 10 % 2 == 0 ? read(0, 1, 0) : read(1, 0, 0);
    }
    Manifest manifest = manifest(lines);
    JsonObject alone = new Evaluation(manifest, KNOWN, false, "", "", 1).score(List.of(readings));
    JsonObject together =
        new Evaluation(manifest, KNOWN, false, "", "who", 1).score(List.of(readings));
    assertEquals(number(alone, "accuracy"), number(together, "accuracy"));
    assertTrue(width(together) > 2 * width(alone));
  }

  private static double width(JsonObject json) {
    var ends = json.getAsJsonArray("accuracyInterval");
    return ends.get(1).getAsDouble() - ends.get(0).getAsDouble();
  }

  @Test
  void manifest_withBadRows_saysWhichLine() throws IOException {
    assertSays("line 2", "joy", "path,label", "a,joy");
    assertSays("line 3", "label", "path,label", "a,neutral", "b,");
    assertSays("line 2", "path", "file,label", "a,neutral");
    assertSays("no rows", "", "path,label");
    Path file = Files.writeString(folder.resolve("gone.csv"), "path,label\nnot-there,neutral\n");
    FormatException gone = assertThrows(FormatException.class, () -> Manifest.read(file, KNOWN));
    assertTrue(gone.getMessage().contains("line 2"), gone.getMessage());
    assertTrue(gone.getMessage().contains("not-there"), gone.getMessage());
    assertThrows(FormatException.class, () -> Manifest.read(folder.resolve("none"), KNOWN));
    Manifest bad = manifest("path,label,valence", "a,neutral,much");
    assertThrows(FormatException.class, () -> bad.number(bad.items().get(0), "valence"));
  }

  private void assertSays(String where, String what, String... lines) {
    FormatException e = assertThrows(FormatException.class, () -> manifest(lines));
    assertTrue(e.getMessage().contains(where), e.getMessage());
    assertTrue(e.getMessage().contains(what), e.getMessage());
  }

  @Test
  void page_ofTextThatLooksLikeMarkup_keepsItInsideTheScript() throws IOException {
    JsonObject json = new JsonObject();
    json.addProperty("data", "</script><b>");
    String page = EvaluationPage.of(json);
    assertFalse(page.contains("</script><b>"));
    assertFalse(page.contains("http://") && !page.contains("http://www.w3.org/2000/svg"));
  }
}
