/** Emotions, label sets, distributions over them, and the estimates made of them. */
@NullMarked
package io.github.erv.emotion;

import org.jspecify.annotations.NullMarked;
