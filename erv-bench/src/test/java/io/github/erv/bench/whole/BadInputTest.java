package io.github.erv.bench.whole;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.erv.EmotionRecognizer;
import io.github.erv.Evidence.Reason;
import io.github.erv.Modality;
import io.github.erv.RecognitionSession;
import io.github.erv.Region;
import io.github.erv.Subject;
import io.github.erv.TimedInput;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.error.MediaException;
import io.github.erv.media.AudioWindow;
import io.github.erv.media.Frame;
import io.github.erv.media.PixelFormat;
import io.github.erv.media.TimeSpan;
import io.github.erv.timeline.EmotionTimeline;
import io.github.erv.timeline.Gap;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What bad input gets, from the file to the time line, with the bundled models. */
class BadInputTest {
  private static final Subject FACE = Subject.face(1);
  private static final long HOP_MICROS = 250_000;
  private static final long END_MICROS = 12_000_000;

  @TempDir static Path folder;
  private static EmotionRecognizer recognizer;
  private static EmotionTimeline whole;
  private static BufferedImage portrait;
  private static float[] speech;

  @BeforeAll
  static void analyzeWhole() throws IOException {
    recognizer = EmotionRecognizer.create();
    whole = recognizer.analyze(Footage.SAMPLE);
    portrait =
        ImageIO.read(
            Footage.ofSample(folder.resolve("portrait.png"), List.of("-ss", "2"), "-vframes", "1")
                .toFile());
    ByteBuffer bytes =
        ByteBuffer.wrap(
                Files.readAllBytes(
                    Footage.ofSample(
                        folder.resolve("speech.f32"),
                        List.of("-ss", "2"),
                        "-t 3 -vn -ac 1 -ar 192000 -f f32le".split(" "))))
            .order(ByteOrder.LITTLE_ENDIAN);
    speech = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(speech);
  }

  @AfterAll
  static void close() {
    recognizer.close();
  }

  // files that are no recording

  private static String refusal(Path file) {
    MediaException e = assertThrows(MediaException.class, () -> recognizer.analyze(file));
    assertTrue(e.getMessage().contains(file.getFileName().toString()), e.getMessage());
    return e.getMessage();
  }

  @Test
  void analyze_noMedia_namesTheFileAndTheReason() throws IOException {
    assertTrue(refusal(folder.resolve("missing.mp4")).endsWith("does not exist"));
    assertTrue(refusal(Files.createDirectory(folder.resolve("dir"))).endsWith("is a directory"));
    assertTrue(refusal(Files.createFile(folder.resolve("empty.mp4"))).endsWith("is empty"));
    Path text = Files.writeString(folder.resolve("notes.mp4"), "Only words. ".repeat(1000));
    assertTrue(refusal(text).contains("is not media"));
    byte[] noise = new byte[100_000];
    new Random(3).nextBytes(noise);
    assertFalse(refusal(Files.write(folder.resolve("noise.mp4"), noise)).isEmpty());
  }

  @Test
  void analyze_unreadable_saysSo() throws IOException {
    Path file = Files.write(folder.resolve("locked.mp4"), new byte[100]);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(file), "this user (root) may read everything");

    assertTrue(refusal(file).endsWith("may not be read by this user"));
  }

  @Test
  void analyze_encrypted_saysSo() {
    Path file = Footage.encrypted(folder.resolve("protected.mp4"));

    assertTrue(refusal(file).contains("encrypted"));
  }

  // damaged and cut recordings

  /** What of the whole recording's time line ends before a time. */
  private static List<String> until(EmotionTimeline timeline, long micros) {
    return timeline.estimates().stream()
        .filter(estimate -> estimate.span().endMicros() <= micros)
        .map(Bits::of)
        .toList();
  }

  private static String told(EmotionTimeline timeline) {
    return timeline + " gaps " + timeline.gaps() + " warnings " + timeline.warnings();
  }

  private static boolean covered(EmotionTimeline timeline, Subject subject, TimeSpan span) {
    long reached = span.startMicros();
    for (Gap gap : timeline.gaps(subject)) {
      if (gap.span().startMicros() <= reached) {
        reached = Math.max(reached, gap.span().endMicros());
      }
    }
    return reached >= span.endMicros();
  }

  @ParameterizedTest
  @ValueSource(strings = {"cut.mp4", "cut.mkv", "cut.ts"})
  void analyze_truncated_givesTheTimeLineUpToThere(String name) throws IOException {
    Path file =
        Footage.ofSample(
            folder.resolve(name),
            List.of(),
            name.endsWith("mp4")
                ? new String[] {"-c", "copy", "-movflags", "+faststart"}
                : new String[] {"-c", "copy"});
    EmotionTimeline complete = recognizer.analyze(file);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));

    EmotionTimeline timeline = recognizer.analyze(file);

    long reached =
        timeline.estimates().stream().mapToLong(e -> e.span().endMicros()).max().orElse(0);
    assertTrue(reached > 4_000_000 && reached < 10_000_000, told(timeline));
    // the last hop may have got less than it would, and speech is decided 350 ms later
    long settled = reached - 2 * HOP_MICROS;
    List<String> before = until(timeline, settled);
    assertTrue(before.size() > 15, told(timeline));
    assertEquals(until(complete, settled), before);
    if (name.endsWith("ts")) {
      return; // a transport stream does not say how long it should be
    }
    assertEquals(END_MICROS, timeline.span().endMicros(), HOP_MICROS, told(timeline));
    List<Reason> reasons = List.of(Reason.STREAM_ENDED, Reason.DECODE_ERROR);
    assertTrue(
        timeline.gaps().stream()
            .anyMatch(
                gap ->
                    reasons.contains(gap.reason())
                        && gap.span().endMicros() >= END_MICROS - HOP_MICROS),
        told(timeline));
    assertTrue(timeline.warnings().stream().anyMatch(w -> w.contains(name)), told(timeline));
    assertTrue(
        covered(timeline, Subject.VOICE, new TimeSpan(reached + HOP_MICROS, END_MICROS)),
        told(timeline));
  }

  @Test
  void analyze_indexCutOff_saysWhy() throws IOException {
    Path file = Footage.ofSample(folder.resolve("noindex.mp4"), List.of(), "-c", "copy");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));

    assertTrue(refusal(file).contains("cut off"));
  }

  @Test
  void analyze_damagedInTheMiddle_goesOn() throws IOException {
    // every picture a whole one, so that the damage stays where it is
    Path file =
        Footage.ofSample(
            folder.resolve("damaged.mkv"), List.of(), "-c:v mjpeg -q:v 3 -c:a flac".split(" "));
    EmotionTimeline clean = recognizer.analyze(file);
    byte[] bytes = Files.readAllBytes(file);
    byte[] noise = new byte[bytes.length / 10];
    new Random(7).nextBytes(noise);
    System.arraycopy(noise, 0, bytes, bytes.length / 3, noise.length);
    Files.write(file, bytes);

    EmotionTimeline timeline = recognizer.analyze(file);

    List<TimeSpan> errors =
        timeline.gaps().stream()
            .filter(gap -> gap.reason() == Reason.DECODE_ERROR)
            .map(Gap::span)
            .toList();
    assertFalse(errors.isEmpty(), told(timeline));
    assertTrue(timeline.warnings().stream().anyMatch(w -> w.contains("damaged.mkv")));
    long from = errors.stream().mapToLong(TimeSpan::startMicros).min().orElseThrow();
    assertTrue(from > 1_000_000, told(timeline));
    assertEquals(until(clean, from - 2 * HOP_MICROS), until(timeline, from - 2 * HOP_MICROS));
    assertEquals(END_MICROS, timeline.span().endMicros(), HOP_MICROS);
    long after = errors.stream().mapToLong(TimeSpan::endMicros).max().orElseThrow();
    assertTrue(
        timeline.estimates().stream().anyMatch(e -> e.span().startMicros() >= after),
        told(timeline));
  }

  @Test
  void analyze_noiseInPackets_neverLosesTheRest() throws IOException {
    byte[] clean = Files.readAllBytes(Footage.SAMPLE);
    Path file = folder.resolve("sprinkled.mp4");
    Random random = new Random(20_250_101);
    for (int round = 0; round < 3; round++) {
      byte[] bytes = clean.clone();
      for (int hit = 0; hit < 50; hit++) { // the index lies in the first tenth
        bytes[bytes.length / 10 + random.nextInt(bytes.length * 9 / 10)] = (byte) random.nextInt();
      }
      Files.write(file, bytes);

      EmotionTimeline timeline = recognizer.analyze(file);

      assertEquals(END_MICROS, timeline.span().endMicros(), HOP_MICROS, told(timeline));
      assertTrue(timeline.estimates().size() > 20, "round " + round + ": " + told(timeline));
    }
  }

  // recordings that lack something

  @Test
  void analyze_noSoundTrack_readsThePictureAndSaysSo() {
    EmotionTimeline timeline =
        recognizer.analyze(
            Footage.ofSample(folder.resolve("mute.mp4"), List.of(), "-an", "-c", "copy"));

    assertEquals(
        List.of(new Gap(Subject.VOICE, new TimeSpan(0, END_MICROS), Reason.NO_STREAM)),
        timeline.gaps(Subject.VOICE));
    assertEquals(spans(whole, FACE), spans(timeline, FACE));
    for (EmotionEstimate estimate : timeline.estimates(FACE)) {
      assertEquals(Reason.NO_STREAM, estimate.missing().get(Modality.VOICE));
    }
  }

  @Test
  void analyze_noPictureTrack_readsTheSoundAndSaysSo() {
    EmotionTimeline timeline =
        recognizer.analyze(
            Footage.ofSample(folder.resolve("blind.m4a"), List.of(), "-vn", "-c", "copy"));

    List<Gap> scene = timeline.gaps(Subject.SCENE);
    assertEquals(1, scene.size(), scene.toString());
    assertEquals(Reason.NO_STREAM, scene.get(0).reason());
    assertEquals(END_MICROS, scene.get(0).span().endMicros(), HOP_MICROS);
    // all speech stays with the voice, also that which was the portrait's
    long heard =
        whole.estimates().stream()
            .filter(estimate -> estimate.contributions().containsKey(Modality.VOICE))
            .count();
    assertEquals(heard, timeline.estimates(Subject.VOICE).size(), 8, told(timeline));
    assertTrue(timeline.estimates(Subject.VOICE).size() > 20, told(timeline));
    assertEquals(timeline.estimates().size(), timeline.estimates(Subject.VOICE).size());
  }

  @Test
  void analyze_silentTrack_saysSilence() {
    EmotionTimeline timeline =
        recognizer.analyze(
            Footage.ofSample(
                folder.resolve("silent.mp4"), List.of(), "-c:v copy -af volume=0".split(" ")));

    assertEquals(List.of(), timeline.estimates(Subject.VOICE));
    assertEquals(
        List.of(Reason.SILENCE),
        timeline.gaps(Subject.VOICE).stream().map(Gap::reason).distinct().toList());
    assertTrue(covered(timeline, Subject.VOICE, new TimeSpan(0, END_MICROS)), told(timeline));
    assertEquals(spans(whole, FACE), spans(timeline, FACE));
  }

  @Test
  void analyze_soundEndsEarly_saysSo() {
    EmotionTimeline timeline =
        recognizer.analyze(
            Footage.ofSample(
                folder.resolve("mutes.mp4"), List.of(), "-c:v copy -af atrim=end=5".split(" ")));

    Gap last = last(timeline.gaps(Subject.VOICE));
    assertEquals(Reason.STREAM_ENDED, last.reason(), told(timeline));
    assertEquals(5_000_000, last.span().startMicros(), HOP_MICROS, told(timeline));
    assertEquals(END_MICROS, last.span().endMicros(), HOP_MICROS, told(timeline));
    assertEquals(spans(whole, FACE), spans(timeline, FACE));
  }

  @Test
  void analyze_pictureEndsEarly_saysSo() {
    EmotionTimeline timeline =
        recognizer.analyze(
            Footage.ofSample(
                folder.resolve("blinds.mkv"),
                List.of(),
                "-vf trim=end=5 -c:v mpeg4 -q:v 2 -c:a copy".split(" ")));

    Gap last = last(timeline.gaps(Subject.SCENE));
    assertEquals(Reason.STREAM_ENDED, last.reason(), told(timeline));
    assertEquals(5_000_000, last.span().startMicros(), 2 * HOP_MICROS, told(timeline));
    assertEquals(END_MICROS, last.span().endMicros(), HOP_MICROS, told(timeline));
    assertEquals(
        spans(whole, FACE).stream().filter(span -> span.endMicros() <= 5_000_000).toList(),
        spans(timeline, FACE));
    // speech after it is nobody's
    assertTrue(timeline.estimates(Subject.VOICE).size() > 8, told(timeline));
  }

  private static Gap last(List<Gap> gaps) {
    return gaps.get(gaps.size() - 1);
  }

  private static List<TimeSpan> spans(EmotionTimeline timeline, Subject subject) {
    return timeline.estimates(subject).stream().map(EmotionEstimate::span).toList();
  }

  // faces that are hard

  @Test
  void analyze_tinyFace_isAGap() {
    EmotionTimeline timeline =
        recognizer.analyze(
            Footage.ofSample(
                folder.resolve("tiny.mp4"),
                List.of(),
                "-an",
                "-vf",
                "scale=40:22,pad=640:360:300:170:gray",
                "-c:v",
                "mpeg4",
                "-q:v",
                "2"));

    assertEquals(List.of(), timeline.estimates());
    assertTrue(covered(timeline, Subject.SCENE, new TimeSpan(0, END_MICROS)), told(timeline));
  }

  @Test
  void analyze_severalFaces_areAPersonEachAndStayWhoTheyAre() {
    EmotionTimeline timeline =
        recognizer.analyze(
            Footage.ofSample(
                folder.resolve("four.mp4"),
                List.of(),
                "-an",
                "-filter_complex",
                "split=4[a][b][c][d];[a][b][c][d]xstack=grid=2x2",
                "-c:v",
                "mpeg4",
                "-q:v",
                "2"));

    assertEquals(4, timeline.subjects().size(), timeline.subjects().toString());
    List<String> places = new ArrayList<>();
    for (Subject subject : timeline.subjects()) {
      List<String> own =
          timeline.estimates(subject).stream()
              .map(estimate -> estimate.region().orElseThrow())
              .map(r -> (r.x() + r.width() / 2 < 640) + "," + (r.y() + r.height() / 2 < 360))
              .distinct()
              .toList();
      assertEquals(1, own.size(), subject + " was in " + own);
      places.addAll(own);
      long end =
          timeline
              .estimates(subject)
              .get(timeline.estimates(subject).size() - 1)
              .span()
              .endMicros();
      assertEquals(Footage.FACE_END_MICROS, end, 300_000, subject.toString());
    }
    assertEquals(4, places.stream().distinct().count(), places.toString());
  }

  // frames

  private static BufferedImage scaled(int width, int height, int type) {
    BufferedImage image = new BufferedImage(width, height, type);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(portrait, 0, 0, width, height, null);
    graphics.dispose();
    return image;
  }

  /** Where the face is, as parts of the picture's width and height. */
  private static double[] place(Frame frame) {
    List<EmotionEstimate> faces = recognizer.estimate(frame);
    assertEquals(1, faces.size(), frame.toString());
    Region region = faces.get(0).region().orElseThrow();
    return new double[] {
      (region.x() + region.width() / 2) / frame.width(),
      (region.y() + region.height() / 2) / frame.height()
    };
  }

  @ParameterizedTest
  @CsvSource({"639, 359", "321, 181", "7680, 4320", "1001, 563"})
  void estimate_anySize_findsTheFaceInItsPlace(int width, int height) {
    double[] expected = place(Frame.of(portrait));

    double[] gray = place(Frame.of(scaled(width, height, BufferedImage.TYPE_BYTE_GRAY)));
    double[] colour = place(Frame.of(scaled(width, height, BufferedImage.TYPE_3BYTE_BGR)));

    for (double[] place : List.of(gray, colour)) {
      assertEquals(expected[0], place[0], 0.02);
      assertEquals(expected[1], place[1], 0.02);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 999", "16384, 1", "2, 3"})
  void estimate_noRoomForAFace_findsNone(int width, int height) {
    for (PixelFormat format : PixelFormat.values()) {
      byte[] pixels = new byte[format.bytes(width, height)];
      assertEquals(List.of(), recognizer.estimate(Frame.of(format, width, height, pixels, 0)));
    }
  }

  @Test
  void frame_badSize_saysWhatLimitActual() {
    byte[] pixels = new byte[100];
    refused(
        () -> Frame.of(PixelFormat.GRAY8, 0, 1, pixels, 0), "width", "from 1 to 16384", "was 0");
    refused(
        () -> Frame.of(PixelFormat.GRAY8, 1, 16_385, pixels, 0), "height", "16384", "was 16385");
    refused(() -> Frame.of(PixelFormat.RGB24, 10, 10, pixels, 0), "300 bytes", "had 100");
  }

  private static void refused(Runnable call, String... said) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call::run);
    for (String part : said) {
      assertTrue(e.getMessage().contains(part), e.getMessage());
    }
  }

  // sound

  /** Every how-manieth sample after a moving average: the speech at another rate. */
  private static float[] at(int rateHz) {
    double step = 192_000.0 / rateHz;
    int width = (int) Math.max(1, step);
    float[] out = new float[(int) (speech.length / step) - 1];
    for (int i = 0; i < out.length; i++) {
      int from = (int) (i * step);
      double sum = 0;
      for (int k = 0; k < width; k++) {
        sum += speech[from + k];
      }
      out[i] = (float) (sum / width);
    }
    return out;
  }

  private static double difference(EmotionEstimate a, EmotionEstimate b) {
    double sum = 0;
    for (int i = 0; i < a.distribution().labels().size(); i++) {
      sum += Math.abs(a.distribution().probability(i) - b.distribution().probability(i));
    }
    return sum / 2;
  }

  @Test
  void estimate_anyRateAndChannels_hearsTheSame() {
    EmotionEstimate expected = recognizer.estimate(AudioWindow.of(at(48_000), 48_000, 0));
    assertTrue(expected.contributions().containsKey(Modality.VOICE), expected.toString());
    StringBuilder figures = new StringBuilder();
    for (int rate : new int[] {8_000, 11_025, 16_000, 22_050, 44_100, 96_000, 192_000}) {
      EmotionEstimate estimate = recognizer.estimate(AudioWindow.of(at(rate), rate, 0));
      double difference = difference(expected, estimate);
      figures.append(String.format(Locale.ROOT, " %d Hz %.3f", rate, difference));
      assertTrue(estimate.contributions().containsKey(Modality.VOICE), rate + " Hz");
      assertTrue(rate < 16_000 || difference < 0.15, rate + " Hz: off by " + difference);
    }
    System.out.println("BadInputTest: distance from 48 kHz:" + figures);
    float[] mono = at(48_000);
    for (int channels = 1; channels <= 8; channels++) {
      float[] all = new float[mono.length * channels];
      for (int i = 0; i < all.length; i++) {
        all[i] = mono[i / channels];
      }
      EmotionEstimate estimate =
          recognizer.estimate(AudioWindow.of(FloatBuffer.wrap(all), channels, 48_000, 0));
      assertTrue(difference(expected, estimate) < 1e-3, channels + " channels");
    }
  }

  @Test
  void estimate_notFiniteSamples_areHeardAsZero() {
    float[] bad = at(16_000);
    float[] zeroed = bad.clone();
    for (int i = 0; i < bad.length; i += 997) {
      bad[i] = i % 3 == 0 ? Float.NaN : i % 3 == 1 ? Float.POSITIVE_INFINITY : -1f / 0;
      zeroed[i] = 0;
    }
    assertEquals(
        Bits.of(recognizer.estimate(AudioWindow.of(zeroed, 16_000, 0))),
        Bits.of(recognizer.estimate(AudioWindow.of(bad, 16_000, 0))));
    float[] nothing = new float[32_000];
    Arrays.fill(nothing, Float.NaN);
    EmotionEstimate estimate = recognizer.estimate(AudioWindow.of(nothing, 16_000, 0));
    assertTrue(estimate.abstained());
    assertEquals(Reason.SILENCE, estimate.missing().get(Modality.VOICE));
  }

  @Test
  void estimate_oneSample_abstains() {
    EmotionEstimate estimate = recognizer.estimate(AudioWindow.of(new float[1], 16_000, 0));

    assertTrue(estimate.abstained());
    assertEquals(Reason.SILENCE, estimate.missing().get(Modality.VOICE));
  }

  @Test
  void audioWindow_badShape_saysWhatLimitActual() {
    refused(() -> AudioWindow.of(new float[0], 16_000, 0), "samples", "more than 0", "was 0");
    refused(() -> AudioWindow.of(new float[9], 100, 0), "sample rate", "4000", "was 100");
    refused(() -> AudioWindow.of(new float[9], 1_000_000, 0), "sample rate", "384000");
    refused(
        () -> AudioWindow.of(FloatBuffer.allocate(65), 65, 16_000, 0), "channels", "64", "were 65");
    refused(() -> AudioWindow.of(FloatBuffer.allocate(9), 2, 16_000, 0), "multiple of the 2", "9");
  }

  // live

  @Test
  void push_timeGoesBack_isRefusedAndTheSessionGoesOn() {
    Frame frame = Frame.of(portrait);
    float[] quarter = new float[4_000];
    List<EmotionEstimate> estimates = new ArrayList<>();
    try (RecognitionSession live = recognizer.open(estimates::add)) {
      live.push(frame.at(1_000_000));
      live.push(AudioWindow.of(quarter, 16_000, 1_000_000));

      back(live, frame.at(500_000), "Frame");
      back(live, AudioWindow.of(quarter, 16_000, 500_000), "AudioWindow");

      live.push(frame.at(1_250_000));
      live.push(AudioWindow.of(quarter, 16_000, 1_250_000));
    }
    assertEquals(
        List.of(new TimeSpan(1_000_000, 1_250_000), new TimeSpan(1_250_000, 1_500_000)),
        estimates.stream().map(EmotionEstimate::span).collect(Collectors.toList()));
  }

  private static void back(RecognitionSession live, TimedInput input, String what) {
    refused(() -> live.push(input), "time must not go back", what, "1000000 us", "500000 us");
  }
}
