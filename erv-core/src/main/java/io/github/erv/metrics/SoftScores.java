package io.github.erv.metrics;

/**
 * How well distributions agree with how people voted, and how well people agree with one another.
 * Immutable; every figure is NaN if there are no items.
 *
 * @param count items with votes
 * @param crossEntropy mean of the votes' cross-entropy with the reading, in nats; a probability
 *     counts as at least {@link ClassificationAccumulator#LEAST_PROBABILITY}
 * @param entropy mean entropy of the votes, in nats: no reading can have a lower cross-entropy
 * @param jensenShannon mean Jensen-Shannon distance, the square root of the divergence in bits:
 *     from 0 to 1 (Endres and Schindelin, 2003)
 * @param agreement mean part of the voters who chose the class that was read
 * @param agreementCeiling mean part of the voters who chose the most voted class: no reading of one
 *     class can agree with more of them
 * @param humanAgreement mean probability that two of an item's voters chose the same, over the
 *     items with at least two; NaN if there are none
 */
public record SoftScores(
    long count,
    double crossEntropy,
    double entropy,
    double jensenShannon,
    double agreement,
    double agreementCeiling,
    double humanAgreement) {}
