package io.github.erv.media;

import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOInterruptCB;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Ends a native call that waits for input: when it has taken too long, when its thread is
 * interrupted, or when another thread says so.
 */
final class BlockingGuard implements AutoCloseable {
  private static final long LONGEST_WAIT_NANOS = 15_000_000_000L;

  /** Asked by FFmpeg while it waits. One for all inputs: JavaCPP has few native entry points. */
  private static final AVIOInterruptCB.Callback_Pointer CALLBACK =
      new AVIOInterruptCB.Callback_Pointer() {
        @Override
        public int call(Pointer opaque) {
          LongPointer state = new LongPointer(opaque);
          boolean late = System.nanoTime() - state.get(DEADLINE) > 0;
          return state.get(STOPPED) != 0 || late || Thread.currentThread().isInterrupted() ? 1 : 0;
        }
      };

  private static final int STOPPED = 0;
  private static final int DEADLINE = 1;

  private final LongPointer state = new LongPointer(2);
  private boolean watching;
  private volatile boolean stopped;

  BlockingGuard() {
    state.put(STOPPED, 0);
    start();
  }

  /** Watches over everything that is read through a container. */
  void watch(AVFormatContext container) {
    container.interrupt_callback().callback(CALLBACK).opaque(state);
    watching = true;
  }

  /** Starts the time of one call. */
  void start() {
    state.put(DEADLINE, System.nanoTime() + LONGEST_WAIT_NANOS);
  }

  /** Ends the call that is going on, and all later ones; from any thread. */
  synchronized void stop() {
    stopped = true;
    if (!state.isNull()) {
      state.put(STOPPED, 1);
    }
  }

  /** Tells whether {@link #stop} was called. */
  boolean stopped() {
    return stopped;
  }

  /** Tells whether a call has ended because its thread was interrupted. */
  boolean interrupted() {
    return watching && Thread.currentThread().isInterrupted();
  }

  /** Returns why a call has ended early, or what FFmpeg says. */
  String reason(int error) {
    if (interrupted()) {
      return "the thread was interrupted";
    }
    if (System.nanoTime() - state.get(DEADLINE) > 0) {
      return "nothing came in for " + LONGEST_WAIT_NANOS / 1_000_000_000L + " s";
    }
    return FfmpegLibrary.message(error);
  }

  @Override
  public synchronized void close() {
    state.close();
  }
}
