/**
 * Fitting fusion in Java: {@link io.github.erv.fusion.train.Example examples} are windows, as a
 * recogniser hands them to a strategy, each with what is true of it; a {@link
 * io.github.erv.fusion.train.Trainable} is fitted to them as {@link
 * io.github.erv.fusion.train.Training} says; what comes out is a strategy that can be saved.
 */
@NullMarked
package io.github.erv.fusion.train;

import org.jspecify.annotations.NullMarked;
