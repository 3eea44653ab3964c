package io.github.erv.bench.pipeline;

import static java.util.Objects.requireNonNull;

import com.sun.management.ThreadMXBean;
import io.github.erv.EmotionRecognizer;
import io.github.erv.Modality;
import io.github.erv.Observation;
import io.github.erv.RecognitionListener;
import io.github.erv.SessionStatistics;
import io.github.erv.TimedInput;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.emotion.LabelSet;
import io.github.erv.media.MediaSource;
import io.github.erv.spi.EncoderProvider;
import io.github.erv.timeline.EmotionTimeline;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The main job, end to end: demuxing, decoding, faces, voices, fusion and the time line of one
 * recording.
 *
 * <p>Run: {@code java -jar erv-bench/target/benchmarks.jar AnalyzeBenchmark}, with {@code -p
 * media=FILE} for a recording of your own. Each iteration prints how many times faster than real
 * time that was, how many frames were analysed a second of media, and the bytes of heap garbage an
 * analysed frame in the second half of the recording, on all threads together.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 5)
@Fork(3)
public class AnalyzeBenchmark {
  /**
   * The recording to analyse: a minute of 720p30 H.264 with one face and speech is the yardstick.
   */
  @Param("")
  String media = "";

  /** The default, and every frame. */
  @Param({"10", "Infinity"})
  double framesPerSecond;

  private @Nullable EmotionRecognizer recognizer;
  private @Nullable Path file;

  /** Loads the models once; what is measured is the work on a recording. */
  @Setup
  public void setup() {
    file = media.isEmpty() ? Yardstick.make() : Path.of(media);
    EmotionRecognizer.Builder builder =
        EmotionRecognizer.builder(LabelSet.EKMAN_7).framesPerSecond(framesPerSecond);
    for (EncoderProvider<?> provider : ServiceLoader.load(EncoderProvider.class)) {
      add(builder, provider);
    }
    recognizer = builder.build();
  }

  private static <I extends TimedInput> void add(
      EmotionRecognizer.Builder builder, EncoderProvider<I> provider) {
    builder.encoder(provider.input(), provider.create());
  }

  /** Frees the models. */
  @TearDown
  public void tearDown() {
    requireNonNull(recognizer).close();
  }

  /** Counts analysed frames, and what all threads allocate between the middle and the end. */
  static final class Meter implements RecognitionListener {
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private long duration = Long.MAX_VALUE;
    private long time = Long.MIN_VALUE;
    private int frames;
    private int framesAtHalf;
    private long bytesAtHalf;
    private int framesAtEnd;
    private long bytesAtEnd;

    @Override
    public void estimate(EmotionEstimate estimate) {}

    @Override
    public void observation(Observation observation) {
      if (observation.modality().equals(Modality.FACE) && observation.span().startMicros() > time) {
        time = observation.span().startMicros();
        frames++;
      }
    }

    @Override
    public void progress(Progress progress) {
      duration = progress.durationMicros().orElse(duration);
      if (framesAtHalf == 0 && progress.positionMicros() >= duration / 2) {
        framesAtHalf = frames;
        bytesAtHalf = allocated();
      } else if (framesAtEnd == 0 && progress.positionMicros() >= duration / 10 * 9) {
        framesAtEnd = frames;
        bytesAtEnd = allocated();
      }
    }

    double bytesPerFrame() {
      return (double) (bytesAtEnd - bytesAtHalf) / Math.max(1, framesAtEnd - framesAtHalf);
    }

    @Override
    public void finished(SessionStatistics statistics) {
      for (SessionStatistics.Stage stage : statistics.stages()) {
        System.out.printf(
            Locale.ROOT,
            "%s: %d inputs, %.2f ms each%n",
            stage.modality(),
            stage.encoded(),
            stage.busyNanos() / 1e6 / Math.max(1, stage.encoded()));
      }
    }

    private long allocated() {
      long sum = 0;
      for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
        sum += Math.max(0, bytes);
      }
      return sum;
    }
  }

  /**
   * Analyses the recording.
   *
   * @return the time line
   */
  @Benchmark
  public EmotionTimeline analyze() {
    Meter meter = new Meter();
    long start = System.nanoTime();
    EmotionTimeline timeline =
        requireNonNull(recognizer).analyze(MediaSource.of(requireNonNull(file)), meter);
    double seconds = (System.nanoTime() - start) / 1e9;
    double length = timeline.span().lengthMicros() / 1e6;
    System.out.printf(
        Locale.ROOT,
        "%.2f times real time, %.1f frames/s of media, %.0f bytes of garbage a frame%n",
        length / seconds,
        meter.frames / length,
        meter.bytesPerFrame());
    return timeline;
  }
}
