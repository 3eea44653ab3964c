package io.github.erv.fusion.train;

/** Hears how training goes. Called on the thread that trains. */
@FunctionalInterface
public interface TrainingListener {
  /** Hears nothing. */
  TrainingListener NONE = progress -> {};

  /**
   * State after one epoch.
   *
   * @param epoch from 1
   * @param epochs at most
   * @param trainingLoss mean over the epoch, as it was while the weights changed
   * @param validationLoss after the epoch, NaN if nothing is held out
   * @param learningRate at the end of the epoch
   * @param best whether no epoch before had a lower validation loss
   */
  record Progress(
      int epoch,
      int epochs,
      double trainingLoss,
      double validationLoss,
      double learningRate,
      boolean best) {}

  /**
   * Hears of the end of an epoch.
   *
   * @param progress the state
   */
  void epoch(Progress progress);
}
