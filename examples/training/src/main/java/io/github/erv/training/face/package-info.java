/**
 * The recipe of the bundled expression model, trained on FER+.
 *
 * <pre>{@code
 * TrainFace --data FERPLUS --out first --epochs 30 --stop-after 28
 * TrainFace --data FERPLUS --from first --out second --epochs 12
 * TrainFace --data FERPLUS --from second --out third --epochs 32
 * FinishFace --data FERPLUS --run third --out .
 * }</pre>
 *
 * <p>On two cores the cycles took 32, 32 and 42 minutes, part of them beside other work. {@code
 * ferplus-expression.log} among the resources is what they printed for the weights that ship. Where
 * the C library is glibc, {@code MALLOC_MMAP_THRESHOLD_=4294967296
 * MALLOC_TRIM_THRESHOLD_=8589934592} in the environment and transparent huge pages keep the big
 * tensors from being handed back and fetched again: epochs of 40 x 40 took 49 s instead of 90.
 */
@NullMarked
package io.github.erv.training.face;

import org.jspecify.annotations.NullMarked;
