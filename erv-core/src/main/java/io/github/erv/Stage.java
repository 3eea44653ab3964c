package io.github.erv;

import io.github.erv.media.TimeSpan;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One encoder at work: a bounded queue of inputs and a thread that reads them. What it observes
 * goes to {@link Fusing} together with the time up to which it has said everything.
 */
final class Stage<I extends TimedInput> {
  /** What waits in the queue. */
  private sealed interface Item {}

  private record Input(InputPool.Held held) implements Item {}

  private record Jump(long timeMicros) implements Item {}

  private record Say(Evidence evidence, TimeSpan span, @Nullable String warning) implements Item {}

  private final Encoder<I> encoder;
  private final EncoderSession<I> session;
  private final Class<I> type;
  private final Fusing fusing;
  private final int number;
  private final Thread thread;
  private final int capacity;
  private final Overflow overflow;

  private final Object lock = new Object();
  private final Deque<Item> queue = new ArrayDeque<>();
  private int inputs;
  private boolean working;
  private boolean ending;
  private boolean cancelled;
  private long lastStartMicros = Long.MIN_VALUE;
  private long pushed;
  private long dropped;
  private long encoded;
  private long busyNanos;

  Stage(
      Class<I> type,
      Encoder<I> encoder,
      int number,
      Fusing fusing,
      int capacity,
      Overflow overflow) {
    this.type = type;
    this.encoder = encoder;
    this.number = number;
    this.fusing = fusing;
    this.capacity = capacity;
    this.overflow = overflow;
    this.session = encoder.open();
    this.thread = new Thread(this::work, "erv-" + encoder.modality());
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  boolean takes(TimedInput input) {
    return type.isInstance(input);
  }

  boolean takes(Class<? extends TimedInput> kind) {
    return type.isAssignableFrom(kind);
  }

  Modality modality() {
    return encoder.modality();
  }

  /** Refuses input that goes back in time, before any stage has taken it. */
  void requireForward(TimedInput input) {
    synchronized (lock) {
      if (input.span().startMicros() < lastStartMicros) {
        throw new IllegalArgumentException(
            "time must not go back: the last "
                + type.getSimpleName()
                + " was at "
                + lastStartMicros
                + " us, this one is at "
                + input.span().startMicros()
                + " us");
      }
    }
  }

  /**
   * Queues a copy of an input; may wait. Returns false if the encoder had fallen behind and an
   * input was dropped, or if the stage has ended or ends while this waits.
   */
  boolean push(TimedInput input) throws InterruptedException {
    boolean kept = true;
    synchronized (lock) {
      if (ending) {
        return false;
      }
      lastStartMicros = input.span().startMicros();
      pushed++;
      while (inputs >= capacity && !ending) {
        if (overflow == Overflow.BLOCK) {
          lock.wait();
        } else {
          dropped++;
          kept = false;
          if (overflow == Overflow.DROP_NEWEST) {
            return false;
          }
          dropOldest();
        }
      }
      if (ending) {
        return false;
      }
      queue.add(new Input(InputPool.hold(input)));
      inputs++;
      lock.notifyAll();
    }
    return kept;
  }

  private void dropOldest() {
    for (var items = queue.iterator(); items.hasNext(); ) {
      if (items.next() instanceof Input input) {
        items.remove();
        inputs--;
        input.held.release();
        return;
      }
    }
  }

  void discontinuity(long timeMicros) {
    enqueue(new Jump(timeMicros));
  }

  /** Lets the stage say something that the reader knows: that a part of its stream is lost. */
  void say(Evidence evidence, TimeSpan span, @Nullable String warning) {
    enqueue(new Say(evidence, span, warning));
  }

  private void enqueue(Item item) {
    synchronized (lock) {
      queue.add(item);
      lock.notifyAll();
    }
  }

  /** Tells that no more input comes; the thread ends once the queue is empty. */
  void end() {
    synchronized (lock) {
      ending = true;
      lock.notifyAll();
    }
  }

  /** Throws away what waits; the thread ends at once. */
  void cancel() {
    synchronized (lock) {
      ending = true;
      cancelled = true;
      for (Item item : queue) {
        if (item instanceof Input input) {
          input.held.release();
        }
      }
      queue.clear();
      inputs = 0;
      lock.notifyAll();
    }
  }

  /** Gives up a stage that was never started. */
  void abandon() {
    session.close();
  }

  void join() throws InterruptedException {
    thread.join();
  }

  boolean onOwnThread() {
    return Thread.currentThread() == thread;
  }

  /** Whether nothing waits and nothing is being read: all that came in has been said. */
  boolean idle() {
    synchronized (lock) {
      return queue.isEmpty() && !working;
    }
  }

  SessionStatistics.Stage statistics() {
    synchronized (lock) {
      return new SessionStatistics.Stage(modality(), pushed, dropped, encoded, busyNanos);
    }
  }

  private void work() {
    List<Observation> said = new ArrayList<>();
    try (session) {
      while (true) {
        Item item;
        boolean idle;
        synchronized (lock) {
          working = false;
          idle = queue.isEmpty() && !ending;
        }
        if (idle) {
          fusing.idle(); // what was held back for this stage need not wait for the next input
        }
        synchronized (lock) {
          while (queue.isEmpty() && !ending) {
            lock.wait();
          }
          item = queue.poll();
          working = true; // also while it flushes
          if (item == null) {
            break;
          }
          if (item instanceof Input) {
            inputs--;
          }
          lock.notifyAll();
        }
        handle(item, said);
        said.clear();
      }
      if (!cancelled()) {
        session.flush(said::add);
        fusing.ended(number, said);
      }
    } catch (InterruptedException e) {
      fusing.fail(e);
    } catch (RuntimeException | Error e) {
      // whatever an encoder, a strategy or a listener throws must reach the caller, not the console
      fusing.fail(e);
    } finally {
      cancel();
      fusing.leave();
    }
  }

  private boolean cancelled() {
    synchronized (lock) {
      return cancelled;
    }
  }

  private void handle(Item item, List<Observation> said) {
    if (item instanceof Input input) {
      try {
        long start = System.nanoTime();
        TimedInput value = input.held.input;
        session.encode(type.cast(value), said::add);
        long watermark = session.watermarkMicros(value.span().endMicros());
        synchronized (lock) {
          encoded++;
          busyNanos += System.nanoTime() - start;
        }
        fusing.deliver(number, said, value.span(), watermark);
      } finally {
        input.held.release();
      }
    } else if (item instanceof Jump jump) {
      session.discontinuity(jump.timeMicros);
    } else if (item instanceof Say say) {
      if (say.warning != null) {
        fusing.warn(say.warning);
      }
      Subject subject = modality().equals(Modality.VOICE) ? Subject.VOICE : Subject.SCENE;
      said.add(Observation.of(modality(), subject, say.span, say.evidence));
      fusing.deliver(number, said, say.span, Long.MIN_VALUE);
    }
  }
}
