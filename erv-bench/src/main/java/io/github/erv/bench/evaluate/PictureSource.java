package io.github.erv.bench.evaluate;

import io.github.erv.media.Frame;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.function.Function;
import javax.imageio.ImageIO;

/**
 * Pictures of items, degraded or as they are.
 *
 * @param degradation what is done to each
 * @param seed of what is random in that
 */
record PictureSource(Degradation degradation, long seed) {
  /** Gives an item's picture to a reader; one that cannot be decoded is told as unreadable. */
  Reading read(Item item, Function<Frame, Reading> reader) {
    BufferedImage image;
    try {
      image = ImageIO.read(item.path().toFile());
    } catch (IOException e) {
      return Reading.unreadable(String.valueOf(e.getMessage()));
    }
    if (image == null) {
      return Reading.unreadable("not a picture that Java can decode");
    }
    return reader.apply(Frame.of(degradation.apply(image, seed + item.line())));
  }
}
