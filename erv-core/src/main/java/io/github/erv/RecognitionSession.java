package io.github.erv;

import static java.util.Objects.requireNonNull;

import io.github.erv.error.InferenceException;
import io.github.erv.media.TimeSpan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A stream being read: takes frames and sound as they come, and tells a {@link RecognitionListener}
 * what they express.
 *
 * <p>Each encoder has a thread and a bounded queue of its own, so that a slow picture does not hold
 * up the sound. {@link #push} copies what it is given before it returns. Times are media time in
 * microseconds and go forward within each kind of input; different kinds should be pushed no
 * further apart than the recogniser's {@linkplain EmotionRecognizer.Builder#lateness lateness},
 * because a hop is estimated once every modality is past it, or has fallen that far behind.
 *
 * <p>Thread-safe: picture and sound may be pushed by two threads. Closing says what is left and
 * waits for it.
 */
public final class RecognitionSession implements AutoCloseable {
  private final List<Stage<?>> stages = new ArrayList<>();
  private final Fusing fusing;
  private final AtomicBoolean failureTold = new AtomicBoolean();
  private volatile boolean closed;

  RecognitionSession(
      List<EmotionRecognizer.Listening<?>> encoders,
      Fusing.Settings settings,
      RecognitionListener listener,
      Overflow overflow,
      int queueCapacity,
      long latenessMicros) {
    fusing = new Fusing(settings, requireNonNull(listener), encoders.size(), latenessMicros);
    try {
      for (EmotionRecognizer.Listening<?> listening : encoders) {
        Stage<?> stage = stage(listening, stages.size(), queueCapacity, overflow);
        fusing.onIdle(stages.size(), stage::idle);
        stages.add(stage);
      }
    } catch (RuntimeException | Error e) {
      stages.forEach(Stage::abandon);
      fusing.abandon();
      throw e;
    }
    fusing.onFailure(() -> stages.forEach(Stage::cancel));
    stages.forEach(Stage::start);
  }

  private <I extends TimedInput> Stage<I> stage(
      EmotionRecognizer.Listening<I> listening, int number, int capacity, Overflow overflow) {
    return new Stage<>(listening.type(), listening.encoder(), number, fusing, capacity, overflow);
  }

  /**
   * Takes a frame, a window of sound, or whatever else an encoder reads. Waits if the encoder has
   * fallen behind and the recogniser is told to {@linkplain Overflow#BLOCK block}.
   *
   * @param input copied before this returns
   * @return false if an input was dropped because the encoder had fallen behind
   * @throws IllegalArgumentException if time goes back, or no encoder reads this kind of input; the
   *     session stays usable
   * @throws IllegalStateException if this session is closed
   * @throws InferenceException if an encoder, the fusion or the listener failed
   */
  public boolean push(TimedInput input) {
    requireUsable();
    boolean taken = false;
    for (Stage<?> stage : stages) {
      if (stage.takes(input)) {
        stage.requireForward(input);
        taken = true;
      }
    }
    if (!taken) {
      throw new IllegalArgumentException(
          "no encoder reads a " + input.getClass().getSimpleName() + "; add one to the recogniser");
    }
    boolean kept = true;
    for (Stage<?> stage : stages) {
      if (stage.takes(input)) {
        try {
          kept &= stage.push(input);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("interrupted while waiting for an encoder", e);
        }
      }
    }
    requireUsable(); // it may have failed, or been closed by another thread, while this waited
    return kept;
  }

  /**
   * Tells that the stream jumps: what comes next does not continue what was before.
   *
   * @param timeMicros where the next input starts
   */
  public void discontinuity(long timeMicros) {
    requireUsable();
    stages.forEach(stage -> stage.discontinuity(timeMicros));
  }

  private void requireUsable() {
    if (fusing.failure() != null) {
      throw failure();
    }
    if (closed) {
      throw new IllegalStateException("the recognition session is closed");
    }
  }

  /**
   * A new exception each time, with the trace of the caller beside that of the thread that failed.
   */
  private InferenceException failure() {
    failureTold.set(true);
    Throwable cause = fusing.failure();
    return new InferenceException("the session ended early: " + cause, cause);
  }

  /** Tells from where on a recording is read, and how long it lasts. */
  void begin(long startMicros, Optional<Long> durationMicros) {
    fusing.begin(startMicros, durationMicros);
  }

  /** Tells that the media has no input of a kind, up to where it lasts. */
  void absent(Class<? extends TimedInput> kind, long untilMicros) {
    for (int i = 0; i < stages.size(); i++) {
      if (stages.get(i).takes(kind)) {
        fusing.absent(i, stages.get(i).modality(), untilMicros);
      }
    }
  }

  /** Tells that a part of the picture or the sound is lost. */
  void lost(
      Class<? extends TimedInput> kind, TimeSpan span, Evidence.Reason reason, String detail) {
    requireUsable();
    String warning = detail;
    for (Stage<?> stage : stages) {
      if (stage.takes(kind)) {
        stage.say(new Evidence.Missing(reason), span, warning);
        stage.discontinuity(span.endMicros());
        warning = null; // once is enough
      }
    }
  }

  /** The media time that input covered, from a start. */
  TimeSpan covered(long startMicros) {
    return fusing.covered(startMicros);
  }

  /**
   * Returns what this session has done so far.
   *
   * @return a snapshot
   */
  public SessionStatistics statistics() {
    return fusing.statistics(stages.stream().map(Stage::statistics).toList());
  }

  /**
   * Throws away what waits, and ends without another estimate. Idempotent; waits for the session's
   * threads unless it is called from the listener.
   */
  public void cancel() {
    closed = true;
    fusing.stop();
    stages.forEach(Stage::cancel);
    join();
  }

  /**
   * Says what is left: reads everything that waits, closes the last hop, and ends. Idempotent;
   * waits for the session's threads unless it is called from the listener.
   *
   * @throws InferenceException if an encoder, the fusion or the listener failed and no call has
   *     thrown that yet
   */
  @Override
  public void close() {
    closed = true;
    stages.forEach(Stage::end);
    join();
    if (fusing.failure() != null && !failureTold.get()) {
      throw failure();
    }
  }

  private void join() {
    if (stages.stream().anyMatch(Stage::onOwnThread)) {
      return; // the threads end by themselves once the listener returns
    }
    boolean interrupted = false;
    for (Stage<?> stage : stages) {
      while (true) {
        try {
          stage.join();
          break;
        } catch (InterruptedException e) {
          interrupted = true; // the threads end in any case, and must be gone when this returns
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
