package io.github.erv.timeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.Evidence;
import io.github.erv.Modality;
import io.github.erv.Subject;
import io.github.erv.emotion.Affect;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.emotion.LabelSet;
import io.github.erv.media.TimeSpan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class EmotionTimelineTest {
  private static final LabelSet LABELS =
      LabelSet.of(Emotion.NEUTRAL, Emotion.HAPPINESS, Emotion.ANGER);
  private static final Subject ONE = Subject.face(1);
  private static final long HOP = 100;

  private static EmotionEstimate.Builder estimate(
      Subject subject, long start, long end, float neutral, float happiness) {
    return EmotionEstimate.builder(
        subject,
        new TimeSpan(start, end),
        Distribution.of(LABELS, neutral, happiness, 1 - neutral - happiness));
  }

  private static EmotionTimeline.Builder timeline() {
    return EmotionTimeline.builder("test", LABELS);
  }

  /** Lanes of three subjects with holes and uneven spans, in mixed order. */
  private static EmotionTimeline random(long seed, List<EmotionEstimate> all) {
    Random random = new Random(seed);
    for (Subject subject : List.of(ONE, Subject.face(2), Subject.VOICE)) {
      long t = random.nextInt(50);
      for (int i = 0; i < 20; i++) {
        t += random.nextInt(3) * 10L;
        long end = t + 10L * (1 + random.nextInt(3));
        float neutral = random.nextInt(9) / 8f;
        all.add(
            estimate(subject, t, end, neutral, (1 - neutral) * random.nextInt(9) / 8f)
                .confidence(random.nextInt(9) / 8f)
                .abstained(random.nextInt(4) == 0)
                .contributions(
                    random.nextBoolean()
                        ? Map.of(Modality.FACE, new EmotionEstimate.Contribution(1, 1))
                        : Map.of())
                .build());
        t = end;
      }
    }
    Collections.shuffle(all, random);
    EmotionTimeline.Builder builder = timeline();
    all.forEach(builder::add);
    return builder.build();
  }

  @Property
  void queries_anyTime_agreeWithBruteForce(@ForAll long seed) {
    List<EmotionEstimate> all = new ArrayList<>();
    EmotionTimeline timeline = random(seed, all);
    assertEquals(all.size(), timeline.estimates().size());
    for (long t = -10; t < 1200; t += 5) {
      long time = t;
      List<EmotionEstimate> expected =
          all.stream()
              .filter(e -> e.span().contains(time))
              .sorted((a, b) -> a.subject().compareTo(b.subject()))
              .toList();
      assertEquals(expected, timeline.at(time));
      TimeSpan span = new TimeSpan(time, time + 35);
      List<EmotionEstimate> between = timeline.between(span);
      assertEquals(all.stream().filter(e -> e.span().overlaps(span)).count(), between.size());
      for (int i = 0; i < between.size(); i++) {
        assertTrue(between.get(i).span().overlaps(span));
        assertTrue(i == 0 || between.get(i - 1).span().compareTo(between.get(i).span()) <= 0);
      }
    }
    for (Subject subject : timeline.subjects()) {
      List<EmotionEstimate> lane = timeline.estimates(subject);
      for (int i = 1; i < lane.size(); i++) {
        assertTrue(lane.get(i - 1).span().endMicros() <= lane.get(i).span().startMicros());
      }
    }
  }

  @Property(tries = 50)
  void summary_anything_agreesWithBruteForce(@ForAll long seed) {
    List<EmotionEstimate> all = new ArrayList<>();
    EmotionTimeline timeline = random(seed, all);
    assertEquals(
        List.copyOf(timeline.subjects()),
        timeline.summary().stream().map(SubjectSummary::subject).toList());
    for (SubjectSummary summary : timeline.summary()) {
      double time = 0;
      double firm = 0;
      double confidence = 0;
      double byFace = 0;
      double[] mean = new double[3];
      double[] top = new double[3];
      double valence = 0;
      for (EmotionEstimate e : timeline.estimates(summary.subject())) {
        double length = e.span().lengthMicros();
        time += length;
        confidence += length * e.confidence();
        byFace += e.contributions().isEmpty() ? 0 : length;
        valence += length * e.affect().orElseThrow().valence();
        for (int i = 0; i < 3; i++) {
          mean[i] += length * e.distribution().probability(i);
        }
        if (!e.abstained()) {
          firm += length;
          top[LABELS.indexOf(e.emotion())] += length;
        }
      }
      assertEquals(Duration.ofNanos(Math.round(time * 1000)), summary.estimated());
      assertEquals(confidence / time, summary.confidence(), 1e-9);
      assertEquals(1 - firm / time, summary.abstained(), 1e-9);
      assertEquals(byFace / time, summary.modalities().getOrDefault(Modality.FACE, 0.0), 1e-9);
      assertEquals(valence / time, summary.affect().orElseThrow().valence(), 1e-6);
      for (int i = 0; i < 3; i++) {
        assertEquals(mean[i] / time, summary.mean().probability(i), 1e-6);
        assertEquals(firm == 0 ? 0 : top[i] / firm, summary.shares().get(LABELS.get(i)), 1e-9);
      }
    }
  }

  @Test
  void summary_instants_haveAMeanThoughTheyLastNoTime() {
    SubjectSummary summary =
        timeline()
            .add(estimate(ONE, 5, 5, 1, 0).confidence(0.5f).build())
            .add(estimate(ONE, 9, 9, 0, 1).confidence(1).build())
            .build()
            .summary()
            .get(0);
    assertEquals(Duration.ZERO, summary.estimated());
    assertEquals(Distribution.of(LABELS, 0.5f, 0.5f, 0), summary.mean());
    assertEquals(0.75, summary.confidence());
    assertEquals(0, summary.abstained());
    assertEquals(new TimeSpan(5, 9), summary.span());
  }

  @Test
  void summary_classThatNobodyKnows_staysOutsideTheSupport() {
    boolean[] known = {true, true, false};
    EmotionEstimate narrow =
        EmotionEstimate.builder(
                ONE,
                new TimeSpan(0, 10),
                Distribution.of(LABELS, new float[] {0.5f, 0.5f, 0}, known))
            .build();
    EmotionEstimate nothing =
        EmotionEstimate.builder(ONE, new TimeSpan(10, 20), Distribution.uninformed(LABELS))
            .abstained(true)
            .build();
    SubjectSummary summary = timeline().add(narrow).add(nothing).build().summary().get(0);
    assertEquals(narrow.distribution(), summary.mean());
    assertFalse(summary.mean().supports(Emotion.ANGER));
    assertEquals(0.5, summary.abstained());
    SubjectSummary empty = timeline().add(nothing).build().summary().get(0);
    assertFalse(empty.mean().informed());
    assertEquals(Optional.empty(), empty.affect());
    assertEquals(0.0, empty.shares().get(Emotion.NEUTRAL));
  }

  @Test
  void build_overlap_isRefusedNamingBoth() {
    EmotionTimeline.Builder builder =
        timeline()
            .add(estimate(ONE, 0, 100, 1, 0).build())
            .add(estimate(Subject.VOICE, 50, 150, 1, 0).build()) // another subject may
            .add(estimate(ONE, 99, 199, 1, 0).build());
    String message = assertThrows(IllegalArgumentException.class, builder::build).getMessage();
    assertTrue(message.contains("face-1") && message.contains("9.9E-5"), message);
  }

  @Test
  void build_otherLabels_isRefusedNamingBoth() {
    EmotionTimeline.Builder builder =
        timeline()
            .add(
                EmotionEstimate.builder(
                        ONE, new TimeSpan(0, 1), Distribution.uninformed(LabelSet.EKMAN_7))
                    .build());
    String message = assertThrows(IllegalArgumentException.class, builder::build).getMessage();
    assertTrue(message.contains("ekman-7") && message.contains(LABELS.name()), message);
  }

  @Test
  void build_nothing_isAnEmptyTimeLine() {
    EmotionTimeline timeline = timeline().build();
    assertEquals(TimeSpan.at(0), timeline.span());
    assertEquals(List.of(), timeline.estimates());
    assertEquals(List.of(), timeline.summary());
    assertEquals(List.of(), timeline.at(0));
    assertEquals(List.of(), timeline.segments(ONE, 0.5, 0.5));
    assertEquals(List.of(), timeline.gaps(ONE));
  }

  @Test
  void build_everythingElse_comesBackImmutable() {
    Gap late = new Gap(Subject.SCENE, new TimeSpan(300, 400), Evidence.Reason.NO_FACE);
    Gap early = new Gap(ONE, new TimeSpan(100, 300), Evidence.Reason.OCCLUDED);
    EmotionTimeline timeline =
        timeline()
            .add(late)
            .add(early)
            .add(estimate(ONE, 0, 100, 1, 0).build())
            .models(List.of("a 1"))
            .models(List.of("a 1", "b 2"))
            .warning("careful")
            .build();
    assertEquals(List.of(early, late), timeline.gaps());
    assertEquals(List.of(late), timeline.gaps(Subject.SCENE));
    assertEquals(List.of("a 1", "b 2"), timeline.models());
    assertEquals(List.of("careful"), timeline.warnings());
    assertEquals(new TimeSpan(0, 400), timeline.span());
    assertEquals("test", timeline.source());
    assertEquals(List.of(ONE), List.copyOf(timeline.subjects()));
    for (List<?> list :
        List.of(
            timeline.gaps(), timeline.estimates(), timeline.estimates(ONE), timeline.models())) {
      assertThrows(UnsupportedOperationException.class, () -> list.remove(0));
    }
    assertThrows(UnsupportedOperationException.class, () -> timeline.subjects().remove(ONE));
    assertEquals(new TimeSpan(-5, 1000), timeline().span(new TimeSpan(-5, 1000)).build().span());
  }

  // ---- segments

  /** One estimate a hop with the given probability of happiness, the rest neutral. */
  private static EmotionTimeline happiness(double... probabilities) {
    EmotionTimeline.Builder builder = timeline();
    for (int k = 0; k < probabilities.length; k++) {
      if (!Double.isNaN(probabilities[k])) {
        float p = (float) probabilities[k];
        builder.add(estimate(ONE, k * HOP, (k + 1) * HOP, 0, p).build());
      }
    }
    return builder.build();
  }

  private static List<String> segments(EmotionTimeline timeline, double onset, double offset) {
    return timeline.segments(ONE, onset, offset).stream()
        .map(
            s ->
                s.emotion()
                    + " "
                    + s.span().startMicros() / HOP
                    + "-"
                    + s.span().endMicros() / HOP
                    + " apex "
                    + s.apexMicros()
                    + " peak "
                    + s.peak())
        .toList();
  }

  @Test
  void segments_hysteresis_beginsAtTheOnsetAndEndsBelowTheOffset() {
    // anger has the rest, always below its own onset of 0.75 while happiness is above 0.25
    assertEquals(
        List.of("happiness 1-5 apex 250 peak 0.875"),
        segments(happiness(0.5, 0.75, 0.875, 0.5, 0.375, 0.3125, 0.5), 0.75, 0.375));
  }

  @Test
  void segments_anotherEmotionReachesTheOnset_takesOver() {
    assertEquals(
        List.of("happiness 0-2 apex 50 peak 0.75", "anger 2-4 apex 250 peak 0.875"),
        segments(happiness(0.75, 0.5, 0.125, 0.25), 0.75, 0));
  }

  @Test
  void segments_gapOrAbstention_ends() {
    assertEquals(
        List.of("happiness 0-1 apex 50 peak 1.0", "happiness 2-3 apex 250 peak 1.0"),
        segments(happiness(1, Double.NaN, 1), 0.5, 0.25));
    EmotionTimeline abstained =
        timeline()
            .add(estimate(ONE, 0, 100, 0, 1).build())
            .add(estimate(ONE, 100, 200, 0, 1).abstained(true).build())
            .add(estimate(ONE, 200, 300, 0, 1).build())
            .build();
    assertEquals(
        List.of("happiness 0-1 apex 50 peak 1.0", "happiness 2-3 apex 250 peak 1.0"),
        segments(abstained, 0.5, 0.25));
  }

  @Test
  void segments_equalPeaks_apexIsTheFirst() {
    assertEquals(
        List.of("happiness 0-3 apex 50 peak 0.75"),
        segments(happiness(0.75, 0.75, 0.75), 0.75, 0.5));
  }

  @Test
  void segments_neverReachesTheOnset_areNone() {
    assertEquals(List.of(), segments(happiness(0.5, 0.625, 0.5), 0.75, 0));
    assertEquals(List.of(), happiness(1).segments(Subject.VOICE, 0.5, 0));
  }

  @Property(tries = 100)
  void segments_anything_neverOverlapAndStartAtTheOnset(@ForAll long seed) {
    EmotionTimeline timeline = random(seed, new ArrayList<>());
    for (Subject subject : timeline.subjects()) {
      long end = Long.MIN_VALUE;
      for (Segment segment : timeline.segments(subject, 0.625, 0.375)) {
        assertTrue(segment.span().startMicros() >= end);
        end = segment.span().endMicros();
        assertTrue(segment.span().contains(segment.apexMicros()));
        EmotionEstimate first = null;
        float peak = 0;
        for (EmotionEstimate e : timeline.estimates(subject)) {
          if (e.span().overlaps(segment.span())) {
            first = first == null ? e : first;
            float p = e.distribution().probability(segment.emotion());
            assertTrue(p >= 0.375f && !e.abstained());
            peak = Math.max(peak, p);
          }
        }
        assertEquals(peak, segment.peak());
        assertTrue(first != null && first.distribution().topProbability() >= 0.625f);
      }
    }
  }

  @Test
  void segments_thresholdsOff_areRefusedWithLimitAndActual() {
    EmotionTimeline timeline = happiness(1);
    for (double onset : new double[] {0.49, 1.01, Double.NaN}) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> timeline.segments(ONE, onset, 0))
              .getMessage();
      assertTrue(message.contains("[0.5, 1]") && message.contains("" + onset), message);
    }
    for (double offset : new double[] {-0.1, 0.71, Double.NaN}) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> timeline.segments(ONE, 0.7, offset))
              .getMessage();
      assertTrue(message.contains("[0, 0.7]") && message.contains("" + offset), message);
    }
  }

  @Test
  void affect_thatAModelRead_isAveraged() {
    SubjectSummary summary =
        timeline()
            .add(estimate(ONE, 0, 300, 1, 0).affect(new Affect(1, 0, -1)).build())
            .add(estimate(ONE, 300, 400, 1, 0).affect(new Affect(-1, 1, -1)).build())
            .build()
            .summary()
            .get(0);
    assertEquals(Optional.of(new Affect(0.5f, 0.25f, -1)), summary.affect());
  }
}
