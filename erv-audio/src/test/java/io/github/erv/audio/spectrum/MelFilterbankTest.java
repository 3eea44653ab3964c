package io.github.erv.audio.spectrum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MelFilterbankTest {
  @ParameterizedTest
  @EnumSource(MelScale.class)
  void scale_thereAndBack_isIdentity(MelScale scale) {
    for (double hertz : new double[] {0, 1, 60, 999.9, 1000, 1000.1, 4000, 8000, 192_000}) {
      assertEquals(hertz, scale.hertz(scale.mel(hertz)), 1e-9 * (1 + hertz));
    }
  }

  @Test
  void scale_atKnownPoints_hasPublishedValues() {
    assertEquals(1000, MelScale.HTK.mel(1000), 0.1); // the scale's defining point
    assertEquals(15, MelScale.SLANEY.mel(1000), 1e-12);
    assertEquals(42, MelScale.SLANEY.mel(6400), 1e-9); // 27 steps from 1 kHz to 6.4 kHz
  }

  @Test
  void applyInto_htkFlatSpectrum_givesHalfTheFilterWidths() {
    MelFilterbank bank = new MelFilterbank(MelScale.HTK, 20, 8192, 16_000, 100, 7_000);
    float[] power = new float[4097];
    Arrays.fill(power, 1);
    float[] bands = new float[20];
    bank.applyInto(power, bands, 0);
    double step = (MelScale.HTK.mel(7_000) - MelScale.HTK.mel(100)) / 21;
    for (int b = 0; b < 20; b++) {
      double low = MelScale.HTK.hertz(MelScale.HTK.mel(100) + b * step);
      double high = MelScale.HTK.hertz(MelScale.HTK.mel(100) + (b + 2) * step);
      double bins = (high - low) / (16_000.0 / 8192);
      assertEquals(bins / 2, bands[b], 0.5, "band " + b); // the sum over bins of a triangle's area
    }
  }

  @Test
  void applyInto_slaneyFlatSpectrum_givesEqualBands() {
    MelFilterbank bank = new MelFilterbank(MelScale.SLANEY, 20, 65_536, 16_000, 100, 7_000);
    float[] power = new float[32_769];
    Arrays.fill(power, 1);
    float[] bands = new float[20];
    bank.applyInto(power, bands, 0);
    for (float band : bands) {
      assertEquals(65_536 / 16_000.0, band, 0.01); // area 1 Hz, times bins a Hz
    }
  }

  @Test
  void applyInto_toneAtACentre_standsInThatBandAlone() {
    MelFilterbank bank = new MelFilterbank(MelScale.SLANEY, 40, 512, 16_000, 0, 8_000);
    float[] power = new float[257];
    power[16] = 1; // 500 Hz
    float[] bands = new float[42];
    bank.applyInto(power, bands, 2);
    int touched = 0;
    for (float band : bands) {
      touched += band > 0 ? 1 : 0;
    }
    assertEquals(0, bands[0]);
    assertEquals(0, bands[1]);
    assertTrue(touched >= 1 && touched <= 2, touched + " bands");
  }

  @Test
  void construct_badNumbers_areRejected() {
    for (double[] edges :
        new double[][] {{-1, 100}, {100, 100}, {200, 100}, {0, 8_001}, {Double.NaN, 100}}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new MelFilterbank(MelScale.HTK, 10, 512, 16_000, edges[0], edges[1]),
          Arrays.toString(edges));
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> new MelFilterbank(MelScale.HTK, 0, 512, 16_000, 0, 8_000));
  }
}
