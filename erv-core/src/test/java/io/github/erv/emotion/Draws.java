package io.github.erv.emotion;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Random label sets and distributions for laws. */
final class Draws {
  /** The canonical names and two of nobody else. */
  static final List<Emotion> EMOTIONS =
      List.of(
          Emotion.NEUTRAL,
          Emotion.HAPPINESS,
          Emotion.SURPRISE,
          Emotion.SADNESS,
          Emotion.ANGER,
          Emotion.DISGUST,
          Emotion.FEAR,
          Emotion.CONTEMPT,
          Emotion.CALM,
          Emotion.BOREDOM,
          new Emotion("pride"),
          new Emotion("shame"));

  private Draws() {}

  static Arbitrary<LabelSet> labelSets() {
    return Arbitraries.shuffle(EMOTIONS)
        .flatMap(
            emotions ->
                Arbitraries.integers()
                    .between(2, EMOTIONS.size())
                    .map(size -> LabelSet.of(emotions.subList(0, size))));
  }

  /** Any support, also an empty one; some probabilities 0. */
  static Arbitrary<Distribution> distributions(LabelSet labels) {
    Arbitrary<Float> weight =
        Arbitraries.oneOf(Arbitraries.just(0f), Arbitraries.floats().between(0.001f, 1).ofScale(3));
    return Combinators.combine(
            weight.list().ofSize(labels.size()),
            Arbitraries.of(true, true, false).list().ofSize(labels.size()))
        .as((weights, support) -> distribution(labels, weights, support));
  }

  private static Distribution distribution(
      LabelSet labels, List<Float> weights, List<Boolean> known) {
    float[] p = new float[labels.size()];
    boolean[] support = new boolean[labels.size()];
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      sum += known.get(i) ? weights.get(i) : 0;
    }
    for (int i = 0; i < p.length; i++) {
      support[i] = known.get(i) && sum > 0;
      p[i] = support[i] ? (float) (weights.get(i) / sum) : 0;
    }
    return Distribution.of(labels, p, support);
  }

  static List<Float> probabilities(Distribution distribution) {
    List<Float> all = new ArrayList<>();
    for (int i = 0; i < distribution.labels().size(); i++) {
      all.add(distribution.probability(i));
    }
    return all;
  }
}
