/** Short-time spectra on the mel scale. */
@NullMarked
package io.github.erv.audio.spectrum;

import org.jspecify.annotations.NullMarked;
