/** Evaluation of what erv reads against what people said. */
@NullMarked
package io.github.erv.bench.evaluate;

import org.jspecify.annotations.NullMarked;
