package io.github.erv.training.voice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.training.voice.Score.Held;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScoreTest {
  private static final int[] BOTH = {0, 1};

  @Test
  void of_classesOfUnequalSize_weighsThemAlike() {
    List<Held> held = new ArrayList<>();
    for (int i = 0; i < 90; i++) {
      held.add(new Held("s" + i % 3, 0, new float[] {1, 0, 5}));
    }
    for (int i = 0; i < 10; i++) {
      held.add(new Held("s" + i % 3, 1, new float[] {i < 4 ? 0 : 1, 0.5f, 5}));
    }
    Score score = Score.of(held, BOTH, 1); // the third class is no choice
    assertEquals(0.5 * (1 + 0.4), score.uar(), 1e-12);
    assertEquals(100, score.n());
    assertTrue(score.low() <= score.uar() && score.uar() <= score.high());
  }

  @Test
  void calibrationError_ofOneWhoIsRightLessOftenThanHeSays_isTheDifference() {
    List<Held> held = new ArrayList<>();
    float sure = (float) Math.log(0.85 / 0.15);
    for (int i = 0; i < 100; i++) {
      held.add(new Held("s", i < 60 ? 1 : 0, new float[] {0, sure}));
    }
    assertEquals(0.85, Score.confidence(held), 1e-6);
    assertEquals(0.25, Score.calibrationError(held), 1e-6);
  }
}
