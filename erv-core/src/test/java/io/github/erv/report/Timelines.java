package io.github.erv.report;

import io.github.erv.Evidence.Reason;
import io.github.erv.Modality;
import io.github.erv.Region;
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
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** Time lines to write: like real ones, and odd ones. */
final class Timelines {
  static final long HOP = 250_000;
  private static final long SEED = 20261121;
  private static final List<String> MODELS =
      List.of("face-expression 1.0", "silero-vad 5.0", "emodb-voice 0.1");

  private Timelines() {}

  /** A conversation: two faces that come and go, and a voice; abstentions and gaps of each kind. */
  static EmotionTimeline conversation(int minutes) {
    long hops = minutes * 240L;
    EmotionTimeline.Builder timeline =
        EmotionTimeline.builder("interview-2026-11-21.mp4", LabelSet.FERPLUS_8)
            .span(new TimeSpan(0, hops * HOP))
            .models(MODELS)
            .warning(
                "The model emodb-voice 0.1 is experimental: trained on acted German speech of ten"
                    + " people, it is right in about half of the cases.");
    SplittableRandom random = new SplittableRandom(SEED);
    face(timeline, Subject.face(1), random.split(), 8, hops - 6, hops);
    face(timeline, Subject.face(2), random.split(), hops / 6, hops * 5 / 6, hops);
    voice(timeline, random.split(), hops);
    timeline.add(new Gap(Subject.SCENE, span(0, 8), Reason.NO_FACE));
    timeline.add(new Gap(Subject.SCENE, span(hops - 6, hops), Reason.DECODE_ERROR));
    return timeline.build();
  }

  /** One face and its voice for three seconds, all in one mood. */
  static EmotionTimeline clip() {
    EmotionTimeline.Builder timeline =
        EmotionTimeline.builder("clip.mpg", LabelSet.EKMAN_7)
            .span(new TimeSpan(0, 3_000_000))
            .models(MODELS.subList(0, 2));
    SplittableRandom random = new SplittableRandom(SEED + 1);
    Mood mood = new Mood(random, LabelSet.EKMAN_7);
    for (long k = 0; k < 12; k++) {
      timeline.add(
          estimate(Subject.face(1), k, mood.next(), 0.8f, Map.of(Modality.FACE, 0.9f), Map.of()));
    }
    return timeline.build();
  }

  /** Nobody to see and nothing to hear. */
  static EmotionTimeline silence() {
    return EmotionTimeline.builder("landscape.mp4", LabelSet.EKMAN_7)
        .span(new TimeSpan(0, 12_500_000))
        .models(MODELS)
        .add(new Gap(Subject.SCENE, new TimeSpan(0, 12_500_000), Reason.NO_FACE))
        .add(new Gap(Subject.VOICE, new TimeSpan(0, 12_500_000), Reason.SILENCE))
        .build();
  }

  /** Nothing at all. */
  static EmotionTimeline empty() {
    return EmotionTimeline.builder("nothing.mp4", LabelSet.EKMAN_7).build();
  }

  /** What a page, a track or a line may stumble over. */
  static EmotionTimeline hostile() {
    Subject subject = new Subject("</script><b>&\"'-->\n\n\u2028 Ünï 😀");
    return EmotionTimeline.builder(
            "</script><script>alert(1)</script><!-- ${data} $1 \\ --> .mp4", LabelSet.EKMAN_7)
        .models(List.of("<img src=x onerror=alert(1)> 1.0"))
        .warning("]]> </style> \u0000 <img src=x onerror=alert(1)> 1.0 is experimental")
        .add(
            EmotionEstimate.builder(
                    subject, span(0, 1), Distribution.certain(LabelSet.EKMAN_7, Emotion.HAPPINESS))
                .build())
        .build();
  }

  /** Any time line: odd spans, unknown classes, missing affect, foreign modalities. */
  static Arbitrary<EmotionTimeline> any() {
    return Arbitraries.randomValue(Timelines::random);
  }

  private static EmotionTimeline random(Random random) {
    List<LabelSet> sets =
        List.of(
            LabelSet.EKMAN_6,
            LabelSet.FERPLUS_8,
            LabelSet.of(new Emotion("awe"), new Emotion("mild-x2"), Emotion.FEAR));
    LabelSet labels = sets.get(random.nextInt(sets.size()));
    EmotionTimeline.Builder timeline = EmotionTimeline.builder(text(random), labels);
    timeline.models(List.of("a 1", "b 2").subList(0, random.nextInt(3)));
    for (int i = random.nextInt(3); i > 0; i--) {
      timeline.warning(text(random));
    }
    if (random.nextBoolean()) {
      long start = random.nextLong() / 4;
      timeline.span(new TimeSpan(start, start + (random.nextLong() >>> 3)));
    }
    for (int lane = random.nextInt(4); lane > 0; lane--) {
      Subject subject = new Subject(lane + text(random));
      long time = random.nextInt(2_000_000) - 1_000_000L;
      for (int i = random.nextInt(12); i > 0; i--) {
        long end = time + 1 + random.nextInt(500_000);
        TimeSpan span = new TimeSpan(time, end);
        if (random.nextInt(5) == 0) {
          timeline.add(
              new Gap(random.nextBoolean() ? subject : Subject.SCENE, span, reason(random)));
        } else {
          timeline.add(randomEstimate(random, subject, span, labels));
        }
        time = end + (random.nextBoolean() ? 0 : random.nextInt(100_000));
      }
    }
    return timeline.build();
  }

  private static EmotionEstimate randomEstimate(
      Random random, Subject subject, TimeSpan span, LabelSet labels) {
    EmotionEstimate.Builder estimate =
        EmotionEstimate.builder(subject, span, randomDistribution(random, labels))
            .abstained(random.nextBoolean())
            .models(List.of("a 1", "b 2", "c 3").subList(0, random.nextInt(4)));
    if (random.nextBoolean()) {
      estimate.confidence(random.nextFloat());
    }
    if (random.nextBoolean()) {
      estimate.affect(new Affect(unit(random), unit(random), random.nextBoolean() ? -0f : 1f));
    }
    Map<Modality, Contribution> contributions = new TreeMap<>();
    Map<Modality, Reason> missing = new TreeMap<>();
    for (Modality modality :
        List.of(Modality.FACE, Modality.VOICE, Modality.TEXT, new Modality("gait-2"))) {
      if (random.nextBoolean()) {
        contributions.put(modality, new Contribution(random.nextFloat(), random.nextFloat()));
      } else if (random.nextBoolean()) {
        missing.put(modality, reason(random));
      }
    }
    if (random.nextBoolean()) {
      estimate.region(
          new Region(
              1000 * unit(random),
              random.nextInt(9),
              1e-5f + random.nextFloat(),
              1 + 1e8f * random.nextFloat()));
    }
    return estimate.contributions(contributions).missing(missing).build();
  }

  private static Distribution randomDistribution(Random random, LabelSet labels) {
    float[] probabilities = new float[labels.size()];
    boolean[] support = new boolean[labels.size()];
    double sum = 0;
    for (int i = 0; i < support.length; i++) {
      support[i] = random.nextInt(4) > 0;
      if (support[i]) {
        probabilities[i] = (float) Math.exp(12 * random.nextDouble());
        sum += probabilities[i];
      }
    }
    for (int i = 0; i < support.length && sum > 0; i++) {
      probabilities[i] = (float) (probabilities[i] / sum);
    }
    return Distribution.of(labels, probabilities, support);
  }

  private static float unit(Random random) {
    return 2 * random.nextFloat() - 1;
  }

  private static Reason reason(Random random) {
    List<Reason> reasons = List.copyOf(EnumSet.allOf(Reason.class));
    return reasons.get(random.nextInt(reasons.size()));
  }

  private static String text(Random random) {
    String letters = "ab é\"\\<>&/\n\t\u2028-,;=😀";
    StringBuilder text = new StringBuilder("x");
    int[] points = letters.codePoints().toArray();
    for (int i = random.nextInt(8); i > 0; i--) {
      text.appendCodePoint(points[random.nextInt(points.length)]);
    }
    return text.toString();
  }

  private static void face(
      EmotionTimeline.Builder timeline,
      Subject subject,
      SplittableRandom random,
      long from,
      long to,
      long hops) {
    Mood mood = new Mood(random, LabelSet.FERPLUS_8);
    long gapEnd = from;
    for (long k = from; k < to; k++) {
      if (k >= gapEnd && random.nextInt(240) == 0) {
        gapEnd = Math.min(to, k + 4 + random.nextInt(60));
        Reason reason = random.nextInt(3) == 0 ? Reason.TOO_SMALL : Reason.OCCLUDED;
        timeline.add(new Gap(subject, span(k, gapEnd), reason));
      }
      Distribution distribution = mood.next();
      if (k < gapEnd) {
        continue;
      }
      float reliability =
          (float) (0.62 + 0.33 * Math.sin(k / (hops / 9.0)) + 0.05 * random.nextDouble());
      boolean speaks = subject.equals(Subject.face(1)) && k / 30 % 3 == 1;
      timeline.add(
          estimate(
              subject,
              k,
              distribution,
              Math.min(1, reliability),
              speaks
                  ? Map.of(Modality.FACE, 0.65f, Modality.VOICE, 0.35f)
                  : Map.of(Modality.FACE, 1f),
              speaks ? Map.of() : Map.of(Modality.VOICE, Reason.NOT_SPEECH)));
    }
  }

  private static void voice(EmotionTimeline.Builder timeline, SplittableRandom random, long hops) {
    Mood mood = new Mood(random, LabelSet.FERPLUS_8);
    long k = 0;
    boolean speaks = false;
    while (k < hops) {
      long end = Math.min(hops, k + (speaks ? 6 : 3) + random.nextInt(speaks ? 60 : 40));
      if (speaks) {
        for (; k < end; k++) {
          timeline.add(
              estimate(
                  Subject.VOICE,
                  k,
                  withoutContempt(mood.next()),
                  0.7f,
                  Map.of(Modality.VOICE, 1f),
                  Map.of()));
        }
      } else {
        timeline.add(
            new Gap(
                Subject.VOICE,
                span(k, end),
                random.nextInt(4) == 0 ? Reason.NOT_SPEECH : Reason.SILENCE));
      }
      k = end;
      speaks = !speaks;
    }
  }

  private static Distribution withoutContempt(Distribution distribution) {
    LabelSet labels = distribution.labels();
    int contempt = labels.indexOf(Emotion.CONTEMPT);
    float[] probabilities = new float[labels.size()];
    boolean[] support = new boolean[labels.size()];
    float rest = 1 - distribution.probability(contempt);
    for (int i = 0; i < support.length; i++) {
      support[i] = i != contempt;
      probabilities[i] = support[i] ? distribution.probability(i) / rest : 0;
    }
    return Distribution.of(labels, probabilities, support);
  }

  private static EmotionEstimate estimate(
      Subject subject,
      long k,
      Distribution distribution,
      float reliability,
      Map<Modality, Float> weights,
      Map<Modality, Reason> missing) {
    Map<Modality, Contribution> contributions = new TreeMap<>();
    weights.forEach(
        (modality, weight) -> contributions.put(modality, new Contribution(weight, reliability)));
    float confidence = distribution.topProbability() * reliability;
    return EmotionEstimate.builder(subject, span(k, k + 1), distribution)
        .confidence(confidence)
        .abstained(confidence < 0.25f)
        .contributions(contributions)
        .missing(missing)
        .region(subject.equals(Subject.VOICE) ? null : new Region(120.5f, 80, 64, 64))
        .models(MODELS)
        .build();
  }

  private static TimeSpan span(long fromHop, long toHop) {
    return new TimeSpan(fromHop * HOP, toHop * HOP);
  }

  /** Logits that drift towards one emotion for some seconds, then towards another. */
  private static final class Mood {
    private final SplittableRandom random;
    private final LabelSet labels;
    private final float[] logits;
    private int towards;
    private int left;

    Mood(SplittableRandom random, LabelSet labels) {
      this.random = random;
      this.labels = labels;
      this.logits = new float[labels.size()];
    }

    Distribution next() {
      if (left-- == 0) {
        left = 8 + random.nextInt(80);
        towards = random.nextInt(3) == 0 ? 0 : random.nextInt(labels.size());
      }
      for (int i = 0; i < logits.length; i++) {
        float goal = i == towards ? 3.2f : i == 0 ? 1.2f : 0;
        logits[i] += 0.16f * (goal - logits[i]) + 0.45f * ((float) random.nextDouble() - 0.5f);
      }
      return Distribution.softmax(labels, logits);
    }
  }

  /** Everything an estimate says, for comparing. */
  static List<Object> values(EmotionEstimate e) {
    List<Object> values =
        new ArrayList<>(List.of(e.subject(), e.span(), e.distribution(), e.affect()));
    values.addAll(List.of(e.affectDerived(), e.confidence(), e.abstained(), e.contributions()));
    values.addAll(List.of(e.missing(), e.region(), e.models()));
    return values;
  }
}
