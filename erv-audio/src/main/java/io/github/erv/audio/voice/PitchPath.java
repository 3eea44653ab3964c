package io.github.erv.audio.voice;

/**
 * The most plausible course of the fundamental frequency through the candidates of successive
 * frames: the cheapest path by dynamic programming, decided a fixed number of frames late.
 *
 * <p>Each frame may take one of its candidates or be unvoiced. A candidate costs {@value #LOCAL}
 * times what it falls short of strength 1, and {@value #LOW} if it is below {@value #LOW_HZ} Hz.
 * Going against the voicing cutoff costs {@value #THRESHOLD}: taking a candidate below it, or being
 * unvoiced where the strongest reaches it. A step costs {@value #JUMP} an octave, each change of
 * voicing {@value #VOICING_CHANGE}; a stretch that differs in voicing from both its neighbours
 * therefore has to be longer than two frames.
 *
 * <p>Nothing is allocated after construction. Used by one thread at a time.
 */
public final class PitchPath {
  private static final double LOCAL = 2;
  private static final double LOW = 1;
  private static final double LOW_HZ = 100;
  private static final double JUMP = 2.5;
  private static final double VOICING_CHANGE = 5;
  private static final double THRESHOLD = 4;

  private final int lag;
  private final int states;
  private final double cutoff;

  // rings over the last lag + 1 frames
  private final float[] hertz;
  private final int[] from;
  private final double[] cost;
  private final double[] next;
  private long pushed;
  private long decided;

  /**
   * Creates a path.
   *
   * @param candidates the most a frame has
   * @param lagFrames how many frames late a decision is, at least 1
   * @param voicingCutoff the strength a candidate needs to be voice
   */
  public PitchPath(int candidates, int lagFrames, double voicingCutoff) {
    this.lag = lagFrames;
    this.states = candidates + 1;
    this.cutoff = voicingCutoff;
    this.hertz = new float[(lag + 1) * states];
    this.from = new int[(lag + 1) * states];
    this.cost = new double[states];
    this.next = new double[states];
  }

  /** Starts anew. */
  public void reset() {
    pushed = 0;
    decided = 0;
  }

  /**
   * Takes up a frame.
   *
   * @param candidateHz frequencies of the candidates
   * @param voicing their strengths
   * @param count how many there are
   */
  public void push(float[] candidateHz, float[] voicing, int count) {
    int row = (int) (pushed % (lag + 1)) * states;
    int rowBefore = (int) ((pushed + lag) % (lag + 1)) * states;
    hertz[row] = 0;
    for (int s = 1; s < states; s++) {
      hertz[row + s] = s <= count ? candidateHz[s - 1] : 0;
    }
    float best = count > 0 ? voicing[0] : 0;
    for (int s = 0; s < states; s++) {
      double local;
      if (s == 0) {
        local = best >= cutoff ? THRESHOLD : 0;
      } else if (hertz[row + s] > 0) {
        local =
            LOCAL * (1 - voicing[s - 1])
                + (voicing[s - 1] < cutoff ? THRESHOLD : 0)
                + (hertz[row + s] < LOW_HZ ? LOW : 0);
      } else {
        next[s] = Double.POSITIVE_INFINITY;
        from[row + s] = 0;
        continue;
      }
      if (pushed == 0) {
        next[s] = local;
        continue;
      }
      double least = Double.POSITIVE_INFINITY;
      int argument = 0;
      for (int b = 0; b < states; b++) {
        double total = cost[b] + transition(hertz[rowBefore + b], hertz[row + s]);
        if (total < least) {
          least = total;
          argument = b;
        }
      }
      next[s] = local + least;
      from[row + s] = argument;
    }
    double floor = Double.POSITIVE_INFINITY;
    for (int s = 0; s < states; s++) {
      floor = Math.min(floor, next[s]);
    }
    for (int s = 0; s < states; s++) {
      cost[s] = next[s] - floor; // keeps costs small however long the stream
    }
    pushed++;
  }

  private static double transition(float before, float now) {
    if (before > 0 && now > 0) {
      return JUMP * Math.abs(Math.log(now / before)) / Math.log(2);
    }
    return before > 0 || now > 0 ? VOICING_CHANGE : 0;
  }

  /**
   * Returns whether a frame's decision can be taken.
   *
   * @param ending whether the stream is over
   * @return true if {@link #poll} may be called
   */
  public boolean ready(boolean ending) {
    return pushed - decided > (ending ? 0 : lag);
  }

  /**
   * Decides the oldest undecided frame.
   *
   * @return its fundamental frequency in Hz, 0 if unvoiced
   * @throws IllegalStateException if no frame is undecided
   */
  public float poll() {
    if (decided == pushed) {
      throw new IllegalStateException("every frame is decided");
    }
    int state = 0;
    for (int s = 1; s < states; s++) {
      if (cost[s] < cost[state]) {
        state = s;
      }
    }
    for (long f = pushed - 1; f > decided; f--) {
      state = from[(int) (f % (lag + 1)) * states + state];
    }
    return hertz[(int) (decided++ % (lag + 1)) * states + state];
  }
}
