package io.github.erv.vision.face;

import static java.util.Objects.requireNonNull;

import io.github.erv.Region;
import io.github.erv.Subject;
import io.github.erv.TimedInput;
import io.github.erv.media.Frame;
import io.github.erv.media.TimeSpan;

/**
 * One face in one frame: whose it is, where, and its pixels on demand, turned so that the eyes are
 * level. What an {@code Encoder<FaceCrop>} reads.
 *
 * <p><b>Memory.</b> A crop reads the frame when it is asked for pixels, so it is valid as long as
 * the frame is; one handed to an encoder until the encoder returns, and {@link #copy} keeps it.
 * Used by one thread at a time.
 */
public final class FaceCrop implements TimedInput {
  /** Side of the picture by which sharpness and light are judged. */
  static final int JUDGED_SIDE = 48;

  private static final int MAX_SIDE = 4_096;

  private final Frame frame;
  private final Subject subject;
  private final Landmarks landmarks;
  private final FrameSampler sampler;
  private final Square square;
  private final HeadPose pose;
  private final FaceQuality quality;

  /**
   * Makes a crop.
   *
   * @param judged receives the face's luma, JUDGED_SIDE squared
   */
  FaceCrop(Frame frame, Subject subject, Landmarks landmarks, FrameSampler sampler, byte[] judged) {
    this.frame = frame;
    this.subject = subject;
    this.landmarks = landmarks;
    this.sampler = sampler;
    square = landmarks.square();
    pose = HeadPose.of(landmarks);
    sampler.lumaInto(frame, square, JUDGED_SIDE, judged);
    quality = FaceQuality.of(judged, JUDGED_SIDE, square.side(), pose);
  }

  private FaceCrop(FaceCrop other, Subject subject, Frame frame, FrameSampler sampler) {
    this.frame = frame;
    this.subject = subject;
    this.sampler = sampler;
    landmarks = other.landmarks;
    square = other.square;
    pose = other.pose;
    quality = other.quality;
  }

  /**
   * Returns the crop of a face whose landmarks are known.
   *
   * @param frame the whole picture; not copied
   * @param subject whose face it is
   * @param landmarks in pixels of the frame
   * @return the crop
   */
  public static FaceCrop of(Frame frame, Subject subject, Landmarks landmarks) {
    return new FaceCrop(
        requireNonNull(frame, "frame"),
        requireNonNull(subject, "subject"),
        requireNonNull(landmarks, "landmarks"),
        new FrameSampler(),
        new byte[JUDGED_SIDE * JUDGED_SIDE]);
  }

  /** Returns this crop, said of somebody else. */
  FaceCrop withSubject(Subject other) {
    return new FaceCrop(this, other, frame, sampler);
  }

  /**
   * Returns whose face it is.
   *
   * @return the subject
   */
  public Subject subject() {
    return subject;
  }

  /**
   * Returns when it was seen.
   *
   * @return the instant of the frame
   */
  @Override
  public TimeSpan span() {
    return frame.span();
  }

  /**
   * Returns where its points lie.
   *
   * @return in pixels of the frame
   */
  public Landmarks landmarks() {
    return landmarks;
  }

  /**
   * Returns which way the head is turned.
   *
   * @return the pose
   */
  public HeadPose pose() {
    return pose;
  }

  /**
   * Returns how far the face lets itself be read.
   *
   * @return the quality
   */
  public FaceQuality quality() {
    return quality;
  }

  /**
   * Returns the upright rectangle around the landmarks.
   *
   * @return in pixels of the frame; it may reach over the edge
   */
  public Region region() {
    return landmarks.bounds();
  }

  /**
   * Returns how large the face is.
   *
   * @return the side in pixels of the frame of the smallest square around the landmarks whose upper
   *     edge is parallel to the eyes
   */
  public double side() {
    return square.side();
  }

  /**
   * Copies the face in gray, eyes level.
   *
   * @param side width and height of the picture to make, 1 to 4096
   * @param margin how much larger than the face it is: 1 shows forehead to chin
   * @param target receives side * side values of full range, row by row; black where the picture
   *     leaves the frame
   * @throws IllegalArgumentException if a size is off, or the target too short
   */
  public void lumaInto(int side, double margin, byte[] target) {
    check(side, margin, target, 1);
    sampler.lumaInto(frame, square.scaled(margin), side, target);
  }

  /**
   * Copies the face in colour, eyes level.
   *
   * @param side width and height of the picture to make, 1 to 4096
   * @param margin how much larger than the face it is: 1 shows forehead to chin
   * @param target receives 3 * side * side values, red, green, blue of pixel after pixel, row by
   *     row; black where the picture leaves the frame
   * @throws IllegalArgumentException if a size is off, or the target too short
   */
  public void rgbInto(int side, double margin, byte[] target) {
    check(side, margin, target, 3);
    sampler.rgbInto(frame, square.scaled(margin), side, target);
  }

  private static void check(int side, double margin, byte[] target, int channels) {
    if (side < 1 || side > MAX_SIDE) {
      throw new IllegalArgumentException(
          "a face's side must be from 1 to " + MAX_SIDE + " pixels, was " + side);
    }
    if (!(margin > 0 && margin <= 10)) {
      throw new IllegalArgumentException("a margin must be in (0, 10], was " + margin);
    }
    if (target.length < channels * side * side) {
      throw new IllegalArgumentException(
          "a face of side %d needs %d bytes, had %d"
              .formatted(side, channels * side * side, target.length));
    }
  }

  @Override
  public FaceCrop copy() {
    return new FaceCrop(this, subject, frame.copy(), new FrameSampler());
  }

  @Override
  public String toString() {
    return subject + " in " + frame;
  }
}
