package io.github.erv.training.voice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.training.voice.Score.Held;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
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
  void temperature_logitsTooSure_isTheFactorTheyAreTooSureBy() {
    SplittableRandom random = new SplittableRandom(5);
    List<Held> held = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      float logit = (float) random.nextDouble(-3, 3);
      int label = random.nextDouble() < 1 / (1 + Math.exp(-logit)) ? 1 : 0;
      held.add(new Held("s", label, new float[] {0, 2.5f * logit}));
    }
    float temperature = Score.temperature(held);
    assertEquals(2.5, temperature, 0.1); // what 20,000 draws allow
    assertTrue(Score.crossEntropy(held, temperature) < Score.crossEntropy(held, 1));
  }
}
