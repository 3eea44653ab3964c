/**
 * Classical recognisers: no neural network, microseconds a decision, and every input a feature with
 * a name. A {@link io.github.erv.classical.SupportVectorMachine} reads one vector of features, a
 * {@link io.github.erv.classical.HiddenMarkovClassifier} a sequence of them.
 */
@NullMarked
package io.github.erv.classical;

import org.jspecify.annotations.NullMarked;
