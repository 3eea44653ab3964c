package io.github.erv.vision.handcrafted;

import static io.github.erv.vision.handcrafted.LocalBinaryPatternsTest.assertBad;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.erv.Subject;
import io.github.erv.media.Frame;
import io.github.erv.media.PixelFormat;
import io.github.erv.vision.face.FaceCrop;
import io.github.erv.vision.face.Landmarks;
import io.github.erv.vision.handcrafted.LocalBinaryPatterns.Labelling;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HashSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandcraftedFeaturesTest {
  private static final int SIDE = 32;
  private static final float TOLERANCE = 1e-6f;

  private static final HandcraftedFeatures ALL =
      HandcraftedFeatures.builder(SIDE, 1.25)
          .hog(8, 2, 9)
          .lbp(Labelling.UNIFORM, 8, 1, 2)
          .geometry()
          .flow(2)
          .lbpTop(Labelling.UNIFORM_ROTATION_INVARIANT, 8, 1.5, 1, 2, 4)
          .build();

  /** A face of waves, moved to the right by some pixels of the frame, which has 64. */
  private static FaceCrop face(int subject, double shift, long micros) {
    byte[] pixels = new byte[64 * 64];
    for (int i = 0; i < pixels.length; i++) {
      int row = i / 64;
      double x = i % 64 - shift;
      pixels[i] =
          (byte) Math.round(128 + 50 * Math.sin(x * 0.35) + 40 * Math.cos(row * 0.3 + x * 0.1));
    }
    return FaceCrop.of(
        Frame.of(PixelFormat.GRAY8, 64, 64, pixels, micros),
        Subject.face(subject),
        Landmarks.frontal(32, 32, 40));
  }

  private static float[] read(HandcraftedFeatures.Session session, FaceCrop face) {
    float[] out = new float[ALL.size()];
    session.into(face, out, 0);
    return out;
  }

  private static float[] part(float[] values, String group) {
    int from = -1;
    int to = 0;
    for (int i = 0; i < values.length; i++) {
      if (ALL.names().get(i).startsWith(group + '.')) {
        from = from < 0 ? i : from;
        to = i + 1;
      }
    }
    return Arrays.copyOfRange(values, from, to);
  }

  @Test
  void parse_text_isTheSame() {
    String text = ALL.toString();
    assertEquals(
        "face 32 1.25; hog 8 2 9; lbp UNIFORM 8 1.0 2; geometry; flow 2;"
            + " lbptop UNIFORM_ROTATION_INVARIANT 8 1.5 1 2 4",
        text);
    HandcraftedFeatures again = HandcraftedFeatures.parse(text);
    assertEquals(text, again.toString());
    assertEquals(ALL.names(), again.names());
    assertEquals(1.25, again.margin());
    assertEquals(ALL.size(), new HashSet<>(ALL.names()).size(), "each has a name of its own");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "face 32 1",
        "hog 8 2 9",
        "face 32; geometry",
        "face x 1; geometry",
        "face 32 NaN; geometry",
        "face 8 1; geometry",
        "face 32 1; nose",
        "face 32 1; geometry 2",
        "face 32 1; hog 8 2",
        "face 32 1; hog 8 2 x",
        "face 32 1; hog 32 2 9",
        "face 32 1; lbp ODD 8 1 4",
        "face 32 1; lbp UNIFORM 8 1 33",
        "face 32 1; flow 17",
        "face 32 1; lbptop UNIFORM 8 1 1 4 2",
        "face 32 1;; geometry"
      })
  void parse_badText_isRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> HandcraftedFeatures.parse(text));
  }

  @Test
  void builder_badNumbers_saysWhich() {
    assertBad("side", () -> HandcraftedFeatures.builder(15, 1));
    assertBad("margin", () -> HandcraftedFeatures.builder(32, 0));
    assertBad("at least one", () -> HandcraftedFeatures.builder(32, 1).build());
    assertBad(
        "columns",
        () -> HandcraftedFeatures.builder(32, 1).lbpTop(Labelling.UNIFORM, 8, 1, 1, 40, 9));
  }

  @Test
  void into_groups_areEachAsByItself() {
    FaceCrop face = face(1, 0, 0);
    byte[] luma = new byte[SIDE * SIDE];
    face.lumaInto(SIDE, 1.25, luma);
    try (HandcraftedFeatures.Session session = ALL.open()) {
      float[] values = read(session, face);
      HistogramOfOrientedGradients gradients = HistogramOfOrientedGradients.of(SIDE, SIDE, 8, 2, 9);
      float[] hog = new float[gradients.size()];
      gradients.into(luma, hog, 0);
      assertArrayEquals(hog, part(values, "hog"));
      LocalBinaryPatterns patterns = LocalBinaryPatterns.of(Labelling.UNIFORM, 8, 1, SIDE, SIDE);
      float[] lbp = new float[4 * patterns.labels()];
      patterns.histogramsInto(luma, 2, 2, lbp, 0);
      float[] roots = part(values, "lbp8@1");
      for (int i = 0; i < lbp.length; i++) {
        assertEquals(lbp[i], roots[i] * roots[i], TOLERANCE);
      }
      float[] geometry = new float[LandmarkGeometry.names().size()];
      LandmarkGeometry.into(face.landmarks(), geometry, 0);
      assertArrayEquals(geometry, part(values, "geometry"));
    }
  }

  @Test
  void into_movingFace_isSpeedInSidesASecond() {
    try (HandcraftedFeatures.Session session = ALL.open()) {
      assertArrayEquals(new float[24], part(read(session, face(1, 0, 0)), "flow"));
      assertArrayEquals(new float[24], part(read(session, face(2, 9, 0)), "flow"));
      // 2 of 50 pixels of the picture of the face, in 40 ms
      float[] flow = part(read(session, face(1, 2, 40_000)), "flow");
      assertEquals(2.0 / 50 / 0.04, flow[0], 0.15, "across");
      assertEquals(0, flow[1], 0.15, "down");
      assertEquals(2.0 / 50 / 0.04, flow[2], 0.15, "speed");
      float[] slower = part(read(session, face(1, 4, 120_000)), "flow");
      assertEquals(2.0 / 50 / 0.08, slower[0], 0.08, "the same way in twice the time");
    }
  }

  @Test
  void into_afterGapCutOrInstant_motionStartsAnew() {
    float[] still = new float[24];
    try (HandcraftedFeatures.Session session = ALL.open();
        HandcraftedFeatures.Session fresh = ALL.open()) {
      for (int i = 0; i < 4; i++) {
        read(session, face(1, i, 40_000L * i));
      }
      float[] late = read(session, face(1, 8, 620_001));
      assertArrayEquals(still, part(late, "flow"));
      assertArrayEquals(part(read(fresh, face(1, 8, 0)), "lbptop"), part(late, "lbptop"));
      assertArrayEquals(still, part(read(session, face(1, 9, 620_001)), "flow"));
      session.forget();
      assertArrayEquals(still, part(read(session, face(1, 5, 660_000)), "flow"));
    }
  }

  @Test
  void into_moving_lbpTopSeesTheLastPictures() {
    LbpTop expected =
        LbpTop.of(Labelling.UNIFORM_ROTATION_INVARIANT, 8, 1.5, 1, SIDE, SIDE, 2, 2, 4);
    byte[] luma = new byte[SIDE * SIDE];
    float[] shares = new float[expected.size()];
    try (HandcraftedFeatures.Session session = ALL.open()) {
      for (int i = 0; i < 7; i++) {
        FaceCrop face = face(1, i, 40_000L * i);
        face.lumaInto(SIDE, 1.25, luma);
        expected.add(luma);
        expected.histogramsInto(shares, 0);
        float[] roots = part(read(session, face), "lbptop");
        for (int k = 0; k < shares.length; k++) {
          assertEquals(shares[k], roots[k] * roots[k], TOLERANCE);
        }
      }
    }
  }

  @Test
  void into_shortArray_isRefused() {
    try (HandcraftedFeatures.Session session = ALL.open()) {
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> session.into(face(1, 0, 0), new float[ALL.size()], 1));
    }
  }

  @Test
  void into_stillPicture_allocatesWhatTheCropDoes() {
    HandcraftedFeatures still =
        HandcraftedFeatures.builder(48, 1).hog(6, 2, 9).lbp(Labelling.UNIFORM, 8, 2, 6).build();
    FaceCrop face = face(1, 0, 0);
    float[] out = new float[still.size()];
    byte[] luma = new byte[48 * 48];
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long bytes = 0;
    long crop = 0;
    try (HandcraftedFeatures.Session session = still.open()) {
      for (int round = 0; round < 3; round++) {
        long start = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 500; i++) {
          face.lumaInto(48, 1, luma);
        }
        long between = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 500; i++) {
          session.into(face, out, 0);
        }
        crop = between - start;
        bytes = threads.getCurrentThreadAllocatedBytes() - between;
      }
    }
    assertEquals(crop / 500, bytes / 500, "bytes a face");
  }

  @Test
  void into_anything_isFinite() {
    SplittableRandom random = new SplittableRandom(6);
    try (HandcraftedFeatures.Session session = ALL.open()) {
      for (int i = 0; i < 20; i++) {
        byte[] pixels = new byte[9 * 7];
        for (int p = 0; p < pixels.length; p++) {
          pixels[p] = (byte) (i < 3 ? 127 * i : random.nextInt(256));
        }
        // partly or wholly outside of a tiny frame
        FaceCrop face =
            FaceCrop.of(
                Frame.of(PixelFormat.GRAY8, 9, 7, pixels, 10_000L * i),
                Subject.face(1),
                Landmarks.frontal(random.nextDouble(-20, 20), 3, random.nextDouble(0.01, 50)));
        for (float value : read(session, face)) {
          assertTrue(Float.isFinite(value));
        }
      }
    }
  }
}
