package io.github.erv.training.voice;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CopyProbeTest {
  private static List<CopyProbe.Sample> samples(double apart) {
    SplittableRandom random = new SplittableRandom(4);
    List<CopyProbe.Sample> samples = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      boolean copy = i % 4 != 0;
      int label = 4 + i % 3;
      float[] embedding = new float[8];
      for (int d = 0; d < embedding.length; d++) {
        embedding[d] = (float) (random.nextGaussian() + 5 * label);
      }
      embedding[3] += (float) (copy ? apart : 0);
      samples.add(new CopyProbe.Sample("s" + i / 40, label, copy, embedding));
    }
    return samples;
  }

  @Test
  void auc_whereNothingTellsThem_isChance() {
    // the deviation of an area of 100 against 300 at chance is 0.033
    assertEquals(0.5, CopyProbe.auc(samples(0)), 0.1);
  }

  @Test
  void auc_whereOneValueTellsThem_isThatOfTheValue() {
    // two normals 2 deviations apart: Phi(2 / sqrt 2)
    assertEquals(0.921, CopyProbe.auc(samples(2)), 0.04);
  }
}
