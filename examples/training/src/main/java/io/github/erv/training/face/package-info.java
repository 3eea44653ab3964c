/** Trains the bundled model of facial expression on FER+. */
@NullMarked
package io.github.erv.training.face;

import org.jspecify.annotations.NullMarked;
