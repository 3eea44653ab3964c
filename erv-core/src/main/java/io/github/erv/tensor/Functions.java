package io.github.erv.tensor;

/**
 * Elementary functions of one float, and the coefficients that their vector forms share.
 *
 * <p>The exponential is 2^n exp(r), n an integer and |r| at most ln(2) / 2. Adding {@link #ROUNDER}
 * to a float leaves n + 126 in its lowest bits, which moved up are the float 2^(n-1).
 */
final class Functions {
  /** 1.5 2^23, at which floats are a whole number apart, and the exponent's bias less one. */
  static final float ROUNDER = 0x1.8p23f + 126;

  static final float LOG2_E = 1.442695f;

  /** ln(2) in two parts, the first short enough that its multiples are exact. */
  static final float LN2_HIGH = 0.6933594f;

  static final float LN2_LOW = -2.1219444e-4f;

  /** Below it the result is below 2^-125 and becomes 0: from here on n + 126 is 0. */
  static final float EXP_LOWEST = -87;

  /** Above it the result is infinite, and before n + 126 leaves eight bits. */
  static final float EXP_HIGHEST = 89;

  // Minimax of the relative error, 1.9e-9, by Lawson's iteration in double precision.
  static final float EXP_2 = 0.4999999f;
  static final float EXP_3 = 0.1666642f;
  static final float EXP_4 = 0.041668225f;
  static final float EXP_5 = 0.008374816f;
  static final float EXP_6 = 0.0013836871f;

  /** Up to here tanh is a polynomial, from here on it comes from the exponential. */
  static final float TANH_SMALL = 0.625f;

  // Moshier, Cephes 2.2, tanhf.c
  static final float TANH_3 = -0.3333328f;
  static final float TANH_5 = 0.13331442f;
  static final float TANH_7 = -0.053739715f;
  static final float TANH_9 = 0.020639088f;
  static final float TANH_11 = -0.0057049887f;

  // Press et al., Numerical Recipes, erfcc: erfc(z) = t exp(-z^2 + polynomial of t), t = 1 / (1 +
  // z/2), relative error 1.2e-7; written for z = |x| / sqrt(2)
  static final float ERFC_STEP = 0.35355338f;
  static final float ERFC_0 = -1.2655122f;
  static final float ERFC_1 = 1.0000237f;
  static final float ERFC_2 = 0.37409195f;
  static final float ERFC_3 = 0.09678418f;
  static final float ERFC_4 = -0.18628806f;
  static final float ERFC_5 = 0.27886808f;
  static final float ERFC_6 = -1.135204f;
  static final float ERFC_7 = 1.4885159f;
  static final float ERFC_8 = -0.82215226f;
  static final float ERFC_9 = 0.17087276f;

  /** Beyond it erfc is 0 to a float, and infinity times 0 must not arise. */
  static final float GELU_FAR = 14;

  private Functions() {}

  static float exp(float x) {
    float limited = x < EXP_LOWEST ? EXP_LOWEST : x > EXP_HIGHEST ? EXP_HIGHEST : x;
    float rounded = limited * LOG2_E + ROUNDER;
    float n = rounded - ROUNDER;
    float r = (limited - n * LN2_HIGH) - n * LN2_LOW;
    float square = r * r;
    // by pairs, so that the additions do not wait for one another
    float upper = (EXP_4 + EXP_5 * r) + EXP_6 * square;
    float p = (1 + r) + square * ((EXP_2 + EXP_3 * r) + square * upper);
    return (p + p) * Float.intBitsToFloat(Float.floatToRawIntBits(rounded) << 23);
  }

  static float sigmoid(float x) {
    return 1 / (1 + exp(-x));
  }

  static float tanh(float x) {
    float magnitude = Math.abs(x);
    if (magnitude < TANH_SMALL) {
      float z = x * x;
      float p = (((TANH_11 * z + TANH_9) * z + TANH_7) * z + TANH_5) * z + TANH_3;
      return x * (1 + z * p);
    }
    return Math.copySign(1 - 2 / (exp(magnitude + magnitude) + 1), x);
  }

  static float gelu(float x) {
    float magnitude = Math.abs(x);
    float t = 1 / (1 + ERFC_STEP * magnitude);
    float p = ERFC_9 * t + ERFC_8;
    p = p * t + ERFC_7;
    p = p * t + ERFC_6;
    p = p * t + ERFC_5;
    p = p * t + ERFC_4;
    p = p * t + ERFC_3;
    p = p * t + ERFC_2;
    p = p * t + ERFC_1;
    p = p * t + ERFC_0;
    float tail = magnitude > GELU_FAR ? 0 : magnitude * 0.5f * t * exp(p - 0.5f * x * x);
    return Math.max(x, 0) - tail;
  }
}
