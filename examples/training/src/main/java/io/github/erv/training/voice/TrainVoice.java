package io.github.erv.training.voice;

import com.google.common.hash.Hashing;
import com.google.gson.GsonBuilder;
import io.github.erv.audio.VoiceFeatures;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.personal.SubjectProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Trains the bundled voice model on EMO-DB: scores it on speakers it has not heard, through several
 * channels, as strangers and as acquaintances; fits how its doubt grows; then fits it to all
 * speakers, probes what it tells of copies, and writes model, card and log.
 *
 * <p>The model is linear, the fit convex: from the same data and seed it comes out the same to the
 * bit. Anything that is not finite stops the recipe. Features are made once and kept in the output
 * folder.
 */
@Command(name = "TrainVoice", mixinStandardHelpOptions = true)
public final class TrainVoice implements Callable<Integer> {
  static final LabelSet LABELS =
      LabelSet.of(
          Emotion.NEUTRAL,
          Emotion.HAPPINESS,
          Emotion.SADNESS,
          Emotion.ANGER,
          Emotion.FEAR,
          Emotion.DISGUST,
          Emotion.BOREDOM);

  /** The classes whose recordings are all originals, see {@link EmoDb}. */
  private static final int[] ORIGINALS = {0, 1, 2, 3};

  private static final int[] ALL = {0, 1, 2, 3, 4, 5, 6};

  private static final String CLEAN = "clean";

  @Option(names = "--data", required = true, description = "folder of EMO-DB with manifest.csv")
  private Path data = Path.of(".");

  @Option(names = "--out", required = true, description = "folder for features, model, card, log")
  private Path out = Path.of(".");

  @Option(names = "--seed", defaultValue = "1", description = "of channels, crops and baselines")
  private long seed;

  @Option(names = "--channels", defaultValue = "9", description = "that each recording is heard by")
  private int channels;

  private final StringBuilder log = new StringBuilder();

  /** Called by the command line. */
  public TrainVoice() {}

  /**
   * Runs the recipe.
   *
   * @param args see {@code --help}
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new TrainVoice()).execute(args));
  }

  /** Scores of held-out recordings heard in one way, printed. */
  private record Scores(String four, String seven, double arousal) {}

  @Override
  public Integer call() throws IOException {
    Files.createDirectories(out);
    List<EmoDb.Sound> sounds = EmoDb.sounds(data, LABELS);
    List<EmoDb.Sound> copies = EmoDb.madeCopies(data, LABELS);
    String drawn = "-%s-%d-%d.bin".formatted(VoiceFeatures.VERSION, seed, channels);
    List<FeatureTable.Row> crops =
        FeatureTable.cached(
            out.resolve("crops" + drawn), () -> FeatureTable.crops(sounds, channels, seed));
    List<FeatureTable.Row> copiedCrops =
        FeatureTable.cached(
            out.resolve("copies-%s-%d.bin".formatted(VoiceFeatures.VERSION, seed)),
            () -> FeatureTable.crops(copies, 1, seed));
    Map<String, List<FeatureTable.Row>> steps = new LinkedHashMap<>();
    for (Map.Entry<String, Channel> condition : FeatureTable.conditions().entrySet()) {
      int number = steps.size();
      String name = condition.getKey().replaceAll("[^a-z0-9]+", "-");
      steps.put(
          condition.getKey(),
          FeatureTable.cached(
              out.resolve("steps-" + name + "-" + VoiceFeatures.VERSION + ".bin"),
              () -> FeatureTable.steps(sounds, condition.getValue(), number)));
    }
    say("seed %d, %d channels", seed, channels);
    say("%d recordings, %d crops, %d features", sounds.size(), crops.size(), VoiceFeatures.SIZE);

    HeldOutVoices voices = new HeldOutVoices(crops, sounds, seed);
    say("penalties chosen without each speaker: %s", voices.penalties());
    Doubt doubt = Doubt.fit(voices.held(crops, sounds, seed));
    say(
        "doubt: temperature %.3f, usual distance %.3f, far %.3f, stranger %.3f",
        doubt.temperature(), doubt.usual(), doubt.far(), doubt.stranger());
    say("");
    say(
        "%-17s %-10s %-38s %-38s %-8s %-9s %-6s %s",
        "condition", "heard", "4 originals", "7 classes", "arousal", "accuracy", "says", "ECE");
    Map<Playback.Way, Scores> clean = new LinkedHashMap<>();
    for (Map.Entry<String, List<FeatureTable.Row>> condition : steps.entrySet()) {
      for (Playback.Way way : Playback.Way.values()) {
        List<Playback.Heard> heard = new ArrayList<>();
        for (String speaker : voices.penalties().keySet()) {
          List<FeatureTable.Row> own =
              condition.getValue().stream()
                  .filter(r -> sounds.get(r.recording()).speaker().equals(speaker))
                  .toList();
          heard.addAll(new Playback(voices.without(speaker), way, own, sounds, seed).heard(doubt));
        }
        Scores scores = score(condition.getKey(), way, heard, sounds);
        if (condition.getKey().equals(CLEAN)) {
          clean.put(way, scores);
        }
      }
    }

    VoicePopulation population = new VoicePopulation(crops, sounds);
    TrainedVoice voice =
        new TrainedVoice(population, population.examples(crops, sounds, seed), voices.penalty());
    say("");
    say("all speakers: penalty %s", voices.penalty());
    CopyProbe.Result real = CopyProbe.ofSpeakers(mixed(voice, crops, sounds), seed);
    say("copies told from originals within fear, disgust and boredom by the embedding: %s", real);
    CopyProbe.Result made = twins(voice, crops, copiedCrops, sounds);
    say("the same recordings, as they are and made into copies: %s", made);
    byte[] graph = voice.graph(doubt);
    String hash = Hashing.sha256().hashBytes(graph).toString();
    say("emodb-voice.onnx has the SHA-256 %s", hash);
    Files.write(out.resolve("emodb-voice.onnx"), graph);
    Files.writeString(
        out.resolve("emodb-voice.card.json"),
        card(hash, voice, doubt, clean, sounds.size(), voices.penalty(), real, made) + "\n");
    Files.writeString(out.resolve("emodb-voice.log"), log);
    return 0;
  }

  private Scores score(
      String condition, Playback.Way way, List<Playback.Heard> heard, List<EmoDb.Sound> sounds) {
    List<Score.Held> held = new ArrayList<>();
    for (Playback.Heard one : heard) {
      EmoDb.Sound sound = sounds.get(one.recording());
      held.add(new Score.Held(sound.speaker(), sound.label(), logarithms(one.probabilities())));
    }
    Scores scores =
        new Scores(
            Score.of(held, ORIGINALS, seed).toString(),
            Score.of(held, ALL, seed).toString(),
            Playback.arousalAuc(heard, sounds));
    say(
        "%-17s %-10s %-38s %-38s %-8.3f %-9.2f %-6.2f %.3f",
        condition,
        way,
        scores.four,
        scores.seven,
        scores.arousal,
        Score.accuracy(held),
        Score.confidence(held),
        Score.calibrationError(held));
    if (condition.equals(CLEAN) && way == Playback.Way.SESSION) {
      say("%s", confusion(held));
    }
    return scores;
  }

  private static float[] logarithms(float[] p) {
    float[] logs = new float[p.length];
    for (int c = 0; c < p.length; c++) {
      logs[c] = (float) Math.log(Math.max(1e-9, p[c]));
    }
    return logs;
  }

  /** The clean crops of the classes some of whose recordings are copies. */
  private static List<CopyProbe.Sample> mixed(
      TrainedVoice voice, List<FeatureTable.Row> crops, List<EmoDb.Sound> sounds) {
    Set<Integer> mixed = new HashSet<>();
    sounds.stream().filter(EmoDb.Sound::copy).forEach(s -> mixed.add(s.label()));
    return crops.stream()
        .filter(r -> r.channel() == 0 && mixed.contains(sounds.get(r.recording()).label()))
        .map(r -> sample(voice, r, sounds))
        .toList();
  }

  /** The clean crops of original recordings, against those of the copies made of them. */
  private CopyProbe.Result twins(
      TrainedVoice voice,
      List<FeatureTable.Row> crops,
      List<FeatureTable.Row> copied,
      List<EmoDb.Sound> sounds) {
    Map<Integer, FeatureTable.Row> copies = new LinkedHashMap<>();
    copied.forEach(r -> copies.put(r.recording(), r));
    List<CopyProbe.Sample> originals = new ArrayList<>();
    List<CopyProbe.Sample> twins = new ArrayList<>();
    for (FeatureTable.Row row : crops) {
      FeatureTable.Row copy = copies.get(row.recording());
      if (row.channel() == 0 && copy != null && !sounds.get(row.recording()).copy()) {
        originals.add(sample(voice, row, sounds));
        twins.add(sample(voice, copy, sounds));
      }
    }
    return CopyProbe.ofTwins(originals, twins, seed);
  }

  private static CopyProbe.Sample sample(
      TrainedVoice voice, FeatureTable.Row row, List<EmoDb.Sound> sounds) {
    EmoDb.Sound sound = sounds.get(row.recording());
    SubjectProfile stranger = SubjectProfile.empty(VoiceFeatures.SIZE);
    return new CopyProbe.Sample(
        sound.speaker(),
        sound.label(),
        sound.copy(),
        voice.outputs(voice.population.input(stranger, row.values())));
  }

  private void say(String format, Object... values) {
    String line = String.format(Locale.ROOT, format, values);
    System.out.println(line);
    log.append(line).append('\n');
  }

  private static String confusion(List<Score.Held> held) {
    int[][] counts = new int[ALL.length][ALL.length];
    held.forEach(one -> counts[one.label()][one.guess(ALL)]++);
    StringBuilder table = new StringBuilder("confusion, rows are true, columns in the same order");
    for (int c = 0; c < ALL.length; c++) {
      table.append(String.format(Locale.ROOT, "%n%10s", LABELS.get(c)));
      for (int count : counts[c]) {
        table.append(String.format(Locale.ROOT, "%5d", count));
      }
    }
    return table.toString();
  }

  private String card(
      String hash,
      TrainedVoice voice,
      Doubt doubt,
      Map<Playback.Way, Scores> clean,
      int recordings,
      double penalty,
      CopyProbe.Result real,
      CopyProbe.Result made) {
    float[] scale = voice.population.deviations.clone();
    for (int i = 0; i < scale.length; i++) {
      scale[i] = 1 / scale[i];
    }
    Map<String, Object> card = new LinkedHashMap<>();
    card.put("name", "emodb-voice");
    card.put("version", "0.2");
    card.put("sha256", hash);
    card.put("task", "emotion expressed in speech");
    card.put(
        "weights",
        ordered(
            "source", "trained by this project, io.github.erv.training.voice.TrainVoice",
            "licence", "Apache-2.0",
            "licenceClass", "PERMISSIVE"));
    card.put(
        "data",
        ordered(
            "name", "EMO-DB (Burkhardt et al., 2005, A database of German emotional speech)",
            "licence", "CC0-1.0",
            "rightsClear", true));
    card.put("labels", LABELS.emotions().stream().map(Emotion::name).toList());
    card.put(
        "input",
        ordered(
            "name",
            "features",
            "shape",
            List.of(-1, VoicePopulation.INPUTS),
            "layout",
            "NV",
            "features",
            VoiceFeatures.VERSION,
            "limit",
            VoicePopulation.LIMIT,
            "baseline",
            ordered(
                "meanWeight", VoicePopulation.MEAN_WEIGHT,
                "deviationWeight", VoicePopulation.DEVIATION_WEIGHT,
                "enough", VoicePopulation.ENOUGH),
            "mean",
            voice.population.means,
            "scale",
            scale));
    card.put(
        "outputs",
        List.of(
            ordered("name", "logits", "shape", List.of(-1, LABELS.size()), "meaning", "logits"),
            ordered(
                "name", "arousal",
                "shape", List.of(-1, 1),
                "meaning", "affect",
                "components", List.of("arousal"),
                "range", List.of(-1, 1)),
            ordered(
                "name", "embedding",
                "shape", List.of(-1, TrainedVoice.OUTPUTS),
                "meaning", "embedding"),
            ordered("name", "reliability", "shape", List.of(-1, 1), "meaning", "reliability")));
    card.put("temperature", doubt.temperature());
    card.put("reliability", 0.5);
    card.put("experimental", true);
    card.put(
        "training",
        ("TrainVoice --seed %d --channels %d on %d recordings of 10 speakers: %d features of speech"
                + " at 16 kHz, read against population or speaker; linear, ridge penalty %s chosen"
                + " by leaving speakers out. All recordings through one chain (low-pass near"
                + " 6.7 kHz, one resampler, zeros stripped, random crops of at most 1.9 s), once"
                + " clean and through %d channels a speaker: pace, room, microphone, noise, line,"
                + " gain; classes weigh alike.")
            .formatted(seed, channels, recordings, VoiceFeatures.SIZE, penalty, channels - 1));
    Scores alone = scores(clean, Playback.Way.ALONE);
    Scores session = scores(clean, Playback.Way.SESSION);
    Scores known = scores(clean, Playback.Way.KNOWN);
    card.put(
        "accuracy",
        ("Leave one speaker out, the penalty chosen without him, intervals by bootstrap over"
                + " speakers, a recording read as the mean of its steps. The four classes that are"
                + " all originals (neutral, happiness, sadness, anger), guessing among them: each"
                + " recording alone %s; in one session of the speaker, from the first recording on,"
                + " %s; with the baseline of all his other recordings %s. Seven classes, part of"
                + " whose fear, disgust and boredom are processed copies: alone %s, session %s,"
                + " baseline %s. Arousal of high against low classes: AUC %.3f alone. Copies told"
                + " from originals by the embedding: %s; recordings made into copies, against"
                + " themselves: %s. Through noise, rooms and lines see emodb-voice.log.")
            .formatted(
                alone.four,
                session.four,
                known.four,
                alone.seven,
                session.seven,
                known.seven,
                alone.arousal,
                real,
                made));
    card.put(
        "limits",
        "Ten actors, German, ten sentences, one studio. Accuracy on spontaneous speech, other"
            + " languages, children or sung voices is unknown and certainly lower; it falls over"
            + " telephone lines. A speaker heard with one emotion only becomes that emotion's"
            + " baseline. Arousal is that of the acted classes. It has never heard surprise,"
            + " contempt or calm.");
    return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(card);
  }

  private static Scores scores(Map<Playback.Way, Scores> all, Playback.Way way) {
    Scores scores = all.get(way);
    if (scores == null) {
      throw new IllegalStateException("nothing was heard " + way);
    }
    return scores;
  }

  private static Map<String, Object> ordered(Object... namesAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }
}
