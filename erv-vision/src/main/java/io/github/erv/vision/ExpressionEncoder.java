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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the expression of a face with a classifier of the whole face: a head of {@link
 * FaceEncoder}.
 *
 * <p>The model's card says what goes in: one channel is fed with luma of full range, three with
 * red, green and blue; and what comes out: one logit a label. If the model has an output {@code
 * features}, it becomes the embedding. Immutable and thread-safe.
 */
public final class ExpressionEncoder implements Encoder<FaceCrop> {
  private static final String FEATURES = "features";

  /** How much of the face's surroundings the model sees: as the bundled one was trained. */
  private static final double MARGIN = 1.0;

  private final OnnxModel model;
  private final LabelSet labels;
  private final int side;
  private final int channels;
  private final int embeddingSize;

  private ExpressionEncoder(OnnxModel model) {
    this.model = model;
    try {
      ModelCard card = model.card();
      labels =
          card.labels()
              .orElseThrow(
                  () -> new ModelException("the card of " + card.id() + " must name its labels"));
      long[] shape = card.inputShape();
      if (shape.length != 4
          || (shape[1] != 1 && shape[1] != 3)
          || shape[2] != shape[3]
          || shape[2] < 1) {
        throw new ModelException(
            "the input of %s must have the shape [1, 1 or 3, side, side], has %s"
                .formatted(card.id(), Arrays.toString(shape)));
      }
      channels = (int) shape[1];
      side = (int) shape[2];
      try (OnnxSession session = model.open()) {
        embeddingSize =
            session.outputNames().contains(FEATURES) ? session.floatOutput(FEATURES).capacity() : 0;
      }
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
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
        OnnxModel.resource(ExpressionEncoder.class, "models/face-api-expression", options));
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
    private final FloatBuffer output = session.floatOutput(session.outputNames().iterator().next());
    private final @Nullable FloatBuffer features =
        embeddingSize == 0 ? null : session.floatOutput(FEATURES);
    private final float[] mean = model.card().inputMean();
    private final float[] scale = model.card().inputScale();
    private final float temperature = model.card().temperature();
    private final byte[] pixels = new byte[channels * side * side];
    private final float[] values = new float[channels * side * side];
    private final float[] logits = new float[labels.size()];
    private final float[] embedding = new float[embeddingSize];
    private boolean closed;

    @Override
    public void encode(FaceCrop face, Consumer<Observation> out) {
      if (closed) {
        throw new IllegalStateException(
            "a session of the " + ExpressionEncoder.this + " is closed");
      }
      if (channels == 1) {
        face.lumaInto(side, MARGIN, pixels);
      } else {
        face.rgbInto(side, MARGIN, pixels);
      }
      int plane = side * side;
      for (int c = 0; c < channels; c++) {
        float m = mean[c % mean.length];
        float s = scale[c % scale.length];
        for (int i = 0, p = c, o = c * plane; i < plane; i++, p += channels) {
          values[o + i] = ((pixels[p] & 255) - m) * s;
        }
      }
      input.put(0, values);
      session.run();
      output.get(0, logits);
      for (int i = 0; i < logits.length; i++) {
        logits[i] /= temperature;
      }
      Evidence.Present.Builder evidence =
          Evidence.Present.builder(face.quality().score())
              .distribution(Distribution.softmax(labels, logits));
      if (features != null) {
        features.get(0, embedding);
        evidence.embedding(embedding);
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
