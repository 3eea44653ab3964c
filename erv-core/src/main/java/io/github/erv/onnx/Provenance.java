package io.github.erv.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.ModelException;
import io.github.erv.tensor.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What has to be known of weights before anybody may use them; it goes into their {@link
 * ModelCard}.
 *
 * @param name as in {@code my-fusion}
 * @param version as in {@code 1.0}
 * @param licence of the weights, an SPDX identifier
 * @param licenceClass what may be done with them
 * @param dataName what they were learnt from, with its source
 * @param dataLicence its licence
 * @param dataRightsClear whether it is clear that it could be learnt from
 * @param accuracy as measured, with data, protocol and n; may be empty
 * @param limits where the weights are weak; may be empty
 */
public record Provenance(
    String name,
    String version,
    String licence,
    ModelCard.LicenceClass licenceClass,
    String dataName,
    String dataLicence,
    boolean dataRightsClear,
    String accuracy,
    String limits) {

  /**
   * Writes weights, and beside them the card that says where they come from.
   *
   * @param file as in {@code x.safetensors}, whose card is {@code x.card.json}; both are replaced
   * @param tensors the weights
   * @param task what they do, as in {@code fusion: cross-attention}
   * @param labels what they tell apart, in the order of their output
   * @param input what they read, as in {@code window}
   * @param inputShape its sizes; -1 for a free one
   * @throws IOException if a file cannot be written
   */
  public void write(
      Path file, Safetensors tensors, String task, LabelSet labels, String input, int... inputShape)
      throws IOException {
    byte[] bytes = tensors.toBytes();
    String text = text(bytes, task, labels, input, inputShape);
    ModelCard.parse(text, "of " + name); // what would not load must not be written
    Files.write(file, bytes);
    Files.writeString(beside(file), text);
  }

  /**
   * Returns the card that {@link #write} writes.
   *
   * @param tensors the weights
   * @param task what they do, as in {@code fusion: cross-attention}
   * @param labels what they tell apart, in the order of their output
   * @param input what they read, as in {@code window}
   * @param inputShape its sizes; -1 for a free one
   * @return the card
   * @throws ModelException if it could not be loaded
   */
  public ModelCard card(
      Safetensors tensors, String task, LabelSet labels, String input, int... inputShape) {
    return ModelCard.parse(text(tensors.toBytes(), task, labels, input, inputShape), "of " + name);
  }

  private String text(byte[] bytes, String task, LabelSet labels, String input, int... inputShape) {
    JsonObject card = new JsonObject();
    card.addProperty("name", name);
    card.addProperty("version", version);
    card.addProperty("sha256", Hashing.sha256().hashBytes(bytes).toString());
    card.addProperty("task", task);
    JsonObject weights = new JsonObject();
    weights.addProperty("source", "trained with erv");
    weights.addProperty("licence", licence);
    weights.addProperty("licenceClass", licenceClass.name());
    card.add("weights", weights);
    JsonObject data = new JsonObject();
    data.addProperty("name", dataName);
    data.addProperty("licence", dataLicence);
    data.addProperty("rightsClear", dataRightsClear);
    card.add("data", data);
    JsonArray names = new JsonArray();
    for (Emotion emotion : labels) {
      names.add(emotion.name());
    }
    card.add("labels", names);
    JsonObject read = new JsonObject();
    read.addProperty("name", input);
    JsonArray shape = new JsonArray();
    for (int size : inputShape) {
      shape.add(size);
    }
    read.add("shape", shape);
    card.add("input", read);
    card.addProperty("accuracy", accuracy);
    card.addProperty("limits", limits);
    return new GsonBuilder().setPrettyPrinting().create().toJson(card) + '\n';
  }

  private static Path beside(Path file) {
    String stem = String.valueOf(file.getFileName()).replaceFirst("\\.safetensors$", "");
    return file.resolveSibling(stem + ".card.json");
  }

  /**
   * Reads the card beside a file of weights and holds them against it.
   *
   * @param file the weights
   * @param nonCommercialAllowed whether they may be of non-commercial licence
   * @return the card
   * @throws ModelException if a file is missing or the weights are not what the card says
   */
  public static ModelCard requireCard(Path file, boolean nonCommercialAllowed) {
    Path path = beside(file);
    try {
      ModelCard card = ModelCard.parse(Files.readString(path, UTF_8), path.toString());
      return requireCard(card, Files.readAllBytes(file), nonCommercialAllowed);
    } catch (IOException e) {
      throw new ModelException("weights and their card must be readable: " + e, e);
    }
  }

  /**
   * Holds weights against their card.
   *
   * @param card what they have to be
   * @param weights the whole file
   * @param nonCommercialAllowed whether they may be of non-commercial licence
   * @return the card
   * @throws ModelException if the weights are not what the card says
   */
  public static ModelCard requireCard(
      ModelCard card, byte[] weights, boolean nonCommercialAllowed) {
    if (card.licenceClass() == ModelCard.LicenceClass.NON_COMMERCIAL && !nonCommercialAllowed) {
      throw new ModelException(
          card.id()
              + " is licensed for non-commercial use only ("
              + card.licence()
              + "); say that this is kept to load it");
    }
    card.requireHashOf(weights);
    return card;
  }
}
