package io.github.erv.training.voice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.common.hash.Hashing;
import com.google.gson.JsonParser;
import io.github.erv.audio.SpeechEncoder;
import io.github.erv.audio.VoiceFeatures;
import io.github.erv.onnx.ModelCard;
import io.github.erv.onnx.OnnxModel;
import io.github.erv.onnx.OnnxOptions;
import io.github.erv.onnx.OnnxSession;
import io.github.erv.personal.SubjectProfile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainedVoiceTest {
  private static final int CLASSES = TrainVoice.LABELS.size();
  private static final int SPEAKERS = 4;

  /** All sum some hundred products of order 1 in float, each in its own order. */
  private static final float TOLERANCE = 1e-4f;

  private static final Doubt DOUBT = new Doubt(1.3f, 0.2f, 0.7f, 0.4f);

  private static final List<EmoDb.Sound> SOUNDS = new ArrayList<>();
  private static final List<FeatureTable.Row> ROWS = new ArrayList<>();

  static {
    // two features of seven tell the emotion, by how far they are off the speaker's own
    SplittableRandom random = new SplittableRandom(3);
    for (int speaker = 0; speaker < SPEAKERS; speaker++) {
      double[] own = random.doubles(VoiceFeatures.SIZE, -2, 2).toArray();
      for (int i = 0; i < 10 * CLASSES; i++) {
        int label = i % CLASSES;
        int recording = SOUNDS.size();
        SOUNDS.add(new EmoDb.Sound("r" + recording, label, "s" + speaker, new float[0]));
        for (int channel = 0; channel < 2; channel++) {
          float[] values = new float[VoiceFeatures.SIZE];
          for (int f = 0; f < values.length; f++) {
            values[f] = (float) (own[f] + channel + random.nextGaussian());
          }
          values[2 * label] += 3;
          values[2 * label + 1] -= 3;
          values[80] = i < 2 ? values[80] : Float.NaN; // as a pitch where nothing is voiced
          ROWS.add(new FeatureTable.Row(recording, channel, 150, 150, values));
        }
      }
    }
  }

  private static TrainedVoice trained() {
    VoicePopulation population = new VoicePopulation(ROWS, SOUNDS);
    return new TrainedVoice(population, population.examples(ROWS, SOUNDS, 1), 0.01);
  }

  @Test
  void fit_sameRowsAndSeed_isTheSameToTheBit() {
    assertArrayEquals(trained().graph(DOUBT), trained().graph(DOUBT));
  }

  @Test
  void outputs_ofSpeakersItWasNotFittedTo_tellTheEmotions() {
    HeldOutVoices voices = new HeldOutVoices(ROWS, SOUNDS, 1);
    int right = 0;
    for (int speaker = 0; speaker < SPEAKERS; speaker++) {
      String name = "s" + speaker;
      List<FeatureTable.Row> own =
          ROWS.stream()
              .filter(r -> r.channel() == 0 && SOUNDS.get(r.recording()).speaker().equals(name))
              .toList();
      Playback played = new Playback(voices.without(name), Playback.Way.KNOWN, own, SOUNDS, 1);
      List<Playback.Heard> heard = played.heard(DOUBT);
      assertEquals(own.size(), heard.size());
      for (Playback.Heard one : heard) {
        int best = 0;
        double sum = 0;
        for (int c = 0; c < CLASSES; c++) {
          best = one.probabilities()[c] > one.probabilities()[best] ? c : best;
          sum += one.probabilities()[c];
        }
        assertEquals(1, sum, 1e-5);
        right += best == SOUNDS.get(one.recording()).label() ? 1 : 0;
      }
    }
    // the classes lie sqrt(36) = 6 deviations apart: Phi(-3) against each of six others is 0.8 %
    assertTrue(right > 0.9 * SPEAKERS * 10 * CLASSES, right + " right");
  }

  @Test
  void outputs_ofArousal_followTheClasses() {
    TrainedVoice voice = trained();
    double[] sums = new double[CLASSES];
    for (FeatureTable.Row row : ROWS) {
      int label = SOUNDS.get(row.recording()).label();
      float[] input =
          voice.population.input(SubjectProfile.empty(VoiceFeatures.SIZE), row.values());
      sums[label] += Math.tanh(voice.outputs(input)[CLASSES]) / (2 * 10 * SPEAKERS);
    }
    for (int high : new int[] {1, 3, 4}) {
      assertTrue(sums[high] > 0.3 && sums[high] > sums[0] + 0.2, high + ": " + sums[high]);
    }
    for (int low : new int[] {2, 6}) {
      assertTrue(sums[low] < -0.3 && sums[low] < sums[0] - 0.2, low + ": " + sums[low]);
    }
  }

  @Test
  void outputs_notFinite_stop() {
    float[] input = new float[VoicePopulation.INPUTS];
    input[3] = Float.NaN;
    TrainedVoice voice = trained();
    assertThrows(ArithmeticException.class, () -> voice.outputs(input));
  }

  @Test
  void graph_givesWhatTheVoiceGivesUnderDoubt() {
    TrainedVoice voice = trained();
    byte[] graph = voice.graph(DOUBT);
    int batch = 5;
    try (OnnxModel model = OnnxModel.load(graph, card(graph), OnnxOptions.DEFAULT);
        OnnxSession session =
            model.open(
                Map.of(
                    "features", new long[] {batch, VoicePopulation.INPUTS},
                    "logits", new long[] {batch, CLASSES},
                    "arousal", new long[] {batch, 1},
                    "reliability", new long[] {batch, 1},
                    "embedding", new long[] {batch, TrainedVoice.OUTPUTS}))) {
      for (int i = 0; i < batch; i++) {
        SubjectProfile speaker = SubjectProfile.empty(VoiceFeatures.SIZE);
        for (int k = 0; k < 3 * i; k++) {
          speaker = speaker.plus(ROWS.get(k).values(), 1);
        }
        float[] input = voice.population.input(speaker, ROWS.get(7 * i).values());
        session.floatInput("features").put(i * input.length, input);
      }
      session.run();
      for (int i = 0; i < batch; i++) {
        float[] input = new float[VoicePopulation.INPUTS];
        session.floatInput("features").get(i * input.length, input);
        float[] out = voice.outputs(input);
        double trust = Math.exp(-DOUBT.exponent(Doubt.distance(input), input[input.length - 1]));
        assertTrue(trust < 0.95, "nothing is doubted");
        assertEquals(trust, session.floatOutput("reliability").get(i), TOLERANCE);
        for (int c = 0; c < CLASSES; c++) {
          assertEquals(
              trust * out[c], session.floatOutput("logits").get(i * CLASSES + c), TOLERANCE);
        }
        assertEquals(
            Math.tanh(trust * out[CLASSES]), session.floatOutput("arousal").get(i), TOLERANCE);
        for (int o = 0; o < out.length; o++) {
          assertEquals(out[o], session.floatOutput("embedding").get(i * out.length + o), TOLERANCE);
        }
      }
    }
  }

  private static ModelCard card(byte[] graph) {
    return ModelCard.parse(
        """
        {"name": "voice", "version": "1", "sha256": "%s",
         "weights": {"source": "test", "licence": "Apache-2.0", "licenceClass": "PERMISSIVE"},
         "data": {"name": "none", "licence": "none", "rightsClear": true},
         "input": {"name": "features", "shape": [-1, %d], "layout": "NV"}}
        """
            .formatted(Hashing.sha256().hashBytes(graph), VoicePopulation.INPUTS),
        "test");
  }

  @Test
  void bundled_isWhatTheKeptLogSaysWasWritten() throws IOException {
    byte[] model = resource(SpeechEncoder.class, "models/emodb-voice.onnx");
    String hash = Hashing.sha256().hashBytes(model).toString();
    String card =
        new String(
            resource(SpeechEncoder.class, "models/emodb-voice.card.json"), StandardCharsets.UTF_8);
    assertEquals(hash, JsonParser.parseString(card).getAsJsonObject().get("sha256").getAsString());
    String log = new String(resource(TrainVoice.class, "emodb-voice.log"), StandardCharsets.UTF_8);
    assertTrue(log.strip().endsWith("emodb-voice.onnx has the SHA-256 " + hash), log);
    assertTrue(!log.contains("NaN") && !card.contains("NaN"));
  }

  private static byte[] resource(Class<?> beside, String name) throws IOException {
    try (InputStream in = beside.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  @Test
  void recipe_twiceOnSomeRecordings_writesTheSameToTheBit(
      @TempDir Path some, @TempDir Path one, @TempDir Path other) throws IOException {
    String data = System.getenv("ERV_DATA");
    assumeTrue(data != null, "ERV_DATA is not set: EMO-DB is not here");
    Path emodb = Path.of(data, "emodb");
    List<String> rows = Files.readAllLines(emodb.resolve("manifest.csv"));
    StringBuilder manifest = new StringBuilder(rows.get(0)).append('\n');
    SplittableRandom random = new SplittableRandom(1);
    for (String row : rows.subList(1, rows.size())) {
      if (random.nextInt(24) == 0) {
        manifest.append(emodb).append('/').append(row).append('\n');
      }
    }
    Files.writeString(some.resolve("manifest.csv"), manifest);
    List<EmoDb.Sound> sounds = EmoDb.sounds(some, TrainVoice.LABELS);
    assertArrayEquals(recipe(sounds, one), recipe(sounds, other));
  }

  private static byte[] recipe(List<EmoDb.Sound> sounds, Path out) throws IOException {
    List<FeatureTable.Row> crops =
        FeatureTable.cached(out.resolve("crops.bin"), () -> FeatureTable.crops(sounds, 2, 1));
    VoicePopulation population = new VoicePopulation(crops, sounds);
    return new TrainedVoice(population, population.examples(crops, sounds, 1), 0.03).graph(DOUBT);
  }
}
