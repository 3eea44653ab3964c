/** What is known of a voice before any emotion: that somebody speaks. */
@NullMarked
package io.github.erv.audio.voice;

import org.jspecify.annotations.NullMarked;
