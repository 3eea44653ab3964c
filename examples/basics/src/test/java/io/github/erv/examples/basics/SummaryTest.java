package io.github.erv.examples.basics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.Evidence.Reason;
import io.github.erv.Modality;
import io.github.erv.Subject;
import io.github.erv.emotion.Affect;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.emotion.EmotionEstimate.Contribution;
import io.github.erv.emotion.LabelSet;
import io.github.erv.media.TimeSpan;
import io.github.erv.timeline.EmotionTimeline;
import io.github.erv.timeline.Gap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SummaryTest {
  private static final Subject FACE = Subject.face(1);

  @Test
  void of_twoPeople() {
    EmotionTimeline timeline =
        EmotionTimeline.builder("talk.mp4", LabelSet.EKMAN_7)
            .add(estimate(FACE, 0, 3, Emotion.HAPPINESS, Modality.FACE).confidence(0.75f).build())
            .add(estimate(FACE, 3, 4, Emotion.NEUTRAL, Modality.FACE).confidence(0.35f).build())
            .add(
                estimate(Subject.VOICE, 70, 72, Emotion.ANGER, Modality.VOICE)
                    .affect(new Affect(-0.5f, 0.25f, 0))
                    .confidence(0.5f)
                    .build())
            .add(new Gap(FACE, seconds(4, 6), Reason.TOO_SMALL))
            .add(new Gap(FACE, seconds(8, 9), Reason.TOO_SMALL))
            .add(new Gap(Subject.SCENE, seconds(9, 70), Reason.NO_FACE))
            .span(seconds(0, 75))
            .warning("the voice model is experimental")
            .build();

    String summary = Summary.of(timeline);

    assertTrue(
        summary.startsWith(
            """
            talk.mp4, 1:15.0

            face-1, 0:00.0 to 0:04.0
              expressed    happiness 75 %, neutral 25 %
              on average   valence +0.61, arousal +0.38 (derived from the emotions)
              confidence   0.65, too unsure to say for 0 % of the time
              read from    face 100 %
              no estimate  0:03.0, too small

            voice, 1:10.0 to 1:12.0
              expressed    anger 100 %
              on average   valence -0.50, arousal +0.25
              confidence   0.50, too unsure to say for 0 % of the time
              read from    voice 100 %

            nobody
              no estimate  1:01.0, no face

            Note: the voice model is experimental
            """),
        summary);
  }

  @Test
  void of_nobody() {
    EmotionTimeline timeline =
        EmotionTimeline.builder("sky.png", LabelSet.EKMAN_7)
            .add(new Gap(Subject.SCENE, seconds(0, 1), Reason.NO_FACE))
            .build();

    assertTrue(Summary.of(timeline).contains("Nobody was seen or heard."));
  }

  @Test
  void of_longWarning_isBrokenBetweenWords() {
    String warning = "word ".repeat(40) + "x".repeat(120) + " end";
    EmotionTimeline timeline =
        EmotionTimeline.builder("talk.mp4", LabelSet.EKMAN_7).warning(warning).build();

    String summary = Summary.of(timeline);

    assertTrue(summary.replace('\n', ' ').contains("Note: " + warning), summary);
    assertTrue(
        summary.lines().allMatch(line -> line.length() <= 100 || !line.contains(" ")), summary);
  }

  @Test
  void of_formatCharactersInNames_arePrintedAsTheyAre() {
    EmotionTimeline timeline = EmotionTimeline.builder("100%d.mp4", LabelSet.EKMAN_7).build();

    assertTrue(Summary.of(timeline).startsWith("100%d.mp4, 0:00.0\n"));
  }

  @Test
  void of_otherLocale_sameText() {
    Locale before = Locale.getDefault();
    EmotionTimeline timeline =
        EmotionTimeline.builder("talk.mp4", LabelSet.EKMAN_7)
            .add(estimate(FACE, 0, 1, Emotion.FEAR, Modality.FACE).build())
            .build();
    String expected = Summary.of(timeline);
    try {
      Locale.setDefault(Locale.GERMANY);
      assertEquals(expected, Summary.of(timeline));
    } finally {
      Locale.setDefault(before);
    }
  }

  private static EmotionEstimate.Builder estimate(
      Subject subject, long start, long end, Emotion emotion, Modality modality) {
    return EmotionEstimate.builder(
            subject, seconds(start, end), Distribution.certain(LabelSet.EKMAN_7, emotion))
        .contributions(Map.of(modality, new Contribution(1, 1)));
  }

  private static TimeSpan seconds(long start, long end) {
    return new TimeSpan(start * 1_000_000, end * 1_000_000);
  }
}
