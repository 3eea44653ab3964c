package io.github.erv.vision.handcrafted;

import io.github.erv.Encoder;
import io.github.erv.EncoderSession;
import io.github.erv.Evidence;
import io.github.erv.Modality;
import io.github.erv.Observation;
import io.github.erv.Subject;
import io.github.erv.classical.HiddenMarkovClassifier;
import io.github.erv.classical.SupportVectorMachine;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.ModelException;
import io.github.erv.onnx.ModelCard;
import io.github.erv.onnx.Provenance;
import io.github.erv.tensor.Safetensors;
import io.github.erv.vision.face.FaceCrop;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the expression of a face without a neural network: {@link HandcraftedFeatures}, and a
 * {@link SupportVectorMachine} that decides. A head of {@link io.github.erv.vision.FaceEncoder}.
 *
 * <p>A model may hold a {@link HiddenMarkovClassifier} too. It reads the machine's decisions on the
 * last pictures of a face, which must be as far apart as those it was trained on, and what it says
 * then counts. A face that is gone for half a second, or a cut, starts anew.
 *
 * <p>The embedding is the machine's decisions: how far the face is on the side of each class.
 * Immutable and thread-safe; sessions allocate what they say, and nothing else.
 */
public final class HandcraftedFaceEncoder implements Encoder<FaceCrop> {
  /** The metadata that holds the features' text. */
  private static final String FEATURES = "face.features";

  /** The metadata that holds how many pictures the hidden Markov models read. */
  private static final String PICTURES = "face.pictures";

  private static final int MOST_PICTURES = 1_000;

  private static final long GAP_MICROS = 500_000;

  private static final String BUNDLED = "models/ferplus-handcrafted";

  private final ModelCard card;
  private final LabelSet labels;
  private final HandcraftedFeatures features;
  private final SupportVectorMachine machine;
  private final @Nullable HiddenMarkovClassifier sequences;
  private final int pictures;
  private volatile boolean closed;

  private HandcraftedFaceEncoder(ModelCard card, Safetensors model) {
    this.card = card;
    labels =
        card.labels()
            .orElseThrow(
                () -> new ModelException("the card of " + card.id() + " must name its labels"));
    try {
      features = HandcraftedFeatures.parse(model.requireMetadata(FEATURES));
      String length = model.metadata().get(PICTURES);
      pictures = length == null ? 0 : requirePictures(Integer.parseInt(length));
    } catch (IllegalArgumentException e) {
      throw new ModelException(card.id() + " cannot be read: " + e.getMessage(), e);
    }
    machine = SupportVectorMachine.read(model);
    sequences = pictures == 0 ? null : HiddenMarkovClassifier.read(model);
    String wrong = mismatch(labels, features, machine, sequences).orElse("");
    if (!wrong.isEmpty()) {
      throw new ModelException(card.id() + " does not fit together: " + wrong);
    }
  }

  private static int requirePictures(int pictures) {
    return LocalBinaryPatterns.requireIn(pictures, 1, MOST_PICTURES, "pictures");
  }

  private static Optional<String> mismatch(
      LabelSet labels,
      HandcraftedFeatures features,
      SupportVectorMachine machine,
      @Nullable HiddenMarkovClassifier sequences) {
    if (machine.features() != features.size()) {
      return Optional.of(
          "the machine reads %d features, there are %d"
              .formatted(machine.features(), features.size()));
    }
    if (machine.classes() != labels.size()) {
      return Optional.of(
          "the machine tells %d classes apart, there are %d labels"
              .formatted(machine.classes(), labels.size()));
    }
    if (!machine.probabilistic()) {
      return Optional.of("the machine has no probabilities");
    }
    if (sequences != null
        && (sequences.classes() != labels.size() || sequences.features() != machine.functions())) {
      return Optional.of(
          "the hidden Markov models must tell %d classes by %d decisions, are %s"
              .formatted(labels.size(), machine.functions(), sequences));
    }
    return Optional.empty();
  }

  /**
   * Loads the bundled model.
   *
   * @return an encoder to close, or to give to {@link
   *     io.github.erv.vision.FaceEncoder.Builder#head}
   */
  public static HandcraftedFaceEncoder bundled() {
    byte[] card = resource(BUNDLED + ".card.json");
    byte[] weights = resource(BUNDLED + ".safetensors");
    return new HandcraftedFaceEncoder(
        Provenance.requireCard(
            ModelCard.parse(new String(card, StandardCharsets.UTF_8), BUNDLED), weights, false),
        Safetensors.parse(weights, BUNDLED));
  }

  private static byte[] resource(String name) {
    try (InputStream in = HandcraftedFaceEncoder.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new ModelException("the resource " + name + " is missing; repack the jar");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new ModelException("the resource " + name + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Loads a model of one's own.
   *
   * @param file as {@link #save} wrote it, its card beside it
   * @param nonCommercialAllowed whether it may be of non-commercial licence
   * @return an encoder to close, or to give to {@link
   *     io.github.erv.vision.FaceEncoder.Builder#head}
   * @throws ModelException if a file is missing or damaged, or the model is not what its card says
   */
  public static HandcraftedFaceEncoder load(Path file, boolean nonCommercialAllowed) {
    return new HandcraftedFaceEncoder(
        Provenance.requireCard(file, nonCommercialAllowed), Safetensors.read(file));
  }

  /**
   * Saves a model as {@code name.safetensors} and beside it its card {@code name.card.json},
   * without which it does not load.
   *
   * @param file where the weights go; what lies there is replaced
   * @param provenance what has to be known of them
   * @param labels what the machine tells apart, in its order
   * @param features what it reads
   * @param machine what was trained, with probabilities
   * @throws IOException if a file cannot be written
   * @throws IllegalArgumentException if the parts do not fit together
   */
  public static void save(
      Path file,
      Provenance provenance,
      LabelSet labels,
      HandcraftedFeatures features,
      SupportVectorMachine machine)
      throws IOException {
    save(file, provenance, labels, features, machine, null, 0);
  }

  /**
   * Saves a model that reads the last pictures of a face together.
   *
   * @param file where the weights go; what lies there is replaced
   * @param provenance what has to be known of them
   * @param labels what the machine tells apart, in its order
   * @param features what it reads
   * @param machine what was trained, with probabilities
   * @param sequences models of the machine's decisions, picture after picture
   * @param pictures how many they read, 1 to 1000
   * @throws IOException if a file cannot be written
   * @throws IllegalArgumentException if the parts do not fit together
   */
  public static void save(
      Path file,
      Provenance provenance,
      LabelSet labels,
      HandcraftedFeatures features,
      SupportVectorMachine machine,
      @Nullable HiddenMarkovClassifier sequences,
      int pictures)
      throws IOException {
    String wrong = mismatch(labels, features, machine, sequences).orElse("");
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException("the model does not fit together: " + wrong);
    }
    Safetensors.Builder model = Safetensors.builder();
    model.metadata(FEATURES, features.toString());
    machine.writeInto(model);
    if (sequences != null) {
      model.metadata(PICTURES, Integer.toString(requirePictures(pictures)));
      sequences.writeInto(model);
    }
    provenance.write(
        file,
        model.build(),
        "Reads " + labels.size() + " expressions from a face by hand-crafted features.",
        labels,
        "features",
        features.size());
  }

  @Override
  public Modality modality() {
    return Modality.FACE;
  }

  @Override
  public LabelSet labels() {
    return labels;
  }

  @Override
  public int embeddingSize() {
    return machine.functions();
  }

  @Override
  public List<String> models() {
    return List.of(card.id());
  }

  @Override
  public List<String> notes() {
    return card.notes();
  }

  /**
   * Returns what has to be known of the model.
   *
   * @return its card
   */
  public ModelCard card() {
    return card;
  }

  /**
   * Returns what is measured.
   *
   * @return the features
   */
  public HandcraftedFeatures features() {
    return features;
  }

  /**
   * Opens a session.
   *
   * @throws io.github.erv.error.NativeLibraryException if the model reads optical flow, but OpenCV
   *     has no natives here
   */
  @Override
  public EncoderSession<FaceCrop> open() {
    if (closed) {
      throw new IllegalStateException("the " + this + " is closed");
    }
    return new Session();
  }

  @Override
  public void close() {
    closed = true;
  }

  @Override
  public String toString() {
    return "hand-crafted face encoder " + card.id();
  }

  private final class Session implements EncoderSession<FaceCrop> {
    private final HandcraftedFeatures.Session measuring = features.open();
    private final SupportVectorMachine.Session deciding = machine.open();
    private final HiddenMarkovClassifier.@Nullable Session sequence =
        sequences == null ? null : sequences.open();
    private final Map<Subject, Decisions> last = new HashMap<>();
    private final float temperature = card.temperature();
    private final float[] bias = card.logitBias();
    private final float reliability = card.reliability();
    private final float[] values = new float[features.size()];
    private final float[] decisions = new float[machine.functions()];
    private final float[] scores = new float[labels.size()];
    private boolean closed;

    @Override
    public void encode(FaceCrop face, Consumer<Observation> out) {
      if (closed) {
        throw new IllegalStateException(
            "a session of the " + HandcraftedFaceEncoder.this + " is closed");
      }
      measuring.into(face, values, 0);
      deciding.decisionsInto(values, 0, decisions, 0);
      if (sequence == null) {
        deciding.probabilitiesInto(values, 0, scores, 0);
      } else {
        follow(sequence, face);
      }
      for (int i = 0; i < scores.length; i++) {
        scores[i] = (float) Math.log(Math.max(Float.MIN_NORMAL, scores[i])) / temperature + bias[i];
      }
      Evidence.Present evidence =
          Evidence.Present.builder(face.quality().score() * reliability)
              .distribution(Distribution.softmax(labels, scores))
              .embedding(decisions)
              .build();
      out.accept(Observation.of(Modality.FACE, face.subject(), face.span(), evidence));
    }

    private void follow(HiddenMarkovClassifier.Session sequence, FaceCrop face) {
      long now = face.span().startMicros();
      last.values().removeIf(decided -> decided.over(now));
      last.computeIfAbsent(face.subject(), s -> new Decisions(pictures, decisions.length))
          .add(decisions, now)
          .readWith(sequence);
      sequence.probabilitiesInto(scores, 0);
    }

    @Override
    public void discontinuity(long timeMicros) {
      measuring.forget();
      last.clear();
    }

    @Override
    public void close() {
      closed = true;
      measuring.close();
    }
  }

  /** What the machine decided on the last pictures of one face: a ring of rows. */
  private static final class Decisions {
    private final float[][] rows;
    private long added;
    private long lastMicros;

    Decisions(int pictures, int functions) {
      rows = new float[pictures][functions];
    }

    boolean over(long nowMicros) {
      return nowMicros - lastMicros > GAP_MICROS || nowMicros < lastMicros;
    }

    Decisions add(float[] decisions, long nowMicros) {
      float[] row = rows[(int) (added++ % rows.length)];
      System.arraycopy(decisions, 0, row, 0, row.length);
      lastMicros = nowMicros;
      return this;
    }

    void readWith(HiddenMarkovClassifier.Session sequence) {
      sequence.reset();
      for (long i = Math.max(0, added - rows.length); i < added; i++) {
        sequence.accept(rows[(int) (i % rows.length)], 0);
      }
    }
  }
}
