package io.github.erv.vision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.Cue;
import io.github.erv.Encoder;
import io.github.erv.EncoderSession;
import io.github.erv.Evidence;
import io.github.erv.Evidence.Reason;
import io.github.erv.Modality;
import io.github.erv.Observation;
import io.github.erv.Region;
import io.github.erv.Subject;
import io.github.erv.contract.EncoderContract;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.media.ColorRange;
import io.github.erv.media.Frame;
import io.github.erv.media.PixelFormat;
import io.github.erv.spi.EncoderProvider;
import io.github.erv.vision.face.FaceCrop;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FaceEncoderTest {
  private static List<Observation> read(FaceEncoder encoder, Frame... frames) {
    List<Observation> said = new ArrayList<>();
    try (EncoderSession<Frame> session = encoder.open()) {
      for (Frame frame : frames) {
        session.encode(frame, said::add);
      }
    }
    return said;
  }

  private static Evidence.Present present(List<Observation> said) {
    assertEquals(1, said.size(), said.toString());
    return (Evidence.Present) said.get(0).evidence();
  }

  private static void assertNoFace(List<Observation> said) {
    assertEquals(1, said.size(), said.toString());
    assertEquals(Subject.SCENE, said.get(0).subject());
    assertEquals(new Evidence.Missing(Reason.NO_FACE), said.get(0).evidence());
  }

  @Nested
  class Contract extends EncoderContract<Frame> {
    @Override
    protected Encoder<Frame> encoder() {
      return FaceEncoder.bundled();
    }

    @Override
    protected List<Frame> inputs() {
      List<Frame> frames = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        BufferedImage image = Pictures.blocks(320, 240, 1);
        Pictures.head(image, 120 + 8 * i, 120, 130);
        frames.add(Frame.of(image, 100_000L * i));
      }
      return frames;
    }

    @Override
    protected List<Frame> emptyInputs() {
      return List.of(
          Frame.of(Pictures.blocks(320, 240, 1), 0), Pictures.gray(320, 240, 128).at(100_000));
    }
  }

  @Test
  void encode_portrait_readsTheSmile() {
    try (FaceEncoder encoder = FaceEncoder.bundled()) {
      List<Observation> said = read(encoder, Frame.of(Pictures.portrait(), 40_000));
      Evidence.Present evidence = present(said);
      assertEquals(Modality.FACE, said.get(0).modality());
      assertEquals(Subject.face(1), said.get(0).subject());
      assertEquals(40_000, said.get(0).span().startMicros());
      assertEquals(Emotion.HAPPINESS, evidence.distribution().orElseThrow().top());
      assertTrue(evidence.quality() > 0.7, "quality " + evidence.quality());
      Region region = evidence.region().orElseThrow();
      // the face as anybody would draw it
      assertTrue(region.overlap(new Region(83, 62, 90, 108)) > 0.7, region.toString());
      assertEquals(256, evidence.embeddingSize());
      List<String> cues = evidence.cues().stream().map(Cue::name).toList();
      assertEquals(List.of("head.yaw", "head.pitch", "head.roll"), cues);
      for (Cue cue : evidence.cues()) {
        assertEquals(0, cue.value(), 15, cue.name());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(PixelFormat.class)
  void encode_anyFormat_findsTheSameFace(PixelFormat format) {
    try (FaceEncoder encoder = FaceEncoder.bundled()) {
      BufferedImage portrait = Pictures.portrait();
      Region expected = present(read(encoder, Frame.of(portrait))).region().orElseThrow();
      for (ColorRange range : ColorRange.values()) {
        Frame frame = Pictures.frame(portrait, format, range, 0);
        Evidence.Present evidence = present(read(encoder, frame));
        assertTrue(evidence.region().orElseThrow().overlap(expected) > 0.9, format + " " + range);
        assertEquals(Emotion.HAPPINESS, evidence.distribution().orElseThrow().top());
        Evidence.Present direct = present(read(encoder, Pictures.direct(frame)));
        assertEquals(evidence.region(), direct.region());
        assertEquals(evidence.distribution(), direct.distribution());
      }
    }
  }

  @Test
  void encode_turnedPicture_findsTheFace() {
    try (FaceEncoder encoder = FaceEncoder.bundled()) {
      BufferedImage large = Pictures.canvas(500, 500, new Color(150, 140, 150));
      var graphics = large.createGraphics();
      graphics.rotate(Math.toRadians(30), 250, 250);
      graphics.drawImage(Pictures.portrait(), 122, 122, null);
      graphics.dispose();
      Evidence.Present evidence = present(read(encoder, Frame.of(large)));
      double roll =
          evidence.cues().stream()
              .filter(cue -> cue.name().equals("head.roll"))
              .findFirst()
              .orElseThrow()
              .value();
      assertEquals(30, roll, 6);
      assertEquals(Emotion.HAPPINESS, evidence.distribution().orElseThrow().top());
    }
  }

  @Test
  void encode_darkenedFace_isFoundAndOfLessQuality() {
    try (FaceEncoder encoder = FaceEncoder.bundled()) {
      BufferedImage dark = Pictures.portrait();
      for (int y = 0; y < 256; y++) {
        for (int x = 0; x < 256; x++) {
          Color c = new Color(dark.getRGB(x, y));
          dark.setRGB(x, y, new Color(c.getRed() / 4, c.getGreen() / 4, c.getBlue() / 4).getRGB());
        }
      }
      float quality = present(read(encoder, Frame.of(Pictures.portrait()))).quality();
      assertTrue(present(read(encoder, Frame.of(dark))).quality() < 0.6 * quality);
    }
  }

  @Test
  void encode_oddSizes_giveNoFace() {
    try (FaceEncoder encoder = FaceEncoder.bundled()) {
      int[][] sizes = {{1, 1}, {1, 2}, {2, 1}, {3, 5}, {17, 1}, {1, 4000}, {16_384, 3}, {31, 33}};
      for (int[] size : sizes) {
        assertNoFace(read(encoder, Pictures.gray(size[0], size[1], 90)));
        for (PixelFormat format : PixelFormat.values()) {
          int bytes = format.bytes(size[0], size[1]);
          assertNoFace(read(encoder, Frame.of(format, size[0], size[1], new byte[bytes], 0)));
        }
      }
    }
  }

  @Test
  void encode_8K_findsTheFace() {
    try (FaceEncoder encoder = FaceEncoder.bundled()) {
      BufferedImage image = Pictures.canvas(7680, 4320, new Color(120, 130, 125));
      Pictures.head(image, 5000, 2000, 900);
      Evidence.Present evidence = present(read(encoder, Frame.of(image)));
      assertEquals(Emotion.HAPPINESS, evidence.distribution().orElseThrow().top());
    }
  }

  @Test
  void encode_sizeChangesMidway_goesOn() {
    try (FaceEncoder encoder = FaceEncoder.bundled()) {
      List<Observation> said =
          read(
              encoder,
              Frame.of(Pictures.portrait(), 0),
              Pictures.gray(1, 1, 0).at(100_000),
              Frame.of(Pictures.portrait(), 200_000));
      assertEquals(
          List.of(Subject.face(1), Subject.SCENE, Subject.face(2)),
          said.stream().map(Observation::subject).toList());
    }
  }

  @Test
  void encode_noise_isNobody() {
    try (FaceEncoder encoder = FaceEncoder.bundled()) {
      for (int seed = 0; seed < 30; seed++) {
        assertNoFace(read(encoder, Frame.of(Pictures.blocks(480, 270, seed))));
      }
    }
  }

  /** A head that hands out what it was given. */
  private static final class Recording implements Encoder<FaceCrop> {
    private final LabelSet labels;
    final List<FaceCrop> kept = new ArrayList<>();
    int closed;

    Recording(LabelSet labels) {
      this.labels = labels;
    }

    @Override
    public Modality modality() {
      return Modality.FACE;
    }

    @Override
    public LabelSet labels() {
      return labels;
    }

    @Override
    public int embeddingSize() {
      return 3;
    }

    @Override
    public EncoderSession<FaceCrop> open() {
      return new EncoderSession<>() {
        @Override
        public void encode(FaceCrop face, Consumer<Observation> out) {
          kept.add(face.copy());
          out.accept(
              Observation.of(
                  Modality.FACE,
                  face.subject(),
                  face.span(),
                  Evidence.Present.builder(1)
                      .distribution(Distribution.certain(labels, labels.get(0)))
                      .cues(List.of(new Cue("own", 1, "1", face.span())))
                      .build()));
        }

        @Override
        public void close() {
          closed++;
        }
      };
    }

    @Override
    public void close() {
      closed += 100;
    }
  }

  @Test
  void encode_severalHeads_allReadTheSameFace() {
    Recording own = new Recording(LabelSet.of(Emotion.CALM, Emotion.BOREDOM));
    FaceEncoder encoder = FaceEncoder.builder().head(ExpressionEncoder.bundled()).head(own).build();
    List<Observation> said = read(encoder, Frame.of(Pictures.portrait()));
    assertEquals(2, said.size());
    assertEquals(said.get(0).subject(), said.get(1).subject());
    Evidence.Present second = (Evidence.Present) said.get(1).evidence();
    assertEquals(
        List.of("own", "head.yaw", "head.pitch", "head.roll"),
        second.cues().stream().map(Cue::name).toList());
    assertEquals(((Evidence.Present) said.get(0).evidence()).region(), second.region());
    assertEquals(10, encoder.labels().size());
    assertEquals(256, encoder.embeddingSize());
    assertEquals(1, own.closed);
    encoder.close();
    assertEquals(101, own.closed);
  }

  @Test
  void faceCrop_copy_outlivesTheFrame() {
    Recording own = new Recording(LabelSet.EKMAN_7);
    try (FaceEncoder encoder = FaceEncoder.builder().head(own).build()) {
      Frame portrait = Pictures.frame(Pictures.portrait(), PixelFormat.NV12, ColorRange.LIMITED, 0);
      byte[] pixels = new byte[PixelFormat.NV12.bytes(256, 256)];
      Frame reused = portrait.copyTo(ByteBuffer.wrap(pixels));
      read(encoder, reused);
      read(encoder, reused);
      byte[] before = new byte[3 * 64 * 64];
      own.kept.get(0).rgbInto(64, 1.2, before);
      Arrays.fill(pixels, (byte) 0);
      byte[] after = new byte[3 * 64 * 64];
      own.kept.get(1).rgbInto(64, 1.2, after);
      assertTrue(Arrays.equals(before, after));
    }
  }

  @Test
  void faceCrop_badSizes_areRefused() {
    Recording own = new Recording(LabelSet.EKMAN_7);
    try (FaceEncoder encoder = FaceEncoder.builder().head(own).build()) {
      read(encoder, Frame.of(Pictures.portrait()));
      FaceCrop face = own.kept.get(0);
      byte[] target = new byte[100];
      assertThrows(IllegalArgumentException.class, () -> face.lumaInto(0, 1, target));
      assertThrows(IllegalArgumentException.class, () -> face.lumaInto(11, 1, target));
      assertThrows(IllegalArgumentException.class, () -> face.rgbInto(6, 1, target));
      assertThrows(IllegalArgumentException.class, () -> face.lumaInto(5, 0, target));
      assertThrows(IllegalArgumentException.class, () -> face.lumaInto(5, Double.NaN, target));
    }
  }

  @Test
  void builder_badOptions_areRefused() {
    FaceEncoder.Builder builder = FaceEncoder.builder();
    assertThrows(IllegalArgumentException.class, () -> builder.mostFaces(0));
    assertThrows(IllegalArgumentException.class, () -> builder.smallestFace(-3));
    assertThrows(
        IllegalArgumentException.class, () -> builder.detectionInterval(Duration.ofMillis(-1)));
  }

  @Test
  @SuppressWarnings("rawtypes") // a class literal has no parameters
  void provider_onTheClassPath_isFound() {
    assertTrue(
        ServiceLoader.load(EncoderProvider.class).stream()
            .anyMatch(provider -> provider.type() == FaceEncoderProvider.class));
  }

  @Test
  void encode_steadyState_leavesLittleGarbage() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    Frame[] frames = new Frame[8];
    for (int i = 0; i < frames.length; i++) {
      BufferedImage image = Pictures.blocks(640, 360, 1);
      Pictures.head(image, 300 + 4 * Math.min(i, frames.length - i), 180, 180);
      frames[i] =
          Pictures.direct(Pictures.frame(image, PixelFormat.YUV420P, ColorRange.LIMITED, 0));
    }
    try (FaceEncoder encoder = FaceEncoder.bundled();
        EncoderSession<Frame> session = encoder.open()) {
      int[] faces = new int[1];
      Consumer<Observation> count = observation -> faces[0] += observation.present() ? 1 : 0;
      long start = 0;
      int warm = 60;
      int measured = 120;
      for (int i = 0; i < warm + measured; i++) {
        if (i == warm) {
          start = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        }
        session.encode(frames[i % frames.length].at(33_333L * i), count);
      }
      long bytes = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - start;
      assertEquals(warm + measured, faces[0]);
      // half of the 32 KiB that the whole system may leave behind
      assertTrue(bytes / measured <= 16 * 1024, "bytes a frame: " + bytes / measured);
      System.out.println("garbage of an analysed frame with one face: " + bytes / measured + " B");
    }
  }

  @Test
  void openClose_manyRounds_keepsMemoryFlat() throws Exception {
    Path statm = Path.of("/proc/self/statm");
    Assumptions.assumeTrue(Files.exists(statm), "resident memory is read from /proc/self/statm");
    Frame frame = Frame.of(Pictures.portrait());
    long after = 0;
    int rounds = 40;
    for (int i = 0; i < 2 * rounds; i++) {
      try (FaceEncoder encoder = FaceEncoder.bundled()) {
        read(encoder, frame);
      }
      if (i == rounds - 1) {
        after = residentMib(statm);
      }
    }
    long grown = residentMib(statm) - after;
    // a leaked detector, mesh or head would cost 40 times 5 MiB and more
    assertTrue(grown < 60, "grew by MiB: " + grown);
  }

  private static long residentMib(Path statm) throws Exception {
    System.gc();
    return Long.parseLong(Files.readString(statm).split(" ", -1)[1]) * 4096 / (1 << 20);
  }
}
