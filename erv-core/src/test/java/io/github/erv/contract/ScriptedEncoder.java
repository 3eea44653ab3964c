package io.github.erv.contract;

import static java.util.Objects.requireNonNull;

import io.github.erv.Encoder;
import io.github.erv.EncoderSession;
import io.github.erv.Modality;
import io.github.erv.Observation;
import io.github.erv.emotion.LabelSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * An encoder for tests that says what a script tells it to. Thread-safe.
 *
 * @param <I> what it reads
 */
public final class ScriptedEncoder<I> implements Encoder<I> {
  /**
   * What one session says.
   *
   * @param <I> what it reads
   */
  @FunctionalInterface
  public interface Script<I> {
    /**
     * Reads one input, as {@link EncoderSession#encode}.
     *
     * @param input what came
     * @param out receives observations
     */
    void encode(I input, Consumer<Observation> out);

    /**
     * Says up to where everything has been said, as {@link EncoderSession#watermarkMicros}.
     *
     * @param inputEndMicros where the last input ended
     * @return by default that end
     */
    default long watermarkMicros(long inputEndMicros) {
      return inputEndMicros;
    }

    /**
     * Says what is left, as {@link EncoderSession#flush}.
     *
     * @param out receives observations
     */
    default void flush(Consumer<Observation> out) {}

    /**
     * Hears of a jump, as {@link EncoderSession#discontinuity}.
     *
     * @param timeMicros where the next input starts
     */
    default void discontinuity(long timeMicros) {}
  }

  private final Modality modality;
  private final LabelSet labels;
  private final Supplier<? extends Script<I>> scripts;
  private final AtomicInteger openSessions = new AtomicInteger();
  private volatile boolean closed;

  private ScriptedEncoder(
      Modality modality, LabelSet labels, Supplier<? extends Script<I>> scripts) {
    this.modality = requireNonNull(modality);
    this.labels = requireNonNull(labels);
    this.scripts = requireNonNull(scripts);
  }

  /**
   * Returns an encoder whose sessions remember nothing.
   *
   * @param modality of what it says
   * @param labels of what it says
   * @param script of every session
   * @param <I> what it reads
   * @return the encoder
   */
  public static <I> ScriptedEncoder<I> of(Modality modality, LabelSet labels, Script<I> script) {
    return new ScriptedEncoder<>(modality, labels, () -> script);
  }

  /**
   * Returns an encoder whose sessions each have a script of their own.
   *
   * @param modality of what it says
   * @param labels of what it says
   * @param scripts called when a session opens
   * @param <I> what it reads
   * @return the encoder
   */
  public static <I> ScriptedEncoder<I> opening(
      Modality modality, LabelSet labels, Supplier<? extends Script<I>> scripts) {
    return new ScriptedEncoder<>(modality, labels, scripts);
  }

  @Override
  public Modality modality() {
    return modality;
  }

  @Override
  public LabelSet labels() {
    return labels;
  }

  @Override
  public int embeddingSize() {
    return 0;
  }

  /**
   * Returns how many sessions are open.
   *
   * @return at least 0
   */
  public int openSessions() {
    return openSessions.get();
  }

  /**
   * Tells whether this encoder is closed.
   *
   * @return true after {@link #close}
   */
  public boolean closed() {
    return closed;
  }

  @Override
  public EncoderSession<I> open() {
    if (closed) {
      throw new IllegalStateException("the scripted encoder of " + modality + " is closed");
    }
    Script<I> script = scripts.get();
    openSessions.incrementAndGet();
    return new Session(script);
  }

  @Override
  public void close() {
    closed = true;
  }

  private final class Session implements EncoderSession<I> {
    private final Script<I> script;
    private boolean over;

    private Session(Script<I> script) {
      this.script = script;
    }

    @Override
    public void encode(I input, Consumer<Observation> out) {
      if (over) {
        throw new IllegalStateException("the session of " + modality + " is closed");
      }
      script.encode(input, out);
    }

    @Override
    public long watermarkMicros(long inputEndMicros) {
      return script.watermarkMicros(inputEndMicros);
    }

    @Override
    public void flush(Consumer<Observation> out) {
      script.flush(out);
    }

    @Override
    public void discontinuity(long timeMicros) {
      script.discontinuity(timeMicros);
    }

    @Override
    public void close() {
      if (!over) {
        over = true;
        openSessions.decrementAndGet();
      }
    }
  }
}
