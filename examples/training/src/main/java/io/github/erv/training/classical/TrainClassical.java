package io.github.erv.training.classical;

import io.github.erv.audio.ClassicalSpeechEncoder;
import io.github.erv.classical.BaumWelch;
import io.github.erv.classical.BaumWelch.Topology;
import io.github.erv.classical.HiddenMarkovClassifier;
import io.github.erv.classical.HiddenMarkovModel;
import io.github.erv.classical.SupportVectorMachine;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.onnx.ModelCard.LicenceClass;
import io.github.erv.onnx.Provenance;
import io.github.erv.personal.Population;
import io.github.erv.personal.SubjectProfile;
import io.github.erv.training.voice.EmoDb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Trains classical voice recognisers on EMO-DB and says how well they read speakers that they have
 * not heard: eGeMAPS and a support vector machine, cepstral frames and a hidden Markov model of
 * each emotion.
 *
 * <p>Each speaker is left out in turn. Kernel and C of the machine are chosen among the others,
 * each of whom is left out in turn once more; the hidden Markov models have nothing to choose. With
 * {@code --normalise} features are read against the speaker's own mean and deviation over all of
 * his recordings, also where he is the one left out: his voice is known then, his emotions are not.
 */
@Command(name = "TrainClassical", mixinStandardHelpOptions = true)
public final class TrainClassical implements Callable<Integer> {
  enum Recogniser {
    SVM,
    HMM
  }

  /** All emotions; the first four are those whose recordings are all originals. */
  private static final LabelSet LABELS =
      LabelSet.of(
          Emotion.NEUTRAL,
          Emotion.HAPPINESS,
          Emotion.SADNESS,
          Emotion.ANGER,
          Emotion.FEAR,
          Emotion.DISGUST,
          Emotion.BOREDOM);

  private static final int STATES = 4;
  private static final int MIXTURES = 4;

  @Option(names = "--data", required = true, description = "folder of EMO-DB with manifest.csv")
  private Path data = Path.of(".");

  @Option(
      names = "--out",
      required = true,
      description = "x.safetensors; card and log go beside it")
  private Path out = Path.of(".");

  @Option(names = "--recogniser", defaultValue = "SVM", description = "${COMPLETION-CANDIDATES}")
  private Recogniser recogniser = Recogniser.SVM;

  @Option(names = "--classes", defaultValue = "4", description = "4 (all originals) or 7")
  private int classes;

  @Option(names = "--normalise", description = "by each speaker's own mean and deviation")
  private boolean normalise;

  @Option(names = "--folds", description = "also writes x-SPEAKER.safetensors without each speaker")
  private boolean folds;

  @Option(names = "--seed", defaultValue = "1", description = "of folds, means and intervals")
  private long seed;

  private final StringBuilder log = new StringBuilder();
  private LabelSet labels = LABELS;

  private TrainClassical() {}

  /**
   * Runs the program.
   *
   * @param args see {@code --help}
   */
  public static void main(String... args) {
    System.exit(
        new CommandLine(new TrainClassical())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(args));
  }

  @Override
  public Integer call() throws IOException {
    labels = LabelSet.of(LABELS.emotions().subList(0, classes));
    List<Recording> recordings = new ArrayList<>();
    for (EmoDb.Sound sound : EmoDb.sounds(data, LABELS)) {
      if (sound.label() < classes) {
        recordings.add(
            recogniser == Recogniser.SVM ? Recording.functionals(sound) : Recording.cepstra(sound));
      }
    }
    Map<String, SubjectProfile> profiles = Recording.profiles(recordings);
    say(
        "%s, %d classes, %s, %d recordings of %d speakers",
        recogniser,
        classes,
        normalise ? "normalised by speaker" : "plain",
        recordings.size(),
        profiles.size());
    List<Held> held = new ArrayList<>();
    Map<String, Model> models = new LinkedHashMap<>();
    for (String speaker : profiles.keySet()) {
      Fold fold = new Fold(recordings, profiles, speaker);
      Model model = learn(fold);
      List<Held> own = fold.held.stream().map(model::read).toList();
      held.addAll(own);
      models.put(speaker, model);
      say("  without %s: %s, UAR %.1f %%", speaker, model, 100 * Held.uar(own, labels));
    }
    float temperature = recogniser == Recogniser.SVM ? 1 : Held.temperature(held, labels);
    String accuracy = Held.report(held, labels, temperature, seed);
    say("%s", accuracy);
    if (folds) {
      for (Map.Entry<String, Model> fold : models.entrySet()) {
        fold.getValue()
            .save(beside("-" + fold.getKey() + ".safetensors"), temperature, "of a fold: unknown");
      }
    }
    Model model = learn(new Fold(recordings, profiles, ""));
    say("all speakers: %s, temperature %.2f", model, temperature);
    model.save(out, temperature, "EMO-DB, each speaker left out in turn: " + accuracy);
    Files.writeString(beside(".log"), log);
    return 0;
  }

  private Path beside(String ending) {
    String stem = String.valueOf(out.getFileName()).replaceFirst("\\.safetensors$", "");
    return out.resolveSibling(stem + ending);
  }

  private void say(String format, Object... values) {
    String line = String.format(Locale.ROOT, format, values);
    log.append(line).append('\n');
    System.out.println(line);
  }

  /** Recordings for learning and those of the speaker left out, all normalised. */
  private final class Fold {
    final Population population;
    final List<Recording> training = new ArrayList<>();
    final List<Recording> held = new ArrayList<>();

    Fold(List<Recording> recordings, Map<String, SubjectProfile> profiles, String left) {
      Map<String, SubjectProfile> others = new LinkedHashMap<>(profiles);
      others.remove(left);
      population = Recording.population(others);
      SubjectProfile unknown = SubjectProfile.empty(population.size());
      for (Recording one : recordings) {
        SubjectProfile profile = profiles.getOrDefault(one.speaker(), unknown);
        (one.speaker().equals(left) ? held : training)
            .add(one.normalised(population, normalise ? profile : unknown));
      }
    }
  }

  /** What was learnt. */
  private interface Model {
    Held read(Recording recording);

    void save(Path file, float temperature, String accuracy) throws IOException;
  }

  private Model learn(Fold fold) {
    return switch (recogniser) {
      case SVM -> new Machine(choose(fold.training), fold);
      case HMM -> new Markov(fold);
    };
  }

  private final class Machine implements Model {
    private final LibSvm setting;
    private final Population population;
    private final SupportVectorMachine machine;
    private final SupportVectorMachine.Session session;

    Machine(LibSvm setting, Fold fold) {
      this.setting = setting;
      population = fold.population;
      machine = setting.fit(fold.training, classes, true, seed);
      session = machine.open();
    }

    @Override
    public Held read(Recording recording) {
      float[] p = new float[classes];
      session.probabilitiesInto(recording.rows(), 0, p, 0);
      for (int c = 0; c < classes; c++) {
        p[c] = (float) Math.log(p[c]);
      }
      return new Held(recording, p);
    }

    @Override
    public void save(Path file, float temperature, String accuracy) throws IOException {
      ClassicalSpeechEncoder.save(
          file, machine, population, normalise, labels, provenance("egemaps-svm", accuracy));
    }

    @Override
    public String toString() {
      return setting + ", " + machine.supportVectors() + " support vectors";
    }
  }

  /** The setting that reads speakers best who are left out of these recordings. */
  private LibSvm choose(List<Recording> training) {
    List<String> speakers = training.stream().map(Recording::speaker).distinct().toList();
    LibSvm best = LibSvm.grid().get(0);
    double most = -1;
    for (LibSvm setting : LibSvm.grid()) {
      List<Held> held = new ArrayList<>();
      for (String speaker : speakers) {
        List<Recording> others =
            training.stream().filter(r -> !r.speaker().equals(speaker)).toList();
        SupportVectorMachine.Session session = setting.fit(others, classes, false, seed).open();
        for (Recording one : training) {
          if (one.speaker().equals(speaker)) {
            float[] votes = new float[classes];
            votes[session.classify(one.rows(), 0)] = 1;
            held.add(new Held(one, votes));
          }
        }
      }
      double uar = Held.uar(held, labels);
      if (uar > most) {
        most = uar;
        best = setting;
      }
    }
    return best;
  }

  private final class Markov implements Model {
    private final Population population;
    private final HiddenMarkovClassifier classifier;
    private final HiddenMarkovClassifier.Session session;

    Markov(Fold fold) {
      population = fold.population;
      List<HiddenMarkovModel> models = new ArrayList<>();
      BaumWelch fit =
          BaumWelch.builder(Topology.ERGODIC, STATES)
              .mixtures(MIXTURES)
              .varianceFloor(0.05)
              .iterations(15)
              .tolerance(0.001)
              .seed(seed)
              .build();
      for (int c = 0; c < classes; c++) {
        int label = c;
        List<float[]> sequences =
            fold.training.stream().filter(r -> r.label() == label).map(Recording::rows).toList();
        models.add(fit.fit(sequences, population.size()).model());
      }
      classifier = HiddenMarkovClassifier.of(models, 1);
      session = classifier.open();
    }

    @Override
    public Held read(Recording recording) {
      session.reset();
      for (int at = 0; at < recording.rows().length; at += recording.width()) {
        session.accept(recording.rows(), at);
      }
      float[] scores = new float[classes];
      session.scoresInto(scores, 0);
      return new Held(recording, scores);
    }

    @Override
    public void save(Path file, float temperature, String accuracy) throws IOException {
      ClassicalSpeechEncoder.save(
          file,
          HiddenMarkovClassifier.of(classifier.models(), temperature),
          population,
          normalise,
          labels,
          provenance("mfcc-hmm", accuracy));
    }

    @Override
    public String toString() {
      return STATES + " states of " + MIXTURES + " Gaussians";
    }
  }

  private Provenance provenance(String name, String accuracy) {
    return new Provenance(
        "emodb-" + name + "-" + classes + (normalise ? "-normalised" : ""),
        "1.0",
        "Apache-2.0",
        LicenceClass.PERMISSIVE,
        "EMO-DB, Burkhardt et al. (2005), A database of German emotional speech",
        "CC0-1.0",
        true,
        accuracy,
        "learnt from ten German actors in a quiet room, one sentence at a time");
  }
}
