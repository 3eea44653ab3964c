package io.github.erv.audio;

import io.github.erv.audio.egemaps.Egemaps;
import io.github.erv.classical.HiddenMarkovClassifier;
import io.github.erv.classical.HiddenMarkovModel;
import io.github.erv.classical.SupportVectorMachine;
import io.github.erv.classical.SupportVectorMachine.Scheme;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.onnx.ModelCard.LicenceClass;
import io.github.erv.onnx.Provenance;
import io.github.erv.personal.Population;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Recognisers that were not learnt: their numbers are drawn. */
final class ClassicalModels {
  static final LabelSet LABELS = LabelSet.of(Emotion.ANGER, Emotion.SADNESS, Emotion.NEUTRAL);

  private ClassicalModels() {}

  static Provenance provenance(LicenceClass licence) {
    return new Provenance(
        "drawn", "1.0", "Apache-2.0", licence, "none", "CC0-1.0", true, "chance", "everywhere");
  }

  private static float[] drawn(int n, double low, double high, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextDouble(low, high);
    }
    return values;
  }

  /** Around 0, and as wide as features may be. */
  static Population population(int features) {
    float[] deviations = new float[features];
    Arrays.fill(deviations, 20);
    return new Population(new float[features], deviations, 2, 2, 4);
  }

  static SupportVectorMachine machine(int features) {
    return SupportVectorMachine.linear(
            Scheme.ONE_VS_REST, 3, drawn(3 * features, -0.3, 0.3, 1), drawn(3, -1, 1, 2))
        .build();
  }

  static HiddenMarkovClassifier classifier(int features) {
    List<HiddenMarkovModel> models =
        List.of(model(features, 3), model(features, 4), model(features, 5));
    return HiddenMarkovClassifier.of(models, 0.5f);
  }

  private static HiddenMarkovModel model(int features, long seed) {
    return HiddenMarkovModel.of(
        new float[] {0.5f, 0.5f},
        new float[] {0.9f, 0.1f, 0.2f, 0.8f},
        new float[] {1, 1},
        drawn(2 * features, -0.5, 0.5, seed),
        drawn(2 * features, 0.5, 2, seed + 10));
  }

  static Path machine(Path folder, boolean normalised) {
    Path file = folder.resolve("machine-" + normalised + ".safetensors");
    try {
      ClassicalSpeechEncoder.save(
          file,
          machine(Egemaps.FUNCTIONALS),
          population(Egemaps.FUNCTIONALS),
          normalised,
          LABELS,
          provenance(LicenceClass.PERMISSIVE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }

  static Path classifier(Path folder, boolean normalised) {
    Path file = folder.resolve("classifier-" + normalised + ".safetensors");
    try {
      ClassicalSpeechEncoder.save(
          file,
          classifier(CepstralFrames.SIZE),
          population(CepstralFrames.SIZE),
          normalised,
          LABELS,
          provenance(LicenceClass.PERMISSIVE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }
}
