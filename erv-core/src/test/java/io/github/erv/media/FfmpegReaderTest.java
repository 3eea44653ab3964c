package io.github.erv.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.Modality;
import java.nio.file.Path;
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
}
