package io.github.erv.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.ModelException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What has to be known of a model before it may be used: what it is, whose it is, what goes in and
 * what comes out. Read from the JSON file {@code <model>.card.json} beside the model and enforced
 * when the model is loaded. Immutable and thread-safe.
 *
 * <p>The fields of the file: {@code name}, {@code version}, {@code sha256} of the model file,
 * {@code task}; {@code weights} ({@code source}, {@code licence} as an SPDX identifier, {@code
 * licenceClass} PERMISSIVE or NON_COMMERCIAL); {@code data} ({@code name}, {@code licence}, {@code
 * rightsClear}); {@code labels}, canonical names in the order of the output, absent for a model
 * that classifies no emotion; {@code input} ({@code name}, {@code shape} with -1 for a free
 * dimension, {@code layout} as in NCHW, {@code colour} GRAY, RGB, BGR or absent, {@code range} the
 * values that go in, {@code mean} and {@code scale}: what is fed is {@code (value - mean) * scale},
 * one number or one a channel); {@code outputs} (a list of {@code name}, {@code shape}, {@code
 * meaning}, and where they matter {@code components} and {@code range}); {@code temperature}, by
 * which logits are divided, 1 if absent; {@code logitBias}, one value a label, which is added then,
 * 0 if absent; {@code reliability}, by which the quality of what it reads is multiplied, 1 if
 * absent; {@code experimental}; {@code training}, {@code accuracy}, {@code limits}: prose.
 */
public final class ModelCard {
  /** What may be done with the weights. */
  public enum LicenceClass {
    /** Any use, with attribution. */
    PERMISSIVE,
    /** No commercial use: loads only when the caller said it may. */
    NON_COMMERCIAL
  }

  private final JsonObject json;
  private final String origin;

  private ModelCard(JsonObject json, String origin) {
    this.json = json;
    this.origin = origin;
    Map<String, Supplier<?>> fields = new LinkedHashMap<>();
    fields.put("name", this::name);
    fields.put("version", this::version);
    fields.put("sha256", this::sha256);
    fields.put("weights.licence", this::licence);
    fields.put("weights.licenceClass", this::licenceClass);
    fields.put("data.name", this::dataName);
    fields.put("data.licence", this::dataLicence);
    fields.put("data.rightsClear", this::dataRightsClear);
    fields.put("labels", this::labels);
    fields.put("input.name", this::inputName);
    fields.put("input.shape", this::inputShape);
    fields.put("input.mean", this::inputMean);
    fields.put("input.scale", this::inputScale);
    fields.put("outputs", this::outputs);
    fields.put("temperature", this::temperature);
    fields.put("logitBias", this::logitBias);
    fields.put("reliability", this::reliability);
    fields.put("experimental", this::experimental);
    fields.put("training", this::training);
    fields.put("accuracy", this::accuracy);
    fields.put("limits", this::limits);
    fields.forEach(this::check);
  }

  /** Reads a field once, so that what is wrong with it is said before the model is used. */
  private void check(String field, Supplier<?> read) {
    try {
      Object unused = read.get();
    } catch (ModelException e) {
      throw e;
    } catch (RuntimeException e) { // Gson has half a dozen for values of another type
      throw new ModelException(
          "the model card " + origin + " has a bad field \"" + field + "\": " + e.getMessage(), e);
    }
  }

  /**
   * Parses a card.
   *
   * @param text the JSON
   * @param origin for messages: where it came from
   * @return the card
   * @throws ModelException if the text is not a card, saying which field is missing or wrong
   */
  public static ModelCard parse(String text, String origin) {
    try {
      return new ModelCard(JsonParser.parseString(text).getAsJsonObject(), origin);
    } catch (JsonParseException | IllegalStateException | UnsupportedOperationException e) {
      throw new ModelException("the model card " + origin + " is not valid: " + e.getMessage(), e);
    }
  }

  static ModelCard parse(byte[] text, String origin) {
    return parse(new String(text, UTF_8), origin);
  }

  /** Reads the field of an object that the last name of a path names. */
  private JsonElement require(JsonObject object, String path) {
    JsonElement value = object.get(path.substring(path.lastIndexOf('.') + 1));
    if (value == null || value.isJsonNull()) {
      throw new ModelException("the model card " + origin + " lacks the field \"" + path + '"');
    }
    return value;
  }

  private String text(String object, String field) {
    return require(require(json, object).getAsJsonObject(), object + '.' + field).getAsString();
  }

  private String prose(String field) {
    JsonElement value = json.get(field);
    return value == null ? "" : value.getAsString();
  }

  /**
   * Returns the name.
   *
   * @return as in {@code ferplus-resnet}
   */
  public String name() {
    return require(json, "name").getAsString();
  }

  /**
   * Returns the version.
   *
   * @return as in {@code 1.0}
   */
  public String version() {
    return require(json, "version").getAsString();
  }

  /**
   * Returns name and version, as estimates carry them.
   *
   * @return as in {@code ferplus-resnet 1.0}
   */
  public String id() {
    return name() + ' ' + version();
  }

  /**
   * Returns the hash that the model file must have.
   *
   * @return SHA-256 in lower-case hexadecimal
   */
  public String sha256() {
    return requireHash(require(json, "sha256").getAsString().toLowerCase(Locale.ROOT));
  }

  /** Returns the hash of a file, which has to be the card's. */
  String requireHashOf(byte[] file) {
    String hash = Hashing.sha256().hashBytes(file).toString();
    if (!hash.equals(sha256())) {
      throw new ModelException(
          id()
              + " is not the file its card describes: expected SHA-256 "
              + sha256()
              + ", was "
              + hash);
    }
    return hash;
  }

  private static String requireHash(String hash) {
    if (!hash.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("must be 64 hexadecimal digits, was \"" + hash + '"');
    }
    return hash;
  }

  /**
   * Returns the licence of the weights.
   *
   * @return an SPDX identifier
   */
  public String licence() {
    return text("weights", "licence");
  }

  /**
   * Returns what may be done with the weights.
   *
   * @return the class of their licence
   */
  public LicenceClass licenceClass() {
    String name = text("weights", "licenceClass");
    try {
      return LicenceClass.valueOf(name);
    } catch (IllegalArgumentException e) {
      throw new ModelException(
          "the model card "
              + origin
              + " has the licence class \""
              + name
              + "\"; expected PERMISSIVE or NON_COMMERCIAL",
          e);
    }
  }

  /**
   * Returns the data that the weights were learnt from.
   *
   * @return a name, with its source
   */
  public String dataName() {
    return text("data", "name");
  }

  /**
   * Returns the licence of that data.
   *
   * @return an SPDX identifier, or words where there is none
   */
  public String dataLicence() {
    return text("data", "licence");
  }

  /**
   * Tells whether it is clear that the data could be used to learn from.
   *
   * @return false if the rights in the recordings or pictures are not known
   */
  public boolean dataRightsClear() {
    return require(require(json, "data").getAsJsonObject(), "rightsClear").getAsBoolean();
  }

  /**
   * Returns the emotions that the model tells apart.
   *
   * @return in the order of its output, or empty if it classifies no emotion
   */
  public Optional<LabelSet> labels() {
    if (!json.has("labels")) {
      return Optional.empty();
    }
    List<Emotion> emotions = new ArrayList<>();
    try {
      json.getAsJsonArray("labels")
          .forEach(label -> emotions.add(new Emotion(label.getAsString())));
      return Optional.of(LabelSet.of(emotions));
    } catch (IllegalArgumentException | ClassCastException e) {
      throw new ModelException(
          "the model card " + origin + " has bad labels: " + e.getMessage(), e);
    }
  }

  /**
   * Returns the name of the model's first input.
   *
   * @return the name in the graph
   */
  public String inputName() {
    return text("input", "name");
  }

  /**
   * Returns the shape of the model's first input.
   *
   * @return a new array; -1 for a free dimension
   */
  public long[] inputShape() {
    return require(require(json, "input").getAsJsonObject(), "input.shape")
        .getAsJsonArray()
        .asList()
        .stream()
        .mapToLong(JsonElement::getAsLong)
        .toArray();
  }

  /**
   * Returns what is subtracted from the values that go in.
   *
   * @return one number, or one a channel; {0} if the card does not say
   */
  public float[] inputMean() {
    return numbers("mean", 0);
  }

  /**
   * Returns by what the values that go in are multiplied, after the mean was subtracted.
   *
   * @return one number, or one a channel; {1} if the card does not say
   */
  public float[] inputScale() {
    return numbers("scale", 1);
  }

  private float[] numbers(String field, float fallback) {
    JsonElement value = require(json, "input").getAsJsonObject().get(field);
    if (value == null) {
      return new float[] {fallback};
    }
    List<JsonElement> list = value.isJsonArray() ? value.getAsJsonArray().asList() : List.of(value);
    float[] numbers = new float[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = list.get(i).getAsFloat();
    }
    return numbers;
  }

  /**
   * Returns a field of the input's description that holds one number or word.
   *
   * @param path names from the input inwards, joined by dots, as in {@code layout} or {@code
   *     logMel.hop}
   * @return its text, or empty if the card does not say
   */
  public Optional<String> inputField(String path) {
    JsonElement value = require(json, "input");
    for (String name : path.split("\\.", -1)) {
      value = value.isJsonObject() ? value.getAsJsonObject().get(name) : null;
      if (value == null) {
        return Optional.empty();
      }
    }
    return value.isJsonPrimitive() ? Optional.of(value.getAsString()) : Optional.empty();
  }

  /**
   * One output of a model.
   *
   * @param name in the graph
   * @param meaning what it is, as in {@code logits}, {@code embedding}, {@code affect}
   * @param components what its values stand for in their order, as in {@code arousal}; often empty
   * @param low the value that stands for the least, -1 if the card does not say
   * @param high the value that stands for the most, 1 if the card does not say
   */
  public record Output(
      String name, String meaning, List<String> components, float low, float high) {
    public Output {
      components = List.copyOf(components);
    }
  }

  /**
   * Returns what comes out.
   *
   * @return the outputs that the card describes, immutable, possibly none
   */
  public List<Output> outputs() {
    List<Output> outputs = new ArrayList<>();
    if (json.has("outputs")) {
      for (JsonElement element : json.getAsJsonArray("outputs")) {
        JsonObject output = element.getAsJsonObject();
        List<String> components = new ArrayList<>();
        if (output.has("components")) {
          output.getAsJsonArray("components").forEach(c -> components.add(c.getAsString()));
        }
        List<JsonElement> range =
            output.has("range") ? output.getAsJsonArray("range").asList() : List.of();
        outputs.add(
            new Output(
                require(output, "outputs.name").getAsString(),
                require(output, "outputs.meaning").getAsString(),
                components,
                range.isEmpty() ? -1 : range.get(0).getAsFloat(),
                range.isEmpty() ? 1 : range.get(1).getAsFloat()));
      }
    }
    return List.copyOf(outputs);
  }

  /**
   * Returns by what logits are divided before the softmax.
   *
   * @return greater than 0; 1 if the card does not say
   */
  public float temperature() {
    JsonElement value = json.get("temperature");
    float temperature = value == null ? 1 : value.getAsFloat();
    if (!(temperature > 0 && temperature <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException("must be greater than 0, was " + temperature);
    }
    return temperature;
  }

  /**
   * Returns what is added to each logit after it was divided by the temperature: the model's
   * operating point. It makes up for classes that the training data show more or less often than
   * they should count.
   *
   * @return one value a label, all 0 if the card has none; a new array
   */
  public float[] logitBias() {
    int classes = labels().map(LabelSet::size).orElse(0);
    float[] bias = new float[classes];
    JsonElement value = json.get("logitBias");
    if (value == null) {
      return bias;
    }
    JsonArray values = value.getAsJsonArray();
    if (values.size() != classes) {
      throw new IllegalArgumentException(
          "must have one value a label, that is " + classes + ", had " + values.size());
    }
    for (int i = 0; i < classes; i++) {
      bias[i] = values.get(i).getAsFloat();
      if (!Float.isFinite(bias[i])) {
        throw new IllegalArgumentException("must be finite, was " + bias[i]);
      }
    }
    return bias;
  }

  /**
   * Returns how far the model can be relied on where its input is perfect: the quality of whatever
   * it reads is multiplied by it, and so are its weight in fusion and the confidence of estimates.
   *
   * @return in (0, 1]; 1 if the card does not say
   */
  public float reliability() {
    JsonElement value = json.get("reliability");
    float reliability = value == null ? 1 : value.getAsFloat();
    if (!(reliability > 0 && reliability <= 1)) {
      throw new IllegalArgumentException("must be in (0, 1], was " + reliability);
    }
    return reliability;
  }

  /**
   * Tells whether the model is known not to be good enough to rely on.
   *
   * @return true if estimates made with it should say so
   */
  public boolean experimental() {
    JsonElement value = json.get("experimental");
    return value != null && value.getAsBoolean();
  }

  /**
   * Returns what a reader of the model's estimates has to know.
   *
   * @return a sentence that names the model if it is experimental, or else nothing
   */
  public List<String> notes() {
    return experimental()
        ? List.of(id() + " is experimental" + (limits().isEmpty() ? "" : ": " + limits()))
        : List.of();
  }

  /**
   * Returns how the model was trained.
   *
   * @return prose, possibly empty
   */
  public String training() {
    return prose("training");
  }

  /**
   * Returns how accurate it is, with data, protocol, n and interval.
   *
   * @return prose, possibly empty
   */
  public String accuracy() {
    return prose("accuracy");
  }

  /**
   * Returns where it is weak.
   *
   * @return prose, possibly empty
   */
  public String limits() {
    return prose("limits");
  }

  @Override
  public String toString() {
    return id();
  }
}
