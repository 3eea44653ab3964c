package io.github.erv.bench.audio;

import io.github.erv.audio.egemaps.Egemaps;
import io.github.erv.audio.spectrum.LogMel;
import io.github.erv.audio.spectrum.MelScale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Ten seconds of sound at 16 kHz on one thread: seconds of sound a second are 10 over the time. The
 * streams go on from call to call, so that ten minutes are sixty calls, and what {@code -prof gc}
 * shows is what a stream leaves behind.
 *
 * <p>Run: {@code java -jar erv-bench/target/benchmarks.jar DescriptionBenchmark -prof gc}
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@SuppressWarnings("NullAway.Init") // JMH calls setup
public class DescriptionBenchmark {
  private static final int RATE_HZ = 16_000;
  private static final int SECONDS = 10;

  private float[] samples;
  private Egemaps egemaps;
  private LogMel logMel;
  private float[] bands;

  /** Makes half a second of voice and half of noise in turn. */
  @Setup
  public void setup() {
    SplittableRandom random = new SplittableRandom(20250101);
    samples = new float[RATE_HZ * SECONDS];
    double phase = 0;
    for (int i = 0; i < samples.length; i++) {
      phase += 2 * Math.PI * (150 + 50 * Math.sin(2 * Math.PI * i / RATE_HZ)) / RATE_HZ;
      double sample = random.nextDouble(-0.01, 0.01);
      if (i / (RATE_HZ / 2) % 2 == 0) {
        for (int h = 1; h <= 20; h++) {
          sample += 0.2 / h * Math.sin(h * phase);
        }
      }
      samples[i] = (float) sample;
    }
    egemaps = new Egemaps(RATE_HZ, 100 * SECONDS);
    logMel =
        new LogMel(new LogMel.Spec(RATE_HZ, 400, 160, 512, 40, MelScale.SLANEY, 20, 8_000, 1e-10));
    bands = new float[logMel.maxFrames(samples.length) * 40];
  }

  @Benchmark
  public long egemaps() {
    egemaps.process(samples, 0, samples.length);
    return egemaps.frames();
  }

  @Benchmark
  public int logMel() {
    return logMel.process(samples, 0, samples.length, bands, 0);
  }
}
