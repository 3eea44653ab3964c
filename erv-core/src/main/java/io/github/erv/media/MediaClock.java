package io.github.erv.media;

import java.util.ArrayList;
import java.util.List;

/**
 * Turns the time stamps of a container's tracks into media time: moves its zero, unwraps counters,
 * and joins up jumps so that time never goes back. Not thread-safe.
 *
 * <p>A jump moves the time stamps of all tracks, but the tracks cross it at different moments. So
 * each jump opens an <i>epoch</i> with an offset of its own; the track that comes first sets it,
 * and the others step into it when their own time stamps jump.
 */
final class MediaClock {
  /** A step ahead of more than this is a jump, in formats whose time stamps may jump. */
  private static final long LARGEST_STEP_MICROS = 10_000_000;

  /** A step back of more than this is a jump; a smaller one is a faulty time stamp. */
  private static final long LARGEST_STEP_BACK_MICROS = 500_000;

  private final boolean mayJump;
  private final long wrapMicros;
  private final List<Long> offsets = new ArrayList<>();

  /**
   * Creates a clock.
   *
   * @param zeroMicros the container's time stamp that is media time 0
   * @param mayJump whether a large step ahead is a jump rather than a hole
   * @param wrapMicros after how long the container's counter starts again, or 0 for never
   */
  MediaClock(long zeroMicros, boolean mayJump, long wrapMicros) {
    this.mayJump = mayJump;
    this.wrapMicros = wrapMicros;
    offsets.add(-zeroMicros);
  }

  /** Returns the clock of one track. */
  Track track() {
    return new Track();
  }

  /** One track's place on the clock. */
  final class Track {
    private int epoch;
    private boolean started;
    private long next;

    private Track() {}

    /** Returns whether there was a time stamp yet. */
    boolean started() {
      return started;
    }

    /** Returns where the track is expected to go on; 0 before it has started. */
    long next() {
      return next;
    }

    /** Sets where the track is expected to go on. */
    void expect(long micros) {
      started = true;
      next = micros;
    }

    /**
     * Returns the media time of a time stamp.
     *
     * @param stamp the container's, in microseconds
     * @param sink told if this opens a new epoch
     */
    long time(long stamp, MediaSink sink) {
      long time = stamp + offsets.get(epoch);
      if (!started || !jumps(time)) {
        return time;
      }
      for (int later = epoch + 1; later < offsets.size(); later++) {
        long there = stamp + offsets.get(later);
        if (!jumps(there)) {
          epoch = later;
          return there;
        }
      }
      boolean wrapped = wrapMicros > 0 && !jumps(time + wrapMicros);
      long joined = wrapped ? time + wrapMicros : next;
      offsets.add(joined - stamp);
      epoch = offsets.size() - 1;
      if (!wrapped) {
        sink.discontinuity(joined);
      }
      return joined;
    }

    /**
     * Returns the media time of a time stamp that has not come out yet, unless time jumps there.
     */
    long nearby(long stamp) {
      return stamp + offsets.get(epoch);
    }

    private boolean jumps(long time) {
      long step = time - next;
      return step < -LARGEST_STEP_BACK_MICROS || (mayJump && step > LARGEST_STEP_MICROS);
    }
  }
}
