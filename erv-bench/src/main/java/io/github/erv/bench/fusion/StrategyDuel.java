package io.github.erv.bench.fusion;

import io.github.erv.Evidence;
import io.github.erv.Fused;
import io.github.erv.FusionSession;
import io.github.erv.FusionWindow;
import io.github.erv.Modality;
import io.github.erv.bench.tensor.Duel;
import io.github.erv.bench.tensor.OnnxRun;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.LabelSet;
import io.github.erv.fusion.Fusion;
import io.github.erv.fusion.train.Architecture;
import io.github.erv.fusion.train.Example;
import io.github.erv.fusion.train.Recording;
import io.github.erv.fusion.train.Trainable;
import io.github.erv.fusion.train.TrainedFusion;
import io.github.erv.fusion.train.Training;
import java.util.ArrayList;
import java.util.List;

/**
 * A window of two seconds, fused by a strategy with its default settings: a face at 25 frames a
 * second and a voice at 15 embeddings, each step an embedding of 128 and a distribution.
 *
 * <p>erv's side is the whole call that an application makes: it reads the window, standardises it,
 * fuses, and says what each modality contributed. ONNX Runtime's is the graph alone, its inputs
 * being where it wants them.
 */
final class StrategyDuel extends Duel {
  private static final LabelSet LABELS = LabelSet.EKMAN_7;
  private static final int WIDTH = 128;
  private static final int FACES = 50;
  private static final int VOICES = 30;
  private static final long WINDOW_MICROS = 2_000_000;

  private final FusionWindow window;
  private final FusionSession session;
  private final OnnxRun onnx;
  private Fused fused = new Fused();

  StrategyDuel(String strategy) {
    Trainable family = Fusion.family(strategy);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < 4 * LABELS.size(); i++) {
      examples.add(example(i % LABELS.size()));
    }
    // weights as they are used, not as they are drawn; what they have learnt does not matter here
    TrainedFusion fusion =
        family.fit(examples, Training.builder().epochs(2).threads(1).seed(1).build());
    window = example(0).window();
    session = fusion.open();
    onnx =
        family instanceof Architecture
            ? NetworkGraph.of(Recording.of(fusion, window))
            : DecisionGraph.of(fusion, window);
  }

  private Example example(int label) {
    Example.Builder example = Example.builder(LABELS);
    add(example, Modality.FACE, FACES);
    add(example, Modality.VOICE, VOICES);
    return example.label(LABELS.get(label));
  }

  private void add(Example.Builder example, Modality modality, int steps) {
    for (int s = 0; s < steps; s++) {
      float[] shares = draw(LABELS.size(), 1);
      for (int e = 0; e < shares.length; e++) {
        shares[e] = 0.1f + Math.abs(shares[e]);
      }
      example.at(
          modality,
          s * WINDOW_MICROS / steps,
          Evidence.Present.builder(0.5f + 0.5f * Math.abs(draw(1, 1)[0]))
              .embedding(draw(WIDTH, 1))
              .distribution(Distribution.proportionalTo(LABELS, shares))
              .build());
    }
  }

  @Override
  public void erv() {
    fused = new Fused();
    session.fuse(window, fused);
  }

  @Override
  protected float[] ervResult() {
    Distribution distribution = fused.distribution().orElseThrow();
    float[] p = new float[LABELS.size()];
    for (int e = 0; e < p.length; e++) {
      p[e] = distribution.probability(e);
    }
    return p;
  }

  @Override
  protected OnnxRun onnx() {
    return onnx;
  }
}
