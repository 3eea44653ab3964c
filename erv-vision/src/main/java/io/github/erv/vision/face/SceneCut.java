package io.github.erv.vision.face;

import io.github.erv.media.Frame;
import io.github.erv.media.PixelFormat;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Notices that one frame does not continue the one before. Used by one thread at a time. */
final class SceneCut {
  /*
   * Both a difference of pixels and one of histograms are asked for: a pan changes most pixels and
   * keeps the histogram, a light that is switched on shifts the histogram, which the difference
   * of pixels, taken after the mean, hardly notices.
   */

  private static final int COLUMNS = 32;
  private static final int ROWS = 18;
  private static final int BINS = 16;

  /** Mean difference of pixels, out of 255. */
  private static final double MOVED = 18;

  /** Share of the pixels that changed their bin of the histogram. */
  private static final double RELIT = 0.20;

  private int[] current = new int[COLUMNS * ROWS];
  private int[] previous = new int[COLUMNS * ROWS];
  private final int[] histogram = new int[BINS];
  private boolean known;

  /** Forgets the last frame. */
  void reset() {
    known = false;
  }

  /** Tells whether a frame does not continue the last one. */
  boolean test(Frame frame) {
    int[] older = current;
    current = previous;
    previous = older;
    shrink(frame);
    boolean cut = known && differs();
    known = true;
    return cut;
  }

  private void shrink(Frame frame) {
    PixelFormat format = frame.format();
    ByteBuffer data = frame.planes().get(0).data();
    int stride = frame.planes().get(0).stride();
    int pixel = format.rowBytes(0, 1);
    int green = format.lumaPlane() ? 0 : 1;
    for (int y = 0, i = 0; y < ROWS; y++) {
      int row = (int) ((2L * y + 1) * frame.height() / (2 * ROWS));
      for (int x = 0; x < COLUMNS; x++, i++) {
        int column = (int) ((2L * x + 1) * frame.width() / (2 * COLUMNS));
        current[i] = data.get(row * stride + column * pixel + green) & 255;
      }
    }
  }

  private boolean differs() {
    int n = COLUMNS * ROWS;
    long shift = 0;
    Arrays.fill(histogram, 0);
    for (int i = 0; i < n; i++) {
      shift += current[i] - previous[i];
      histogram[current[i] * BINS / 256]++;
      histogram[previous[i] * BINS / 256]--;
    }
    double mean = (double) shift / n;
    double moved = 0;
    for (int i = 0; i < n; i++) {
      moved += Math.abs(current[i] - previous[i] - mean);
    }
    int relit = 0;
    for (int count : histogram) {
      relit += Math.abs(count);
    }
    return moved / n > MOVED && relit / (2.0 * n) > RELIT;
  }
}
