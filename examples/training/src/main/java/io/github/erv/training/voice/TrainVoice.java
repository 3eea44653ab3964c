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
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Trains the bundled voice model on EMO-DB: scores it on speakers it has not heard, through several
 * channels, as strangers and as sessions; fits how its doubt grows; then trains on all speakers and
 * writes model, card and log.
 *
 * <p>Features are made once and kept in the output folder. Run with one thread of libtorch ({@code
 * ai.djl.pytorch.num_threads}, set here), the result depends on data and seed alone.
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

  /** Where some recordings are copies and some are not. */
  private static final List<Integer> MIXED = List.of(4, 5, 6);

  @Option(names = "--data", required = true, description = "folder of EMO-DB with manifest.csv")
  private Path data = Path.of(".");

  @Option(names = "--out", required = true, description = "folder for features, model, card, log")
  private Path out = Path.of(".");

  @Option(names = "--seed", defaultValue = "1", description = "of channels, weights and dropout")
  private long seed;

  @Option(names = "--channels", defaultValue = "9", description = "that each recording is heard by")
  private int channels;

  @Option(names = "--updates", defaultValue = "2000", description = "of each network")
  private int updates;

  @Option(names = "--members", defaultValue = "3", description = "networks that are averaged")
  private int members;

  @Option(names = "--dropout", defaultValue = "0.5", description = "of hidden values")
  private float dropout;

  @Option(names = "--weight-decay", defaultValue = "0.01", description = "of AdamW")
  private float weightDecay;

  private final StringBuilder log = new StringBuilder();

  /** Called by the command line. */
  public TrainVoice() {}

  /**
   * Runs the recipe.
   *
   * @param args see {@code --help}
   */
  public static void main(String[] args) {
    System.setProperty("ai.djl.pytorch.num_threads", "1");
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    System.exit(new CommandLine(new TrainVoice()).execute(args));
  }

  /** One held-out recording, read in one way under one condition. */
  private record Kind(String condition, String way) {}

  /** What was said of recordings, before the doubt is known. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Step(
      int recording, double weight, float[] logits, double distance, double known) {}

  @Override
  public Integer call() throws IOException {
    Files.createDirectories(out);
    List<EmoDb.Sound> sounds = EmoDb.sounds(data, LABELS);
    String suffix = "-%s-%d-%d.bin".formatted(VoiceFeatures.VERSION, seed, channels);
    List<FeatureTable.Row> crops =
        FeatureTable.cached(
            out.resolve("crops" + suffix), () -> FeatureTable.crops(sounds, channels, seed));
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
    say(
        "seed %d, %d channels, %d updates, %d members, dropout %s, weight decay %s",
        seed, channels, updates, members, dropout, weightDecay);
    say("%d recordings, %d crops, %d features", sounds.size(), crops.size(), VoiceFeatures.SIZE);
    TrainedVoice.Settings settings =
        new TrainedVoice.Settings(updates, members, dropout, weightDecay);

    // leave one speaker out
    Map<Kind, List<Step>> said = new LinkedHashMap<>();
    List<Doubt.Held> doubted = new ArrayList<>();
    for (String speaker : sounds.stream().map(EmoDb.Sound::speaker).distinct().sorted().toList()) {
      TrainedVoice voice =
          TrainedVoice.train(
              crops.stream().filter(r -> !of(sounds, r).equals(speaker)).toList(),
              sounds,
              settings,
              seed);
      for (Map.Entry<String, List<FeatureTable.Row>> condition : steps.entrySet()) {
        Map<Integer, List<FeatureTable.Row>> own = new LinkedHashMap<>();
        for (FeatureTable.Row row : condition.getValue()) {
          if (of(sounds, row).equals(speaker)) {
            own.computeIfAbsent(row.recording(), r -> new ArrayList<>()).add(row);
          }
        }
        for (Map.Entry<String, List<Integer>> way : orders(own, sounds).entrySet()) {
          said.computeIfAbsent(
                  new Kind(condition.getKey(), way.getKey()), kind -> new ArrayList<>())
              .addAll(play(voice, way.getKey(), way.getValue(), own));
        }
      }
      // doubt is learnt from the speaker's crops through channels other than those scored
      List<FeatureTable.Row> own = new ArrayList<>();
      crops.stream().filter(r -> of(sounds, r).equals(speaker)).forEach(own::add);
      Collections.shuffle(own, new Random(seed));
      Map<Integer, SubjectProfile> profiles = new LinkedHashMap<>();
      for (FeatureTable.Row row : own) {
        int label = sounds.get(row.recording()).label();
        SubjectProfile known =
            profiles
                .getOrDefault(row.channel(), SubjectProfile.empty(VoiceFeatures.SIZE))
                .plus(row.values(), 1);
        profiles.put(row.channel(), known);
        for (SubjectProfile profile : List.of(SubjectProfile.empty(VoiceFeatures.SIZE), known)) {
          float[] input = voice.input(profile, row.values());
          doubted.add(
              new Doubt.Held(
                  label,
                  voice.answer(input).values(),
                  Doubt.distance(input),
                  input[VoiceNet.INPUTS - 1]));
        }
      }
    }
    double[] distances = doubted.stream().mapToDouble(Doubt.Held::distance).sorted().toArray();
    List<Doubt.Held> classes =
        doubted.stream()
            .map(
                h ->
                    new Doubt.Held(
                        h.label(),
                        Arrays.copyOf(h.logits(), LABELS.size()),
                        h.distance(),
                        h.known()))
            .toList();
    Doubt doubt = Doubt.fit(classes, (float) distances[distances.length / 2]);
    say(
        "doubt: temperature %.3f, usual distance %.3f, far %.3f, stranger %.3f",
        doubt.temperature(), doubt.usual(), doubt.far(), doubt.stranger());
    say("");
    say(
        "%-17s %-10s %-38s %-38s %-8s %-6s %s",
        "condition", "heard", "4 originals", "7 classes", "arousal", "ECE", "confidence");
    Map<Kind, String> four = new LinkedHashMap<>();
    Map<Kind, String> seven = new LinkedHashMap<>();
    for (Map.Entry<Kind, List<Step>> kind : said.entrySet()) {
      Map<Integer, float[]> pooled = pooled(kind.getValue(), doubt);
      List<Score.Held> held = new ArrayList<>();
      pooled.forEach(
          (recording, p) ->
              held.add(
                  new Score.Held(
                      sounds.get(recording).speaker(),
                      sounds.get(recording).label(),
                      logarithms(p))));
      Score ofFour = Score.of(held, ORIGINALS, seed);
      Score ofSeven = Score.of(held, ALL, seed);
      four.put(kind.getKey(), ofFour.toString());
      seven.put(kind.getKey(), ofSeven.toString());
      say(
          "%-17s %-10s %-38s %-38s %-8.3f %-6.3f %.2f",
          kind.getKey().condition,
          kind.getKey().way,
          ofFour,
          ofSeven,
          arousalAuc(kind.getValue(), sounds),
          Score.calibrationError(held),
          Score.confidence(held));
      if (kind.getKey().equals(new Kind("clean", "session"))) {
        say("%s", confusion(held));
      }
    }

    TrainedVoice voice = TrainedVoice.train(crops, sounds, settings, seed);
    byte[] graph = VoiceNet.graph(voice.members, LABELS.size(), doubt);
    double probe = CopyProbe.auc(probed(voice, crops, sounds));
    say(
        "copies told from originals within fear, disgust and boredom by the embedding: AUC %.2f",
        probe);
    Files.write(out.resolve("emodb-voice.onnx"), graph);
    Files.writeString(
        out.resolve("emodb-voice.card.json"),
        card(graph, voice, doubt, four, seven, sounds.size(), probe) + "\n");
    Files.writeString(out.resolve("emodb-voice.log"), log);
    return 0;
  }

  private static String of(List<EmoDb.Sound> sounds, FeatureTable.Row row) {
    return sounds.get(row.recording()).speaker();
  }

  /** The ways of playing a speaker's recordings, and their order. */
  private Map<String, List<Integer>> orders(
      Map<Integer, List<FeatureTable.Row>> own, List<EmoDb.Sound> sounds) {
    List<Integer> mixed = new ArrayList<>(own.keySet());
    Collections.shuffle(mixed, new Random(seed));
    List<Integer> sorted = new ArrayList<>(own.keySet());
    sorted.sort(Comparator.comparing(r -> sounds.get(r).label()));
    Map<String, List<Integer>> orders = new LinkedHashMap<>();
    orders.put("alone", mixed);
    orders.put("session", mixed);
    orders.put("known", mixed);
    orders.put("by emotion", sorted);
    return orders;
  }

  /** What is said when recordings are played one after the other. */
  private static List<Step> play(
      TrainedVoice voice,
      String way,
      List<Integer> order,
      Map<Integer, List<FeatureTable.Row>> own) {
    List<Step> steps = new ArrayList<>();
    SubjectProfile speaker = SubjectProfile.empty(VoiceFeatures.SIZE);
    for (int pass = way.equals("known") ? 0 : 1; pass < 2; pass++) {
      for (int recording : order) {
        if (way.equals("alone")) {
          speaker = SubjectProfile.empty(VoiceFeatures.SIZE);
        }
        for (FeatureTable.Row row : own.getOrDefault(recording, List.of())) {
          if (pass == 0 || !way.equals("known")) {
            speaker = speaker.plus(row.values(), row.weight());
          }
          if (pass == 0) {
            continue;
          }
          float[] input = voice.input(speaker, row.values());
          steps.add(
              new Step(
                  recording,
                  Math.min(1, row.frames() / 150.0),
                  voice.answer(input).values(),
                  Doubt.distance(input),
                  input[VoiceNet.INPUTS - 1]));
        }
      }
    }
    return steps;
  }

  /** The mean of a recording's distributions, weighed as the encoder's quality does. */
  private static Map<Integer, float[]> pooled(List<Step> steps, Doubt doubt) {
    Map<Integer, float[]> sums = new LinkedHashMap<>();
    Map<Integer, Double> weights = new LinkedHashMap<>();
    for (Step step : steps) {
      double reliability = Math.exp(-doubt.exponent(step.distance, step.known));
      double weight = step.weight * reliability;
      double total = 0;
      double[] p = new double[LABELS.size()];
      double most = Double.NEGATIVE_INFINITY;
      for (int c = 0; c < p.length; c++) {
        most = Math.max(most, step.logits[c]);
      }
      for (int c = 0; c < p.length; c++) {
        p[c] = Math.exp((step.logits[c] - most) * reliability / doubt.temperature());
        total += p[c];
      }
      float[] sum = sums.computeIfAbsent(step.recording, r -> new float[LABELS.size()]);
      for (int c = 0; c < p.length; c++) {
        sum[c] += (float) (weight * p[c] / total);
      }
      weights.merge(step.recording, weight, Double::sum);
    }
    sums.forEach(
        (recording, sum) -> {
          for (int c = 0; c < sum.length; c++) {
            sum[c] /= weights.getOrDefault(recording, 1.0).floatValue();
          }
        });
    return sums;
  }

  private static float[] logarithms(float[] p) {
    float[] logs = new float[p.length];
    for (int c = 0; c < p.length; c++) {
      logs[c] = (float) Math.log(Math.max(1e-9, p[c]));
    }
    return logs;
  }

  /** How often a recording of a class of high arousal is above one of low arousal. */
  private static double arousalAuc(List<Step> steps, List<EmoDb.Sound> sounds) {
    Map<Integer, Double> sums = new LinkedHashMap<>();
    Map<Integer, Double> weights = new LinkedHashMap<>();
    for (Step step : steps) {
      sums.merge(step.recording, step.weight * Math.tanh(step.logits[LABELS.size()]), Double::sum);
      weights.merge(step.recording, step.weight, Double::sum);
    }
    List<Double> high = new ArrayList<>();
    List<Double> low = new ArrayList<>();
    sums.forEach(
        (recording, sum) -> {
          int label = sounds.get(recording).label();
          double arousal = sum / weights.getOrDefault(recording, 1.0);
          if (label == 1 || label == 3 || label == 4) {
            high.add(arousal);
          } else if (label == 2 || label == 6) {
            low.add(arousal);
          }
        });
    double right = 0;
    for (double h : high) {
      for (double l : low) {
        right += h > l ? 1 : h == l ? 0.5 : 0;
      }
    }
    return right / high.size() / low.size();
  }

  private List<CopyProbe.Sample> probed(
      TrainedVoice voice, List<FeatureTable.Row> crops, List<EmoDb.Sound> sounds) {
    List<CopyProbe.Sample> samples = new ArrayList<>();
    for (FeatureTable.Row row : crops) {
      EmoDb.Sound sound = sounds.get(row.recording());
      if (row.channel() == 0 && MIXED.contains(sound.label())) {
        float[] input = voice.input(SubjectProfile.empty(VoiceFeatures.SIZE), row.values());
        samples.add(
            new CopyProbe.Sample(
                sound.speaker(),
                sound.label(),
                sound.name().startsWith("cut"),
                voice.answer(input).embedding()));
      }
    }
    return samples;
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
      byte[] graph,
      TrainedVoice voice,
      Doubt doubt,
      Map<Kind, String> four,
      Map<Kind, String> seven,
      int recordings,
      double probe) {
    float[] scale = voice.deviations.clone();
    for (int i = 0; i < scale.length; i++) {
      scale[i] = 1 / scale[i];
    }
    Map<String, Object> card = new LinkedHashMap<>();
    card.put("name", "emodb-voice");
    card.put("version", "0.2");
    card.put("sha256", Hashing.sha256().hashBytes(graph).toString());
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
            List.of(-1, VoiceNet.INPUTS),
            "layout",
            "NV",
            "features",
            VoiceFeatures.VERSION,
            "limit",
            TrainedVoice.LIMIT,
            "baseline",
            ordered(
                "meanWeight", TrainedVoice.MEAN_WEIGHT,
                "deviationWeight", TrainedVoice.DEVIATION_WEIGHT,
                "enough", TrainedVoice.ENOUGH),
            "mean",
            voice.means,
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
                "shape", List.of(-1, VoiceNet.EMBEDDING * members),
                "meaning", "embedding"),
            ordered("name", "reliability", "shape", List.of(-1, 1), "meaning", "reliability")));
    card.put("temperature", doubt.temperature());
    card.put("reliability", 0.5);
    card.put("experimental", true);
    card.put(
        "training",
        ("TrainVoice --seed %d --channels %d --updates %d --members %d --dropout %s --weight-decay"
                + " %s on %d recordings of 10 speakers: %d features of speech at 16 kHz, read"
                + " against population or speaker; %d networks with one hidden layer of %d, averaged."
                + " All recordings through one chain (low-pass near 6.7 kHz, one resampler, zeros"
                + " stripped, random crops of at most 1.9 s), once clean and through %d channels a"
                + " speaker: pace, room, microphone, noise, line, gain; classes drawn alike.")
            .formatted(
                seed,
                channels,
                updates,
                members,
                dropout,
                weightDecay,
                recordings,
                VoiceFeatures.SIZE,
                members,
                VoiceNet.HIDDEN,
                channels - 1));
    Kind alone = new Kind("clean", "alone");
    Kind session = new Kind("clean", "session");
    Kind known = new Kind("clean", "known");
    card.put(
        "accuracy",
        ("Leave one speaker out, intervals by bootstrap over speakers, a recording read as the mean"
                + " of its steps. The four classes that are all originals (neutral, happiness,"
                + " sadness, anger), guessing among them: each recording alone %s; in one session of"
                + " the speaker, from the first recording on, %s; with the baseline of all his"
                + " recordings %s. Seven classes, part of whose fear, disgust and boredom are"
                + " processed copies: alone %s, session %s. Copies told from originals by the"
                + " embedding: AUC %.2f. Through noise, rooms and lines see emodb-voice.log.")
            .formatted(
                four.get(alone),
                four.get(session),
                four.get(known),
                seven.get(alone),
                seven.get(session),
                probe));
    card.put(
        "limits",
        "Ten actors, German, ten sentences, one studio. Accuracy on spontaneous speech, other"
            + " languages, children or sung voices is unknown and certainly lower; it falls over"
            + " telephone lines. A speaker heard with one emotion only becomes that emotion's"
            + " baseline. Arousal is that of the acted classes. It has never heard surprise,"
            + " contempt or calm.");
    return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(card);
  }

  private static Map<String, Object> ordered(Object... namesAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }
}
