/**
 * The extended Geneva Minimalistic Acoustic Parameter Set: 25 descriptors of a voice every 10 ms
 * and 88 functionals of them. How far each agrees with openSMILE stands in {@code
 * doc-files/agreement.md}, what does not agree included.
 */
@NullMarked
package io.github.erv.audio.egemaps;

import org.jspecify.annotations.NullMarked;
