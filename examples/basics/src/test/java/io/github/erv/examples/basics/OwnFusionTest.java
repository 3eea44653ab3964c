package io.github.erv.examples.basics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.erv.Cue;
import io.github.erv.Evidence.Present;
import io.github.erv.Fused;
import io.github.erv.FusionStrategy;
import io.github.erv.FusionWindow;
import io.github.erv.Modality;
import io.github.erv.Observation;
import io.github.erv.Subject;
import io.github.erv.contract.FusionContract;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.media.TimeSpan;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OwnFusionTest extends FusionContract {
  private static final TimeSpan HOP = new TimeSpan(0, 250_000);
  private static final Observation VOICE = says(Modality.VOICE, Emotion.ANGER, 0);

  @Override
  protected FusionStrategy strategy() {
    return FusionStrategy.of(OwnFusion::fuse);
  }

  @Override
  protected Set<Modality> modalities() {
    return Set.of(Modality.FACE, Modality.VOICE);
  }

  @Override
  protected boolean returnsOneAlone() {
    return true;
  }

  @Test
  void face_isBelieved() {
    assertEquals(Emotion.HAPPINESS, fuse(face(10), VOICE));
  }

  @Test
  void faceTurnedEitherWay_leavesItToTheVoice() {
    assertEquals(Emotion.ANGER, fuse(face(40), VOICE));
    assertEquals(Emotion.ANGER, fuse(face(-40), VOICE));
  }

  @Test
  void faceTurned_isBelievedIfNobodySpeaks() {
    assertEquals(Emotion.HAPPINESS, fuse(face(40)));
  }

  @Test
  void voice_isBelievedIfThereIsNoFace() {
    assertEquals(Emotion.ANGER, fuse(VOICE));
  }

  private static Emotion fuse(Observation... observations) {
    Fused out = new Fused();
    OwnFusion.fuse(
        new FusionWindow(
            LabelSet.EKMAN_7,
            Subject.face(1),
            HOP,
            HOP,
            Set.of(Modality.FACE, Modality.VOICE),
            List.of(observations)),
        out);
    return out.distribution().orElseThrow().top();
  }

  private static Observation face(double yawDegrees) {
    return says(Modality.FACE, Emotion.HAPPINESS, yawDegrees);
  }

  private static Observation says(Modality modality, Emotion emotion, double yawDegrees) {
    return Observation.of(
        modality,
        Subject.face(1),
        HOP,
        Present.builder(1)
            .distribution(Distribution.certain(LabelSet.EKMAN_7, emotion))
            .cues(List.of(new Cue("head.yaw", yawDegrees, "deg", HOP)))
            .build());
  }
}
