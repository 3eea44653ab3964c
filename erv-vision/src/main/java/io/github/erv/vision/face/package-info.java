/**
 * Faces in pictures: found by a detector, followed by a mesh of landmarks, handed to heads as
 * {@link FaceCrop}s.
 *
 * <p>A {@link FaceTracker} detects now and then and whenever it follows nobody; in between, the
 * landmarks of one picture say where to look in the next. All pixels are read through one
 * operation: a square of the frame, turned so that the eyes are level, sampled at the size that a
 * model wants. It reads the frame's own planes in any format, so that nothing has to be converted
 * as a whole, and a small face in a large frame is seen at full resolution.
 */
@NullMarked
package io.github.erv.vision.face;

import org.jspecify.annotations.NullMarked;
