/** The world's faults: media, models and native libraries. */
@NullMarked
package io.github.erv.error;

import org.jspecify.annotations.NullMarked;
