package io.github.erv.fusion;

import io.github.erv.Fused;
import io.github.erv.FusionSession;
import io.github.erv.FusionStrategy;
import io.github.erv.FusionWindow;
import io.github.erv.Modality;
import io.github.erv.Observation;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.LabelSet;
import io.github.erv.fusion.train.Example;
import io.github.erv.fusion.train.Target;
import io.github.erv.fusion.train.Trainable;
import io.github.erv.fusion.train.TrainedFusion;
import io.github.erv.fusion.train.Training;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/** A synthetic task: examples to fit to, and others of the same kind to measure on. */
record Task(List<Example> training, List<Example> test) {
  static final Training SEEDED = Training.builder().seed(1).build();

  /** Draws one example of a class. */
  interface Draw {
    Example of(int classIndex, SplittableRandom random);
  }

  static Task of(LabelSet labels, int trainingSize, int testSize, long seed, Draw draw) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Example> training = new ArrayList<>();
    List<Example> test = new ArrayList<>();
    for (int i = 0; i < trainingSize + testSize; i++) {
      Example example = draw.of(random.nextInt(labels.size()), random);
      (i < trainingSize ? training : test).add(example);
    }
    return new Task(training, test);
  }

  /** Says a class with some certainty, the rest evenly on the others. */
  static Distribution saying(LabelSet labels, int classIndex, double certainty) {
    float[] p = new float[labels.size()];
    for (int e = 0; e < p.length; e++) {
      p[e] = (float) (e == classIndex ? certainty : (1 - certainty) / (p.length - 1));
    }
    return Distribution.proportionalTo(labels, p);
  }

  static double accuracy(FusionStrategy strategy, List<Example> examples) {
    int right = 0;
    try (FusionSession session = strategy.open()) {
      for (Example example : examples) {
        Fused fused = new Fused();
        session.fuse(example.window(), fused);
        Distribution read = fused.distribution().orElseThrow();
        right += read.top().equals(((Target.Label) example.target()).emotion()) ? 1 : 0;
      }
    }
    return (double) right / examples.size();
  }

  /** The same examples, of which only some modalities were seen. */
  static List<Example> only(List<Example> examples, Modality... kept) {
    List<Example> reduced = new ArrayList<>();
    for (Example example : examples) {
      FusionWindow window = example.window();
      Set<Modality> modalities = new TreeSet<>(List.of(kept));
      List<Observation> observations = new ArrayList<>();
      modalities.forEach(modality -> observations.addAll(window.observations(modality)));
      reduced.add(
          new Example(
              new FusionWindow(
                  window.labels(),
                  window.subject(),
                  window.window(),
                  window.hop(),
                  window.modalities(),
                  observations),
              example.target(),
              example.group()));
    }
    return reduced;
  }

  /** How well each modality does by itself, with whatever a family makes of it alone. */
  Map<Modality, Double> alone(Trainable family) {
    Map<Modality, Double> alone = new TreeMap<>();
    for (Modality modality : training.get(0).window().modalities()) {
      TrainedFusion own = family.fit(only(training, modality), SEEDED);
      alone.put(modality, accuracy(own, only(test, modality)));
    }
    return alone;
  }
}
