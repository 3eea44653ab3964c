package io.github.erv.fusion;

import io.github.erv.FusionStrategy;
import io.github.erv.contract.FusionContract;

class LateFusionContractTest extends FusionContract {
  @Override
  protected FusionStrategy strategy() {
    return Fusion.late();
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
