package io.github.erv.personal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.error.ModelException;
import io.github.erv.tensor.Safetensors;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SubjectProfileTest {
  /** Sums of 40 terms of at most 1e3 in double arithmetic. */
  private static final double ROUNDING = 1e-9;

  private static SubjectProfile of(List<Float> values) {
    SubjectProfile profile = SubjectProfile.empty(1);
    for (float value : values) {
      profile = profile.plus(new float[] {value}, 1);
    }
    return profile;
  }

  @Property(tries = 200)
  void plus_anyValues_areTheMomentsInTwoPasses(
      @ForAll @Size(min = 1, max = 40) List<@FloatRange(min = -1000, max = 1000) Float> values) {
    double mean = values.stream().mapToDouble(v -> v).average().orElseThrow();
    double variance =
        values.stream().mapToDouble(v -> (v - mean) * (v - mean)).average().orElseThrow();
    SubjectProfile profile = of(values);
    assertEquals(values.size(), profile.evidence());
    assertEquals(mean, profile.mean(0), ROUNDING * 1e3);
    assertEquals(variance, profile.deviation(0) * profile.deviation(0), ROUNDING * 1e6);
  }

  @Property(tries = 200)
  void merge_anySplit_isTheWhole(
      @ForAll @Size(min = 2, max = 40) List<@FloatRange(min = -1000, max = 1000) Float> values,
      @ForAll @IntRange(min = 0, max = 40) int cut) {
    int at = Math.min(cut, values.size());
    SubjectProfile merged = of(values.subList(0, at)).merge(of(values.subList(at, values.size())));
    SubjectProfile whole = of(values);
    assertEquals(whole.evidence(), merged.evidence());
    assertEquals(whole.mean(0), merged.mean(0), ROUNDING * 1e3);
    assertEquals(
        whole.deviation(0) * whole.deviation(0),
        merged.deviation(0) * merged.deviation(0),
        ROUNDING * 1e6);
  }

  @Test
  void plus_weightTwo_countsAsTwice() {
    SubjectProfile twice =
        SubjectProfile.empty(1).plus(new float[] {1}, 1).plus(new float[] {4}, 2);
    SubjectProfile each = of(List.of(1f, 4f, 4f));
    assertEquals(each.mean(0), twice.mean(0), ROUNDING);
    assertEquals(each.deviation(0), twice.deviation(0), ROUNDING);
    assertEquals(each.evidence(), twice.evidence());
  }

  @Test
  void plus_leavesTheProfileAsItWas() {
    SubjectProfile before = of(List.of(1f, 2f));
    SubjectProfile copy = of(List.of(1f, 2f));
    before.plus(new float[] {100}, 3);
    before.merge(of(List.of(9f)));
    assertEquals(copy, before);
    assertEquals(copy.hashCode(), before.hashCode());
  }

  @Test
  void plus_notFinite_isSkippedFeatureByFeature() {
    SubjectProfile profile =
        SubjectProfile.empty(3)
            .plus(new float[] {1, Float.NaN, Float.POSITIVE_INFINITY}, 1)
            .plus(new float[] {3, 5, Float.NEGATIVE_INFINITY}, 1);
    assertEquals(2, profile.evidence());
    assertEquals(2, profile.mean(0));
    assertEquals(1, profile.weight(1));
    assertEquals(5, profile.mean(1));
    assertEquals(0, profile.deviation(1));
    assertEquals(0, profile.weight(2));
    assertTrue(Double.isNaN(profile.mean(2)));
    assertTrue(Double.isNaN(profile.deviation(2)));
  }

  @Test
  void plus_offNumbers_areRefused() {
    SubjectProfile profile = SubjectProfile.empty(2);
    assertThrows(IllegalArgumentException.class, () -> SubjectProfile.empty(0));
    assertThrows(IllegalArgumentException.class, () -> profile.plus(new float[3], 1));
    assertThrows(IllegalArgumentException.class, () -> profile.plus(new float[2], -1));
    assertThrows(IllegalArgumentException.class, () -> profile.plus(new float[2], Double.NaN));
    assertThrows(
        IllegalArgumentException.class, () -> profile.plus(new float[2], Double.POSITIVE_INFINITY));
    assertThrows(IllegalArgumentException.class, () -> profile.merge(SubjectProfile.empty(3)));
  }

  // ---- against a population

  private static final Population PEOPLE =
      new Population(new float[] {10, 0}, new float[] {2, 1}, 2, 8, 10);

  private static float[] normalised(SubjectProfile profile, float... values) {
    float[] target = new float[2];
    PEOPLE.normaliseInto(profile, values, 4, target);
    return target;
  }

  @Test
  void normaliseInto_strangers_areReadAgainstThePopulation() {
    assertArrayEquals(new float[] {1.5f, -0.5f}, normalised(SubjectProfile.empty(2), 13, -0.5f));
    assertEquals(0, PEOPLE.known(SubjectProfile.empty(2)));
  }

  @Test
  void normaliseInto_someEvidence_isTheFormula() {
    SubjectProfile profile =
        SubjectProfile.empty(2).plus(new float[] {18, 1}, 1).plus(new float[] {22, 1}, 1);
    double mean = (2 * 10 + 2 * 20) / 4.0;
    double deviation =
        Math.sqrt((8 * 4 + (18 - mean) * (18 - mean) + (22 - mean) * (22 - mean)) / 10);
    assertEquals((16 - mean) / deviation, normalised(profile, 16, 0)[0], 1e-6);
    assertEquals(0.2, PEOPLE.known(profile), 1e-12);
  }

  @Test
  void normaliseInto_muchEvidence_isTheSubjectsOwn() {
    SubjectProfile profile = SubjectProfile.empty(2);
    for (int i = 0; i < 50_000; i++) {
      profile = profile.plus(new float[] {i % 2 == 0 ? 95 : 105, 7}, 1);
    }
    assertEquals(1, normalised(profile, 105, 7)[0], 0.01);
    assertEquals(1, PEOPLE.known(profile));
  }

  @Test
  void normaliseInto_farAndNotFinite_areLimited() {
    assertArrayEquals(new float[] {4, -4}, normalised(SubjectProfile.empty(2), 1e9f, -1e9f));
    assertArrayEquals(
        new float[] {0, 0},
        normalised(SubjectProfile.empty(2), Float.NaN, Float.POSITIVE_INFINITY));
  }

  @Test
  void normaliseInto_inPlace_isTheSame() {
    float[] values = {13, -0.5f};
    PEOPLE.normaliseInto(SubjectProfile.empty(2), values, 4, values);
    assertArrayEquals(new float[] {1.5f, -0.5f}, values);
  }

  @Test
  void population_offNumbers_areRefused() {
    float[] one = {1};
    assertThrows(IllegalArgumentException.class, () -> new Population(new float[0], one, 1, 1, 1));
    assertThrows(
        IllegalArgumentException.class, () -> new Population(new float[0], new float[0], 1, 1, 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Population(new float[] {Float.NaN}, one, 1, 1, 1));
    assertThrows(
        IllegalArgumentException.class, () -> new Population(one, new float[] {0}, 1, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new Population(one, one, 0, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new Population(one, one, 1, -1, 1));
    assertThrows(IllegalArgumentException.class, () -> new Population(one, one, 1, 1, Double.NaN));
    assertThrows(
        IllegalArgumentException.class,
        () -> PEOPLE.normaliseInto(SubjectProfile.empty(3), new float[2], 4, new float[2]));
    assertThrows(
        IllegalArgumentException.class,
        () -> PEOPLE.normaliseInto(SubjectProfile.empty(2), new float[3], 4, new float[3]));
  }

  @Test
  void population_writtenAndRead_readsTheSame() {
    Population population =
        new Population(new float[] {1, -2.5f}, new float[] {0.5f, 3}, 2, 3.5, 10);
    Safetensors.Builder file = Safetensors.builder();
    population.writeInto(file);
    Population read = Population.read(Safetensors.parse(file.build().toBytes(), "test"));
    SubjectProfile profile =
        SubjectProfile.empty(2).plus(new float[] {4, 5}, 1).plus(new float[] {3, 9}, 0.5);
    float[] expected = new float[2];
    float[] actual = new float[2];
    population.normaliseInto(profile, new float[] {2, 3}, 4, expected);
    read.normaliseInto(profile, new float[] {2, 3}, 4, actual);
    assertArrayEquals(expected, actual);
    assertEquals(population.known(profile), read.known(profile));
  }

  @Test
  void population_damaged_saysWhatIsWrong() {
    for (String[] bad :
        new String[][] {
          {"population.meanWeight", "0"}, {"population.enough", "x"}, {"population.enough", "NaN"}
        }) {
      Safetensors.Builder file = Safetensors.builder();
      new Population(new float[1], new float[] {1}, 1, 1, 1).writeInto(file);
      file.metadata(bad[0], bad[1]);
      assertThrows(ModelException.class, () -> Population.read(file.build()));
    }
    assertThrows(ModelException.class, () -> Population.read(Safetensors.builder().build()));
    Safetensors.Builder negative = Safetensors.builder();
    new Population(new float[1], new float[] {1}, 1, 1, 1)
        .writeInto(negative); // its tensors cannot be replaced: another file has bad ones
    Safetensors good = negative.build();
    Safetensors.Builder other =
        Safetensors.builder()
            .tensor("population.means", good.require("population.means", 1), 1)
            .tensor("population.deviations", new float[] {-1}, 1);
    good.metadata().forEach(other::metadata);
    String message =
        assertThrows(ModelException.class, () -> Population.read(other.build())).getMessage();
    assertTrue(message.contains("deviation 0"), message);
  }
}
