package io.github.erv.vision;

import io.github.erv.Encoder;
import io.github.erv.EncoderSession;
import io.github.erv.Evidence;
import io.github.erv.Modality;
import io.github.erv.Observation;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.ModelException;
import io.github.erv.onnx.ModelCard;
import io.github.erv.onnx.OnnxModel;
import io.github.erv.onnx.OnnxOptions;
import io.github.erv.onnx.OnnxSession;
import io.github.erv.vision.face.FaceCrop;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the expression of a face with a classifier of the whole face: a head of {@link
 * FaceEncoder}.
 *
 * <p>The model's card says what goes in: a square face, {@code input.margin} times as large as the
 * face itself (1 if absent, which shows forehead to chin), as {@code input.colour} GRAY (luma of
 * full range), RGB or BGR, in the layout NCHW. And what comes out: the output whose {@code meaning}
 * is {@code logits}, one a label, and optionally one that is an {@code embedding}. Immutable and
 * thread-safe.
 */
public final class ExpressionEncoder implements Encoder<FaceCrop> {
  private enum Colour {
    GRAY,
    RGB,
    BGR
  }

  private final OnnxModel model;
  private final LabelSet labels;
  private final Colour colour;
  private final int side;
  private final double margin;
  private final String logits;
  private final @Nullable String embedding;
  private final int embeddingSize;

  private ExpressionEncoder(OnnxModel model) {
    this.model = model;
    try {
      ModelCard card = model.card();
      labels =
          card.labels()
              .orElseThrow(
                  () -> new ModelException("the card of " + card.id() + " must name its labels"));
      colour = colour(card);
      long[] shape = card.inputShape();
      int channels = colour == Colour.GRAY ? 1 : 3;
      if (shape.length != 4 || shape[1] != channels || shape[2] != shape[3] || shape[2] < 1) {
        throw new ModelException(
            "the input of %s must have the shape [1, %d, side, side], has %s"
                .formatted(card.id(), channels, Arrays.toString(shape)));
      }
      side = (int) shape[2];
      margin = card.inputField("margin").map(Double::parseDouble).orElse(1.0);
      try (OnnxSession session = model.open()) {
        logits = output(card, "logits").orElse(session.outputNames().iterator().next());
        embedding = output(card, "embedding").orElse(null);
        embeddingSize = embedding == null ? 0 : session.floatOutput(embedding).capacity();
      }
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  private static Colour colour(ModelCard card) {
    String name = card.inputField("colour").orElse("");
    try {
      return Colour.valueOf(name);
    } catch (IllegalArgumentException e) {
      throw new ModelException(
          "the card of " + card.id() + " must say colour GRAY, RGB or BGR, says \"" + name + '"',
          e);
    }
  }

  private static Optional<String> output(ModelCard card, String meaning) {
    return card.outputs().stream()
        .filter(output -> output.meaning().equals(meaning))
        .map(ModelCard.Output::name)
        .findFirst();
  }

  /**
   * Loads the bundled model.
   *
   * @return an encoder to close, or to give to {@link FaceEncoder.Builder#head}
   */
  public static ExpressionEncoder bundled() {
    return bundled(OnnxOptions.DEFAULT);
  }

  /**
   * Loads the bundled model.
   *
   * @param options how to load
   * @return an encoder to close, or to give to {@link FaceEncoder.Builder#head}
   */
  public static ExpressionEncoder bundled(OnnxOptions options) {
    return new ExpressionEncoder(
        OnnxModel.resource(ExpressionEncoder.class, "models/ferplus-expression", options));
  }

  /**
   * Loads a model of one's own.
   *
   * @param file the ONNX file, with its card beside it
   * @param options how to load
   * @return an encoder to close, or to give to {@link FaceEncoder.Builder#head}
   * @throws ModelException if a file is missing, or the model is not what its card says
   */
  public static ExpressionEncoder onnx(Path file, OnnxOptions options) {
    return new ExpressionEncoder(OnnxModel.load(file, options));
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
    return List.of(model.card().id());
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
  public EncoderSession<FaceCrop> open() {
    return new Session();
  }

  @Override
  public void close() {
    model.close();
  }

  @Override
  public String toString() {
    return "expression encoder " + model;
  }

  private final class Session implements EncoderSession<FaceCrop> {
    private final OnnxSession session = model.open();
    private final FloatBuffer input = session.floatInput(model.card().inputName());
    private final FloatBuffer logitOutput = session.floatOutput(logits);
    private final @Nullable FloatBuffer embeddingOutput =
        embedding == null ? null : session.floatOutput(embedding);
    private final float[] mean = model.card().inputMean();
    private final float[] scale = model.card().inputScale();
    private final float temperature = model.card().temperature();
    private final float[] bias = model.card().logitBias();
    private final float reliability = model.card().reliability();
    private final int channels = colour == Colour.GRAY ? 1 : 3;
    private final byte[] pixels = new byte[channels * side * side];
    private final float[] values = new float[channels * side * side];
    private final float[] scores = new float[labels.size()];
    private final float[] features = new float[embeddingSize];
    private boolean closed;

    @Override
    public void encode(FaceCrop face, Consumer<Observation> out) {
      if (closed) {
        throw new IllegalStateException(
            "a session of the " + ExpressionEncoder.this + " is closed");
      }
      if (colour == Colour.GRAY) {
        face.lumaInto(side, margin, pixels);
      } else {
        face.rgbInto(side, margin, pixels);
      }
      int plane = side * side;
      for (int c = 0; c < channels; c++) {
        float m = mean[c % mean.length];
        float s = scale[c % scale.length];
        int first = colour == Colour.BGR ? 2 - c : c;
        for (int i = 0, p = first, o = c * plane; i < plane; i++, p += channels) {
          values[o + i] = ((pixels[p] & 255) - m) * s;
        }
      }
      input.put(0, values);
      session.run();
      logitOutput.get(0, scores);
      for (int i = 0; i < scores.length; i++) {
        scores[i] = scores[i] / temperature + bias[i];
      }
      Evidence.Present.Builder evidence =
          Evidence.Present.builder(face.quality().score() * reliability)
              .distribution(Distribution.softmax(labels, scores));
      if (embeddingOutput != null) {
        embeddingOutput.get(0, features);
        evidence.embedding(features);
      }
      out.accept(Observation.of(Modality.FACE, face.subject(), face.span(), evidence.build()));
    }

    @Override
    public void close() {
      closed = true;
      session.close();
    }
  }
}
