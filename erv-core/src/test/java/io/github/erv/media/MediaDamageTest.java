package io.github.erv.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.Evidence;
import io.github.erv.Modality;
import io.github.erv.error.MediaException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a reader answers to media that is damaged, cut off, or no media. */
class MediaDamageTest {
  @TempDir Path directory;

  private Path clip(String name, String codec, boolean indexFirst) {
    return MediaFixtures.clip()
        .muxer("movflags", indexFirst ? "+faststart" : "+write_colr")
        .picture(codec, 320, 240, MediaFixtures.every(40, 100))
        .sound("pcm_s16le", 16_000, 1, 0, 4000)
        .write(directory.resolve(name));
  }

  private Path cut(Path file, double share) throws IOException {
    byte[] all = Files.readAllBytes(file);
    return Files.write(file, Arrays.copyOf(all, (int) (all.length * share)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cut.mkv", "cut.mov"})
  void read_cutOff_givesWhatIsThereAndTellsTheRest(String name) throws IOException {
    Path file = cut(clip(name, "mpeg4", true), 0.5);

    Recorder recorder = Recorder.of(MediaSource.of(file));

    assertTrue(recorder.frames.size() > 25 && recorder.frames.size() < 75);
    assertEquals(recorder.frames.size() - 1, recorder.ids().get(recorder.frames.size() - 1));
    assertTrue(recorder.sampleCount() > 16_000);
    assertEquals(2, recorder.losses.size());
    long lastShown = recorder.frames.get(recorder.frames.size() - 1).timestampMicros();
    for (Recorder.Loss loss : recorder.losses) {
      assertEquals(4_000_000.0, loss.span().endMicros(), 60_000);
      assertEquals(lastShown, (double) loss.span().startMicros(), 500_000);
    }
  }

  @Test
  void read_damagedInTheMiddle_goesOnAndTellsTheHole() throws IOException {
    Path file = clip("damaged.nut", "mjpeg", true);
    byte[] bytes = Files.readAllBytes(file);
    byte[] noise = new byte[30_000];
    new Random(7).nextBytes(noise);
    System.arraycopy(noise, 0, bytes, bytes.length / 2, noise.length);
    Files.write(file, bytes);

    Recorder recorder = Recorder.of(MediaSource.of(file));

    List<Long> times = recorder.times();
    assertTrue(times.size() > 60 && times.size() < 100, times.size() + " frames");
    assertEquals(3_960_000, times.get(times.size() - 1));
    List<Recorder.Loss> picture =
        recorder.losses.stream().filter(l -> l.modality().equals(Modality.FACE)).toList();
    assertFalse(picture.isEmpty());
    for (Recorder.Loss loss : picture) {
      assertEquals(Evidence.Reason.DECODE_ERROR, loss.reason());
      assertTrue(
          times.stream().noneMatch(loss.span()::contains)
              || times.contains(loss.span().endMicros()));
    }
    for (int k = 1; k < times.size(); k++) {
      long from = times.get(k - 1) + 40_000;
      long to = times.get(k);
      assertTrue(
          to == from || picture.stream().anyMatch(l -> l.span().equals(new TimeSpan(from, to))),
          "hole from " + from + " to " + to + " is not in " + picture);
    }
  }

  @Test
  void read_damagedSound_goesOnInTime() throws IOException {
    Path file =
        MediaFixtures.clip()
            .sound("flac", 16_000, 1, 0, 8000)
            .write(directory.resolve("damaged.mkv"));
    byte[] bytes = Files.readAllBytes(file);
    for (int i = bytes.length / 2; i < bytes.length / 2 + 3000; i++) {
      bytes[i] ^= 0x5A;
    }
    Files.write(file, bytes);

    Recorder recorder = Recorder.of(MediaSource.of(file));

    AudioWindow last = recorder.windows.get(recorder.windows.size() - 1);
    assertEquals(8_000_000.0, last.span().endMicros(), 1000);
    float[] end = new float[last.frames()];
    last.mixDownInto(end, 0);
    for (int i = 0; i < end.length; i++) {
      double seconds = last.span().startMicros() / 1e6 + i / 16_000.0;
      assertEquals(MediaFixtures.tone(0, seconds), end[i], 0.5 * 2 * Math.PI * 220 * 0.001);
    }
    assertTrue(recorder.sampleCount() < 8 * 16_000);
    assertEquals(Modality.VOICE, recorder.losses.get(0).modality());
    assertEquals(Evidence.Reason.DECODE_ERROR, recorder.losses.get(0).reason());
  }

  private static String refusal(Path file) {
    MediaException e = assertThrows(MediaException.class, () -> Recorder.of(MediaSource.of(file)));
    assertTrue(e.getMessage().contains(file.getFileName().toString()), e.getMessage());
    return e.getMessage();
  }

  @Test
  void open_notMedia_saysWhy() throws IOException {
    assertTrue(refusal(directory.resolve("missing.mp4")).endsWith("does not exist"));
    assertTrue(
        refusal(Files.createDirectory(directory.resolve("folder"))).endsWith("is a directory"));
    assertTrue(refusal(Files.createFile(directory.resolve("empty.mp4"))).endsWith("is empty"));
    Path text = Files.writeString(directory.resolve("notes.mp4"), "Only words. ".repeat(1000));
    assertTrue(refusal(text).contains("is not media"), refusal(text));
    byte[] noise = new byte[100_000];
    new Random(1).nextBytes(noise);
    Path random = Files.write(directory.resolve("noise.mkv"), noise);
    assertFalse(refusal(random).isEmpty());
  }

  @Test
  void open_indexCutOff_saysWhy() throws IOException {
    Path file = cut(clip("cut.mov", "mpeg4", false), 0.5);

    assertTrue(refusal(file).contains("cut off"));
  }

  @Test
  void open_encrypted_saysSo() {
    Path file =
        MediaFixtures.clip()
            .picture("mpeg4", 160, 120, MediaFixtures.every(40, 25))
            .muxer("encryption_scheme", "cenc-aes-ctr")
            .muxer("encryption_key", "00112233445566778899aabbccddeeff")
            .muxer("encryption_kid", "ffeeddccbbaa99887766554433221100")
            .write(directory.resolve("protected.mp4"));

    assertTrue(refusal(file).contains("encrypted"), refusal(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"fuzz.mkv", "fuzz.avi", "fuzz.mov", "fuzz.nut"})
  void read_randomDamage_neverFailsOtherwise(String name) throws IOException {
    byte[] clean = Files.readAllBytes(clip(name, "mpeg4", true));
    Path file = directory.resolve(name);
    Random random = new Random(20_250_101);
    for (int round = 0; round < 25; round++) {
      byte[] bytes = clean.clone();
      for (int hit = 0; hit < 1 << (round % 12); hit++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      Files.write(file, bytes);
      try {
        Recorder recorder = Recorder.of(MediaSource.of(file));
        long last = Long.MIN_VALUE;
        for (long time : recorder.times()) {
          assertTrue(time >= last, "round " + round + ": time went back to " + time);
          last = time;
        }
        long end = 0;
        for (AudioWindow window : recorder.windows) {
          assertTrue(window.span().startMicros() >= end - 1, "round " + round + ": " + window);
          end = window.span().endMicros();
        }
      } catch (MediaException e) {
        assertTrue(e.getMessage().contains(name), e.getMessage());
      }
    }
  }

  @Test
  void read_coverPicture_isNoVideo() {
    Path file =
        MediaFixtures.clip()
            .picture("mjpeg", 160, 120, 0)
            .pixelFormat("yuvj420p")
            .cover()
            .sound("aac", 16_000, 1, 0, 500)
            .sampleFormat("fltp")
            .write(directory.resolve("song.m4a"));

    try (MediaReader reader = MediaSource.of(file).open(MediaRequest.ALL)) {
      assertEquals(Optional.empty(), reader.info().video());
      assertEquals("aac", reader.info().audio().orElseThrow().codec());
    }
  }

  @Test
  void open_subtitlesAlone_saysThereIsNothing() throws IOException {
    Path file = directory.resolve("words.srt");
    Files.writeString(file, "1\n00:00:01,000 --> 00:00:02,000\nHello\n", StandardCharsets.UTF_8);

    assertTrue(refusal(file).contains("neither picture nor sound"), refusal(file));
  }
}
