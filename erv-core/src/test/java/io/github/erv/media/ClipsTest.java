package io.github.erv.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.erv.Evidence;
import io.github.erv.Modality;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real recordings, against what ffprobe 5.1.9 says of them. */
class ClipsTest {
  @TempDir Path directory;

  private static Path data() {
    String data = System.getenv("ERV_DATA");
    assumeTrue(data != null, "skipped: ERV_DATA does not say where the recordings are");
    return Path.of(data);
  }

  /*
   * ffprobe -count_frames -select_streams v -show_entries stream=nb_read_frames
   * ffprobe -select_streams v|a -show_entries frame=best_effort_timestamp_time,nb_samples
   */
  @ParameterizedTest
  @CsvSource({
    "bbaf2n.mpg, 75, 0, 2960000, 131328, 0",
    "brbk7n.mpg, 75, 0, 2960000, 131328, 0",
    "id2_vcd_swwp2s.mpg, 75, 0, 2960000, 131328, 0",
    "latentsync_demo2_hevc_portrait.mp4, 502, 0, 20040000, 883712, 0",
    "lbax4n.mpg, 75, 0, 2960000, 131328, 0",
    "lbbc2a.mpg, 75, 0, 2960000, 131328, 0",
    "lrwp9a.mpg, 75, 0, 2960000, 131328, 0",
    "lwbsza.mpg, 75, 0, 2960000, 131328, 0",
    "pwij3p.mpg, 75, 0, 2960000, 131328, 0",
    "pyfeat_face_then_noface.mov, 169, 0, 6360352, 174882, 2430023",
    "pyfeat_no_face.mp4, 95, 0, 3916667, 174882, 0",
    "pyfeat_noface_then_face.mov, 169, 0, 6345296, 174882, 0",
    "pyfeat_pexels_silent_expressive.mp4, 472, 0, 19644625, 945152, 0",
    "sbia1a.mpg, 75, 0, 2960000, 131328, 0",
    "sbwe5n.mpg, 75, 0, 2960000, 131328, 0",
    "short_hamilton_clip.mp4, 275, 852019, 9994494, 441344, 8005",
    "swiz3n.mpg, 75, 0, 2960000, 131328, 0"
  })
  void read_clip_isWhatFfprobeSays(
      String name, int frames, long first, long last, int samples, long soundFrom) {
    Path file = data().resolve("clips").resolve(name);

    Recorder recorder = new Recorder();
    long[] times = new long[3];
    try (MediaReader reader = MediaSource.of(file).open(MediaRequest.ALL)) {
      MediaSink sink =
          new MediaSink() {
            @Override
            public void video(Frame frame) {
              times[0] = times[2]++ == 0 ? frame.timestampMicros() : times[0];
              times[1] = frame.timestampMicros();
            }

            @Override
            public void audio(AudioWindow window) {
              recorder.audio(window);
            }

            @Override
            public void lost(
                Modality modality, TimeSpan span, Evidence.Reason reason, String detail) {
              recorder.lost(modality, span, reason, detail);
            }

            @Override
            public void discontinuity(long timeMicros) {
              recorder.discontinuity(timeMicros);
            }
          };
      while (reader.read(sink)) {
        // on
      }
    }

    assertEquals(List.of((long) frames, first, last), List.of(times[2], times[0], times[1]));
    assertEquals(samples, recorder.sampleCount());
    assertEquals(soundFrom, recorder.windows.get(0).span().startMicros());
    assertEquals(List.of(), recorder.discontinuities);
    if (name.equals("pyfeat_noface_then_face.mov")) {
      assertEquals(1, recorder.losses.size());
      assertEquals(Evidence.Reason.STREAM_ENDED, recorder.losses.get(0).reason());
      assertEquals(Modality.VOICE, recorder.losses.get(0).modality());
    } else {
      assertEquals(List.of(), recorder.losses);
    }
  }

  @Test
  void read_parts_areThoseOfTheWhole() {
    for (String name : List.of("lbax4n.mpg", "pyfeat_pexels_silent_expressive.mp4")) {
      Path file = data().resolve("clips").resolve(name);
      Recorder whole = Recorder.of(MediaSource.of(file));
      TimeSpan span = new TimeSpan(1_500_000, 2_400_000);

      Recorder part =
          Recorder.of(
              MediaSource.of(file),
              new MediaRequest(true, true, Double.POSITIVE_INFINITY, java.util.Optional.of(span)));

      List<Frame> wanted =
          whole.frames.stream().filter(f -> span.contains(f.timestampMicros())).toList();
      assertEquals(wanted.stream().map(Frame::timestampMicros).toList(), part.times());
      for (int k = 0; k < wanted.size(); k++) {
        assertEquals(
            wanted.get(k).planes().get(0).data(), part.frames.get(k).planes().get(0).data(), name);
      }
      assertEquals(span.startMicros(), part.windows.get(0).span().startMicros(), 23.0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"90", "180", "270"})
  void read_clipMarkedAsTurned_comesOutAsFfmpegTurnsIt(String degrees) throws Exception {
    Path file = data().resolve("clips/pyfeat_no_face.mp4");
    Path turned = directory.resolve("turned.mp4");
    Path raw = directory.resolve("first.yuv");
    String rotate = "rotate=" + degrees;
    ffmpeg("-i", file.toString(), "-c", "copy", "-metadata:s:v:0", rotate, turned.toString());
    ffmpeg("-i", turned.toString(), "-frames:v", "1", "-pix_fmt", "yuv420p", raw.toString());

    Recorder recorder = Recorder.of(MediaSource.of(turned));

    assertEquals(Recorder.of(MediaSource.of(file)).times(), recorder.times());
    Frame frame = recorder.frames.get(0);
    assertEquals(degrees.equals("180") ? 960 : 540, frame.width());
    ByteBuffer packed = ByteBuffer.allocate(960 * 540 * 3 / 2);
    frame.copyTo(packed);
    assertArrayEquals(Files.readAllBytes(raw), packed.array());
  }

  private static void ffmpeg(String... arguments) throws IOException, InterruptedException {
    List<String> command = new java.util.ArrayList<>(List.of("ffmpeg", "-v", "error", "-y"));
    command.addAll(List.of(arguments));
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      assumeTrue(false, "skipped: there is no ffmpeg command");
      throw e;
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), output);
  }

  @Test
  void read_soundAsWav_equalsFfmpegToTheBit() throws Exception {
    Path flac;
    try (var files = Files.list(data().resolve("emodb/original-16k"))) {
      flac = files.sorted().findFirst().orElseThrow();
    }
    Path wav = directory.resolve("speech.wav");
    ffmpeg("-i", flac.toString(), wav.toString());

    Recorder decoded = Recorder.of(MediaSource.of(flac));

    assertArrayEquals(decoded.samples(0), Recorder.of(MediaSource.of(wav)).samples(0));
  }
}
