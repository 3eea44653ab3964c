package io.github.erv.fusion;

import io.github.erv.Evidence;
import io.github.erv.FusionStrategy;
import io.github.erv.Modality;
import io.github.erv.contract.FusionContract;
import io.github.erv.emotion.Affect;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.LabelSet;
import io.github.erv.fusion.train.Architecture;
import io.github.erv.fusion.train.Example;
import io.github.erv.fusion.train.Training;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Nested;

/** Every family that is a network, fitted to noise, holds what every strategy must. */
class NetworkContractTest {
  /** Sizes that share no divisor. */
  private static final Map<Modality, Integer> SIZES =
      Map.of(Modality.FACE, 7, Modality.VOICE, 4, Modality.TEXT, 9);

  private static final Map<Architecture, FusionStrategy> FITTED = new HashMap<>();

  private static FusionStrategy fit(Architecture family) {
    SplittableRandom random = new SplittableRandom(3);
    LabelSet labels = LabelSet.EKMAN_7;
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < 28; i++) {
      Example.Builder example = Example.builder(labels);
      SIZES.forEach(
          (modality, size) -> {
            for (int s = 0; s < 3; s++) {
              float[] embedding = new float[size];
              for (int d = 0; d < size; d++) {
                embedding[d] = (float) random.nextDouble(-1, 1);
              }
              float[] weights = new float[labels.size()];
              for (int e = 0; e < weights.length; e++) {
                weights[e] = 0.1f + (float) random.nextDouble();
              }
              example.at(
                  modality,
                  s * 200_000L,
                  Evidence.Present.builder(1)
                      .embedding(embedding)
                      .distribution(Distribution.proportionalTo(labels, weights))
                      .affect(new Affect((float) random.nextDouble(-1, 1), 0, 0))
                      .build());
            }
          });
      examples.add(example.label(labels.get(i % labels.size())));
    }
    return family.fit(examples, Training.builder().epochs(2).build());
  }

  /** The contract of one family; what is fitted once is immutable and shared. */
  abstract static class OfFamily extends FusionContract {
    abstract Architecture family();

    @Override
    protected FusionStrategy strategy() {
      return FITTED.computeIfAbsent(family(), NetworkContractTest::fit);
    }

    @Override
    protected int embeddingSize(Modality modality) {
      return SIZES.get(modality);
    }
  }

  @Nested
  class Early extends OfFamily {
    @Override
    Architecture family() {
      return EarlyFusion.DEFAULT;
    }
  }

  @Nested
  class Tensor extends OfFamily {
    @Override
    Architecture family() {
      return TensorFusion.DEFAULT;
    }
  }

  @Nested
  class LowRank extends OfFamily {
    @Override
    Architecture family() {
      return LowRankFusion.DEFAULT;
    }
  }

  @Nested
  class Gated extends OfFamily {
    @Override
    Architecture family() {
      return GatedFusion.DEFAULT;
    }
  }

  @Nested
  class Hierarchical extends OfFamily {
    @Override
    Architecture family() {
      return HierarchicalFusion.DEFAULT;
    }
  }

  @Nested
  class SelfAttention extends OfFamily {
    @Override
    Architecture family() {
      return SelfAttentionFusion.DEFAULT;
    }
  }

  @Nested
  class DoubleAttention extends OfFamily {
    @Override
    Architecture family() {
      return DoubleAttentionFusion.DEFAULT;
    }
  }

  @Nested
  class GraphAttention extends OfFamily {
    @Override
    Architecture family() {
      return GraphAttentionFusion.DEFAULT;
    }
  }

  @Nested
  class CrossAttention extends OfFamily {
    @Override
    Architecture family() {
      return CrossAttentionFusion.DEFAULT;
    }
  }
}
