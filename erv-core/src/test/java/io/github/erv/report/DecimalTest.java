package io.github.erv.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.MathContext;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecimalTest {
  @Property
  void shortest_readsBackAndIsShortest(@ForAll int bits) {
    float value = Float.intBitsToFloat(bits);
    if (Float.isFinite(value)) {
      check(value);
    }
  }

  @Property
  void shortest_ofProbability_readsBackAndIsShortest(
      @ForAll @FloatRange(min = 0, max = 1) float value) {
    check(value);
  }

  private static void check(float value) {
    String text = Decimal.shortest(value);
    assertEquals(value, Float.parseFloat(text), text); // compares bits: -0 is not 0
    int digits = new BigDecimal(text).stripTrailingZeros().precision();
    if (digits > 1) {
      BigDecimal shorter = new BigDecimal(value).round(new MathContext(digits - 1));
      assertTrue(shorter.floatValue() != value, text + " could be " + shorter);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0.1, 0.1",
    "1, 1",
    "0.3333333433, 0.33333334",
    "-0.5, -0.5",
    "1E-10, 1E-10",
    "16777216, 16777216"
  })
  void shortest_knownValues(float value, String expected) {
    assertEquals(expected, Decimal.shortest(value));
  }

  @Test
  void seconds_isExact() {
    assertEquals("0", Decimal.seconds(0));
    assertEquals("0.25", Decimal.seconds(250_000));
    assertEquals("3600", Decimal.seconds(3_600_000_000L));
    assertEquals("-1.000001", Decimal.seconds(-1_000_001));
  }
}
