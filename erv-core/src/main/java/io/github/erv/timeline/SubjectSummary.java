package io.github.erv.timeline;

import io.github.erv.Modality;
import io.github.erv.Subject;
import io.github.erv.emotion.Affect;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.media.TimeSpan;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What one subject expressed over a whole recording.
 *
 * @param subject who
 * @param span from the first estimate to the last
 * @param estimated how much time has an estimate
 * @param mean the mean distribution over that time
 * @param shares how much of that time each emotion was the most probable one, in [0, 1], in the
 *     order of the labels; abstentions left out of both parts
 * @param affect the mean affect, or empty if no estimate has one
 * @param confidence the mean confidence, in [0, 1]
 * @param abstained how much of the estimated time is abstentions, in [0, 1]
 * @param modalities how much of the estimated time each modality contributed, in [0, 1]
 */
public record SubjectSummary(
    Subject subject,
    TimeSpan span,
    Duration estimated,
    Distribution mean,
    Map<Emotion, Double> shares,
    Optional<Affect> affect,
    double confidence,
    double abstained,
    Map<Modality, Double> modalities) {}
