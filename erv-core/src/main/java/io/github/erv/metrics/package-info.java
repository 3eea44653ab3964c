/**
 * How well readings agree with what people said: of classes, of vote distributions, of continuous
 * annotations, with intervals.
 *
 * <p>Accumulators gather, one thread at a time; what they return are immutable values. A figure
 * that is not defined, as the recall of a class that nobody said, is NaN, and means leave it out.
 */
@NullMarked
package io.github.erv.metrics;

import org.jspecify.annotations.NullMarked;
