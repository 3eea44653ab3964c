package io.github.erv.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.erv.Subject;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.emotion.LabelSet;
import io.github.erv.media.TimeSpan;
import io.github.erv.timeline.EmotionTimeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebVttTest {
  private static final Pattern CUE =
      Pattern.compile(
          "(\\d{2,}):([0-5]\\d):([0-5]\\d)\\.(\\d{3}) --> (\\d{2,}):([0-5]\\d):([0-5]\\d)\\.(\\d{3})"
              + "\\n([^\\n]+)");

  private static final Pattern BLANK_LINES = Pattern.compile("\\n{2,}");

  @TempDir Path folder;

  private record Cue(long startMillis, long endMillis, String payload) {}

  @Test
  void write_equalNeighbours_becomeOneCue() throws IOException {
    EmotionTimeline timeline =
        EmotionTimeline.builder("a", LabelSet.EKMAN_7)
            .add(estimate(0, 250_000, Emotion.HAPPINESS, false))
            .add(estimate(250_000, 500_000, Emotion.HAPPINESS, false))
            .add(estimate(500_000, 750_000, Emotion.HAPPINESS, true))
            .add(estimate(750_000, 1_000_000, Emotion.FEAR, false))
            .add(estimate(3_661_001_499L, 3_661_001_900L, Emotion.FEAR, false))
            .build();
    assertEquals(
        """
        WEBVTT

        NOTE Expressed emotion in a, estimated by erv

        00:00:00.000 --> 00:00:00.500
        Face 1: happiness, 100 %

        00:00:00.500 --> 00:00:00.750
        Face 1: unsure, perhaps happiness, 100 %

        00:00:00.750 --> 00:00:01.000
        Face 1: fear, 100 %

        01:01:01.001 --> 01:01:01.002
        Face 1: fear, 100 %
        """,
        write(timeline, WebVtt.Payload.CAPTION));
  }

  @Provide
  Arbitrary<EmotionTimeline> timelines() {
    return Timelines.any();
  }

  @Property(tries = 200)
  void write_anyTimeline_isValid(@ForAll("timelines") EmotionTimeline timeline) throws IOException {
    Path file = Files.createTempFile("erv", ".vtt");
    try {
      for (WebVtt.Payload payload : WebVtt.Payload.values()) {
        WebVtt.write(timeline, file, payload);
        long before = 0;
        for (Cue cue : cues(Files.readString(file))) {
          assertTrue(cue.startMillis() >= before, "cues are not in the order of their starts");
          assertTrue(cue.endMillis() > cue.startMillis(), "a cue without length");
          before = cue.startMillis();
        }
      }
    } finally {
      Files.delete(file);
    }
  }

  @Test
  void write_hostileNames_areEscaped() throws IOException {
    String text = write(Timelines.hostile(), WebVtt.Payload.CAPTION);
    List<Cue> cues = cues(text);
    assertEquals(1, cues.size());
    assertTrue(
        cues.get(0).payload().startsWith("&lt;/script&gt;&lt;b&gt;&amp;"), cues.get(0).payload());
    assertFalse(text.contains("<"), text);
  }

  @Test
  void write_json_isOneObjectACue() throws IOException {
    List<Cue> cues = cues(write(Timelines.hostile(), WebVtt.Payload.JSON));
    JsonObject payload = JsonParser.parseString(cues.get(0).payload()).getAsJsonObject();
    assertEquals(
        Timelines.hostile().subjects().iterator().next().id(),
        payload.get("subject").getAsString());
    assertEquals("happiness", payload.get("emotion").getAsString());
    assertEquals(1, payload.get("probability").getAsDouble());
    assertFalse(payload.get("abstained").getAsBoolean());
  }

  private static EmotionEstimate estimate(
      long start, long end, Emotion emotion, boolean abstained) {
    return EmotionEstimate.builder(
            Subject.face(1),
            new TimeSpan(start, end),
            Distribution.certain(LabelSet.EKMAN_7, emotion))
        .abstained(abstained)
        .build();
  }

  private String write(EmotionTimeline timeline, WebVtt.Payload payload) throws IOException {
    Path file = folder.resolve("t.vtt");
    WebVtt.write(timeline, file, payload);
    return Files.readString(file);
  }

  /** Splits a file into its blocks, as the standard's parser does, and checks each. */
  private static List<Cue> cues(String text) {
    List<String> blocks = BLANK_LINES.splitAsStream(text).toList();
    assertEquals("WEBVTT", blocks.get(0));
    assertTrue(blocks.get(1).startsWith("NOTE "));
    assertFalse(blocks.get(1).contains("-->"), blocks.get(1));
    List<Cue> cues = new ArrayList<>();
    for (int i = 2; i < blocks.size(); i++) {
      Matcher cue = CUE.matcher(blocks.get(i).stripTrailing());
      assertTrue(cue.matches(), blocks.get(i));
      assertFalse(cue.group(9).contains("-->"), blocks.get(i));
      cues.add(new Cue(millis(cue, 1), millis(cue, 5), cue.group(9)));
    }
    return cues;
  }

  private static long millis(Matcher cue, int group) {
    return ((Long.parseLong(cue.group(group)) * 60 + Long.parseLong(cue.group(group + 1))) * 60
                + Long.parseLong(cue.group(group + 2)))
            * 1000
        + Long.parseLong(cue.group(group + 3));
  }
}
