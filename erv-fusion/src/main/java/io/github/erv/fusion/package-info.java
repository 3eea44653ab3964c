/** Strategies that fuse what the modalities say; {@link io.github.erv.fusion.Fusion} makes them. */
@NullMarked
package io.github.erv.fusion;

import org.jspecify.annotations.NullMarked;
