package io.github.erv.bench.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link ExtractFeatures} and {@link ComparePitch} on sounds with a closed form. */
class SoundCommandsTest {
  private static final int RATE_HZ = 16_000;

  @TempDir Path folder;

  @Test
  void extract_eightChannelsAlike_isWhatOneGives() throws IOException {
    write("one.wav", RATE_HZ, 1);
    write("eight.wav", RATE_HZ, 8);
    List<String> rows = extract(0, "one.wav", "eight.wav");
    assertEquals(3, rows.size());
    assertEquals(rows.get(1).substring("one".length()), rows.get(2).substring("eight".length()));
  }

  @Test
  void extract_oneSample_isRefused() throws IOException {
    write("tiny.wav", 1, 1);
    extract(1, "tiny.wav");
  }

  @Test
  void comparePitch_onWhatIsKnown_findsNoError() throws IOException {
    write("tone.wav", 2 * RATE_HZ, 1);
    // frames of 60 ms in 2 s; all but those next to an end, where YIN looks past it
    StringBuilder praat = new StringBuilder("name,frame,f0Hz\n");
    for (int frame = 0; frame < 195; frame++) {
      praat.append("tone,").append(frame).append(",200\n");
    }
    assertTrue(
        compare(praat).lines().filter(line -> line.contains("| 0.00 % | 0.00 % |")).count() == 3,
        compare(praat));
    // against an octave above every frame is a gross error, against silence one of voicing
    String octave = compare(new StringBuilder(praat.toString().replace(",200\n", ",400\n")));
    assertEquals(3, octave.lines().filter(line -> line.contains("| 100.00 % | 0.00 % |")).count());
    String silence = compare(new StringBuilder(praat.toString().replace(",200\n", ",0\n")));
    assertEquals(3, silence.lines().filter(line -> line.contains("| 0.00 % | 100.00 % |")).count());
  }

  private String compare(StringBuilder praat) throws IOException {
    Path listing = Files.writeString(folder.resolve("pitch.csv"), praat);
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      assertEquals(
          0,
          ComparePitch.run(
              "--praat", listing.toString(), "--folder", folder.toString(), "--ending", ".wav"));
    } finally {
      System.setOut(before);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }

  private List<String> extract(int exit, String... names) throws IOException {
    Path list =
        Files.writeString(folder.resolve("list.csv"), "path\n" + String.join("\n", names) + "\n");
    Path out = folder.resolve("out.csv");
    int code =
        ExtractFeatures.run(
            "--set", "egemaps-v02", "--manifest", list.toString(), "--out", out.toString());
    if (exit != 0) {
      assertNotEquals(0, code);
      return List.of();
    }
    assertEquals(0, code);
    return Files.readAllLines(out);
  }

  /** Writes harmonics of 200 Hz, the same in every channel. */
  private void write(String name, int frames, int channels) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(2 * frames * channels).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < frames; i++) {
      double sample = 0;
      for (int h = 1; h <= 8; h++) {
        sample += 0.1 / h * Math.sin(2 * Math.PI * 200 * h * i / RATE_HZ);
      }
      for (int c = 0; c < channels; c++) {
        bytes.putShort((short) Math.round(32_767 * sample));
      }
    }
    AudioFormat format = new AudioFormat(RATE_HZ, 16, channels, true, false);
    try (AudioInputStream sound =
        new AudioInputStream(new ByteArrayInputStream(bytes.array()), format, frames)) {
      AudioSystem.write(sound, AudioFileFormat.Type.WAVE, folder.resolve(name).toFile());
    }
  }
}
