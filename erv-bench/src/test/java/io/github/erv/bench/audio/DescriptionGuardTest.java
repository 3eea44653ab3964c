package io.github.erv.bench.audio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import org.jtransforms.fft.FloatFFT_1D;
import org.junit.jupiter.api.Test;

/**
 * Guards speed and garbage of the descriptors of sound on any machine: their time in relation to
 * that of JTransforms for the Fourier transforms of as many frames of 512 samples, measured in turn
 * on one thread. To record anew, run this on a quiet machine and write what it prints below.
 */
class DescriptionGuardTest {
  /** Measured on an AMD Zen 5, JDK 17. */
  private static final double EGEMAPS_RECORDED = 25.3;

  private static final double LOG_MEL_RECORDED = 1.6;

  /** Room for machines with other caches and vectors, and for busy ones. */
  private static final double ROOM = 2;

  private static final int ROUNDS = 9;
  private static final int SECONDS = 10;
  private static final int FRAMES = 100 * SECONDS;
  private static final long WARM_UP_NANOS = 3_000_000_000L;
  private static final long LATEST_NANOS = 20_000_000_000L;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final DescriptionBenchmark work = new DescriptionBenchmark();
  private final FloatFFT_1D transform = new FloatFFT_1D(512);
  private final float[] frame = new float[512];

  @Test
  void egemaps_isAsFastAsRecorded_andLeavesNothing() {
    check("eGeMAPS", work::egemaps, EGEMAPS_RECORDED);
  }

  @Test
  void logMel_isAsFastAsRecorded_andLeavesNothing() {
    check("log-mel", work::logMel, LOG_MEL_RECORDED);
  }

  private void check(String name, Runnable description, double recorded) {
    work.setup();
    long start = System.nanoTime();
    long bytes;
    long elapsed;
    do { // what is compiled is what counts
      bytes = bytes(description);
      transforms();
      elapsed = System.nanoTime() - start;
    } while (elapsed < WARM_UP_NANOS || (bytes != 0 && elapsed < LATEST_NANOS));
    double[] ratios = new double[ROUNDS];
    double[] nanos = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      nanos[round] = nanos(description);
      ratios[round] = nanos[round] / nanos(this::transforms);
    }
    Arrays.sort(ratios);
    Arrays.sort(nanos);
    double ratio = ratios[ROUNDS / 2];
    System.out.printf(
        Locale.ROOT,
        "DescriptionGuardTest: %s takes %.2f times as long as its transforms, %.0f times real time%n",
        name,
        ratio,
        SECONDS * 1e9 / nanos[ROUNDS / 2]);
    assertEquals(0, bytes, "bytes that " + name + " leaves on the heap in " + FRAMES + " frames");
    assertTrue(ratio <= recorded * ROOM, ratio + " times as long, recorded " + recorded);
  }

  private void transforms() {
    for (int i = 0; i < FRAMES; i++) {
      Arrays.fill(frame, i);
      transform.realForward(frame);
    }
  }

  private static long bytes(Runnable description) {
    long thread = Thread.currentThread().getId();
    long before = THREADS.getThreadAllocatedBytes(thread);
    description.run();
    return THREADS.getThreadAllocatedBytes(thread) - before;
  }

  private static double nanos(Runnable work) {
    long start = THREADS.getCurrentThreadCpuTime();
    work.run();
    return THREADS.getCurrentThreadCpuTime() - start;
  }
}
