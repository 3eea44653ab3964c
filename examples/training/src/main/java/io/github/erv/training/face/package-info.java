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
 * ferplus-expression.log} among the resources is what they printed for the weights that ship.
 */
@NullMarked
package io.github.erv.training.face;

import org.jspecify.annotations.NullMarked;
