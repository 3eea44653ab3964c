/**
 * Float kernels of fusion: matrix products, normalisation, activations, attention and recurrent
 * steps over row-major arrays.
 *
 * <p>{@link io.github.erv.tensor.Kernels} checks its arguments and hands them to one of two
 * implementations, chosen once when the class is first used. Plain Java is the definition of
 * correct; the other uses the Vector API and is taken where the JVM was started with {@code
 * --add-modules jdk.incubator.vector}.
 *
 * <p>The system property {@code erv.kernels} chooses: {@code auto} (the default) takes the Vector
 * API where it can and else logs how to get it; {@code scalar} never takes it; {@code vector} takes
 * it or fails.
 *
 * <p>A matrix is an array, the offset of its first element, and its stride, the distance in the
 * array from one row to the next. No array is allocated here; what needs memory beside its
 * arguments takes a {@link io.github.erv.tensor.Scratch} of the caller's.
 */
@NullMarked
package io.github.erv.tensor;

import org.jspecify.annotations.NullMarked;
