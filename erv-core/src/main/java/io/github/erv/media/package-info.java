/** Pictures, sound and time, from files, cameras, streams and arrays. */
@NullMarked
package io.github.erv.media;

import org.jspecify.annotations.NullMarked;
