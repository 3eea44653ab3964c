package io.github.erv.report;

import static java.util.Objects.requireNonNull;

import io.github.erv.Subject;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;

/**
 * A picture of a subject for a report. Reports hold none unless they are given: whoever passes one
 * decides that a face may leave the recording. Immutable and thread-safe.
 */
public final class KeyFrame {
  private final Subject subject;
  private final long micros;
  private final byte[] jpeg;

  private KeyFrame(Subject subject, long micros, byte[] jpeg) {
    this.subject = requireNonNull(subject, "subject");
    this.micros = micros;
    this.jpeg = jpeg;
  }

  /**
   * Returns a key frame of a JPEG file's bytes.
   *
   * @param subject whose lane shows it
   * @param micros presentation time
   * @param jpeg copied
   * @return the key frame
   * @throws IllegalArgumentException if the bytes do not begin as a JPEG file does
   */
  public static KeyFrame ofJpeg(Subject subject, long micros, byte[] jpeg) {
    if (jpeg.length < 3
        || (jpeg[0] & 0xff) != 0xff
        || (jpeg[1] & 0xff) != 0xd8
        || (jpeg[2] & 0xff) != 0xff) {
      throw new IllegalArgumentException(
          "a key frame must be a JPEG file, which begins with FF D8 FF; was "
              + (jpeg.length + " other bytes"));
    }
    return new KeyFrame(subject, micros, jpeg.clone());
  }

  /**
   * Returns a key frame of a picture.
   *
   * @param subject whose lane shows it
   * @param micros presentation time
   * @param image of any type; transparency becomes black
   * @return the key frame
   */
  public static KeyFrame of(Subject subject, long micros, BufferedImage image) {
    BufferedImage opaque = // the JPEG writer takes no alpha
        new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = opaque.createGraphics();
    graphics.drawImage(image, 0, 0, null);
    graphics.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(opaque, "jpg", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a byte array throws none
    }
    return new KeyFrame(subject, micros, bytes.toByteArray());
  }

  /**
   * Returns whose lane shows it.
   *
   * @return the subject
   */
  public Subject subject() {
    return subject;
  }

  /**
   * Returns when it was.
   *
   * @return presentation time in microseconds
   */
  public long micros() {
    return micros;
  }

  String dataUri() {
    return "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(jpeg);
  }
}
