/** Reads expressions from pictures of faces. */
@NullMarked
package io.github.erv.vision;

import org.jspecify.annotations.NullMarked;
