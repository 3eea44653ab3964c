package io.github.erv.bench.evaluate;

import io.github.erv.emotion.LabelSet;
import io.github.erv.onnx.ModelCard;
import java.util.List;

/** A way to read items, with the models it reads with. */
interface ItemReader extends AutoCloseable {
  /** The classes of every reading. */
  LabelSet labels();

  /** Name and version of everything that takes part. */
  List<String> models();

  /** The cards of the models that name emotions. */
  List<ModelCard> cards();

  /** Reads one item by itself. */
  Reading read(Item item);

  /** Reads items one after the other, as one stream of the same person. */
  List<Reading> readSession(List<Item> items);

  @Override
  void close();
}
