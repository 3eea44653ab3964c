package io.github.erv.metrics;

/**
 * How well readings of a continuous dimension agree with its annotation. Immutable; moments are the
 * population's (divisor n).
 *
 * @param count pairs
 * @param ccc concordance correlation coefficient (Lin, 1989), in [-1, 1]: 1 only where readings and
 *     annotation are identical, at most Pearson's in magnitude; 0 if neither varies and they differ
 * @param pearson correlation coefficient, in [-1, 1]; NaN if one of both does not vary
 * @param rmse root of the mean squared difference
 * @param signAgreement part of the pairs of the same sign (SAGR; Nicolaou, Gunes and Pantic, 2011),
 *     in [0, 1]; zero has a sign of its own
 */
public record RegressionScores(
    long count, double ccc, double pearson, double rmse, double signAgreement) {}
