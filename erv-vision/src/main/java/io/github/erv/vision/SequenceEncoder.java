package io.github.erv.vision;

import static java.util.Objects.requireNonNull;

import io.github.erv.Encoder;
import io.github.erv.EncoderSession;
import io.github.erv.Evidence;
import io.github.erv.Evidence.Reason;
import io.github.erv.Modality;
import io.github.erv.Observation;
import io.github.erv.Subject;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.ModelException;
import io.github.erv.media.TimeSpan;
import io.github.erv.onnx.ModelCard;
import io.github.erv.onnx.OnnxModel;
import io.github.erv.onnx.OnnxOptions;
import io.github.erv.onnx.OnnxSession;
import io.github.erv.vision.face.FaceCrop;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads how a face changes, with a model of the last seconds: a head of {@link FaceEncoder}.
 *
 * <p>The model's card says what goes in. The shape [1, steps, features] asks for the embeddings of
 * a model of single pictures, which {@code input.frameModel} names; the shape [1, 1, steps, side,
 * side] for the luma of the face, {@code input.margin} times as large as the face itself. {@code
 * input.step} is the time between two steps in seconds, whatever the frame rate of the video:
 * values in between are interpolated. Frames further apart than {@code input.gap} seconds, three
 * steps if absent, do not belong together, and the window starts anew. {@code input.mean} and
 * {@code input.scale} hold one number, or one a feature. What comes out are {@code logits}, one a
 * label, and optionally an {@code embedding}.
 *
 * <p>Whenever a step of a face is complete, something is said for the instant of that frame: {@link
 * Reason#NO_INPUT} until the window is full, and then what the model reads. Faces that are gone for
 * longer than the gap are forgotten, so memory is bounded by the faces in view. Immutable and
 * thread-safe.
 */
public final class SequenceEncoder implements Encoder<FaceCrop> {
  private static final double GAP_STEPS = 3;

  private final OnnxModel model;
  private final @Nullable Encoder<FaceCrop> frames;
  private final LabelSet labels;
  private final int steps;
  private final int side;
  private final int size;
  private final double margin;
  private final long stepMicros;
  private final long gapMicros;
  private final String logits;
  private final @Nullable String embedding;
  private final int embeddingSize;

  private SequenceEncoder(OnnxModel model, @Nullable Encoder<FaceCrop> frames) {
    this.model = model;
    this.frames = frames;
    ModelCard card = model.card();
    labels =
        card.labels()
            .orElseThrow(
                () -> new ModelException("the card of " + card.id() + " must name its labels"));
    long[] shape = card.inputShape();
    boolean crops = shape.length == 5;
    boolean valid =
        crops
            ? shape[1] == 1 && shape[2] > 0 && shape[3] > 0 && shape[3] == shape[4]
            : shape.length == 3 && shape[1] > 0 && shape[2] > 0;
    if (!valid) {
      throw new ModelException(
          ("the input of %s must have the shape [1, steps, features] or [1, 1, steps, side, side],"
                  + " has %s")
              .formatted(card.id(), Arrays.toString(shape)));
    }
    steps = Math.toIntExact(shape[crops ? 2 : 1]);
    side = crops ? Math.toIntExact(shape[3]) : 0;
    size = crops ? side * side : Math.toIntExact(shape[2]);
    margin = number(card, "margin", 1);
    double step = number(card, "step", Double.NaN);
    stepMicros = micros(card, "step", step);
    gapMicros = micros(card, "gap", number(card, "gap", GAP_STEPS * step));
    checkFrames(card, crops);
    checkLength(card, "mean", card.inputMean().length, crops);
    checkLength(card, "scale", card.inputScale().length, crops);
    try (OnnxSession session = model.open()) {
      logits = output(card, "logits").orElse(session.outputNames().iterator().next());
      embedding = output(card, "embedding").orElse(null);
      embeddingSize = embedding == null ? 0 : session.floatOutput(embedding).capacity();
    }
  }

  private static double number(ModelCard card, String field, double fallback) {
    String text = card.inputField(field).orElse("");
    try {
      return text.isEmpty() ? fallback : Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new ModelException(
          "input.%s of %s must be a number, was \"%s\"".formatted(field, card.id(), text), e);
    }
  }

  private static long micros(ModelCard card, String field, double seconds) {
    long micros = Math.round(seconds * 1e6);
    if (!(micros > 0 && seconds <= 3600)) {
      throw new ModelException(
          "input.%s of %s must be a time in seconds, greater than 0 and at most 3600, was %s"
              .formatted(field, card.id(), Double.isNaN(seconds) ? "absent" : seconds));
    }
    return micros;
  }

  private void checkFrames(ModelCard card, boolean crops) {
    if (crops) {
      if (frames != null) {
        throw new ModelException(card.id() + " reads crops and needs no model of single pictures");
      }
      return;
    }
    if (frames == null || frames.embeddingSize() != size) {
      throw new ModelException(
          "%s reads embeddings of %d values and needs a model of single pictures that gives them, %s"
              .formatted(
                  card.id(),
                  size,
                  frames == null ? "had none" : "had one of " + frames.embeddingSize()));
    }
    String wanted = card.inputField("frameModel").orElse("");
    if (!wanted.isEmpty() && !frames.models().contains(wanted)) {
      throw new ModelException(
          "%s was trained on the embeddings of %s, cannot read those of %s"
              .formatted(card.id(), wanted, frames.models()));
    }
  }

  private void checkLength(ModelCard card, String field, int length, boolean crops) {
    if (length != 1 && (crops || length != size)) {
      throw new ModelException(
          "input.%s of %s must be one number%s, has %d"
              .formatted(field, card.id(), crops ? "" : " or " + size, length));
    }
  }

  private static Optional<String> output(ModelCard card, String meaning) {
    return card.outputs().stream()
        .filter(output -> output.meaning().equals(meaning))
        .map(ModelCard.Output::name)
        .findFirst();
  }

  /**
   * Loads a model that reads luma crops.
   *
   * @param file the ONNX file, with its card beside it
   * @param options how to load
   * @return an encoder to close, or to give to {@link FaceEncoder.Builder#head}
   * @throws ModelException if a file is missing, or the model is not what its card says
   */
  public static SequenceEncoder onnx(Path file, OnnxOptions options) {
    return of(OnnxModel.load(file, options), null);
  }

  /**
   * Loads a model that reads the embeddings of a model of single pictures.
   *
   * @param file the ONNX file, with its card beside it
   * @param frames gives the embeddings, as {@link ExpressionEncoder} does; closed with the encoder,
   *     but not if this throws
   * @param options how to load
   * @return an encoder to close, or to give to {@link FaceEncoder.Builder#head}
   * @throws ModelException if a file is missing, the model is not what its card says, or the
   *     embeddings are not those that it was trained on
   */
  public static SequenceEncoder onnx(Path file, Encoder<FaceCrop> frames, OnnxOptions options) {
    return of(OnnxModel.load(file, options), requireNonNull(frames, "frames"));
  }

  private static SequenceEncoder of(OnnxModel model, @Nullable Encoder<FaceCrop> frames) {
    try {
      return new SequenceEncoder(model, frames);
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
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
    return embeddingSize;
  }

  @Override
  public List<String> models() {
    List<String> names = new ArrayList<>();
    if (frames != null) {
      names.addAll(frames.models());
    }
    names.add(model.card().id());
    return List.copyOf(names);
  }

  @Override
  public List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (frames != null) {
      notes.addAll(frames.notes());
    }
    notes.addAll(model.card().notes());
    return List.copyOf(notes);
  }

  /**
   * Returns what has to be known of the model of sequences.
   *
   * @return its card
   */
  public ModelCard card() {
    return model.card();
  }

  @Override
  public EncoderSession<FaceCrop> open() {
    OnnxSession session = model.open();
    try {
      return new Session(session);
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  @Override
  public void close() {
    model.close();
    if (frames != null) {
      frames.close();
    }
  }

  @Override
  public String toString() {
    return "sequence encoder " + model;
  }

  private final class Session implements EncoderSession<FaceCrop> {
    private final OnnxSession session;
    private final @Nullable EncoderSession<FaceCrop> frameSession;
    private final FloatBuffer input;
    private final FloatBuffer logitOutput;
    private final @Nullable FloatBuffer embeddingOutput;
    private final float[] mean = model.card().inputMean();
    private final float[] scale = model.card().inputScale();
    private final float temperature = model.card().temperature();
    private final float[] bias = model.card().logitBias();
    private final float reliability = model.card().reliability();
    private final byte[] pixels = new byte[side * side];

    /** What is followed in time: the features, standardised, and behind them the quality. */
    private final float[] sample = new float[size + 1];

    private final float[] values = new float[steps * size];
    private final float[] qualities = new float[steps];
    private final float[] scores = new float[labels.size()];
    private final float[] features = new float[embeddingSize];
    private final Map<Subject, SequenceWindow> windows = new HashMap<>();
    private Consumer<Observation> out = observation -> {};
    private final Consumer<Observation> fromFrames = this::seen;
    private boolean closed;

    Session(OnnxSession session) {
      this.session = session;
      input = session.floatInput(model.card().inputName());
      logitOutput = session.floatOutput(logits);
      embeddingOutput = embedding == null ? null : session.floatOutput(embedding);
      frameSession = frames == null ? null : frames.open();
    }

    @Override
    public void encode(FaceCrop face, Consumer<Observation> out) {
      if (closed) {
        throw new IllegalStateException("a session of the " + SequenceEncoder.this + " is closed");
      }
      this.out = out;
      long now = face.span().startMicros();
      windows.values().removeIf(window -> window.over(now));
      if (frameSession != null) {
        frameSession.encode(face, fromFrames);
      } else {
        face.lumaInto(side, margin, pixels);
        for (int i = 0; i < size; i++) {
          sample[i] = ((pixels[i] & 255) - mean[0]) * scale[0];
        }
        sample[size] = face.quality().score();
        take(face.subject(), now);
      }
    }

    private void seen(Observation observation) {
      if (!(observation.evidence() instanceof Evidence.Present present)) {
        out.accept(observation);
        return;
      }
      if (present.embeddingSize() != size) {
        throw new ModelException(
            "%s reads embeddings of %d values, got %d"
                .formatted(model, size, present.embeddingSize()));
      }
      present.copyEmbedding(sample, 0);
      for (int i = 0; i < size; i++) {
        sample[i] = (sample[i] - mean[i % mean.length]) * scale[i % scale.length];
      }
      sample[size] = present.quality();
      take(observation.subject(), observation.span().startMicros());
    }

    private void take(Subject subject, long micros) {
      SequenceWindow window =
          windows.computeIfAbsent(
              subject, any -> new SequenceWindow(steps, size + 1, stepMicros, gapMicros));
      if (window.add(micros, sample)) {
        Evidence evidence = window.full() ? read(window) : new Evidence.Missing(Reason.NO_INPUT);
        out.accept(Observation.of(Modality.FACE, subject, TimeSpan.at(micros), evidence));
      }
    }

    private Evidence read(SequenceWindow window) {
      window.copy(0, size, values);
      window.copy(size, 1, qualities);
      input.put(0, values);
      session.run();
      logitOutput.get(0, scores);
      for (int i = 0; i < scores.length; i++) {
        scores[i] = scores[i] / temperature + bias[i];
      }
      double quality = 0;
      for (float one : qualities) {
        quality += one / steps;
      }
      Evidence.Present.Builder evidence =
          Evidence.Present.builder((float) Math.min(1, quality) * reliability)
              .distribution(Distribution.softmax(labels, scores));
      if (embeddingOutput != null) {
        embeddingOutput.get(0, features);
        evidence.embedding(features);
      }
      return evidence.build();
    }

    @Override
    public void discontinuity(long timeMicros) {
      windows.clear();
      if (frameSession != null) {
        frameSession.discontinuity(timeMicros);
      }
    }

    @Override
    public void close() {
      closed = true;
      windows.clear();
      session.close();
      if (frameSession != null) {
        frameSession.close();
      }
    }
  }
}
