package io.github.erv.audio.voice;

import static java.util.Objects.checkFromIndexSize;

import io.github.erv.onnx.OnnxModel;
import io.github.erv.onnx.OnnxOptions;
import io.github.erv.onnx.OnnxSession;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;

/**
 * Voice activity detection by Silero VAD v5: tells for every chunk of {@value #CHUNK} samples at
 * {@value #SAMPLE_RATE_HZ} Hz whether somebody speaks.
 *
 * <p>Immutable, thread-safe and shared; each stream has its own {@link Session}.
 *
 * @see "Silero Team, Silero VAD: pre-trained enterprise-grade voice activity detector,
 *     https://github.com/snakers4/silero-vad"
 */
public final class Vad implements AutoCloseable {
  /** The only sample rate taken. */
  public static final int SAMPLE_RATE_HZ = 16_000;

  /** Samples a chunk: 32 ms. */
  public static final int CHUNK = 512;

  /** Samples of the chunk before that the model sees in front of each chunk. */
  private static final int CONTEXT = 64;

  private static final int STATE = 2 * 128;

  private final OnnxModel model;
  private final float onset;
  private final float offset;
  private final int minSpeechChunks;
  private final int minSilenceChunks;

  private Vad(Builder builder) {
    this.onset = builder.onset;
    this.offset = builder.offset;
    this.minSpeechChunks = chunks(builder.minSpeech);
    this.minSilenceChunks = chunks(builder.minSilence);
    this.model =
        OnnxModel.resource(
            Vad.class, "/io/github/erv/audio/models/silero-vad", OnnxOptions.DEFAULT);
  }

  private static int chunks(Duration duration) {
    long chunkNanos = CHUNK * 1_000_000_000L / SAMPLE_RATE_HZ;
    return Math.toIntExact(-Math.floorDiv(-duration.toNanos(), chunkNanos));
  }

  /**
   * Loads the bundled model with its authors' defaults: speech starts at a probability of 0.5 and
   * ends below 0.35, lasts at least 250 ms, and goes on through silences shorter than 100 ms.
   *
   * @return a detector to close
   * @throws io.github.erv.error.NativeLibraryException if ONNX Runtime has no natives here
   */
  public static Vad bundled() {
    return builder().build();
  }

  /**
   * Starts from the defaults of {@link #bundled}.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns name and version of the model.
   *
   * @return as in {@code silero-vad 5.0}
   */
  public String id() {
    return model.card().id();
  }

  /**
   * Returns how long it can take until it is known whether a chunk is speech.
   *
   * @return the greatest number of chunks that {@link Session#undecidedRun} can be
   */
  public int maxUndecidedChunks() {
    return minSpeechChunks + minSilenceChunks;
  }

  /**
   * Opens a session at the start of a stream.
   *
   * @return a session for use by one thread at a time
   * @throws IllegalStateException if this detector is closed
   */
  public Session open() {
    return new Session();
  }

  /** Gives back this detector's share of the model; open sessions stay usable. Idempotent. */
  @Override
  public void close() {
    model.close();
  }

  @Override
  public String toString() {
    return id();
  }

  /** One stream. Used by one thread at a time; after it was opened nothing of ours is allocated. */
  public final class Session implements AutoCloseable {
    private final OnnxSession session;
    private final FloatBuffer input;
    private final FloatBuffer state;
    private final FloatBuffer probability;
    private final FloatBuffer nextState;
    private final float[] context = new float[CONTEXT];

    /** Chunks since speech began that count as speech, the last perhaps not the latest. */
    private int run;

    /** Chunks since the probability fell, 0 while it has not. */
    private int silence;

    private Session() {
      session =
          model.open(
              Map.of(
                  "input", new long[] {1, CONTEXT + CHUNK},
                  "state", new long[] {2, 1, STATE / 2},
                  "stateN", new long[] {2, 1, STATE / 2},
                  "output", new long[] {1, 1}));
      session.longInput("sr").put(0, SAMPLE_RATE_HZ);
      input = session.floatInput("input");
      state = session.floatInput("state");
      probability = session.floatOutput("output");
      nextState = session.floatOutput("stateN");
    }

    /**
     * Takes up the next chunk.
     *
     * @param samples hold it, nominally in [-1, 1], finite
     * @param offset where it starts
     * @return the probability that somebody speaks in it, in [0, 1]
     * @throws IndexOutOfBoundsException if the chunk does not lie in the array
     * @throws IllegalStateException if this session is closed
     */
    public float accept(float[] samples, int offset) {
      checkFromIndexSize(offset, CHUNK, samples.length);
      input.put(0, context).put(CONTEXT, samples, offset, CHUNK);
      session.run();
      System.arraycopy(samples, offset + CHUNK - CONTEXT, context, 0, CONTEXT);
      state.put(0, nextState, 0, STATE);
      float speech = probability.get(0);
      decide(speech);
      return speech;
    }

    private void decide(float speech) {
      if (speech >= onset) {
        run += silence + 1; // a silence that was too short to end the run belongs to it
        silence = 0;
      } else if (run > 0 && (silence > 0 || speech < Vad.this.offset)) {
        if (silence >= minSilenceChunks && speech < Vad.this.offset) {
          run = 0;
          silence = 0;
        } else {
          silence++;
        }
      } else if (run > 0) {
        run++;
      }
    }

    /**
     * Returns how many of the latest chunks are speech without a break, the last one included. A
     * run counts once it has the least length of speech, and then as a whole; a short silence
     * counts as none until speech goes on after it.
     *
     * @return a number of chunks, 0 if nobody speaks in the latest
     */
    public int speechRun() {
      return silence == 0 && run >= minSpeechChunks ? run : 0;
    }

    /**
     * Returns how many of the latest chunks may yet turn out to be speech: those since a run began
     * that has not reached the least length of speech.
     *
     * @return a number of chunks, 0 if it is known of all whether they are speech, short silences
     *     aside; at most {@link Vad#maxUndecidedChunks}
     */
    public int undecidedRun() {
      return run < minSpeechChunks && run > 0 ? run + silence : 0;
    }

    /** Starts anew, as if nothing had been heard. */
    public void reset() {
      Arrays.fill(context, 0);
      for (int i = 0; i < STATE; i++) {
        state.put(i, 0);
      }
      run = 0;
      silence = 0;
    }

    /** Frees the session's native memory. Idempotent. */
    @Override
    public void close() {
      session.close();
    }
  }

  /** Options of a detector. Not thread-safe. */
  public static final class Builder {
    private float onset = 0.5f;
    private float offset = 0.35f;
    private Duration minSpeech = Duration.ofMillis(250);
    private Duration minSilence = Duration.ofMillis(100);

    private Builder() {}

    /**
     * Sets the probability at which speech starts.
     *
     * @param probability in (0, 1]
     * @return this
     */
    public Builder onset(float probability) {
      onset = requireProbability(probability, "onset");
      return this;
    }

    /**
     * Sets the probability below which speech ends.
     *
     * @param probability in (0, 1], not above the onset
     * @return this
     */
    public Builder offset(float probability) {
      offset = requireProbability(probability, "offset");
      return this;
    }

    private static float requireProbability(float probability, String name) {
      if (!(probability > 0 && probability <= 1)) { // so written that NaN fails too
        throw new IllegalArgumentException(name + " must be in (0, 1], was " + probability);
      }
      return probability;
    }

    /**
     * Sets the least length of speech; what is shorter counts as none.
     *
     * @param duration from 0 to 10 s
     * @return this
     */
    public Builder minSpeech(Duration duration) {
      minSpeech = requireShort(duration, "minSpeech");
      return this;
    }

    /**
     * Sets how long a silence must last to end speech.
     *
     * @param duration from 0 to 10 s
     * @return this
     */
    public Builder minSilence(Duration duration) {
      minSilence = requireShort(duration, "minSilence");
      return this;
    }

    private static Duration requireShort(Duration duration, String name) {
      if (duration.isNegative() || duration.compareTo(Duration.ofSeconds(10)) > 0) {
        throw new IllegalArgumentException(name + " must be from 0 to 10 s, was " + duration);
      }
      return duration;
    }

    /**
     * Loads the bundled model.
     *
     * @return a detector to close
     * @throws IllegalArgumentException if the offset exceeds the onset
     */
    public Vad build() {
      if (offset > onset) {
        throw new IllegalArgumentException(
            "the offset " + offset + " must not exceed the onset " + onset);
      }
      return new Vad(this);
    }
  }
}
