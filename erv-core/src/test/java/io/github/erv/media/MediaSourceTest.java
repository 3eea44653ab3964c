package io.github.erv.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import com.sun.net.httpserver.HttpServer;
import io.github.erv.Evidence;
import io.github.erv.Modality;
import io.github.erv.error.MediaException;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where media can come from, and how readers are opened and closed. */
class MediaSourceTest {
  /** A sink that looks at nothing. */
  private static final MediaSink NOWHERE =
      new MediaSink() {
        @Override
        public void video(Frame frame) {}

        @Override
        public void audio(AudioWindow window) {}

        @Override
        public void lost(Modality m, TimeSpan span, Evidence.Reason reason, String detail) {}

        @Override
        public void discontinuity(long timeMicros) {}
      };

  @TempDir Path directory;

  private Path clip(String name) {
    return MediaFixtures.clip()
        .picture("mpeg4", 320, 240, MediaFixtures.every(40, 250))
        .bFrames(1)
        .sound("mp2", 16_000, 1, 0, 10_000)
        .write(directory.resolve(name));
  }

  private static void assertSame(Recorder expected, Recorder actual) {
    assertEquals(expected.times(), actual.times());
    assertEquals(expected.ids(), actual.ids());
    assertArrayEquals(expected.samples(0), actual.samples(0));
  }

  @Test
  void ofUri_file_isTheFile() {
    Path file = clip("clip with spaces & ümlaut%d.mkv");

    assertSame(Recorder.of(MediaSource.of(file)), Recorder.of(MediaSource.of(file.toUri())));
  }

  @Test
  void ofStream_isTheFileAndLeavesNoCopy() throws IOException {
    Path file = clip("clip.mov");
    byte[] bytes = Files.readAllBytes(file);
    MediaSource source = MediaSource.of(new ByteArrayInputStream(bytes), "upload.mov");
    long before = temporaryFiles();

    assertSame(Recorder.of(MediaSource.of(file)), Recorder.of(source));

    assertEquals(before, temporaryFiles());
    assertThrows(IllegalStateException.class, () -> source.open(MediaRequest.ALL));
    MediaSource words = MediaSource.of(new ByteArrayInputStream(new byte[99]), "zeros.mov");
    MediaException e = assertThrows(MediaException.class, () -> words.open(MediaRequest.ALL));
    assertTrue(e.getMessage().startsWith("zeros.mov"), e.getMessage());
    assertEquals(before, temporaryFiles());
  }

  private static long temporaryFiles() throws IOException {
    try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files.filter(f -> f.toString().endsWith(".media")).count();
    }
  }

  @Test
  void ofPath_insideAnArchive_isTheFile() throws IOException {
    Path file = clip("clip.mkv");
    URI archive = URI.create("jar:" + directory.resolve("clips.zip").toUri());
    try (FileSystem zip = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
      Path inside = Files.copy(file, zip.getPath("/clip.mkv"));

      assertSame(Recorder.of(MediaSource.of(file)), Recorder.of(MediaSource.of(inside)));
    }
  }

  @Test
  void ofUri_http_isTheFile() throws IOException {
    Path file = clip("clip.mkv");
    byte[] bytes = Files.readAllBytes(file);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/clip.mkv",
        exchange -> {
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
    try {
      URI address = URI.create("http://localhost:" + server.getAddress().getPort() + "/clip.mkv");
      assertSame(Recorder.of(MediaSource.of(file)), Recorder.of(MediaSource.of(address)));

      URI missing = address.resolve("/other.mkv");
      MediaException e =
          assertThrows(MediaException.class, () -> MediaSource.of(missing).open(MediaRequest.ALL));
      assertTrue(e.getMessage().contains("404"), e.getMessage());
    } finally {
      server.stop(0);
    }
  }

  @Test
  void ofUri_otherSchemes_areRefused() {
    for (String address :
        List.of("clip.mp4", "gopher://host/clip", "concat:a|b".replace('|', '+'))) {
      assertThrows(
          IllegalArgumentException.class, () -> MediaSource.of(URI.create(address)), address);
    }
  }

  @Test
  void open_serverThatSaysNothing_endsWithTheInterrupt() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      URI address = URI.create("http://localhost:" + silent.getLocalPort() + "/live");
      AtomicReference<Throwable> outcome = new AtomicReference<>();
      Thread thread =
          new Thread(
              () -> {
                try (MediaReader reader = MediaSource.of(address).open(MediaRequest.ALL)) {
                  outcome.set(new AssertionError(reader.info().toString()));
                } catch (RuntimeException e) {
                  outcome.set(e);
                }
              });
      thread.start();
      Thread.sleep(300);
      thread.interrupt();
      thread.join(3000);

      assertFalse(thread.isAlive());
      assertTrue(outcome.get() instanceof MediaException, String.valueOf(outcome.get()));
      assertTrue(outcome.get().getMessage().contains("interrupted"));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void read_streamThatStalls_endsWithCloseOrInterrupt(boolean interrupt) throws Exception {
    byte[] bytes = Files.readAllBytes(clip("clip.ts"));
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    CountDownLatch over = new CountDownLatch(1);
    server.createContext(
        "/live.ts",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(bytes);
          exchange.getResponseBody().flush();
          try {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.close();
        });
    server.start();
    try {
      URI address = URI.create("http://localhost:" + server.getAddress().getPort() + "/live.ts");
      MediaReader reader = MediaSource.of(address).open(MediaRequest.ALL);
      AtomicReference<Throwable> outcome = new AtomicReference<>();
      AtomicLong reads = new AtomicLong();
      Thread thread =
          new Thread(
              () -> {
                try {
                  while (reader.read(NOWHERE)) {
                    reads.incrementAndGet();
                  }
                } catch (RuntimeException e) {
                  outcome.set(e);
                }
              });
      thread.start();
      long seen = -1;
      while (reads.get() == 0 || reads.get() != seen) { // until it waits for more
        seen = reads.get();
        Thread.sleep(200);
      }
      if (interrupt) {
        thread.interrupt();
        thread.join(3000);
        assertTrue(outcome.get() instanceof MediaException, String.valueOf(outcome.get()));
      } else {
        assertTimeoutPreemptively(Duration.ofSeconds(3), reader::close);
        thread.join(3000);
        assertTrue(
            outcome.get() == null || outcome.get() instanceof IllegalStateException,
            String.valueOf(outcome.get()));
      }
      assertFalse(thread.isAlive());
      reader.close();
    } finally {
      over.countDown();
      server.stop(0);
    }
  }

  @Test
  void camera_thatIsNotThere_saysSo() {
    assumeTrue(
        System.getProperty("os.name").equals("Linux") && !Files.exists(Path.of("/dev/video77")),
        "skipped: not Linux, or there is a /dev/video77");
    MediaException e =
        assertThrows(MediaException.class, () -> MediaSource.camera(77).open(MediaRequest.ALL));
    assertTrue(e.getMessage().contains("/dev/video77"), e.getMessage());
    assertTrue(e.getMessage().contains("No such file"), e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> MediaSource.camera(-1));
    assertThrows(
        IllegalArgumentException.class, () -> MediaSource.camera("/dev/video0", 0, 480, 30));
    assertThrows(
        IllegalArgumentException.class,
        () -> MediaSource.camera("/dev/video0", 640, 480, Double.NaN));
  }

  @ParameterizedTest
  @CsvSource({"jpg, 64, 48", "png, 63, 47", "jpg, 1, 1", "png, 1, 1", "bmp, 20, 10", "gif, 20, 10"})
  void ofPath_stillPicture_isOneFrame(String format, int width, int height) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(new Color(200, 100, 50));
    graphics.fillRect(0, 0, width, height);
    graphics.dispose();
    Path file = directory.resolve("still%03d." + format);
    ImageIO.write(image, format, file.toFile());

    Recorder recorder = Recorder.of(MediaSource.of(file));

    assertEquals(List.of(0L), recorder.times());
    Frame frame = recorder.frames.get(0);
    assertEquals(width, frame.width());
    assertEquals(height, frame.height());
    double expected = frame.format().lumaPlane() ? 0.299 * 200 + 0.587 * 100 + 0.114 * 50 : 100;
    assertEquals(expected, MediaFixtures.gray(frame, width / 2, height / 2), 4);
    assertEquals(List.of(), recorder.losses);
  }

  @Test
  void close_twiceAndFromTheSink_isHarmless() {
    MediaReader reader = MediaSource.of(clip("clip.mkv")).open(MediaRequest.ALL);
    reader.read(NOWHERE);
    reader.close();
    reader.close();
    IllegalStateException e = assertThrows(IllegalStateException.class, () -> reader.read(NOWHERE));
    assertTrue(e.getMessage().contains("clip.mkv"), e.getMessage());

    MediaReader own = MediaSource.of(clip("clip.mkv")).open(MediaRequest.ALL);
    Recorder closing =
        new Recorder() {
          @Override
          public void video(Frame frame) {
            own.close();
            super.video(frame); // still valid
          }
        };
    while (closing.frames.isEmpty()) {
      own.read(closing);
    }
    assertThrows(IllegalStateException.class, () -> own.read(closing));
  }

  @Test
  void read_inTwoThreads_isTheSame() throws InterruptedException {
    Path file = clip("clip.mkv");
    Recorder expected = Recorder.of(MediaSource.of(file));
    Recorder[] recorders = new Recorder[4];
    Thread[] threads = new Thread[4];
    for (int t = 0; t < 4; t++) {
      int slot = t;
      threads[t] = new Thread(() -> recorders[slot] = Recorder.of(MediaSource.of(file)));
      threads[t].start();
    }
    for (int t = 0; t < 4; t++) {
      threads[t].join();
      assertSame(expected, recorders[t]);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 6000", "90, 6000"})
  void read_steadyState_leavesLittleGarbage(int degrees, long mostBytesAFrame) {
    Path file =
        MediaFixtures.clip()
            .picture("mpeg4", 640, 360, MediaFixtures.every(40, 500))
            .shown(degrees, false)
            .sound("mp2", 44_100, 2, 0, 20_000)
            .write(directory.resolve("long.mp4"));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long[] frames = new long[1];
    MediaSink counter =
        new MediaSink() {
          @Override
          public void video(Frame frame) {
            frames[0]++;
          }

          @Override
          public void audio(AudioWindow window) {}

          @Override
          public void lost(Modality m, TimeSpan span, Evidence.Reason reason, String detail) {}

          @Override
          public void discontinuity(long timeMicros) {}
        };
    try (MediaReader reader = MediaSource.of(file).open(MediaRequest.ALL)) {
      while (frames[0] < 100) {
        reader.read(counter);
      }
      long before = threads.getCurrentThreadAllocatedBytes();
      long from = frames[0];
      while (reader.read(counter)) {
        // on
      }
      long each = (threads.getCurrentThreadAllocatedBytes() - before) / (frames[0] - from);
      System.out.println("garbage a frame, turned by " + degrees + ": " + each + " bytes");
      assertTrue(each < mostBytesAFrame, each + " bytes a frame");
    }
  }

  @Test
  void openAndClose_50Times_keepsNativeMemoryFlat() throws IOException {
    memoryStaysFlat(50);
  }

  @Test
  @Tag("slow")
  void openAndClose_500Times_keepsNativeMemoryFlat() throws IOException {
    memoryStaysFlat(500);
  }

  private void memoryStaysFlat(int rounds) throws IOException {
    Path status = Path.of("/proc/self/statm");
    assumeTrue(Files.exists(status), "skipped: resident memory is read from /proc, which is Linux");
    Path file =
        MediaFixtures.clip()
            .picture("mpeg4", 640, 480, MediaFixtures.every(40, 12))
            .pixelFormat("yuv420p")
            .shown(90, false)
            .sound("mp2", 44_100, 2, 0, 480)
            .write(directory.resolve("small.mp4"));
    Path converted =
        MediaFixtures.clip()
            .picture("ffv1", 640, 480, MediaFixtures.every(40, 6))
            .pixelFormat("yuv444p")
            .write(directory.resolve("small.mkv"));
    Path words = Files.writeString(directory.resolve("words.mp4"), "no media");
    MediaRequest part =
        new MediaRequest(true, true, 10, Optional.of(new TimeSpan(200_000, 300_000)));
    long settled = 0;
    for (int round = 0; round < 30 + rounds; round++) {
      if (round == 30) {
        settled = residentBytes(status);
      }
      drain(file, MediaRequest.ALL);
      drain(file, part);
      drain(converted, MediaRequest.ALL);
      assertThrows(MediaException.class, () -> drain(words, MediaRequest.ALL));
    }
    long grown = residentBytes(status) - settled;
    // a leaked picture would be 460 kB a round, a leaked decoder more
    System.out.println("resident memory grew by " + grown + " bytes in " + rounds + " rounds");
    assertTrue(grown < 24L << 20, "grew by " + grown + " bytes in " + rounds + " rounds");
  }

  private static void drain(Path file, MediaRequest request) {
    try (MediaReader reader = MediaSource.of(file).open(request)) {
      while (reader.read(NOWHERE)) {
        // on
      }
    }
  }

  private static long residentBytes(Path status) throws IOException {
    System.gc();
    return 4096 * Long.parseLong(Files.readString(status).split(" ", -1)[1]);
  }
}
