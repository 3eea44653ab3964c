package io.github.erv.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Against scikit-learn and SciPy; reference.py beside the figures made them. */
class ReferenceTest {
  private static final LabelSet LABELS =
      LabelSet.of(
          Emotion.NEUTRAL, Emotion.HAPPINESS, Emotion.SADNESS, Emotion.CONTEMPT, Emotion.ANGER);

  /** Counts are the same; sums of doubles differ in their order alone. */
  private static final double EXACT = 1e-12;

  /** Probabilities are floats that a distribution normalises once more: half an ulp each. */
  private static final double FLOAT = 1e-6;

  private final JsonObject reference = read();

  private static JsonObject read() {
    try (InputStream in =
        Objects.requireNonNull(ReferenceTest.class.getResourceAsStream("reference.json"))) {
      return JsonParser.parseReader(new InputStreamReader(in, StandardCharsets.UTF_8))
          .getAsJsonObject();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private double value(String name) {
    return reference.get(name).getAsDouble();
  }

  private double[] values(String name) {
    return doubles(reference.getAsJsonArray(name));
  }

  private static double[] doubles(JsonArray array) {
    return array.asList().stream().mapToDouble(e -> e.getAsDouble()).toArray();
  }

  private Distribution distribution(int item) {
    double[] row = doubles(reference.getAsJsonArray("p").get(item).getAsJsonArray());
    float[] p = new float[row.length];
    for (int i = 0; i < p.length; i++) {
      p[i] = (float) row[i];
    }
    return Distribution.of(LABELS, p);
  }

  @Test
  void classification_agreesWithScikitLearn() {
    ClassificationAccumulator accumulator = new ClassificationAccumulator(LABELS);
    double[] said = values("said");
    for (int i = 0; i < said.length; i++) {
      accumulator.add(LABELS.get((int) said[i]), distribution(i));
    }
    ClassificationScores scores = accumulator.scores();
    ConfusionMatrix confusion = scores.confusion();
    for (int i = 0; i < LABELS.size(); i++) {
      double[] row = doubles(reference.getAsJsonArray("confusion").get(i).getAsJsonArray());
      for (int j = 0; j < LABELS.size(); j++) {
        assertEquals((long) row[j], confusion.count(i, j));
      }
      if (confusion.said(i) > 0) {
        assertEquals(values("recall")[i], confusion.recall(i), EXACT);
      } else {
        assertTrue(Double.isNaN(confusion.recall(i)));
      }
      assertEquals(values("precision")[i], confusion.precision(i), EXACT);
    }
    assertEquals(value("accuracy"), confusion.accuracy(), EXACT);
    assertEquals(value("uar"), confusion.uar(), EXACT);
    assertEquals(value("macroF1"), confusion.macroF1(), EXACT);
    assertEquals(value("kappa"), confusion.kappa(), EXACT);
    assertEquals(value("top2"), scores.top2(), EXACT);
    assertEquals(value("nll"), scores.nll(), FLOAT);
    assertEquals(value("brier"), scores.brier(), FLOAT);
  }

  @Test
  void soft_agreesWithSciPy() {
    SoftAccumulator accumulator = new SoftAccumulator(LABELS);
    JsonArray votes = reference.getAsJsonArray("votes");
    for (int i = 0; i < votes.size(); i++) {
      accumulator.add(doubles(votes.get(i).getAsJsonArray()), distribution(i));
    }
    SoftScores scores = accumulator.scores();
    assertEquals(value("jensenShannon"), scores.jensenShannon(), FLOAT);
    assertEquals(value("crossEntropy"), scores.crossEntropy(), FLOAT);
  }

  @Test
  void regression_agreesWithSciPy() {
    RegressionAccumulator accumulator = new RegressionAccumulator();
    double[] x = values("x");
    double[] y = values("y");
    for (int i = 0; i < x.length; i++) {
      accumulator.add(x[i], y[i]);
    }
    RegressionScores scores = accumulator.scores();
    assertEquals(value("ccc"), scores.ccc(), EXACT);
    assertEquals(value("pearson"), scores.pearson(), EXACT);
    assertEquals(value("rmse"), scores.rmse(), EXACT);
    assertEquals(value("signAgreement"), scores.signAgreement(), EXACT);
  }

  @Test
  void auc_ofScoresWithTies_agreesWithScikitLearn() {
    double[] said = values("said");
    boolean[] positive = new boolean[said.length];
    for (int i = 0; i < said.length; i++) {
      positive[i] = said[i] == 0;
    }
    assertEquals(value("auc"), RocCurve.auc(values("scores"), positive), EXACT);
  }
}
