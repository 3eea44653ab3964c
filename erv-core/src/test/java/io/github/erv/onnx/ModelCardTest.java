package io.github.erv.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.ModelException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCardTest {
  private static final String CARD = Gemm.card(new byte[0]);

  /** The card without a field, or with another value for it. */
  private static String with(String path, String json) {
    JsonObject card = JsonParser.parseString(CARD).getAsJsonObject();
    String[] names = path.split("\\.", -1);
    JsonObject holder = card;
    for (int i = 0; i < names.length - 1; i++) {
      holder = holder.getAsJsonObject(names[i]);
    }
    String last = names[names.length - 1];
    if (json.isEmpty()) {
      holder.remove(last);
    } else {
      JsonElement value = JsonParser.parseString(json);
      holder.add(last, value);
    }
    return card.toString();
  }

  private static String message(String card) {
    return assertThrows(ModelException.class, () -> ModelCard.parse(card, "here.json"))
        .getMessage();
  }

  @Test
  void parse_completeCard_saysEverything() {
    ModelCard card = ModelCard.parse(CARD, "here.json");
    assertEquals("gemm 1.0", card.id());
    assertEquals("gemm", card.name());
    assertEquals("1.0", card.version());
    assertEquals(Gemm.hash(new byte[0]), card.sha256());
    assertEquals("Apache-2.0", card.licence());
    assertEquals(ModelCard.LicenceClass.PERMISSIVE, card.licenceClass());
    assertEquals(Optional.of(LabelSet.of(Emotion.HAPPINESS, Emotion.ANGER)), card.labels());
    assertEquals("x", card.inputName());
    assertArrayEquals(new long[] {-1, 3}, card.inputShape());
    assertArrayEquals(new float[] {1, 2, 3}, card.inputMean());
    assertArrayEquals(new float[] {0.5f}, card.inputScale());
    assertEquals(2, card.temperature());
    assertArrayEquals(new float[] {0, 0}, card.logitBias());
    assertTrue(card.experimental());
    assertEquals("by hand", card.training());
    assertEquals("exact", card.accuracy());
    assertEquals("none", card.limits());
  }

  @Test
  void parse_operatingPoint_hasOneValueALabel() {
    ModelCard card = ModelCard.parse(with("logitBias", "[0.25, -1]"), "here.json");
    assertArrayEquals(new float[] {0.25f, -1}, card.logitBias());
  }

  @Test
  void parse_optionalFieldsAbsent_haveTheirDefaults() {
    JsonObject json = JsonParser.parseString(CARD).getAsJsonObject();
    for (String field :
        new String[] {
          "labels", "temperature", "experimental", "training", "accuracy", "limits", "outputs"
        }) {
      json.remove(field);
    }
    json.getAsJsonObject("input").remove("mean");
    json.getAsJsonObject("input").remove("scale");
    ModelCard card = ModelCard.parse(json.toString(), "here.json");
    assertEquals(Optional.empty(), card.labels());
    assertEquals(1, card.temperature());
    assertFalse(card.experimental());
    assertEquals("", card.training());
    assertArrayEquals(new float[] {0}, card.inputMean());
    assertArrayEquals(new float[] {1}, card.inputScale());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name",
        "version",
        "sha256",
        "weights",
        "weights.licence",
        "weights.licenceClass",
        "data",
        "input",
        "input.name",
        "input.shape"
      })
  void parse_fieldMissing_isNamed(String path) {
    for (String absent : new String[] {"", "null"}) {
      String message = message(with(path, absent));
      assertTrue(message.contains("here.json") && message.contains('"' + path + '"'), message);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "name | {}",
        "version | []",
        "sha256 | \"abc\"",
        "sha256 | {}",
        "weights | \"MIT\"",
        "weights.licence | {}",
        "weights.licenceClass | \"FREE\"",
        "weights.licenceClass | 3.5",
        "data | \"some\"",
        "labels | \"joy\"",
        "labels | [\"Joy\", \"anger\"]",
        "labels | [\"anger\"]",
        "labels | [\"anger\", \"anger\"]",
        "labels | [[], {}]",
        "input | []",
        "input.name | {}",
        "input.shape | 3",
        "input.shape | [\"wide\"]",
        "input.mean | \"none\"",
        "input.mean | [1, {}]",
        "input.scale | {}",
        "logitBias | [1]",
        "logitBias | 2",
        "logitBias | [1, \"much\"]",
        "temperature | \"hot\"",
        "temperature | 0",
        "temperature | -1",
        "temperature | []",
        "experimental | {}",
        "training | {}",
        "accuracy | {}",
        "limits | {}",
        "outputs | 3",
        "outputs | [3]",
        "outputs | [{\"meaning\": \"logits\"}]"
      })
  void parse_fieldOfAnotherKind_isNamed(String path, String json) {
    String message = message(with(path, json));
    assertTrue(message.contains("here.json"), message);
    assertTrue(message.contains(path) || message.contains("licence class"), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "3", "null", "nonsense", "{\"name\": }"})
  void parse_notAnObject_namesTheFile(String text) {
    String message = message(text);
    assertTrue(message.contains("here.json"), message);
  }

  @Test
  void labels_unknownNames_areEmotionsOfTheirOwn() {
    ModelCard card = ModelCard.parse(with("labels", "[\"pride\", \"shame\"]"), "here.json");
    assertEquals("pride+shame", card.labels().orElseThrow().name());
  }

  @Test
  void options_outOfRange_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> new OnnxOptions(0, -1, false));
    assertThrows(IllegalArgumentException.class, () -> new OnnxOptions(1, -2, false));
    assertEquals(new OnnxOptions(1, 0, false), OnnxOptions.DEFAULT.onCuda(0));
    assertEquals(new OnnxOptions(1, -1, true), OnnxOptions.DEFAULT.allowNonCommercial());
  }
}
