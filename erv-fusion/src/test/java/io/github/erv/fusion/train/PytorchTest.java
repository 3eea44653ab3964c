package io.github.erv.fusion.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.erv.Evidence;
import io.github.erv.Modality;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.fusion.CrossAttentionFusion;
import io.github.erv.fusion.DoubleAttentionFusion;
import io.github.erv.fusion.EarlyFusion;
import io.github.erv.fusion.GatedFusion;
import io.github.erv.fusion.GraphAttentionFusion;
import io.github.erv.fusion.HierarchicalFusion;
import io.github.erv.fusion.LowRankFusion;
import io.github.erv.fusion.SelfAttentionFusion;
import io.github.erv.fusion.TensorFusion;
import io.github.erv.tensor.Safetensors;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Outputs and gradients against PyTorch's for the same weights, made by pytorch_vectors.py. */
class PytorchTest {
  /** Two float computations of a few layers of width 8, in different orders. */
  private static final double TOLERANCE = 2e-5;

  private static final List<Modality> MODALITIES =
      List.of(Modality.FACE, Modality.TEXT, Modality.VOICE);

  static Stream<Architecture> families() {
    return Stream.of(
        new EarlyFusion(5, 0),
        new TensorFusion(3, 4, 0),
        new LowRankFusion(4, 5, 0),
        new GatedFusion(4, 0),
        new HierarchicalFusion(8, 0.3, 2, 0),
        new SelfAttentionFusion(8, 2, 2, 0),
        new DoubleAttentionFusion(8, 2, 0),
        new GraphAttentionFusion(8, 2, 2, 0.3, 0),
        new CrossAttentionFusion(8, 2, 2, 0));
  }

  @ParameterizedTest
  @MethodSource("families")
  void family_weightsOfPytorch_givesItsOutputsAndGradients(Architecture family) throws IOException {
    Safetensors vectors;
    try (InputStream in = PytorchTest.class.getResourceAsStream("pytorch.safetensors")) {
      vectors = Safetensors.parse(Objects.requireNonNull(in).readAllBytes(), "pytorch");
    }
    String prefix = family.name() + "/weights/";
    Safetensors.Builder builder = Safetensors.builder();
    for (String name : vectors.names()) {
      if (name.startsWith(prefix)) {
        int[] shape = vectors.shape(name);
        builder.tensor(name.substring(prefix.length()), vectors.require(name, shape), shape);
      }
    }
    Safetensors weights = builder.build();
    assertFalse(weights.names().isEmpty());
    Example example = example(vectors);
    // standardised by nothing: what goes in is what PyTorch got
    Inputs inputs = Inputs.read(plainInputs());
    Parameters parameters = Parameters.of(weights);
    Network network = family.network(inputs, 2, parameters);
    parameters.requireAllRead(Set.of());
    Streams streams = new Streams(inputs);
    streams.load(example.window());
    float[] gradients = new float[parameters.size()];
    float[] expected = vectors.require(family.name() + "/outputs", 1, 2);
    Node use = network.outputs(Tape.forUse(), streams);
    Tape tape = Tape.forTraining(gradients);
    Node result = network.outputs(tape, streams);
    for (int i = 0; i < 2; i++) {
      assertEquals(expected[i], use.value(0, i), TOLERANCE, family + " in use");
      assertEquals(expected[i], result.value(0, i), TOLERANCE, family + " in training");
    }
    tape.backward(result, new float[] {1, -0.5f});
    for (Parameter parameter : parameters.all()) {
      float[] theirs =
          vectors.require(family.name() + "/gradients/" + parameter.name, parameter.shape);
      for (int i = 0; i < theirs.length; i++) {
        assertEquals(
            theirs[i],
            gradients[parameter.offset + i],
            TOLERANCE * (1 + Math.abs(theirs[i])),
            family + " " + parameter);
      }
    }
  }

  private static Example example(Safetensors vectors) {
    Example.Builder example = Example.builder(LabelSet.of(Emotion.HAPPINESS, Emotion.SADNESS));
    for (Modality modality : MODALITIES) {
      int[] shape = vectors.shape("steps." + modality);
      float[] steps = vectors.require("steps." + modality, shape);
      float[] seconds = vectors.require("seconds." + modality, shape[0]);
      for (int s = 0; s < shape[0]; s++) {
        float[] features = new float[shape[1]];
        System.arraycopy(steps, s * shape[1], features, 0, shape[1]);
        example.at(
            modality,
            Math.round(seconds[s] * 1e6),
            Evidence.Present.builder(1).embedding(features).build());
      }
    }
    return example.label(Emotion.HAPPINESS);
  }

  private static Safetensors plainInputs() {
    Safetensors.Builder plain = Safetensors.builder();
    for (int m = 0; m < 3; m++) {
      float[] ones = new float[2 + m];
      Arrays.fill(ones, 1);
      plain.tensor("input." + MODALITIES.get(m) + ".mean", new float[2 + m], 2 + m);
      plain.tensor("input." + MODALITIES.get(m) + ".deviation", ones, 2 + m);
    }
    return plain
        .metadata("erv.labels", "happiness sadness")
        .metadata("erv.inputs", "face embedding 2;text embedding 3;voice embedding 4")
        .build();
  }
}
