package io.github.erv.fusion.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.FusionWindow;
import io.github.erv.Modality;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.fusion.Fusion;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a network did is told as it was. */
class RecordingTest {
  private static final LabelSet LABELS = LabelSet.of(Emotion.ANGER, Emotion.NEUTRAL);

  private static final Architecture ONE_LAYER =
      new Architecture() {
        @Override
        public String name() {
          return "one-layer";
        }

        @Override
        public Network network(Inputs inputs, int outputs, Parameters parameters) {
          Parameters.Linear layer = parameters.linear("layer", inputs.width(0), outputs);
          return (tape, in) -> tape.scale(tape.linear(layer, in.mean(tape, 0)), 3);
        }
      };

  private static Example example(Emotion label, float... features) {
    return Example.builder(LABELS).features(Modality.FACE, features).label(label);
  }

  private final List<Example> examples =
      List.of(
          example(Emotion.ANGER, 1, 0, 2), example(Emotion.NEUTRAL, -1, 1, 0),
          example(Emotion.ANGER, 2, 0, 1), example(Emotion.NEUTRAL, 0, 1, -1));

  private final TrainedFusion fusion =
      ONE_LAYER.fit(examples, Training.builder().epochs(1).seed(1).build());

  @Test
  void steps_areTheCallsInOrder_withWhatWentInAndCameOut() {
    Recording recording = Recording.of(fusion, examples.get(0).window());

    assertEquals(
        List.of(Recording.INPUT, "linear", "scale"),
        recording.steps().stream().map(Recording.Step::operation).toList());
    Recording.Step input = recording.steps().get(0);
    Recording.Step linear = recording.steps().get(1);
    Recording.Step scale = recording.steps().get(2);
    assertEquals(List.of(input.result()), linear.arguments());
    assertEquals(List.of(linear.result()), scale.arguments());
    assertSame(scale.result(), recording.outputs());
    assertEquals(3, scale.factor());

    Parameter weight = linear.weights().get(0);
    Parameter bias = linear.weights().get(1);
    assertEquals("layer.weight", weight.name());
    assertArrayEquals(fusion.weights().require("layer.weight", 2, 3), weight.values());
    for (int o = 0; o < 2; o++) {
      double sum = bias.values()[o];
      for (int i = 0; i < 3; i++) {
        sum += weight.values()[3 * o + i] * input.result().value(0, i);
      }
      assertEquals(sum, linear.result().value(0, o), 1e-6);
      assertEquals(3 * sum, recording.outputs().value(0, o), 1e-6);
    }
  }

  @Test
  void of_whatIsNoNetworkOrHasNothingToRead_isRefused() {
    TrainedFusion late = Fusion.logLinearPool().fit(examples, Training.builder().build());
    FusionWindow window = examples.get(0).window();
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> Recording.of(late, window))
            .getMessage()
            .contains("late"));
    FusionWindow voice =
        Example.builder(LABELS).features(Modality.VOICE, 1).label(Emotion.ANGER).window();
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> Recording.of(fusion, voice))
            .getMessage()
            .contains("present"));
  }
}
