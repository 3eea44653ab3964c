package io.github.erv.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.erv.Subject;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.timeline.EmotionTimeline;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {
  private static final Pattern DATA =
      Pattern.compile("<script type=\"application/json\" id=\"data\">(.*?)</script>");
  private static final Pattern LOADS =
      Pattern.compile("(?i)(src|href|action|data)\\s*=\\s*[\"']?(https?:)?//|@import|url\\(|<link");

  @TempDir Path folder;

  @Test
  void write_isOneFileThatLoadsNothing() throws IOException {
    String page = page(HtmlReport.builder(Timelines.conversation(1)).build());
    assertTrue(page.startsWith("<!doctype html>\n<html lang=\"en\">"), "no doctype or language");
    assertFalse(LOADS.matcher(page).find(), "something would be loaded");
    assertTrue(page.contains("default-src 'none'"), "no content security policy");
  }

  @Test
  void write_hostileNames_cannotBreakOut() throws IOException {
    String page = page(HtmlReport.builder(Timelines.hostile()).build());
    assertEquals(3, count(page, "</script>"), "the data closed its element");
    assertFalse(page.contains("alert(1)</script>"), "a name became a script");
    assertFalse(page.contains("<img"), "a name became an element");
    assertTrue(page.contains("<title>&lt;/script&gt;"), "the title is not escaped");
    JsonObject data = data(page);
    assertEquals(Timelines.hostile().source(), data.get("source").getAsString());
    assertTrue(
        data.getAsJsonArray("models").get(0).getAsJsonObject().get("experimental").getAsBoolean());
  }

  @Test
  void write_data_isTheTimelineInThousandths() throws IOException {
    EmotionTimeline timeline = Timelines.conversation(3);
    JsonObject data = data(page(HtmlReport.builder(timeline).build()));
    List<String> names = new ArrayList<>();
    for (var element : data.getAsJsonArray("subjects")) {
      JsonObject subject = element.getAsJsonObject();
      names.add(subject.get("name").getAsString());
      List<EmotionEstimate> lane = timeline.estimates(new Subject(subject.get("id").getAsString()));
      int i = 0;
      for (var run : subject.getAsJsonArray("runs")) {
        JsonArray parts = run.getAsJsonArray();
        for (int k = 0; k < parts.get(2).getAsInt(); k++, i++) {
          EmotionEstimate estimate = lane.get(i);
          long length = parts.get(1).getAsLong();
          assertEquals(estimate.span().startMicros(), parts.get(0).getAsLong() + k * length);
          assertEquals(estimate.span().lengthMicros(), length);
          assertEquals(
              1000 * estimate.confidence(),
              subject.getAsJsonArray("confidence").get(i).getAsInt(),
              0.5001);
          for (int label = 0; label < timeline.labels().size(); label++) {
            var p = subject.getAsJsonArray("p").get(label).getAsJsonArray().get(i);
            assertEquals(!estimate.distribution().supports(label), p.isJsonNull());
            if (!p.isJsonNull()) {
              assertEquals(1000 * estimate.distribution().probability(label), p.getAsInt(), 0.5001);
            }
          }
        }
      }
      assertEquals(lane.size(), i);
      long abstained = 0;
      for (var run : subject.getAsJsonArray("abstained")) {
        abstained +=
            run.getAsJsonArray().get(1).getAsInt() - run.getAsJsonArray().get(0).getAsInt();
      }
      assertEquals(lane.stream().filter(EmotionEstimate::abstained).count(), abstained);
    }
    assertEquals(List.of("Face 1", "Face 2", "Voice"), names);
    assertEquals(timeline.gaps(Subject.SCENE).size(), data.getAsJsonArray("gaps").size());
  }

  @Test
  void write_withoutKeyFrames_holdsNoPicture() throws IOException {
    assertFalse(page(HtmlReport.builder(Timelines.clip()).build()).contains("data:image"));
  }

  @Test
  void write_keyFrames_areEmbeddedInTheirLane() throws IOException {
    KeyFrame known = KeyFrame.of(Subject.face(1), 1_000_000, picture());
    KeyFrame unknown = KeyFrame.of(Subject.face(9), 1_000_000, picture());
    JsonObject data =
        data(
            page(
                HtmlReport.builder(Timelines.clip())
                    .keyFrames(List.of(known, unknown))
                    .title("With a picture")
                    .build()));
    assertEquals("With a picture", data.get("title").getAsString());
    JsonArray frames =
        data.getAsJsonArray("subjects").get(0).getAsJsonObject().getAsJsonArray("frames");
    assertEquals(1, frames.size());
    String uri = frames.get(0).getAsJsonObject().get("image").getAsString();
    byte[] jpeg = Base64.getDecoder().decode(uri.substring("data:image/jpeg;base64,".length()));
    assertEquals(picture().getWidth(), ImageIO.read(new ByteArrayInputStream(jpeg)).getWidth());
    assertEquals(uri, KeyFrame.ofJpeg(Subject.face(1), 0, jpeg).dataUri());
  }

  @Test
  void keyFrame_notJpeg_isRefused() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> KeyFrame.ofJpeg(Subject.face(1), 0, new byte[] {1, 2, 3, 4}));
    assertTrue(e.getMessage().contains("FF D8 FF; was 4 other bytes"), e.getMessage());
  }

  @Test
  void write_twice_isTheSameToTheByte() throws IOException {
    assertEquals(
        page(HtmlReport.builder(Timelines.conversation(1)).build()),
        page(HtmlReport.builder(Timelines.conversation(1)).build()));
  }

  /** A face-sized picture with transparency, which JPEG has none of. */
  static BufferedImage picture() {
    BufferedImage image = new BufferedImage(96, 96, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setPaint(new GradientPaint(0, 0, Color.DARK_GRAY, 96, 96, Color.ORANGE));
    graphics.fillOval(16, 8, 64, 80);
    graphics.dispose();
    return image;
  }

  private String page(HtmlReport report) throws IOException {
    Path file = folder.resolve("report.html");
    report.write(file);
    return Files.readString(file);
  }

  private static JsonObject data(String page) {
    Matcher data = DATA.matcher(page);
    assertTrue(data.find(), "no data");
    return JsonParser.parseString(data.group(1)).getAsJsonObject();
  }

  private static int count(String text, String part) {
    return (text.length() - text.replace(part, "").length()) / part.length();
  }
}
