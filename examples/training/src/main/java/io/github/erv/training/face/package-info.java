/**
 * The recipe of the bundled expression model, trained on FER+.
 *
 * <pre>{@code
 * TrainFace --data FERPLUS --out first --epochs 30 --stop-after 28
 * TrainFace --data FERPLUS --from first --out second --epochs 12
 * FinishFace --data FERPLUS --run second --out .
 * }</pre>
 *
 * <p>On two cores the first cycle took 32 minutes, the second some 20. {@code
 * ferplus-expression.log} among the resources is what they printed for the weights that ship.
 */
@NullMarked
package io.github.erv.training.face;

import org.jspecify.annotations.NullMarked;
