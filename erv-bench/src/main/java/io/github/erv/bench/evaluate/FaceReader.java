package io.github.erv.bench.evaluate;

import io.github.erv.EmotionRecognizer;
import io.github.erv.Region;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.emotion.LabelSet;
import io.github.erv.onnx.ModelCard;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Reads faces as shipped, detector included. Of several faces in a picture the largest counts;
 * recordings, and the pictures of a session, are read by {@link RecordingReader}.
 */
final class FaceReader implements ItemReader {
  private static final Set<String> PICTURES =
      Set.of("png", "jpg", "jpeg", "bmp", "gif", "wbmp", "tif", "tiff");

  private final RecordingReader recordings;
  private final EmotionRecognizer recognizer;
  private final PictureSource pictures;

  FaceReader(RecordingReader recordings, PictureSource pictures) {
    this.recordings = recordings;
    this.pictures = pictures;
    recognizer = recordings.recognizer();
  }

  private static boolean picture(Path path) {
    String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
    return PICTURES.contains(name.substring(name.lastIndexOf('.') + 1));
  }

  @Override
  public LabelSet labels() {
    return recordings.labels();
  }

  @Override
  public List<String> models() {
    return recordings.models();
  }

  @Override
  public List<ModelCard> cards() {
    return recordings.cards();
  }

  @Override
  public Reading read(Item item) {
    if (!picture(item.path())) {
      return recordings.read(item);
    }
    return pictures.read(
        item,
        frame -> {
          Optional<EmotionEstimate> largest =
              recognizer.estimate(frame).stream()
                  .filter(estimate -> estimate.distribution().informed())
                  .max(Comparator.comparingDouble(FaceReader::area));
          return largest
              .map(estimate -> Reading.of(estimate.distribution(), estimate.affect()))
              .orElseGet(() -> Reading.missed("NO_FACE"));
        });
  }

  private static double area(EmotionEstimate estimate) {
    return estimate
        .region()
        .map((Region region) -> (double) region.width() * region.height())
        .orElse(0.0);
  }

  @Override
  public List<Reading> readSession(List<Item> items) {
    return recordings.readSession(items);
  }

  @Override
  public void close() {
    recordings.close();
  }
}
