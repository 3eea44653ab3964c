package io.github.erv.audio;

import io.github.erv.Evidence;
import io.github.erv.audio.egemaps.Egemaps;
import io.github.erv.classical.HiddenMarkovClassifier;
import io.github.erv.classical.SupportVectorMachine;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.ModelException;
import io.github.erv.onnx.ModelCard;
import io.github.erv.onnx.Provenance;
import io.github.erv.personal.Population;
import io.github.erv.tensor.Safetensors;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a file of a classical voice recogniser holds. Immutable and thread-safe. */
final class ClassicalModel {
  /** The metadata that names what is read. */
  static final String FEATURES = "erv.features";

  /** The metadata that tells whether speakers are read against their own usual: true or false. */
  static final String NORMALISED = "erv.speakerNormalised";

  /**
   * Frames kept beyond those that are read: frames are late by their lookahead, steps by what may
   * turn out to be speech, both by far less than these five seconds.
   */
  static final int SPARE_FRAMES = 500;

  static final String FUNCTIONALS = "egemaps-v02";

  private final ModelCard card;
  private final LabelSet labels;
  private final Population population;
  private final boolean normalised;
  private final @Nullable SupportVectorMachine machine;
  private final @Nullable HiddenMarkovClassifier classifier;

  ClassicalModel(Path file, boolean nonCommercialAllowed) {
    this(Provenance.requireCard(file, nonCommercialAllowed), Safetensors.read(file));
  }

  /** Makes a model of weights that are what their card says. */
  ClassicalModel(ModelCard card, Safetensors weights) {
    this.card = card;
    labels = card.labels().orElseThrow(() -> new ModelException(card.id() + " has no labels"));
    String features = weights.requireMetadata(FEATURES);
    normalised = Boolean.parseBoolean(weights.requireMetadata(NORMALISED));
    population = Population.read(weights);
    switch (features) {
      case FUNCTIONALS -> {
        machine = SupportVectorMachine.read(weights);
        classifier = null;
        require("classes", labels.size(), machine.classes());
        require("features", Egemaps.FUNCTIONALS, machine.features());
        if (!machine.probabilistic()) {
          throw new ModelException(card.id() + " gives no probabilities; fit its sigmoids");
        }
      }
      case CepstralFrames.VERSION -> {
        machine = null;
        classifier = HiddenMarkovClassifier.read(weights);
        require("classes", labels.size(), classifier.classes());
        require("features", CepstralFrames.SIZE, classifier.features());
      }
      default ->
          throw new ModelException(
              "%s reads the features \"%s\"; only \"%s\" and \"%s\" can be had"
                  .formatted(card.id(), features, FUNCTIONALS, CepstralFrames.VERSION));
    }
    require(
        "features of the population",
        machine != null ? Egemaps.FUNCTIONALS : CepstralFrames.SIZE,
        population.size());
  }

  private void require(String what, int expected, int actual) {
    if (expected != actual) {
      throw new ModelException(
          "%s must have %d %s, has %d".formatted(card.id(), expected, what, actual));
    }
  }

  ModelCard card() {
    return card;
  }

  LabelSet labels() {
    return labels;
  }

  boolean normalised() {
    return normalised;
  }

  ModelInput open(Duration context, boolean speakerNormalised) {
    Baseline baseline = new Baseline(population, speakerNormalised);
    if (machine != null) {
      return new FunctionalsInput(this, machine, baseline, context);
    }
    if (classifier != null) {
      return new CepstraInput(this, classifier, baseline, context);
    }
    throw new AssertionError("a model has a machine or a classifier");
  }

  Evidence.Present.Builder evidence(float quality, float[] probabilities) {
    return Evidence.Present.builder(quality * card.reliability())
        .distribution(Distribution.of(labels, probabilities));
  }
}
