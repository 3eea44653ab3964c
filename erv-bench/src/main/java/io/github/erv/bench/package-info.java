/** Benchmarks and evaluation of erv; never deployed. */
@NullMarked
package io.github.erv.bench;

import org.jspecify.annotations.NullMarked;
