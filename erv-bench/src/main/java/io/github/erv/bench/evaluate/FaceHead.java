package io.github.erv.bench.evaluate;

import io.github.erv.Encoder;
import io.github.erv.onnx.ModelCard;
import io.github.erv.onnx.OnnxOptions;
import io.github.erv.vision.ExpressionEncoder;
import io.github.erv.vision.face.FaceCrop;
import io.github.erv.vision.handcrafted.HandcraftedFaceEncoder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What reads a face once it is found.
 *
 * @param encoder closed by whoever gets it
 * @param card of its model
 * @param margin how much larger than the face is the picture that it reads
 */
record FaceHead(Encoder<FaceCrop> encoder, ModelCard card, double margin) {
  /**
   * Loads a model.
   *
   * @param model a file of support vectors or an ONNX file, its card beside it; null for the
   *     bundled network
   */
  static FaceHead open(@Nullable Path model, OnnxOptions options) {
    if (model != null && model.toString().endsWith(".safetensors")) {
      HandcraftedFaceEncoder encoder =
          HandcraftedFaceEncoder.load(model, options.nonCommercialAllowed());
      return new FaceHead(encoder, encoder.card(), encoder.features().margin());
    }
    ExpressionEncoder encoder =
        model == null ? ExpressionEncoder.bundled(options) : ExpressionEncoder.onnx(model, options);
    return new FaceHead(
        encoder,
        encoder.card(),
        encoder.card().inputField("margin").map(Double::parseDouble).orElse(1.0));
  }
}
