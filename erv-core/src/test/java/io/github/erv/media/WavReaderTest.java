package io.github.erv.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.Evidence;
import io.github.erv.Modality;
import io.github.erv.error.MediaException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WavReaderTest {
  private static final int PCM = 1;
  private static final int FLOAT = 3;
  private static final int ALAW = 6;
  private static final int MULAW = 7;

  @TempDir Path directory;

  /** A WAVE file in the making; sizes are right unless set. */
  private static final class Wav {
    String form = "RIFF";
    int tag = PCM;
    int channels = 1;
    int rate = 8_000;
    int bits = 16;
    boolean extensible;
    long riffSize = -1;
    long dataSize = -1;
    byte[] before = {};
    byte[] data = {};

    byte[] bytes() {
      ByteBuffer b =
          ByteBuffer.allocate(200 + before.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
      b.put(ascii(form)).putInt((int) riffSize).put(ascii("WAVE"));
      if (!form.equals("RIFF")) {
        b.put(ascii("ds64")).putInt(28).putLong(riffSize).putLong(data.length).putLong(0).putInt(0);
      }
      b.put(before);
      b.put(ascii("fmt ")).putInt(extensible ? 40 : 16);
      b.putShort((short) (extensible ? 0xFFFE : tag)).putShort((short) channels).putInt(rate);
      b.putInt(rate * channels * (bits + 7) / 8);
      b.putShort((short) (channels * ((bits + 7) / 8))).putShort((short) bits);
      if (extensible) {
        b.putShort((short) 22).putShort((short) bits).putInt(0).putShort((short) tag);
        b.put(
            new byte[] {
              0, 0, 0, 0, 16, 0, (byte) 0x80, 0, 0, (byte) 0xAA, 0, 0x38, (byte) 0x9B, 0x71
            });
      }
      b.put(ascii("data")).putInt((int) (dataSize == -1 ? data.length : dataSize)).put(data);
      return Arrays.copyOf(b.array(), b.position());
    }

    private static byte[] ascii(String text) {
      return text.getBytes(StandardCharsets.US_ASCII);
    }
  }

  private Recorder read(byte[] file, MediaRequest request) {
    try {
      Path path = Files.write(directory.resolve("sound.wav"), file);
      return Recorder.of(MediaSource.of(path), request);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Recorder read(Wav wav) {
    return read(wav.bytes(), MediaRequest.ALL);
  }

  private static byte[] ramp(int frames) {
    ByteBuffer data = ByteBuffer.allocate(2 * frames).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < frames; i++) {
      data.putShort((short) i);
    }
    return data.array();
  }

  @Test
  void read_knownBytes_giveKnownValues() {
    Wav wav = new Wav();
    wav.data = new byte[] {0, 0, 0, (byte) 0x80, (byte) 0xFF, 0x7F, 1, 0};
    assertArrayEquals(new float[] {0, -1, 32_767 / 32_768f, 1 / 32_768f}, read(wav).samples(0));
    wav.bits = 8;
    wav.data = new byte[] {0, (byte) 0x80, (byte) 0xFF};
    assertArrayEquals(new float[] {-1, 0, 127 / 128f}, read(wav).samples(0));
    wav.bits = 24;
    wav.data = new byte[] {0, 0, (byte) 0x80, 1, 0, 0, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF};
    assertArrayEquals(new float[] {-1, 0x1p-23f, -0x1p-23f}, read(wav).samples(0));
    wav.bits = 8;
    wav.tag = MULAW; // ITU-T G.711, table 2a: the largest and the smallest magnitudes
    wav.data = new byte[] {0, (byte) 0x80, 0x7F, (byte) 0xFF};
    assertArrayEquals(
        new float[] {-32_124 / 32_768f, 32_124 / 32_768f, 0, 0}, read(wav).samples(0));
    wav.tag = ALAW; // table 1a
    wav.data = new byte[] {(byte) 0xAA, 0x2A, (byte) 0xD5, 0x55};
    assertArrayEquals(
        new float[] {32_256 / 32_768f, -32_256 / 32_768f, 8 / 32_768f, -8 / 32_768f},
        read(wav).samples(0));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 8, 1, false", "1, 16, 2, false", "1, 24, 1, false", "1, 32, 3, false", "3, 32, 2, false",
    "3, 64, 1, false", "6, 8, 1, false", "7, 8, 2, false", "1, 16, 6, true", "1, 24, 2, true",
    "3, 32, 8, true"
  })
  void read_everyFormat_equalsFfmpegToTheBit(int tag, int bits, int channels, boolean extensible)
      throws IOException {
    Wav wav = new Wav();
    wav.tag = tag;
    wav.bits = bits;
    wav.channels = channels;
    wav.rate = 44_100;
    wav.extensible = extensible;
    wav.data = new byte[4_410 * channels * bits / 8];
    new Random(bits).nextBytes(wav.data);
    if (tag == FLOAT) {
      ByteBuffer data = ByteBuffer.wrap(wav.data).order(ByteOrder.LITTLE_ENDIAN);
      Random random = new Random(3);
      while (data.hasRemaining()) {
        double value = random.nextDouble() * 2 - 1;
        if (bits == 32) {
          data.putFloat((float) value);
        } else {
          data.putDouble(value);
        }
      }
    }
    Path file = Files.write(directory.resolve("same.wav"), wav.bytes());
    FfmpegInput input =
        new FfmpegInput("same", "file:" + file, null, Map.of(), FfmpegInput.Kind.FILE);
    MediaSource native_ = request -> FfmpegReader.open(input, request);

    Recorder java = Recorder.of(MediaSource.of(file));

    Recorder ffmpeg = Recorder.of(native_);
    for (int c = 0; c < channels; c++) {
      assertArrayEquals(ffmpeg.samples(c), java.samples(c));
    }
    assertEquals(0, java.windows.get(0).span().startMicros());
    try (MediaReader a = MediaSource.of(file).open(MediaRequest.ALL);
        MediaReader b = native_.open(MediaRequest.ALL)) {
      assertTrue(a instanceof WavReader);
      assertEquals(b.info().audio(), a.info().audio());
      assertEquals(b.info().durationMicros(), a.info().durationMicros());
    }
  }

  @Test
  void read_windows_followWithoutAHole() {
    Wav wav = new Wav();
    wav.rate = 44_100;
    wav.data = ramp(30_001);

    Recorder recorder = read(wav);

    assertEquals(30_001, recorder.sampleCount());
    long counted = 0;
    for (AudioWindow window : recorder.windows) {
      assertEquals(counted * 1_000_000 / 44_100, window.span().startMicros());
      counted += window.frames();
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 1000000", "125, 250", "124, 126", "1000000, 1000001", "999999, 5000000", "7, 7"})
  void read_span_takesTheSamplesAtItsTimes(long from, long to) {
    Wav wav = new Wav();
    wav.data = ramp(8_000);
    TimeSpan span = new TimeSpan(from, to);
    float[] expected = new float[8_000];
    int count = 0;
    for (int i = 0; i < 8_000; i++) {
      long nanos = i * 125_000L; // exact at 8 kHz
      if (nanos >= from * 1000 && nanos < to * 1000) {
        expected[count++] = (short) i / 32_768f;
      }
    }

    Recorder recorder =
        read(
            wav.bytes(), new MediaRequest(true, true, Double.POSITIVE_INFINITY, Optional.of(span)));

    assertArrayEquals(Arrays.copyOf(expected, count), recorder.samples(0));
  }

  @ParameterizedTest
  @CsvSource({"RIFF, 0", "RIFF, 4294967295", "RF64, 4294967295", "BW64, 4294967295"})
  void read_sizeLeftOpen_goesToTheEnd(String form, long size) {
    Wav wav = new Wav();
    wav.form = form;
    wav.dataSize = size;
    wav.data = ramp(5_000);

    Recorder recorder = read(wav);

    assertEquals(5_000, recorder.sampleCount());
    assertEquals(List.of(), recorder.losses);
  }

  @Test
  void read_cutOff_givesWhatIsThereAndTellsTheRest() {
    Wav wav = new Wav();
    wav.data = ramp(8_000);
    byte[] whole = wav.bytes();

    Recorder recorder = read(Arrays.copyOf(whole, whole.length - 8_001), MediaRequest.ALL);

    assertEquals(3_999, recorder.sampleCount());
    assertEquals(
        List.of(
            new Recorder.Loss(
                Modality.VOICE, new TimeSpan(499_875, 1_000_000), Evidence.Reason.STREAM_ENDED)),
        recorder.losses);
  }

  @Test
  void read_otherChunksBefore_arePassedOver() {
    Wav wav = new Wav();
    wav.data = ramp(10);
    wav.before = new byte[] {'L', 'I', 'S', 'T', 3, 0, 0, 0, 1, 2, 3, 0};

    assertEquals(10, read(wav).sampleCount());
  }

  @Test
  void open_damagedHeader_saysWhat() {
    Wav wav = new Wav();
    wav.data = ramp(10);
    wav.channels = 0;
    assertTrue(refusal(wav.bytes()).contains("0 channels; they must be from 1 to 64"));
    wav.channels = 1;
    wav.rate = 7;
    assertTrue(refusal(wav.bytes()).contains("7 Hz; it must be from 4000 to 384000"));
    wav.rate = 8_000;
    byte[] bytes = wav.bytes();
    assertTrue(refusal(Arrays.copyOf(bytes, 30)).contains("\"fmt \""));
    assertTrue(refusal(Arrays.copyOf(bytes, 36)).contains("needs a \"data\" chunk"));
    bytes[12] = 'X';
    assertTrue(refusal(bytes).contains("before a \"fmt \" chunk"));
  }

  private String refusal(byte[] file) {
    MediaException e = assertThrows(MediaException.class, () -> read(file, MediaRequest.ALL));
    assertTrue(e.getMessage().contains("sound.wav"), e.getMessage());
    return e.getMessage();
  }

  @Test
  void read_noSamples_isSilent() {
    Wav wav = new Wav();

    assertEquals(0, read(wav).sampleCount());
  }

  @Test
  void read_closed_saysSo() throws IOException {
    Path file = Files.write(directory.resolve("sound.wav"), new Wav().bytes());
    MediaReader reader = MediaSource.of(file).open(MediaRequest.ALL);
    reader.close();
    reader.close();
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> reader.read(new Recorder()));
    assertTrue(e.getMessage().contains("sound.wav"));
  }

  /** Any header: samples or a media exception, in bounded time and memory. */
  @Property(tries = 2000)
  void open_randomHeader_isReadOrRefused(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 12) int hits) throws IOException {
    Random random = new Random(seed);
    Wav wav = new Wav();
    wav.form = List.of("RIFF", "RF64", "BW64").get(random.nextInt(3));
    wav.extensible = random.nextBoolean();
    wav.dataSize = random.nextBoolean() ? -1 : random.nextInt();
    wav.data = ramp(random.nextInt(300));
    byte[] bytes = wav.bytes();
    for (int hit = 0; hit < hits; hit++) {
      // not the first twelve bytes, which make it a WAVE file
      bytes[12 + random.nextInt(Math.min(100, bytes.length - 12))] =
          (byte) (random.nextBoolean() ? random.nextInt() : 0xFF * random.nextInt(2));
    }
    bytes = Arrays.copyOf(bytes, random.nextInt(4) == 0 ? 12 + random.nextInt(60) : bytes.length);
    Path file = Files.createTempFile("fuzz", ".wav");
    try {
      Files.write(file, bytes);
      Optional<MediaReader> opened = WavReader.open(file, "fuzz.wav", MediaRequest.ALL);
      if (opened.isPresent()) {
        Recorder recorder = new Recorder();
        try (MediaReader reader = opened.get()) {
          while (reader.read(recorder)) {
            // on
          }
        }
        assertTrue(recorder.sampleCount() <= bytes.length);
      }
    } catch (MediaException e) {
      assertTrue(e.getMessage().contains("fuzz.wav"));
    } finally {
      Files.delete(file);
    }
  }
}
