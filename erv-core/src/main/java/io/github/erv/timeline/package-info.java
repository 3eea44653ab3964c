/** What a whole recording expressed, in time order. */
@NullMarked
package io.github.erv.timeline;

import org.jspecify.annotations.NullMarked;
