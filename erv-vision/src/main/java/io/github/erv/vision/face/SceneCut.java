package io.github.erv.vision.face;

import io.github.erv.media.Frame;
import io.github.erv.media.PixelFormat;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Notices that one frame does not continue the one before. Used by one thread at a time. */
final class SceneCut {
  /*
   * Frames are compared as small pictures, in two ways. How much has moved: the mean difference of
   * pixels, after that of the light. And how much is new: the mean by which a pixel lies outside
   * of everything that was within two pixels of it, which motion alone hardly raises. A cut between
   * two people before the same background shows little that is new, but comes out of stillness; one
   * in the middle of a fast scene shows a lot.
   *
   * The thresholds were fitted on recordings at 5, 10 and 30 frames/s: talking heads before one
   * studio wall cut together (10 cuts: new 0.8 to 13, unrest 6.7 to 18), a stage (3 cuts: new 7 to
   * 11, unrest 2.2 to 15), a shaking camera and lively speakers (no cut; new up to 2.1 with unrest
   * up to 7.2). The two kinds overlap a little: what lies there is left to the face itself.
   */

  private static final int COLUMNS = 48;
  private static final int ROWS = 27;
  private static final int PIXELS = COLUMNS * ROWS;

  /** Samples in a row and in a column of which a pixel is the mean. */
  private static final int SAMPLES = 4;

  /** How far a pixel may move and still be found. */
  private static final int REACH = 2;

  /** Frames over which stillness is judged. */
  private static final int MEMORY = 4;

  /** Mean difference of pixels that noise alone can make. */
  private static final double NOISE = 1.5;

  /** What is taken to have moved before anything was seen. */
  private static final double UNKNOWN = 5;

  private static final double SOME_NEW = 0.6;
  private static final double UNREST = 5;
  private static final double OUT_OF_STILLNESS = 8;
  private static final double MUCH_NEW = 5;
  private static final double OUT_OF_MOTION = 1.7;

  /** Mean difference of pixels, out of 255, from which there is doubt. */
  private static final double LIVELY = 9;

  /** What one frame is to the one before. */
  enum Verdict {
    /** The same scene. */
    CONTINUES,
    /** Much has moved: what is followed may have been mistaken. */
    LIVELY,
    /** Much has moved at once, as after a cut: what is followed may be something else. */
    SUDDEN,
    /** Another scene. */
    CUT
  }

  private int[] current = new int[PIXELS];
  private int[] previous = new int[PIXELS];
  private final double[] recent = new double[MEMORY];
  private int frames;
  private boolean known;

  SceneCut() {
    reset();
  }

  /** Forgets the last frames. */
  void reset() {
    known = false;
    Arrays.fill(recent, UNKNOWN);
  }

  /** Compares a frame with the last one. */
  Verdict test(Frame frame) {
    int[] older = current;
    current = previous;
    previous = older;
    shrink(frame);
    if (!known) {
      known = true;
      return Verdict.CONTINUES;
    }
    double moved = moved();
    double before = Math.max(Arrays.stream(recent).sum() / MEMORY, NOISE);
    double unrest = moved / before;
    double fresh = (fresh(current, previous) + fresh(previous, current)) / 2;
    if ((fresh > SOME_NEW && unrest > OUT_OF_STILLNESS)
        || (fresh > MUCH_NEW && unrest > OUT_OF_MOTION)) {
      return Verdict.CUT;
    }
    recent[frames++ % MEMORY] = moved;
    if (fresh > SOME_NEW && unrest > UNREST) {
      return Verdict.SUDDEN;
    }
    return moved > LIVELY ? Verdict.LIVELY : Verdict.CONTINUES;
  }

  private void shrink(Frame frame) {
    PixelFormat format = frame.format();
    ByteBuffer data = frame.planes().get(0).data();
    int stride = frame.planes().get(0).stride();
    int pixel = format.rowBytes(0, 1);
    int green = format.lumaPlane() ? 0 : 1;
    for (int y = 0, i = 0; y < ROWS; y++) {
      for (int x = 0; x < COLUMNS; x++, i++) {
        int sum = 0;
        for (int v = 0; v < SAMPLES; v++) {
          int row = place(y, v, ROWS, frame.height());
          for (int u = 0; u < SAMPLES; u++) {
            int column = place(x, u, COLUMNS, frame.width());
            sum += data.get(row * stride + column * pixel + green) & 255;
          }
        }
        current[i] = sum / (SAMPLES * SAMPLES);
      }
    }
  }

  /** Spreads the samples of a cell over the quarter of its width in its middle. */
  private static int place(int cell, int sample, int cells, int side) {
    double within = 0.5 + (sample + 0.5 - SAMPLES / 2.0) / (4.0 * SAMPLES);
    return (int) ((cell + within) * side / cells);
  }

  private double moved() {
    long shift = 0;
    for (int i = 0; i < PIXELS; i++) {
      shift += current[i] - previous[i];
    }
    double mean = (double) shift / PIXELS;
    double moved = 0;
    for (int i = 0; i < PIXELS; i++) {
      moved += Math.abs(current[i] - previous[i] - mean);
    }
    return moved / PIXELS;
  }

  /** Returns by how much the pixels of one picture lie outside of their surroundings in another. */
  private static double fresh(int[] picture, int[] other) {
    long sum = 0;
    for (int y = 0, i = 0; y < ROWS; y++) {
      int top = Math.max(y - REACH, 0);
      int bottom = Math.min(y + REACH, ROWS - 1);
      for (int x = 0; x < COLUMNS; x++, i++) {
        int left = Math.max(x - REACH, 0);
        int right = Math.min(x + REACH, COLUMNS - 1);
        int least = 255;
        int most = 0;
        for (int v = top; v <= bottom; v++) {
          for (int u = v * COLUMNS + left; u <= v * COLUMNS + right; u++) {
            least = Math.min(least, other[u]);
            most = Math.max(most, other[u]);
          }
        }
        sum += Math.max(0, Math.max(least - picture[i], picture[i] - most));
      }
    }
    return (double) sum / PIXELS;
  }
}
