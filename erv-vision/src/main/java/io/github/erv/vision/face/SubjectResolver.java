package io.github.erv.vision.face;

import io.github.erv.Region;
import io.github.erv.Subject;
import java.util.List;
import java.util.Optional;

/**
 * Says whether a face that appears is somebody seen before. Without one, it never is: a face that
 * comes back is a new subject, and nothing that would tell people apart is computed or kept.
 *
 * <p>Called on the thread of the tracker.
 */
@FunctionalInterface
public interface SubjectResolver {
  /**
   * Somebody who was followed before and is not any more.
   *
   * @param subject who
   * @param region where the face was last, in pixels of the frame
   * @param lastSeenMicros when that was
   */
  record Lost(Subject subject, Region region, long lastSeenMicros) {}

  /**
   * Decides whose a new face is.
   *
   * @param face as it appears, under the subject it will have by default; valid until this returns
   * @param lost who was followed before, the latest first
   * @return one of those lost, or empty for a new subject
   */
  Optional<Subject> resolve(FaceCrop face, List<Lost> lost);
}
