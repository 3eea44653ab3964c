package io.github.erv.bench.evaluate;

import static java.util.Objects.requireNonNull;

import ai.onnxruntime.OrtEnvironment;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.github.erv.EmotionRecognizer;
import io.github.erv.Encoder;
import io.github.erv.audio.ClassicalSpeechEncoder;
import io.github.erv.audio.SpeechEncoder;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.ErvException;
import io.github.erv.media.AudioWindow;
import io.github.erv.onnx.ModelCard;
import io.github.erv.onnx.OnnxOptions;
import io.github.erv.vision.FaceEncoder;
import io.github.erv.vision.face.SubjectResolver.Lost;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Scores what erv reads, as shipped, against what people said:
 *
 * <pre>{@code
 * java -cp erv-bench/target/benchmarks.jar io.github.erv.bench.evaluate.Evaluate \
 *     --modality face --manifest faces.csv --out faces.json
 * }</pre>
 *
 * <p>The manifest is CSV with the columns {@code path}, relative to it, and {@code label}, one of
 * neutral, happiness, surprise, sadness, anger, disgust, fear, contempt, calm, boredom or the
 * model's own; any other columns may serve {@code --by}, {@code --session} and {@code --cluster}. A
 * label that the model does not know stays in every figure and can only be read wrongly. {@code
 * votes:LABEL} columns are how many people chose a label and add the block {@code soft}; {@code
 * valence} and {@code arousal} in [-1, 1] add {@code regression}. A row with an unknown label or
 * without its file ends the program before anything is read, with exit code 1 and the line's
 * number; a file that cannot be decoded is listed under {@code unreadable} and counts as missed.
 *
 * <p>The JSON: {@code accuracy}, {@code uar} and everything else that does not say otherwise are
 * over the {@code evaluated} items, beside which stands how many were {@code missed} (no face, no
 * speech) and why; {@code accuracyAll} and {@code uarAll} count the missed ones as wrong. {@code
 * confusion} has a row for each label said and a column for each read, in the order of {@code
 * labels}. Rates are fractions in [0, 1], intervals are 95 % of a seeded percentile bootstrap,
 * {@code reliability} has 15 bins of equal width. {@code worstGroupGap} is the best group's figure
 * less the worst group's. An HTML page with the same name is written beside it.
 *
 * <p>A picture is read by the whole pipeline, and of several faces the largest counts; with {@code
 * --aligned} it is taken as a face already cut out. A recording is read from start to end, and
 * counts as the mean of its estimates weighted by the quality of what they rest on.
 */
@Command(
    name = "Evaluate",
    description = "Scores what erv reads against what people said.",
    mixinStandardHelpOptions = true)
public final class Evaluate implements Callable<Integer> {
  static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().serializeNulls().disableHtmlEscaping().create();

  enum Reads {
    FACE,
    VOICE,
    VIDEO;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = "--modality",
      required = true,
      description = "What is read: ${COMPLETION-CANDIDATES}.")
  private Reads modality = Reads.FACE;

  @Option(names = "--manifest", required = true, description = "CSV with path and label.")
  private Path manifestFile = Path.of(".");

  @Option(names = "--out", required = true, description = "The JSON to write; a page goes beside.")
  private Path out = Path.of(".");

  @Option(names = "--aligned", description = "Pictures are face crops already: no detector.")
  private boolean aligned;

  @Option(names = "--restrict", description = "Renormalises readings to the labels present.")
  private boolean restrict;

  @Option(names = "--by", paramLabel = "COLUMN", description = "Adds results by group.")
  private String by = "";

  @Option(
      names = "--session",
      paramLabel = "COLUMN",
      description = "Plays rows of the same value, in order, as one session of one person.")
  private String session = "";

  @Option(
      names = "--cluster",
      paramLabel = "COLUMN",
      description = "Rows of the same value depend on one another; that of --session by default.")
  private String cluster = "";

  @Option(
      names = "--model",
      description = "A model with its card beside it: ONNX, or safetensors if it is no network.")
  private @Nullable Path model;

  @Option(names = "--non-commercial", description = "Allows a model of that licence.")
  private boolean nonCommercial;

  @Option(names = "--degrade", description = "Makes the items harder: ${COMPLETION-CANDIDATES}.")
  private Degradation degradation = Degradation.NONE;

  @Option(names = "--data", description = "What the data are called; the manifest's name else.")
  private String data = "";

  @Option(names = "--seed", description = "Of intervals and noise; ${DEFAULT-VALUE} by default.")
  private long seed = 1;

  @Spec private @Nullable CommandSpec spec;

  private Evaluate() {}

  /**
   * Runs the program.
   *
   * @param args see {@code --help}
   */
  public static void main(String... args) {
    System.exit(run(args));
  }

  static int run(String... args) {
    return new CommandLine(new Evaluate())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(Degradation.class, Degradation::named)
        .setExecutionExceptionHandler((e, command, parsed) -> failed(e))
        .execute(args);
  }

  /** What is wrong with a manifest, a file or a model says so in its message; the rest is a bug. */
  static int failed(Exception e) throws Exception {
    if (e instanceof ErvException || e instanceof IllegalArgumentException) {
      System.err.println(e.getMessage());
    } else if (e instanceof IOException) {
      System.err.println("The results cannot be written: " + e);
    } else {
      throw e;
    }
    return 1;
  }

  @Override
  public Integer call() throws IOException {
    requireSensible();
    try (ItemReader reader = open()) {
      Manifest manifest = Manifest.read(manifestFile, reader.labels());
      for (String column : List.of(by, session, cluster)) {
        if (!column.isEmpty() && !manifest.has(column)) {
          throw new IllegalArgumentException(
              manifest.name() + " has no column " + column + ", only " + manifest.columns());
        }
      }
      Evaluation evaluation =
          new Evaluation(
              manifest, reader.labels(), restrict, by, cluster.isEmpty() ? session : cluster, seed);
      JsonObject json = described(manifest, reader);
      long start = System.nanoTime();
      List<Reading> readings =
          session.isEmpty() ? each(manifest, reader) : sessions(manifest, reader);
      double seconds = (System.nanoTime() - start) / 1e9;
      evaluation.score(readings).asMap().forEach(json::add);
      Evaluation.number(json, "itemsPerSecond", readings.size() / seconds);
      if (!session.isEmpty()) {
        json.add("withoutSession", evaluation.score(each(manifest, reader)));
      }
      write(json);
    }
    return 0;
  }

  private void requireSensible() {
    if (aligned && modality != Reads.FACE) {
      throw misuse("--aligned is for --modality face");
    }
    if (model != null && modality == Reads.VIDEO) {
      throw misuse("--model is for one modality: face or voice");
    }
    boolean fits =
        switch (modality) {
          case FACE -> !degradation.ofSound();
          case VOICE -> !degradation.ofPictures();
          case VIDEO -> degradation == Degradation.NONE;
        };
    if (!fits) {
      throw misuse("--degrade " + degradation + " is not for --modality " + modality);
    }
    if (!session.isEmpty() && modality == Reads.FACE && degradation != Degradation.NONE) {
      throw misuse("--degrade and --session cannot be combined for faces");
    }
  }

  private ParameterException misuse(String message) {
    return new ParameterException(requireNonNull(spec).commandLine(), message);
  }

  private ItemReader open() {
    OnnxOptions options =
        nonCommercial ? OnnxOptions.DEFAULT.allowNonCommercial() : OnnxOptions.DEFAULT;
    PictureSource pictures = new PictureSource(degradation, seed);
    if (aligned) {
      return new CropReader(FaceHead.open(model, options), pictures);
    }
    List<ModelCard> cards = new ArrayList<>();
    Set<String> models = new LinkedHashSet<>();
    Set<Emotion> labels = new LinkedHashSet<>();
    FaceEncoder face = null;
    if (modality != Reads.VOICE) {
      FaceHead head = FaceHead.open(model, options);
      cards.add(head.card());
      FaceEncoder.Builder faces = FaceEncoder.builder().head(head.encoder());
      if (!session.isEmpty()) { // one person, who was away between recordings
        faces.subjectResolver((crop, lost) -> lost.stream().findFirst().map(Lost::subject));
      }
      face = faces.build();
      models.addAll(face.models());
      labels.addAll(face.labels().emotions());
    }
    Encoder<AudioWindow> voice = null;
    if (modality != Reads.FACE) {
      voice = voice(options, cards);
      models.addAll(voice.models());
      labels.addAll(voice.labels().emotions());
    }
    EmotionRecognizer.Builder builder =
        EmotionRecognizer.builder(LabelSet.of(List.copyOf(labels)))
            // nothing is late in a recording
            .lateness(Duration.ofDays(1));
    if (face != null) {
      builder.video(face);
    }
    if (voice != null) {
      builder.audio(voice);
    }
    RecordingReader recordings =
        new RecordingReader(
            builder.build(),
            List.copyOf(models),
            cards,
            face != null,
            voice != null,
            degradation,
            seed);
    return modality == Reads.FACE ? new FaceReader(recordings, pictures) : recordings;
  }

  private Encoder<AudioWindow> voice(OnnxOptions options, List<ModelCard> cards) {
    if (model != null && model.toString().endsWith(".safetensors")) {
      ClassicalSpeechEncoder.Builder builder = ClassicalSpeechEncoder.builder(model);
      ClassicalSpeechEncoder classical =
          (nonCommercial ? builder.allowNonCommercial() : builder).build();
      cards.add(classical.card());
      return classical;
    }
    SpeechEncoder speech =
        (model == null ? SpeechEncoder.builder() : SpeechEncoder.builder(model))
            .options(options)
            .build();
    cards.add(speech.card());
    return speech;
  }

  private static List<Reading> each(Manifest manifest, ItemReader reader) {
    List<Reading> readings = new ArrayList<>();
    for (Item item : manifest.items()) {
      readings.add(reader.read(item));
      progress(readings.size(), manifest.items().size());
    }
    return readings;
  }

  private List<Reading> sessions(Manifest manifest, ItemReader reader) {
    Map<String, List<Integer>> rows = new LinkedHashMap<>();
    for (int i = 0; i < manifest.items().size(); i++) {
      rows.computeIfAbsent(manifest.items().get(i).field(session), value -> new ArrayList<>())
          .add(i);
    }
    Reading[] readings = new Reading[manifest.items().size()];
    int done = 0;
    for (List<Integer> indices : rows.values()) {
      List<Reading> played =
          reader.readSession(indices.stream().map(manifest.items()::get).toList());
      for (int i = 0; i < played.size(); i++) {
        readings[indices.get(i)] = played.get(i);
      }
      done += played.size();
      progress(done, readings.length);
    }
    return Arrays.asList(readings);
  }

  private static void progress(int done, int all) {
    if (done % 500 == 0 || done == all) {
      System.err.printf("%d of %d%n", done, all);
    }
  }

  private JsonObject described(Manifest manifest, ItemReader reader) throws IOException {
    JsonObject json = new JsonObject();
    json.addProperty("schema", 1);
    json.addProperty("modality", modality.toString());
    json.addProperty("data", data.isEmpty() ? manifest.name() : data);
    json.addProperty("manifest", manifest.name());
    json.addProperty("date", LocalDate.now(ZoneOffset.UTC).toString());
    json.addProperty("aligned", aligned);
    json.addProperty("restricted", restrict);
    json.addProperty("degradation", degradation.toString());
    json.addProperty("session", session);
    json.addProperty("cluster", cluster.isEmpty() ? session : cluster);
    json.addProperty("seed", seed);
    JsonArray models = new JsonArray();
    reader.models().forEach(models::add);
    json.add("models", models);
    JsonArray cards = new JsonArray();
    for (ModelCard card : reader.cards()) {
      JsonObject one = new JsonObject();
      one.addProperty("name", card.name());
      one.addProperty("version", card.version());
      one.addProperty("sha256", card.sha256());
      one.addProperty("licence", card.licence());
      one.addProperty("data", card.dataName());
      one.addProperty("dataLicence", card.dataLicence());
      one.addProperty("experimental", card.experimental());
      one.addProperty("training", card.training());
      one.addProperty("limits", card.limits());
      cards.add(one);
    }
    json.add("modelCards", cards);
    JsonObject versions = new JsonObject();
    versions.addProperty("erv", version("io.github.erv", "erv-core"));
    versions.addProperty("onnxruntime", OrtEnvironment.getEnvironment().getVersion());
    versions.addProperty("java", System.getProperty("java.version"));
    versions.addProperty("os", System.getProperty("os.name") + ' ' + System.getProperty("os.arch"));
    json.add("versions", versions);
    return json;
  }

  private static String version(String group, String artifact) throws IOException {
    try (InputStream in =
        Evaluate.class.getResourceAsStream(
            "/META-INF/maven/" + group + '/' + artifact + "/pom.properties")) {
      Properties properties = new Properties();
      if (in != null) {
        properties.load(in);
      }
      return properties.getProperty("version", "not packaged");
    }
  }

  private void write(JsonObject json) throws IOException {
    Path parent = out.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.writeString(out, GSON.toJson(json) + "\n");
    String name = out.getFileName().toString();
    String stem = name.endsWith(".json") ? name.substring(0, name.length() - 5) : name;
    EvaluationPage.write(json, out.resolveSibling(stem + ".html"));
    for (String line :
        json.getAsJsonArray("unreadable").asList().stream().map(Object::toString).toList()) {
      System.err.println("unreadable: " + line);
    }
    System.out.printf(
        "%s: n %s, missed %s, accuracy %s (all %s), UAR %s, ECE %s%n",
        out.getFileName(),
        json.get("n"),
        json.get("missed"),
        json.get("accuracy"),
        json.get("accuracyAll"),
        json.get("uar"),
        json.get("ece"));
  }
}
