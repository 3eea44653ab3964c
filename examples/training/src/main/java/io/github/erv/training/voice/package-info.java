/** Trains the bundled voice model. */
@NullMarked
package io.github.erv.training.voice;

import org.jspecify.annotations.NullMarked;
