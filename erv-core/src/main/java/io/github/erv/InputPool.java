package io.github.erv;

import io.github.erv.media.AudioWindow;
import io.github.erv.media.Frame;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Direct memory into which pushed input is copied, so that callers may reuse theirs at once.
 *
 * <p>One pool for the process: direct memory goes back to the system only when the garbage
 * collector gets to it, so that sessions which come and go would let it pile up. At most {@value
 * #MOST_IDLE} buffers lie idle. Thread-safe.
 */
final class InputPool {
  private static final int MOST_IDLE = 24;
  private static final int SMALLEST = 4096;

  private static final List<ByteBuffer> IDLE = new ArrayList<>();

  /** A pushed input, and the pooled memory it lies in, or null if it has its own. */
  static final class Held {
    final TimedInput input;
    private @Nullable ByteBuffer memory;

    Held(TimedInput input, @Nullable ByteBuffer memory) {
      this.input = input;
      this.memory = memory;
    }

    /** Gives the memory back; the input is not valid any more. */
    void release() {
      ByteBuffer buffer = memory;
      memory = null;
      if (buffer != null) {
        giveBack(buffer);
      }
    }
  }

  private InputPool() {}

  static Held hold(TimedInput input) {
    if (input instanceof Frame frame) {
      ByteBuffer buffer = take(frame.format().bytes(frame.width(), frame.height()));
      return new Held(frame.copyTo(buffer), buffer);
    }
    if (input instanceof AudioWindow window) {
      ByteBuffer buffer = take(Math.multiplyExact(4, window.frames() * window.channels()));
      return new Held(window.copyTo(buffer.asFloatBuffer()), buffer);
    }
    return new Held(input.copy(), null);
  }

  private static ByteBuffer take(int bytes) {
    synchronized (IDLE) {
      int best = -1;
      for (int i = 0; i < IDLE.size(); i++) {
        int capacity = IDLE.get(i).capacity();
        // a window of sound must not walk off with a picture's buffer
        if (capacity >= bytes
            && capacity / 4 <= Math.max(bytes, SMALLEST)
            && (best < 0 || capacity < IDLE.get(best).capacity())) {
          best = i;
        }
      }
      if (best >= 0) {
        return IDLE.remove(best).clear();
      }
    }
    return ByteBuffer.allocateDirect(Math.max(bytes, SMALLEST)).order(ByteOrder.nativeOrder());
  }

  private static void giveBack(ByteBuffer buffer) {
    synchronized (IDLE) {
      if (IDLE.size() >= MOST_IDLE) {
        IDLE.remove(0); // the one that has lain longest
      }
      IDLE.add(buffer);
    }
  }
}
