package io.github.erv.bench.whole;

import io.github.erv.emotion.Affect;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.media.TimeSpan;
import io.github.erv.timeline.EmotionTimeline;
import io.github.erv.timeline.Gap;
import java.util.StringJoiner;

/** A time line as text that is the same only if every number is the same to the bit. */
final class Bits {
  private Bits() {}

  static String of(EmotionTimeline timeline) {
    StringJoiner lines = new StringJoiner("\n");
    timeline.estimates().forEach(estimate -> lines.add(of(estimate)));
    for (Gap gap : timeline.gaps()) {
      lines.add(gap.subject() + " " + span(gap.span()) + " " + gap.reason());
    }
    return lines.toString();
  }

  static String of(EmotionEstimate estimate) {
    StringJoiner line = new StringJoiner(" ");
    line.add(estimate.subject().id()).add(span(estimate.span()));
    for (int i = 0; i < estimate.distribution().labels().size(); i++) {
      line.add(hex(estimate.distribution().probability(i)));
    }
    line.add(hex(estimate.confidence())).add(String.valueOf(estimate.abstained()));
    estimate.affect().ifPresent(affect -> line.add(of(affect)));
    estimate
        .contributions()
        .forEach(
            (modality, share) ->
                line.add(modality + "=" + hex(share.weight()) + "*" + hex(share.reliability())));
    estimate.missing().forEach((modality, reason) -> line.add(modality + "=" + reason));
    estimate
        .region()
        .ifPresent(r -> line.add(hex(r.x()) + hex(r.y()) + "+" + hex(r.width()) + hex(r.height())));
    return line.toString();
  }

  private static String of(Affect affect) {
    return hex(affect.valence()) + hex(affect.arousal()) + hex(affect.dominance());
  }

  private static String span(TimeSpan span) {
    return span.startMicros() + "-" + span.endMicros();
  }

  private static String hex(float value) {
    return Integer.toHexString(Float.floatToRawIntBits(value));
  }
}
