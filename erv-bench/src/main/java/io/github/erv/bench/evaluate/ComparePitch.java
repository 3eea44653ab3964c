package io.github.erv.bench.evaluate;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import io.github.erv.audio.egemaps.Egemaps;
import io.github.erv.audio.egemaps.FrameDescriptor;
import io.github.erv.audio.voice.PitchPath;
import io.github.erv.audio.voice.Yin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Holds the fundamental frequency of eGeMAPS, of YIN and of probabilistic YIN against Praat's.
 *
 * <p>Praat's listing is made by {@code pitch.praat}, which lies beside this class among the
 * resources and says how it is run. Of each way are printed: the gross pitch error, the part of the
 * frames voiced for both whose frequencies are more than {@value #GROSS} apart; the voicing
 * decision error, the part of all frames of which one says voiced and the other not; and the mean
 * absolute difference of the rest in cents.
 *
 * @see "Rabiner et al. (1976), A comparative performance study of several pitch detection
 *     algorithms, IEEE Trans. ASSP 24(5)"
 */
@Command(
    name = "ComparePitch",
    mixinStandardHelpOptions = true,
    description = "Holds fundamental frequencies against Praat's.")
public final class ComparePitch implements Callable<Integer> {
  private static final double GROSS = 0.2;
  private static final double HOP_SECONDS = 0.01;
  private static final double CENTRE_SECONDS = 0.03;
  private static final double MIN_HZ = 55;
  private static final double MAX_HZ = 1_000;
  private static final int CANDIDATES = 6;
  private static final int LAG = 40;

  @Option(names = "--praat", required = true, description = "CSV file: name, frame, f0Hz")
  private Path praat = Path.of("");

  @Option(names = "--folder", required = true, description = "where the recordings are")
  private Path folder = Path.of("");

  @Option(names = "--ending", description = "of the recordings' files (${DEFAULT-VALUE})")
  private String ending = ".flac";

  /**
   * Runs the command.
   *
   * @param arguments see {@code --help}
   */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  /**
   * Runs the command without ending the JVM.
   *
   * @param arguments see {@code --help}
   * @return 0 if all went well
   */
  static int run(String... arguments) {
    return new CommandLine(new ComparePitch()).execute(arguments);
  }

  @Override
  public Integer call() throws IOException {
    Map<String, float[]> reference = new LinkedHashMap<>();
    try (CsvReader<NamedCsvRecord> rows = CsvReader.builder().ofNamedCsvRecord(praat)) {
      for (NamedCsvRecord row : rows) {
        int frame = Integer.parseInt(row.getField("frame"));
        float[] pitch = reference.getOrDefault(row.getField("name"), new float[0]);
        float[] longer = Arrays.copyOf(pitch, Math.max(pitch.length, frame + 1));
        longer[frame] = Float.parseFloat(row.getField("f0Hz"));
        reference.put(row.getField("name"), longer);
      }
    }
    Tally harmonics = new Tally();
    Tally yin = new Tally();
    Tally probable = new Tally();
    reference.forEach(
        (name, expected) -> {
          ExtractFeatures.Sound sound = ExtractFeatures.Sound.read(folder.resolve(name + ending));
          harmonics.add(expected, harmonics(sound, expected.length));
          yin.add(expected, yin(sound, expected.length));
          probable.add(expected, probable(sound, expected.length));
        });
    System.out.printf(
        Locale.ROOT, "%d recordings, %d frames%n", reference.size(), harmonics.frames);
    System.out.println("| pitch by | gross error | voicing error | other difference |");
    System.out.println("|---|---|---|---|");
    harmonics.print("eGeMAPS (sub-harmonic summation)");
    yin.print("YIN");
    probable.print("probabilistic YIN");
    return 0;
  }

  private static float[] harmonics(ExtractFeatures.Sound sound, int frames) {
    float[] pitch = new float[frames];
    int[] next = new int[1];
    FrameDescriptor keep =
        (samples, offset, length, f0Hz) -> {
          if (next[0] < frames) {
            pitch[next[0]] = f0Hz;
          }
          next[0]++;
          return f0Hz;
        };
    Egemaps egemaps = new Egemaps(sound.rateHz(), 1, List.of(keep));
    egemaps.process(sound.samples(), 0, sound.samples().length);
    egemaps.finish();
    return pitch;
  }

  private static float[] yin(ExtractFeatures.Sound sound, int frames) {
    Yin yin = new Yin(sound.rateHz(), MIN_HZ, MAX_HZ);
    float[] frame = new float[yin.frameLength()];
    float[] pitch = new float[frames];
    for (int f = 0; f < frames; f++) {
      cut(sound, f, frame);
      pitch[f] = yin.measure(frame, 0, Yin.THRESHOLD);
    }
    return pitch;
  }

  private static float[] probable(ExtractFeatures.Sound sound, int frames) {
    Yin yin = new Yin(sound.rateHz(), MIN_HZ, MAX_HZ);
    PitchPath path = new PitchPath(CANDIDATES, LAG, Yin.PROBABLE);
    float[] frame = new float[yin.frameLength()];
    float[] hertz = new float[CANDIDATES];
    float[] probability = new float[CANDIDATES];
    float[] pitch = new float[frames];
    int decided = 0;
    for (int f = 0; f < frames; f++) {
      cut(sound, f, frame);
      path.push(hertz, probability, yin.candidatesInto(frame, 0, hertz, probability));
      if (path.ready(false)) {
        pitch[decided++] = path.poll();
      }
    }
    while (path.ready(true)) {
      pitch[decided++] = path.poll();
    }
    return pitch;
  }

  /** Cuts what lies around the centre of an eGeMAPS frame; past the ends there is silence. */
  private static void cut(ExtractFeatures.Sound sound, int index, float[] frame) {
    double centre = (index * HOP_SECONDS + CENTRE_SECONDS) * sound.rateHz();
    int start = (int) Math.round(centre - frame.length / 2.0);
    for (int i = 0; i < frame.length; i++) {
      int at = start + i;
      frame[i] = at >= 0 && at < sound.samples().length ? sound.samples()[at] : 0;
    }
  }

  /** Errors so far. */
  private static final class Tally {
    private long frames;
    private long both;
    private long gross;
    private long voicing;
    private double cents;

    void add(float[] expected, float[] actual) {
      for (int f = 0; f < expected.length; f++) {
        frames++;
        if (expected[f] > 0 != actual[f] > 0) {
          voicing++;
        } else if (expected[f] > 0) {
          both++;
          double ratio = actual[f] / (double) expected[f];
          if (Math.abs(ratio - 1) > GROSS) {
            gross++;
          } else {
            cents += 1_200 * Math.abs(Math.log(ratio)) / Math.log(2);
          }
        }
      }
    }

    void print(String name) {
      System.out.printf(
          Locale.ROOT,
          "| %s | %.2f %% | %.2f %% | %.1f cents |%n",
          name,
          100.0 * gross / Math.max(1, both),
          100.0 * voicing / Math.max(1, frames),
          cents / Math.max(1, both - gross));
    }
  }
}
