/** Trains models of how a face changes: LSTM, temporal attention, convolution over time. */
@NullMarked
package io.github.erv.training.sequence;

import org.jspecify.annotations.NullMarked;
