package io.github.erv.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.Modality;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FfmpegReaderTest {
  /** A phone's rhythm: uneven, with a pause. */
  private static final long[] UNEVEN = {
    0, 33, 67, 100, 141, 180, 200, 233, 267, 700, 733, 767, 801, 870, 900, 933
  };

  @TempDir Path directory;

  private static List<Long> micros(long... millis) {
    return Arrays.stream(millis).map(t -> t * 1000).boxed().toList();
  }

  private static List<Integer> numbers(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mp4", "mov", "mkv", "nut", "ts"})
  void read_variableFrameRate_keepsTheTimesWritten(String container) {
    Path file =
        MediaFixtures.clip()
            .picture("mpeg4", 160, 120, UNEVEN)
            .write(directory.resolve("uneven." + container));

    Recorder recorder = Recorder.of(MediaSource.of(file));

    assertEquals(micros(UNEVEN), recorder.times());
    assertEquals(numbers(UNEVEN.length), recorder.ids());
    assertEquals(List.of(), recorder.losses);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mp4", "mkv"})
  void read_bFrames_comeInOrderAndTheLastIsNotLost(String container) {
    long[] times = MediaFixtures.every(40, 50);
    Path file =
        MediaFixtures.clip()
            .picture("mpeg4", 160, 120, times)
            .bFrames(2)
            .write(directory.resolve("b." + container));

    Recorder recorder = Recorder.of(MediaSource.of(file));

    assertEquals(micros(times), recorder.times());
    assertEquals(numbers(50), recorder.ids());
  }

  @ParameterizedTest
  @CsvSource({"mp4, 0, 500", "mp4, 1200, 700", "mkv, 2500, 2000", "mov, 40, 1240", "nut, 80, 0"})
  void read_startOffsets_areKept(String container, long pictureAt, long soundAt) {
    long[] times = MediaFixtures.every(40, 25);
    for (int k = 0; k < times.length; k++) {
      times[k] += pictureAt;
    }
    Path file =
        MediaFixtures.clip()
            .picture("mpeg4", 160, 120, times)
            .sound("pcm_s16le", 16_000, 1, soundAt, 1000)
            .write(directory.resolve("offset." + (container.equals("mp4") ? "mov" : container)));

    Recorder recorder = Recorder.of(MediaSource.of(file));

    assertEquals(micros(times), recorder.times());
    assertEquals(soundAt * 1000, recorder.windows.get(0).span().startMicros());
    assertEquals(16_000, recorder.sampleCount());
  }

  @Test
  void read_transportStream_startsAtItsFirstTimeStamp() {
    long[] times = {700, 740, 780, 820};
    Path file =
        MediaFixtures.clip()
            .picture("mpeg2video", 160, 120, times)
            .sound("mp2", 32_000, 1, 1000, 300)
            .write(directory.resolve("offset.ts"));

    Recorder recorder = Recorder.of(MediaSource.of(file));

    assertEquals(micros(0, 40, 80, 120), recorder.times());
    assertEquals(300_000.0, (double) recorder.windows.get(0).span().startMicros(), 20_000.0);
  }

  @ParameterizedTest
  @CsvSource({"1, 16000", "2, 44100", "3, 8000", "6, 48000", "8, 192000"})
  void read_sound_isTheToneWritten(int channels, int rate) {
    Path file =
        MediaFixtures.clip()
            .sound("pcm_s16le", rate, channels, 0, 800)
            .write(directory.resolve("tone.mkv"));

    Recorder recorder = Recorder.of(MediaSource.of(file));

    assertEquals(rate * 8 / 10, recorder.sampleCount());
    for (int c = 0; c < channels; c++) {
      float[] samples = recorder.samples(c);
      for (int i = 0; i < samples.length; i++) {
        double exact = MediaFixtures.tone(c, (double) i / rate);
        assertEquals(exact, samples[i], 2 / 32_768.0, "channel " + c + ", sample " + i);
      }
    }
    long expected = 0;
    for (AudioWindow window : recorder.windows) {
      assertTrue(Math.abs(expected - window.span().startMicros()) <= 1, window.toString());
      expected = window.span().endMicros();
    }
    assertEquals(Optional.empty(), open(file).video());
    assertEquals(channels, open(file).audio().orElseThrow().channels());
  }

  private static MediaInfo open(Path file) {
    try (MediaReader reader = MediaSource.of(file).open(MediaRequest.ALL)) {
      return reader.info();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, false", "90, false", "180, false", "270, false",
    "0, true", "90, true", "180, true", "270, true"
  })
  void read_rotation_comesOutUpright(int degrees, boolean mirrored) {
    Path file =
        MediaFixtures.clip()
            .picture("mpeg4", 160, 96, 0, 40, 80)
            .shown(degrees, mirrored)
            .write(directory.resolve("turned.mp4"));
    Path plain =
        MediaFixtures.clip()
            .picture("mpeg4", 160, 96, 0, 40, 80)
            .write(directory.resolve("plain.mp4"));

    Recorder turned = Recorder.of(MediaSource.of(file));
    Recorder stored = Recorder.of(MediaSource.of(plain));

    boolean quarter = degrees % 180 != 0;
    assertEquals(quarter ? 96 : 160, open(file).video().orElseThrow().width());
    for (int k = 0; k < 3; k++) {
      Frame shown = turned.frames.get(k);
      Frame before = stored.frames.get(k);
      assertEquals(quarter ? 96 : 160, shown.width());
      assertEquals(quarter ? 160 : 96, shown.height());
      for (int y = 0; y < 96; y++) {
        for (int x = 0; x < 160; x++) {
          // turned counter-clockwise, then mirrored, as the fixture asks for
          int turnedX =
              switch (degrees) {
                case 90 -> y;
                case 180 -> 159 - x;
                case 270 -> 95 - y;
                default -> x;
              };
          int shownX = mirrored ? shown.width() - 1 - turnedX : turnedX;
          int shownY =
              switch (degrees) {
                case 90 -> 159 - x;
                case 180 -> 95 - y;
                case 270 -> x;
                default -> y;
              };
          assertEquals(
              MediaFixtures.gray(before, x, y),
              MediaFixtures.gray(shown, shownX, shownY),
              x + "," + y);
        }
      }
    }
  }

  @Test
  void read_noSound_saysSo() {
    Path file =
        MediaFixtures.clip().picture("mpeg4", 160, 120, 0, 40).write(directory.resolve("mute.mp4"));

    assertEquals(Optional.empty(), open(file).audio());
    assertEquals(2, Recorder.of(MediaSource.of(file)).frames.size());
    MediaRequest sound = new MediaRequest(false, true, Double.POSITIVE_INFINITY, Optional.empty());
    assertTrue(Recorder.of(MediaSource.of(file), sound).frames.isEmpty());
  }

  @Test
  void read_oneTrackEndsEarly_isTold() {
    Path file =
        MediaFixtures.clip()
            .picture("mpeg4", 160, 120, MediaFixtures.every(40, 50))
            .sound("pcm_s16le", 16_000, 1, 0, 1000)
            .write(directory.resolve("short.mkv"));

    Recorder recorder = Recorder.of(MediaSource.of(file));

    assertEquals(1, recorder.losses.size());
    assertEquals(Modality.VOICE, recorder.losses.get(0).modality());
    assertEquals(new TimeSpan(1_000_000, 2_000_000), recorder.losses.get(0).span());
  }

  private static MediaRequest part(long fromMicros, long toMicros) {
    return new MediaRequest(
        true, true, Double.POSITIVE_INFINITY, Optional.of(new TimeSpan(fromMicros, toMicros)));
  }

  @ParameterizedTest
  @CsvSource({
    "mkv, 12, 1000000, 1500000",
    "mkv, 500, 3210000, 3999999",
    "mov, 12, 20000, 60000",
    "mov, 500, 2440001, 9000000",
    "ts, 250, 3000000, 3200000",
    "nut, 50, 0, 100000",
    "avi, 100, 2000000, 2080000"
  })
  void read_span_isThatPartOfTheWhole(String container, int keyFrameEvery, long from, long to) {
    // packets of whole milliseconds, the resolution of Matroska's time stamps
    int rate = container.equals("ts") ? 16_000 : 8_000;
    Path file =
        MediaFixtures.clip()
            .picture(
                container.equals("ts") ? "mpeg2video" : "mpeg4",
                160,
                120,
                MediaFixtures.every(40, 100))
            .keyFrameEvery(keyFrameEvery)
            .bFrames(container.equals("avi") ? 0 : 1)
            .sound(container.equals("ts") ? "mp2" : "pcm_s16le", rate, 2, 0, 4000)
            .write(directory.resolve("part." + container));
    Recorder whole = Recorder.of(MediaSource.of(file));

    Recorder recorder = Recorder.of(MediaSource.of(file), part(from, to));

    List<Frame> wanted =
        whole.frames.stream()
            .filter(f -> new TimeSpan(from, to).contains(f.timestampMicros()))
            .toList();
    assertEquals(wanted.stream().map(Frame::timestampMicros).toList(), recorder.times());
    assertEquals(wanted.stream().map(MediaFixtures::id).toList(), recorder.ids());
    for (int k = 0; k < wanted.size(); k++) {
      assertEquals(
          wanted.get(k).planes().get(0).data(), recorder.frames.get(k).planes().get(0).data());
    }
    long first = whole.windows.get(0).span().startMicros();
    float[] all = whole.samples(1);
    int begin = (int) Math.ceil((from - first) * rate / 1e6);
    int end = (int) Math.min(all.length, Math.ceil((to - first) * rate / 1e6));
    assertArrayEquals(Arrays.copyOfRange(all, Math.max(0, begin), end), recorder.samples(1));
    assertEquals(List.of(), recorder.losses);
  }

  @Test
  void read_spanBeyondTheEnd_isEmpty() {
    Path file =
        MediaFixtures.clip()
            .picture("mpeg4", 160, 120, MediaFixtures.every(40, 25))
            .write(directory.resolve("short.mkv"));

    Recorder recorder = Recorder.of(MediaSource.of(file), part(60_000_000, 61_000_000));

    assertEquals(List.of(), recorder.frames);
  }

  @ParameterizedTest
  @CsvSource({"10, 33, 0", "10, 40, 2", "4, 17, 2", "29.97, 40, 2", "1, 33, 1"})
  void read_framesPerSecond_givesTheFirstOfEachCell(double rate, int millis, int bFrames) {
    Path file =
        MediaFixtures.clip()
            .picture("mpeg4", 160, 120, MediaFixtures.every(millis, 120))
            .bFrames(bFrames)
            .write(directory.resolve("fast.mkv"));
    Recorder whole = Recorder.of(MediaSource.of(file));
    List<Frame> wanted = new ArrayList<>();
    long last = -1;
    for (Frame frame : whole.frames) {
      long cell = (long) Math.floor(frame.timestampMicros() * rate / 1e6);
      if (cell != last) {
        wanted.add(frame);
        last = cell;
      }
    }

    Recorder recorder =
        Recorder.of(MediaSource.of(file), new MediaRequest(true, true, rate, Optional.empty()));

    assertEquals(wanted.stream().map(Frame::timestampMicros).toList(), recorder.times());
    for (int k = 0; k < wanted.size(); k++) {
      assertEquals(
          wanted.get(k).planes().get(0).data(), recorder.frames.get(k).planes().get(0).data());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ffv1, yuv420p, YUV420P, LIMITED",
    "ffv1, yuv422p, YUV422P, LIMITED",
    "ffv1, yuv444p, YUV420P, LIMITED",
    "ffv1, yuv420p10le, YUV420P, LIMITED",
    "ffv1, yuv422p10le, YUV420P, LIMITED",
    "ffv1, gray, GRAY8, FULL",
    "ffv1, gray10le, GRAY8, FULL",
    "ffv1, bgr0, RGB24, FULL",
    "ffv1, bgra, RGB24, FULL",
    "png, rgb24, RGB24, FULL",
    "png, rgba, RGBA32, FULL",
    "png, gray, GRAY8, FULL",
    "rawvideo, nv12, NV12, LIMITED",
    "rawvideo, bgr24, BGR24, FULL",
    "mjpeg, yuvj420p, YUV420P, FULL",
    "mjpeg, yuvj444p, YUV420P, FULL"
  })
  void read_pixelFormats_keepThePicture(
      String codec, String stored, PixelFormat format, ColorRange range) {
    Path file =
        MediaFixtures.clip()
            .picture(codec, 160, 120, 0, 40)
            .pixelFormat(stored)
            .write(directory.resolve("pixels." + (codec.equals("rawvideo") ? "nut" : "mkv")));

    Recorder recorder = Recorder.of(MediaSource.of(file));

    Frame frame = recorder.frames.get(1);
    assertEquals(format, frame.format());
    assertEquals(range, frame.range());
    for (int y = 2; y < 120; y += 7) {
      for (int x = 3; x < 160; x += 16) {
        int limited = MediaFixtures.luma(1, x, y, 160, 120);
        double expected = range == ColorRange.FULL ? (limited - 16) * 255 / 219.0 : limited;
        assertEquals(expected, MediaFixtures.gray(frame, x, y), 4, x + "," + y);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, yuv420p, 0",
    "33, 17, yuv420p, 90",
    "17, 33, yuv422p, 270",
    "5, 3, gray, 180",
    "161, 121, yuv422p, 90",
    "7, 9, yuv444p, 0"
  })
  void read_oddSizes_work(int width, int height, String pixelFormat, int degrees) {
    Path file =
        MediaFixtures.clip()
            .picture("ffv1", width, height, 0, 40)
            .pixelFormat(pixelFormat)
            .shown(degrees, false)
            .write(directory.resolve("odd.mkv"));

    Frame frame = Recorder.of(MediaSource.of(file)).frames.get(1);

    boolean quarter = degrees % 180 != 0;
    assertEquals(quarter ? height : width, frame.width());
    assertEquals(quarter ? width : height, frame.height());
    int x = degrees == 180 ? width - 1 : degrees == 270 ? height - 1 : 0;
    int y = degrees == 90 ? width - 1 : degrees == 180 ? height - 1 : 0;
    int expected = MediaFixtures.luma(1, 0, 0, width, height);
    double shown = frame.range() == ColorRange.FULL ? (expected - 16) * 255 / 219.0 : expected;
    assertEquals(shown, MediaFixtures.gray(frame, x, y), 2);
  }

  @ParameterizedTest
  @CsvSource({
    "pcm_u8, u8, 7.9e-3",
    "pcm_s16le, s16, 3.1e-5",
    "pcm_s32le, s32, 1e-6",
    "pcm_f32le, flt, 1e-6",
    "pcm_f64le, dbl, 1e-6",
    "flac, s16, 3.1e-5",
    "pcm_s16le_planar, s16p, 3.1e-5"
  })
  void read_sampleFormats_keepTheTone(String codec, String stored, double tolerance) {
    Path file =
        MediaFixtures.clip()
            .sound(codec, 22_050, 2, 0, 500)
            .sampleFormat(stored)
            .write(directory.resolve("tone.nut"));

    Recorder recorder = Recorder.of(MediaSource.of(file));

    for (int c = 0; c < 2; c++) {
      float[] samples = recorder.samples(c);
      assertEquals(11_025, samples.length);
      for (int i = 0; i < samples.length; i++) {
        assertEquals(MediaFixtures.tone(c, i / 22_050.0), samples[i], tolerance);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"aac, fltp, m4a", "aac, fltp, mkv", "libmp3lame, s16p, mp3", "libopus, flt, mkv"})
  void read_codersWithPriming_keepThePhase(String codec, String stored, String container) {
    Path file =
        MediaFixtures.clip()
            .sound(codec, 48_000, 1, 0, 1000)
            .sampleFormat(stored)
            .write(directory.resolve("tone." + container));

    Recorder recorder = Recorder.of(MediaSource.of(file));

    long start = recorder.windows.get(0).span().startMicros();
    assertTrue(start >= 0 && start < 50_000, "starts at " + start);
    float[] samples = recorder.samples(0);
    double sine = 0;
    double cosine = 0;
    for (int i = 9_600; i < 38_400; i++) {
      double angle = 2 * Math.PI * MediaFixtures.TONE_HZ * (start / 1e6 + i / 48_000.0);
      sine += samples[i] * Math.sin(angle);
      cosine += samples[i] * Math.cos(angle);
    }
    // half a millisecond, the resolution of Matroska's time stamps; priming is 7 to 25
    double tolerance = 2 * Math.PI * MediaFixtures.TONE_HZ * 0.0005;
    assertEquals(0, Math.atan2(cosine, sine), tolerance);
  }

  @Test
  void read_twice_isTheSameToTheBit() {
    Path file =
        MediaFixtures.clip()
            .picture("mpeg4", 160, 120, MediaFixtures.every(40, 50))
            .bFrames(2)
            .sound("aac", 44_100, 2, 0, 2000)
            .sampleFormat("fltp")
            .write(directory.resolve("clip.mp4"));

    Recorder first = Recorder.of(MediaSource.of(file));
    Recorder second = Recorder.of(MediaSource.of(file));

    assertEquals(first.times(), second.times());
    for (int k = 0; k < 50; k++) {
      for (int p = 0; p < 3; p++) {
        assertEquals(
            first.frames.get(k).planes().get(p).data(),
            second.frames.get(k).planes().get(p).data());
      }
    }
    assertArrayEquals(first.samples(1), second.samples(1));
  }

  @Test
  void read_counterWrapsAround_goesOn() throws IOException {
    // 2^33 ticks of 90 kHz; 200 s before it, so that the demuxer does not foresee it
    Recorder recorder = Recorder.of(MediaSource.of(wrapping(false)));

    assertEquals(250, recorder.frames.size());
    for (int k = 1; k < 250; k++) {
      assertEquals(k * 1e6, (double) recorder.frames.get(k).timestampMicros(), 1000, "frame " + k);
    }
    assertEquals(List.of(), recorder.discontinuities);
  }

  private Path wrapping(boolean jump) throws IOException {
    long wrapMillis = (1L << 33) / 90;
    long[] before = MediaFixtures.every(1000, jump ? 20 : 200);
    long[] after = MediaFixtures.every(1000, 50);
    long shift = jump ? 5_000_000 : wrapMillis - 199_000;
    Arrays.setAll(before, k -> before[k] + shift);
    Arrays.setAll(after, k -> after[k] + 1000);
    Path first =
        MediaFixtures.clip()
            .picture("mpeg2video", 160, 120, before)
            .keyFrameEvery(1)
            .write(directory.resolve("a.ts"));
    Path second =
        MediaFixtures.clip()
            .picture("mpeg2video", 160, 120, after)
            .keyFrameEvery(1)
            .write(directory.resolve("b.ts"));
    Path joined = directory.resolve("joined.ts");
    Files.write(joined, Files.readAllBytes(first));
    Files.write(joined, Files.readAllBytes(second), StandardOpenOption.APPEND);
    return joined;
  }

  @Test
  void read_timeStampsJumpBack_areJoinedAndMarked() throws IOException {
    Recorder recorder = Recorder.of(MediaSource.of(wrapping(true)));

    assertEquals(70, recorder.frames.size());
    List<Long> times = recorder.times();
    for (int k = 1; k < times.size(); k++) {
      assertTrue(times.get(k) > times.get(k - 1), k + ": " + times);
    }
    assertEquals(1, recorder.discontinuities.size());
    assertEquals(times.get(20), recorder.discontinuities.get(0));
  }

  @Test
  void read_framesPerSecondOfAPartOfAStream_givesTheFirstOfEachCell() {
    long[] times = MediaFixtures.every(40, 100);
    Arrays.setAll(times, k -> times[k] + 730);
    Path file =
        MediaFixtures.clip()
            .picture("mpeg2video", 160, 120, times)
            .bFrames(2)
            .write(directory.resolve("part.ts"));
    TimeSpan span = new TimeSpan(1_050_000, 2_000_000);
    List<Long> wanted = new ArrayList<>();
    for (long time : Recorder.of(MediaSource.of(file)).times()) {
      boolean first = wanted.isEmpty() || time / 200_000 != wanted.get(wanted.size() - 1) / 200_000;
      if (span.contains(time) && first) {
        wanted.add(time);
      }
    }

    Recorder recorder =
        Recorder.of(MediaSource.of(file), new MediaRequest(true, false, 5, Optional.of(span)));

    assertEquals(wanted, recorder.times());
    assertEquals(5, wanted.size());
  }
}
