package io.github.erv.fusion;

import io.github.erv.FusionStrategy;
import io.github.erv.contract.FusionContract;
import org.junit.jupiter.api.Nested;

class LateFusionContractTest {
  /** With the weights of face and voice that are bundled. */
  @Nested
  class Defaults extends FusionContract {
    @Override
    protected FusionStrategy strategy() {
      return Fusion.late();
    }

    @Override
    protected boolean returnsOneAlone() {
      return true;
    }
  }

  /** Every modality alike, log-linear. */
  @Nested
  class EqualWeights extends FusionContract {
    @Override
    protected FusionStrategy strategy() {
      return LateFusion.builder().build();
    }

    @Override
    protected boolean returnsOneAlone() {
      return true;
    }

    @Override
    protected boolean symmetric() {
      return true;
    }
  }

  /** Every modality alike, linear. */
  @Nested
  class Linear extends FusionContract {
    @Override
    protected FusionStrategy strategy() {
      return LateFusion.builder().linear().build();
    }

    @Override
    protected boolean returnsOneAlone() {
      return true;
    }

    @Override
    protected boolean symmetric() {
      return true;
    }
  }
}
