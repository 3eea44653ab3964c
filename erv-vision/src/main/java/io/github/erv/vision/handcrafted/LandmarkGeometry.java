package io.github.erv.vision.handcrafted;

import static java.util.Objects.checkFromIndexSize;

import io.github.erv.vision.face.Landmarks;
import java.util.List;

/**
 * The shape of a face in a few lengths: how far eyes and mouth are open, how high brows and corners
 * of the mouth are. What face readers have measured since the first action units were recognised.
 *
 * <p>All are lengths in space over the distance between the outer corners of the eyes, so that
 * where the face is, how large, and which way it is turned change nothing, as far as the mesh is
 * right. Heights are along the line from forehead to chin, up is positive. Left and right are the
 * subject's own. Immutable and thread-safe; nothing is allocated.
 *
 * @see "Tian, Kanade, Cohn (2001), Recognizing action units for facial expression analysis, IEEE
 *     PAMI 23(2)"
 */
public final class LandmarkGeometry {
  // lids, brows and lips in the numbering of the face mesh
  private static final int RIGHT_LID_UPPER = 159;
  private static final int RIGHT_LID_LOWER = 145;
  private static final int LEFT_LID_UPPER = 386;
  private static final int LEFT_LID_LOWER = 374;
  private static final int RIGHT_BROW_INNER = 55;
  private static final int RIGHT_BROW_OUTER = 70;
  private static final int LEFT_BROW_INNER = 285;
  private static final int LEFT_BROW_OUTER = 300;
  private static final int LIP_UPPER_TOP = 0;
  private static final int LIP_UPPER_INNER = 13;
  private static final int LIP_LOWER_INNER = 14;
  private static final int LIP_LOWER_BOTTOM = 17;
  private static final int NOSE_BASE = 2;

  private static final List<String> NAMES =
      List.of(
          "eye.right.open",
          "eye.left.open",
          "brow.right.inner",
          "brow.left.inner",
          "brow.right.outer",
          "brow.left.outer",
          "brows.apart",
          "mouth.width",
          "mouth.open",
          "lip.upper.thickness",
          "lip.lower.thickness",
          "mouth.corner.right",
          "mouth.corner.left",
          "nose.to.lip",
          "nose.to.chin");

  private LandmarkGeometry() {}

  /**
   * Returns what the values are.
   *
   * @return names in the order of {@link #into}; eyes' opening between the lids, brows' height
   *     above the corner of the eye on the same side, how far apart the brows are, the mouth's
   *     width and opening between the lips, how thick each lip is, how high each corner of the
   *     mouth is above the middle of the lips, and how far the base of the nose is from the upper
   *     lip and from the chin
   */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * Measures a face.
   *
   * @param face its landmarks
   * @param out receives a value a name; all 0 if the eyes, or forehead and chin, coincide
   * @param offset where the first value goes
   * @throws IndexOutOfBoundsException if the array is too short
   */
  public static void into(Landmarks face, float[] out, int offset) {
    checkFromIndexSize(offset, NAMES.size(), out.length);
    double eyes = distance(face, Landmarks.RIGHT_EYE_OUTER, Landmarks.LEFT_EYE_OUTER);
    double tall = distance(face, Landmarks.FOREHEAD, Landmarks.CHIN);
    boolean flat = eyes == 0 || tall == 0;
    double unit = flat ? 0 : 1 / eyes;
    double up = flat ? 0 : 1 / (eyes * tall);
    int at = offset;
    out[at++] = length(face, RIGHT_LID_UPPER, RIGHT_LID_LOWER, unit);
    out[at++] = length(face, LEFT_LID_UPPER, LEFT_LID_LOWER, unit);
    out[at++] = height(face, RIGHT_BROW_INNER, Landmarks.RIGHT_EYE_INNER, up);
    out[at++] = height(face, LEFT_BROW_INNER, Landmarks.LEFT_EYE_INNER, up);
    out[at++] = height(face, RIGHT_BROW_OUTER, Landmarks.RIGHT_EYE_OUTER, up);
    out[at++] = height(face, LEFT_BROW_OUTER, Landmarks.LEFT_EYE_OUTER, up);
    out[at++] = length(face, RIGHT_BROW_INNER, LEFT_BROW_INNER, unit);
    out[at++] = length(face, Landmarks.MOUTH_RIGHT, Landmarks.MOUTH_LEFT, unit);
    out[at++] = length(face, LIP_UPPER_INNER, LIP_LOWER_INNER, unit);
    out[at++] = length(face, LIP_UPPER_TOP, LIP_UPPER_INNER, unit);
    out[at++] = length(face, LIP_LOWER_INNER, LIP_LOWER_BOTTOM, unit);
    out[at++] = corner(face, Landmarks.MOUTH_RIGHT, up);
    out[at++] = corner(face, Landmarks.MOUTH_LEFT, up);
    out[at++] = length(face, NOSE_BASE, LIP_UPPER_TOP, unit);
    out[at] = length(face, NOSE_BASE, Landmarks.CHIN, unit);
  }

  private static float corner(Landmarks face, int corner, double up) {
    return (height(face, corner, LIP_UPPER_INNER, up) + height(face, corner, LIP_LOWER_INNER, up))
        / 2;
  }

  private static float length(Landmarks face, int a, int b, double unit) {
    return (float) (distance(face, a, b) * unit);
  }

  private static double distance(Landmarks face, int a, int b) {
    double x = (double) face.x(a) - face.x(b);
    double y = (double) face.y(a) - face.y(b);
    double z = (double) face.depth(a) - face.depth(b);
    return Math.sqrt(x * x + y * y + z * z);
  }

  /** Returns how far a point is above another, towards the forehead. */
  private static float height(Landmarks face, int point, int above, double up) {
    int top = Landmarks.FOREHEAD;
    int chin = Landmarks.CHIN;
    double product =
        ((double) face.x(point) - face.x(above)) * ((double) face.x(top) - face.x(chin))
            + ((double) face.y(point) - face.y(above)) * ((double) face.y(top) - face.y(chin))
            + ((double) face.depth(point) - face.depth(above))
                * ((double) face.depth(top) - face.depth(chin));
    return (float) (product * up);
  }
}
