/** Time lines written for people and for other tools. */
@NullMarked
package io.github.erv.report;

import org.jspecify.annotations.NullMarked;
