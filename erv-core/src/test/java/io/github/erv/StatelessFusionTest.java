package io.github.erv;

import io.github.erv.contract.FusionContract;
import java.util.List;

/** The contract holds for a strategy made of a lambda: the first modality that is present. */
class StatelessFusionTest extends FusionContract {
  @Override
  protected FusionStrategy strategy() {
    return FusionStrategy.of(
        (in, out) -> {
          List<Modality> present =
              in.modalities().stream().filter(m -> in.pooled(m).isPresent()).toList();
          Evidence.Present first = in.pooled(present.get(0)).orElseThrow();
          first.distribution().ifPresent(out::distribution);
          first.affect().ifPresent(out::affect);
          out.contribution(present.get(0), 1, first.quality());
        });
  }

  @Override
  protected boolean returnsOneAlone() {
    return true;
  }
}
