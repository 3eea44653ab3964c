/** Voices: from sound to what is expressed in speech. */
@NullMarked
package io.github.erv.audio;

import org.jspecify.annotations.NullMarked;
