package io.github.erv.bench.evaluate;

import io.github.erv.EncoderSession;
import io.github.erv.Evidence;
import io.github.erv.Observation;
import io.github.erv.Subject;
import io.github.erv.emotion.LabelSet;
import io.github.erv.media.Frame;
import io.github.erv.onnx.ModelCard;
import io.github.erv.vision.face.FaceCrop;
import io.github.erv.vision.face.Landmarks;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads pictures that are face crops already: no detector, the whole picture goes into the model,
 * whatever margin its card asks for. Of a picture that is not square, the square in its middle.
 */
final class CropReader implements ItemReader {
  private final FaceHead head;
  private final PictureSource pictures;

  CropReader(FaceHead head, PictureSource pictures) {
    this.head = head;
    this.pictures = pictures;
  }

  @Override
  public LabelSet labels() {
    return head.encoder().labels();
  }

  @Override
  public List<String> models() {
    return head.encoder().models();
  }

  @Override
  public List<ModelCard> cards() {
    return List.of(head.card());
  }

  @Override
  public Reading read(Item item) {
    return readSession(List.of(item)).get(0);
  }

  @Override
  public List<Reading> readSession(List<Item> items) {
    List<Reading> readings = new ArrayList<>();
    try (EncoderSession<FaceCrop> session = head.encoder().open()) {
      for (Item item : items) {
        readings.add(pictures.read(item, frame -> read(session, frame, readings.size())));
      }
    }
    return readings;
  }

  private Reading read(EncoderSession<FaceCrop> session, Frame frame, int number) {
    List<Observation> out = new ArrayList<>();
    session.encode(
        FaceCrop.of(frame.at(1_000_000L * number), Subject.face(1), frontal(frame, head.margin())),
        out::add);
    for (Observation observation : out) {
      if (observation.evidence() instanceof Evidence.Present present
          && present.distribution().isPresent()) {
        return Reading.of(present.distribution().get(), present.affect());
      }
    }
    return Reading.missed("NOT_READ");
  }

  /** Landmarks of a face that looks straight ahead and, with the margin, fills the frame. */
  static Landmarks frontal(Frame frame, double margin) {
    double side = Math.min(frame.width(), frame.height()) / margin;
    return Landmarks.frontal(frame.width() / 2.0, frame.height() / 2.0, side);
  }

  @Override
  public void close() {
    head.encoder().close();
  }
}
