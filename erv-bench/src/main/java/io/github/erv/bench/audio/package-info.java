/** How fast sound is described. */
@NullMarked
package io.github.erv.bench.audio;

import org.jspecify.annotations.NullMarked;
