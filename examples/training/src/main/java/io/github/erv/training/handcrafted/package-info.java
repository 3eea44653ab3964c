/** Trains what reads faces without a neural network. */
@NullMarked
package io.github.erv.training.handcrafted;

import org.jspecify.annotations.NullMarked;
