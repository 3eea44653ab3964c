package io.github.erv.vision;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import javax.imageio.ImageIO;

/**
 * The portrait of the astronaut Eileen Collins by NASA, public domain: 256x256 pixels cut from
 * {@code skimage/data/astronaut.png} of Debian's package python3-skimage 0.19.3 at (96, 0).
 */
final class Portrait {
  private Portrait() {}

  static BufferedImage image() throws IOException {
    try (InputStream in = Portrait.class.getResourceAsStream("portrait.png")) {
      return ImageIO.read(in);
    }
  }
}
