package io.github.erv.report;

import io.github.erv.Subject;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.media.TimeSpan;
import io.github.erv.timeline.EmotionTimeline;
import io.github.erv.timeline.Gap;
import java.io.IOException;
import java.util.List;

/** Sees estimates and gaps in one sequence: by span, then by subject, an estimate before a gap. */
interface TimelineVisitor {
  void visit(EmotionEstimate estimate) throws IOException;

  void visit(Gap gap) throws IOException;

  static void visitAll(EmotionTimeline timeline, TimelineVisitor visitor) throws IOException {
    List<Gap> gaps = timeline.gaps();
    int next = 0;
    for (EmotionEstimate estimate : timeline.estimates()) {
      while (next < gaps.size() && before(gaps.get(next), estimate.span(), estimate.subject())) {
        visitor.visit(gaps.get(next++));
      }
      visitor.visit(estimate);
    }
    while (next < gaps.size()) {
      visitor.visit(gaps.get(next++));
    }
  }

  private static boolean before(Gap gap, TimeSpan span, Subject subject) {
    int bySpan = gap.span().compareTo(span);
    return bySpan < 0 || (bySpan == 0 && gap.subject().compareTo(subject) < 0);
  }
}
