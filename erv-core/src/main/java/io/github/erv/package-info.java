/**
 * Video and speech in, estimates of expressed emotion out: the interfaces and the facade of erv.
 */
@NullMarked
package io.github.erv;

import org.jspecify.annotations.NullMarked;
