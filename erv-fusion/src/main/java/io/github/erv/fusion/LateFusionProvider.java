package io.github.erv.fusion;

import io.github.erv.FusionStrategy;
import io.github.erv.spi.FusionProvider;

/** Offers late fusion as the default. */
public final class LateFusionProvider implements FusionProvider {
  /** Creates the provider. */
  public LateFusionProvider() {}

  @Override
  public FusionStrategy create() {
    return Fusion.late();
  }
}
