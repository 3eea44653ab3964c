/** From a media file to a time line: how fast, and how much garbage. */
@NullMarked
package io.github.erv.bench.pipeline;

import org.jspecify.annotations.NullMarked;
