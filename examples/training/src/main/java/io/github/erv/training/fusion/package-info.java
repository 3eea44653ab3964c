/** Fitting the default weights of late fusion. */
@NullMarked
package io.github.erv.training.fusion;

import org.jspecify.annotations.NullMarked;
