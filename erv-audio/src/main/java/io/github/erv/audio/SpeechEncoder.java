package io.github.erv.audio;

import static java.util.Objects.requireNonNull;

import io.github.erv.Encoder;
import io.github.erv.EncoderSession;
import io.github.erv.Modality;
import io.github.erv.audio.voice.Vad;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.ModelException;
import io.github.erv.media.AudioWindow;
import io.github.erv.onnx.ModelCard;
import io.github.erv.onnx.OnnxModel;
import io.github.erv.onnx.OnnxOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads what is expressed in the tone of a voice.
 *
 * <p>Sound of any rate and number of channels is mixed down, brought to 16 kHz and searched for
 * speech. Media time is cut into steps on a grid that starts at 0; for each there is one
 * observation of {@link io.github.erv.Subject#VOICE}, whose span is the step, shorter at the start
 * and the end of the sound. If there is speech in a step, the model reads the speech of the last
 * seconds up to its end; if not, the evidence is missing because of silence (below {@value
 * SpeechSession#SILENCE_DB} dBFS) or because the sound is not speech. Where the sound has a hole,
 * the whole steps in it are one observation without input, and nothing is carried over.
 *
 * <p>A step in which somebody may have begun to speak is said when that is known: after 250 ms of
 * speech, so at most some 350 ms later than others. The session's watermark tells.
 *
 * <p>A window that starts at most {@value SpeechSession#JITTER_MICROS} microseconds off the end of
 * the one before counts as its continuation, since containers round and live sources jitter; one
 * that starts earlier than that is refused with an {@link IllegalArgumentException}, and the
 * session stays usable. What comes out does not depend on how the sound is cut into windows.
 *
 * <p>The quality of an observation is the card's reliability times four parts, each at most 1:
 * seconds of speech in the context over 1.5; speech-to-noise ratio over 20 dB; level over -50 dBFS,
 * over 20 dB; and the mean of 1 and the part of the step that is speech. The ratio, level and part
 * are the cues {@code voice.snr}, {@code voice.level} and {@code voice.speech}.
 *
 * <p><b>Models.</b> The card's {@code input.layout} says what a model reads:
 *
 * <ul>
 *   <li>{@code NTF}: log-mel frames, shape (1, frames, bands), described by {@code input.logMel}
 *       with the fields of {@link io.github.erv.audio.spectrum.LogMel.Spec}. Only frames of speech
 *       go in, one after another; too few are repeated from the first until they fill the shape.
 *   <li>{@code NT}: 16 kHz samples, shape (1, samples). From the first speech in the context to the
 *       end of the step, lengthened to whole seconds by what lies before; {@code input.standardise}
 *       true brings them to mean 0 and variance 1.
 *   <li>{@code NV}: {@link VoiceFeatures} of the speech in the context, shape (1, {@link
 *       VoiceFeatures#SIZE} + 1), read against the speaker's running baseline. {@code
 *       input.features} is their {@link VoiceFeatures#VERSION}; {@code input.mean} and {@code
 *       input.scale} are the mean and one over the deviation within a speaker that the {@link
 *       io.github.erv.personal.Population} starts with, {@code input.baseline} its {@code
 *       meanWeight}, {@code deviationWeight} and {@code enough}; {@code input.limit} cuts what goes
 *       in. The last value is evidence over evidence and {@code meanWeight}.
 * </ul>
 *
 * <p><b>The speaker.</b> A session hears one speaker. With a model of features it starts from what
 * is usual for people and moves to what is usual for him, emotions included; the cue {@code
 * voice.known} rises from 0 to 1, where it has heard enough. Pauses, cuts and discontinuities leave
 * the baseline as it is; for another speaker, open another session.
 *
 * <p>The {@code outputs} say by {@code meaning} what comes out: {@code logits} or {@code
 * probabilities} in the order of {@code labels} (the first output if none is described); {@code
 * affect} with its {@code components} in order and {@code range}; {@code embedding}; {@code
 * reliability} in [0, 1], by which the quality is multiplied. The components are {@code valence},
 * {@code arousal} and {@code dominance}; where not all are there, those that are become cues as in
 * {@code voice.arousal}, in [-1, 1], and the evidence has no affect. A model of affect alone gives
 * no distributions.
 *
 * <p>Immutable, thread-safe and shared.
 */
public final class SpeechEncoder implements Encoder<AudioWindow> {
  private static final String BUNDLED = "models/emodb-voice";

  private final OnnxModel model;
  private final Vad vad;
  private final Duration step;
  private final Duration context;
  private final LabelSet labels;
  private final int embeddingSize;

  private SpeechEncoder(Builder builder) {
    step = builder.step;
    context = builder.context;
    model =
        builder.file == null
            ? OnnxModel.resource(SpeechEncoder.class, BUNDLED, builder.options)
            : OnnxModel.load(builder.file, builder.options);
    Vad opened = null;
    try {
      opened = Vad.bundled();
      try (ModelInput input =
          ModelInput.open(model, context, 0)) { // fails now, not at the first word
        embeddingSize = input.embeddingSize();
      }
    } catch (RuntimeException e) {
      model.close();
      if (opened != null) {
        opened.close();
      }
      throw e;
    }
    vad = opened;
    // the interface wants labels of a model that has none: those of distributions it never gives
    labels = model.card().labels().orElse(LabelSet.EKMAN_7);
  }

  /**
   * Loads the bundled model with a step of 250 ms and a context of 3 s. What it can and cannot do
   * is in its {@link #card}.
   *
   * @return an encoder to close
   * @throws io.github.erv.error.NativeLibraryException if ONNX Runtime has no natives here
   */
  public static SpeechEncoder bundled() {
    return builder().build();
  }

  /**
   * Loads a model of the caller's, with its card beside it.
   *
   * @param model an ONNX file; {@code x.onnx} has the card {@code x.card.json}
   * @return an encoder to close
   * @throws ModelException if a file is missing, or the model is not what its card says
   * @throws io.github.erv.error.NativeLibraryException if ONNX Runtime has no natives here
   */
  public static SpeechEncoder onnx(Path model) {
    return builder(model).build();
  }

  /**
   * Starts from the bundled model.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder(null);
  }

  /**
   * Starts from a model of the caller's.
   *
   * @param model an ONNX file with its card beside it
   * @return a builder
   */
  public static Builder builder(Path model) {
    return new Builder(requireNonNull(model, "model"));
  }

  @Override
  public Modality modality() {
    return Modality.VOICE;
  }

  @Override
  public LabelSet labels() {
    return labels;
  }

  @Override
  public int embeddingSize() {
    return embeddingSize;
  }

  @Override
  public List<String> models() {
    return List.of(vad.id(), model.card().id());
  }

  @Override
  public List<String> notes() {
    return model.card().notes();
  }

  /**
   * Returns what has to be known of the model.
   *
   * @return its card
   */
  public ModelCard card() {
    return model.card();
  }

  @Override
  public EncoderSession<AudioWindow> open() {
    ModelInput input = ModelInput.open(model, context, vad.maxUndecidedChunks());
    try {
      return new SpeechSession(vad.open(), input, step, context, vad.maxUndecidedChunks());
    } catch (RuntimeException e) {
      input.close();
      throw e;
    }
  }

  @Override
  public void close() {
    vad.close();
    model.close();
  }

  @Override
  public String toString() {
    return "SpeechEncoder[" + model + "]";
  }

  /** Options of an encoder. Not thread-safe. */
  public static final class Builder {
    private final @Nullable Path file;
    private OnnxOptions options = OnnxOptions.DEFAULT;
    private Duration step = Duration.ofMillis(250);
    private Duration context = Duration.ofSeconds(3);

    private Builder(@Nullable Path file) {
      this.file = file;
    }

    /**
     * Sets how often there is an observation.
     *
     * @param duration from 50 ms to 5 s
     * @return this
     */
    public Builder step(Duration duration) {
      step = requireBetween(duration, Duration.ofMillis(50), Duration.ofSeconds(5), "step");
      return this;
    }

    /**
     * Sets how far back the model hears. A model of fixed input length hears that much, whatever is
     * set here.
     *
     * @param duration from 500 ms to 30 s
     * @return this
     */
    public Builder context(Duration duration) {
      context = requireBetween(duration, Duration.ofMillis(500), Duration.ofSeconds(30), "context");
      return this;
    }

    /**
     * Sets how the model is loaded.
     *
     * @param value threads, device, licence
     * @return this
     */
    public Builder options(OnnxOptions value) {
      options = requireNonNull(value);
      return this;
    }

    static Duration requireBetween(Duration duration, Duration least, Duration most, String name) {
      if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
        throw new IllegalArgumentException(
            "%s must be from %s to %s, was %s".formatted(name, least, most, duration));
      }
      return duration;
    }

    /**
     * Loads the model.
     *
     * @return an encoder to close
     * @throws ModelException if a file is missing, or the model is not what its card says
     * @throws io.github.erv.error.NativeLibraryException if ONNX Runtime has no natives here
     */
    public SpeechEncoder build() {
      return new SpeechEncoder(this);
    }
  }
}
