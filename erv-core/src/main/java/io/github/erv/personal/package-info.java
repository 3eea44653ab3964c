/**
 * What is usual for one person, so that features can be read against it: an expressive speaker's
 * calm voice may be as lively as a reserved one's anger.
 */
@NullMarked
package io.github.erv.personal;

import org.jspecify.annotations.NullMarked;
