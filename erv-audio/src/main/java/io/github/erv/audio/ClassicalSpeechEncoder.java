package io.github.erv.audio;

import static java.util.Objects.requireNonNull;

import io.github.erv.Encoder;
import io.github.erv.EncoderSession;
import io.github.erv.Modality;
import io.github.erv.audio.egemaps.Egemaps;
import io.github.erv.audio.voice.Vad;
import io.github.erv.classical.HiddenMarkovClassifier;
import io.github.erv.classical.SupportVectorMachine;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.ModelException;
import io.github.erv.media.AudioWindow;
import io.github.erv.onnx.ModelCard;
import io.github.erv.onnx.Provenance;
import io.github.erv.personal.Population;
import io.github.erv.tensor.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads what is expressed in the tone of a voice as the literature did before networks: a support
 * vector machine on the functionals of {@link Egemaps}, or a hidden Markov model of the {@link
 * CepstralFrames} of each emotion. Every number that a decision rests on has a name.
 *
 * <p>Sound is heard, cut into steps and given a quality as {@link SpeechEncoder} does, with the
 * same cues; only the model is another. Functionals need half a second of speech, and know of it
 * 0.4 s later: until then a step's evidence is missing. A file holds one model, with its card
 * beside it; {@link #save} writes it.
 *
 * <p><b>The speaker.</b> All features are read against what is usual for people, in deviations of
 * at most {@value #LIMIT}. With {@link Builder#speakerNormalised}, which a model asks for that was
 * learnt so, a session hears one speaker and moves to what is usual for him, emotions included; the
 * cue {@code voice.known} rises from 0 to 1. For another speaker, open another session.
 *
 * <p>Immutable, thread-safe and shared.
 */
public final class ClassicalSpeechEncoder implements Encoder<AudioWindow> {
  /** Normalised features are cut here, in deviations. */
  public static final float LIMIT = 4;

  private static final String TASK = "speech emotion";
  private static final String INPUT = "features";

  private final ClassicalModel model;
  private final Vad vad;
  private final Duration step;
  private final Duration context;
  private final boolean speakerNormalised;

  private ClassicalSpeechEncoder(Builder builder) {
    step = builder.step;
    context = builder.context;
    model = new ClassicalModel(builder.file, builder.nonCommercialAllowed);
    speakerNormalised =
        builder.speakerNormalised == null ? model.normalised() : builder.speakerNormalised;
    vad = Vad.bundled();
  }

  /**
   * Loads a model with a step of 250 ms and a context of 3 s.
   *
   * @param file what {@link #save} wrote; {@code x.safetensors} has the card {@code x.card.json}
   * @return an encoder to close
   * @throws ModelException if a file is missing or damaged, or is not what its card says
   * @throws io.github.erv.error.NativeLibraryException if ONNX Runtime, which finds the speech, has
   *     no natives here
   */
  public static ClassicalSpeechEncoder load(Path file) {
    return builder(file).build();
  }

  /**
   * Starts from a model.
   *
   * @param file what {@link #save} wrote, with its card beside it
   * @return a builder
   */
  public static Builder builder(Path file) {
    return new Builder(requireNonNull(file, "file"));
  }

  /**
   * Saves a machine that reads functionals, and its card beside it.
   *
   * @param file as in {@code x.safetensors}; what lies there is replaced
   * @param machine of {@value Egemaps#FUNCTIONALS} features, as a population gives them
   * @param population what is usual for people
   * @param speakerNormalised whether the features it learnt from were normalised by their speakers
   * @param labels what it tells apart, in the order of its classes
   * @param provenance what has to be known of it
   * @throws IOException if a file cannot be written
   * @throws ModelException if it could not be loaded
   */
  public static void save(
      Path file,
      SupportVectorMachine machine,
      Population population,
      boolean speakerNormalised,
      LabelSet labels,
      Provenance provenance)
      throws IOException {
    Safetensors.Builder to = begin(ClassicalModel.FUNCTIONALS, population, speakerNormalised);
    machine.writeInto(to);
    write(file, to.build(), labels, provenance, Egemaps.FUNCTIONALS);
  }

  /**
   * Saves a classifier that reads cepstral frames, and its card beside it.
   *
   * @param file as in {@code x.safetensors}; what lies there is replaced
   * @param classifier of {@value CepstralFrames#SIZE} features, as a population gives them
   * @param population what is usual for people
   * @param speakerNormalised whether the frames it learnt from were normalised by their speakers
   * @param labels what it tells apart, in the order of its classes
   * @param provenance what has to be known of it
   * @throws IOException if a file cannot be written
   * @throws ModelException if it could not be loaded
   */
  public static void save(
      Path file,
      HiddenMarkovClassifier classifier,
      Population population,
      boolean speakerNormalised,
      LabelSet labels,
      Provenance provenance)
      throws IOException {
    Safetensors.Builder to = begin(CepstralFrames.VERSION, population, speakerNormalised);
    classifier.writeInto(to);
    write(file, to.build(), labels, provenance, -1, CepstralFrames.SIZE);
  }

  private static Safetensors.Builder begin(
      String features, Population population, boolean speakerNormalised) {
    Safetensors.Builder to = Safetensors.builder();
    to.metadata(ClassicalModel.FEATURES, features);
    to.metadata(ClassicalModel.NORMALISED, Boolean.toString(speakerNormalised));
    population.writeInto(to);
    return to;
  }

  private static void write(
      Path file, Safetensors weights, LabelSet labels, Provenance provenance, int... shape)
      throws IOException {
    // what would not load is said before anything is replaced
    Object unused =
        new ClassicalModel(provenance.card(weights, TASK, labels, INPUT, shape), weights);
    provenance.write(file, weights, TASK, labels, INPUT, shape);
  }

  @Override
  public Modality modality() {
    return Modality.VOICE;
  }

  @Override
  public LabelSet labels() {
    return model.labels();
  }

  @Override
  public int embeddingSize() {
    return 0;
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

  /**
   * Tells whether a session moves to what is usual for its speaker.
   *
   * @return as the builder was told, or as the model was learnt
   */
  public boolean speakerNormalised() {
    return speakerNormalised;
  }

  @Override
  public EncoderSession<AudioWindow> open() {
    return new SpeechSession(
        vad.open(),
        model.open(context, speakerNormalised),
        step,
        context,
        vad.maxUndecidedChunks());
  }

  @Override
  public void close() {
    vad.close();
  }

  @Override
  public String toString() {
    return "ClassicalSpeechEncoder[" + model.card().id() + "]";
  }

  /** Options of an encoder. Not thread-safe. */
  public static final class Builder {
    private final Path file;
    private Duration step = Duration.ofMillis(250);
    private Duration context = Duration.ofSeconds(3);
    private @Nullable Boolean speakerNormalised;
    private boolean nonCommercialAllowed;

    private Builder(Path file) {
      this.file = file;
    }

    /**
     * Sets how often there is an observation.
     *
     * @param duration from 50 ms to 5 s
     * @return this
     */
    public Builder step(Duration duration) {
      step =
          SpeechEncoder.Builder.requireBetween(
              duration, Duration.ofMillis(50), Duration.ofSeconds(5), "step");
      return this;
    }

    /**
     * Sets how far back the model hears.
     *
     * @param duration from 1 s to 30 s
     * @return this
     */
    public Builder context(Duration duration) {
      context =
          SpeechEncoder.Builder.requireBetween(
              duration, Duration.ofSeconds(1), Duration.ofSeconds(30), "context");
      return this;
    }

    /**
     * Sets whether a session moves to what is usual for its speaker; as the model was learnt if it
     * is not set.
     *
     * @param value true for one speaker a session
     * @return this
     */
    public Builder speakerNormalised(boolean value) {
      speakerNormalised = value;
      return this;
    }

    /**
     * Allows a model of non-commercial licence: the caller states that its licence is kept.
     *
     * @return this
     */
    public Builder allowNonCommercial() {
      nonCommercialAllowed = true;
      return this;
    }

    /**
     * Loads the model.
     *
     * @return an encoder to close
     * @throws ModelException if a file is missing or damaged, or is not what its card says
     * @throws io.github.erv.error.NativeLibraryException if ONNX Runtime has no natives here
     */
    public ClassicalSpeechEncoder build() {
      return new ClassicalSpeechEncoder(this);
    }
  }
}
