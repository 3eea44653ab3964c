/**
 * Evaluation of what erv reads against what people said: {@link
 * io.github.erv.bench.evaluate.Evaluate} scores a manifest, {@link
 * io.github.erv.bench.evaluate.Manifests} makes manifests of the corpora people have, {@link
 * io.github.erv.bench.evaluate.AccuracyTable} turns results into the table of the README.
 */
@NullMarked
package io.github.erv.bench.evaluate;

import org.jspecify.annotations.NullMarked;
