package io.github.erv.vision.face;

import static io.github.erv.vision.face.Landmarks.CHIN;
import static io.github.erv.vision.face.Landmarks.FOREHEAD;
import static io.github.erv.vision.face.Landmarks.LEFT_CHEEK;
import static io.github.erv.vision.face.Landmarks.RIGHT_CHEEK;

/**
 * Which way a head is turned, as seen from the camera.
 *
 * @param yawDegrees turned to the right of the picture: positive; 0 looks at the camera
 * @param pitchDegrees raised: positive
 * @param rollDegrees tilted clockwise in the picture: positive
 */
public record HeadPose(double yawDegrees, double pitchDegrees, double rollDegrees) {
  /**
   * Reads the pose from the axes that the edges of the face span: cheek to cheek and forehead to
   * chin, with the depths that the mesh gives them.
   *
   * @param landmarks of the face
   * @return the pose
   */
  public static HeadPose of(Landmarks landmarks) {
    double acrossX = landmarks.x(LEFT_CHEEK) - landmarks.x(RIGHT_CHEEK);
    double acrossY = landmarks.y(LEFT_CHEEK) - landmarks.y(RIGHT_CHEEK);
    double acrossDepth = landmarks.depth(LEFT_CHEEK) - landmarks.depth(RIGHT_CHEEK);
    double downX = landmarks.x(CHIN) - landmarks.x(FOREHEAD);
    double downY = landmarks.y(CHIN) - landmarks.y(FOREHEAD);
    double downDepth = landmarks.depth(CHIN) - landmarks.depth(FOREHEAD);
    return new HeadPose(
        Math.toDegrees(Math.atan2(acrossDepth, Math.hypot(acrossX, acrossY))),
        Math.toDegrees(Math.atan2(-downDepth, Math.hypot(downX, downY))),
        Math.toDegrees(landmarks.eyeAngle()));
  }
}
