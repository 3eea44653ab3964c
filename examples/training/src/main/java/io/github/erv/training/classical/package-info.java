/** Trains classical voice recognisers: support vector machines and hidden Markov models. */
@NullMarked
package io.github.erv.training.classical;

import org.jspecify.annotations.NullMarked;
