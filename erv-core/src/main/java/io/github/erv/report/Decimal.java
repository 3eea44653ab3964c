package io.github.erv.report;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * Numbers as decimal text that JSON and CSV readers take, the same in every locale and on every JDK
 * ({@link Float#toString} became the shortest only in JDK 19).
 */
final class Decimal {
  /** Digits that tell any two floats apart. */
  private static final int FLOAT_DIGITS = 9;

  /** Enough places for {@link #FLOAT_DIGITS} of any number from {@link #SMALL} on. */
  private static final int MOST_PLACES = 12;

  private static final float SMALL = 1e-3f;
  private static final float LARGE = 1e7f;

  private Decimal() {}

  /** Returns the shortest text that reads back as the same float. */
  static String shortest(float value) {
    if (value == 0) {
      return 1 / value < 0 ? "-0" : "0";
    }
    float magnitude = Math.abs(value);
    if (magnitude >= SMALL && magnitude < LARGE) {
      double power = 1;
      for (int places = 0; places <= MOST_PLACES; places++, power *= 10) {
        long digits = Math.round((double) value * power);
        if ((float) (digits / power) == value) {
          String text = BigDecimal.valueOf(digits, places).toPlainString();
          if (Float.parseFloat(text) == value) { // the quotient was rounded twice
            return text;
          }
        }
      }
    }
    BigDecimal exact = new BigDecimal(value);
    for (int digits = 1; digits < FLOAT_DIGITS; digits++) {
      BigDecimal rounded = exact.round(new MathContext(digits));
      if (rounded.floatValue() == value) {
        return rounded.stripTrailingZeros().toString();
      }
    }
    return exact.round(new MathContext(FLOAT_DIGITS)).toString();
  }

  /** Returns microseconds as seconds, exactly, without trailing zeros. */
  static String seconds(long micros) {
    return BigDecimal.valueOf(micros, 6).stripTrailingZeros().toPlainString();
  }
}
