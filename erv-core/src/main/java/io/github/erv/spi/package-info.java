/** How modules on the class path are found. */
@NullMarked
package io.github.erv.spi;

import org.jspecify.annotations.NullMarked;
