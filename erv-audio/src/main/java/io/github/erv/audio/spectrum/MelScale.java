package io.github.erv.audio.spectrum;

/** A scale of pitch on which mel filters are spaced evenly, with the height of the filters. */
public enum MelScale {
  /**
   * {@code 2595 log10(1 + f / 700)}, filters of height 1.
   *
   * @see "O'Shaughnessy (1987), Speech communication; Young et al., The HTK book"
   */
  HTK {
    @Override
    double mel(double hertz) {
      return 2595 * Math.log10(1 + hertz / 700);
    }

    @Override
    double hertz(double mel) {
      return 700 * (Math.pow(10, mel / 2595) - 1);
    }

    @Override
    double height(double lowHz, double highHz) {
      return 1;
    }
  },

  /**
   * Linear below 1 kHz, logarithmic above, filters of equal area: two over their width in Hz.
   *
   * @see "Slaney (1998), Auditory Toolbox, Interval Research technical report 1998-010"
   */
  SLANEY {
    @Override
    double mel(double hertz) {
      return hertz < BREAK_HZ
          ? hertz / LINEAR_HZ
          : BREAK_HZ / LINEAR_HZ + Math.log(hertz / BREAK_HZ) / LOG_STEP;
    }

    @Override
    double hertz(double mel) {
      double above = mel - BREAK_HZ / LINEAR_HZ;
      return above < 0 ? mel * LINEAR_HZ : BREAK_HZ * Math.exp(above * LOG_STEP);
    }

    @Override
    double height(double lowHz, double highHz) {
      return 2 / (highHz - lowHz);
    }
  };

  private static final double BREAK_HZ = 1000;
  private static final double LINEAR_HZ = 200.0 / 3;
  private static final double LOG_STEP = Math.log(6.4) / 27;

  abstract double mel(double hertz);

  abstract double hertz(double mel);

  abstract double height(double lowHz, double highHz);
}
