package io.github.erv.spi;

import io.github.erv.FusionStrategy;

/**
 * Offers the default fusion to {@link io.github.erv.EmotionRecognizer#create}, through {@link
 * java.util.ServiceLoader}.
 */
@FunctionalInterface
public interface FusionProvider {
  /**
   * Creates the strategy.
   *
   * @return a strategy to close
   */
  FusionStrategy create();
}
