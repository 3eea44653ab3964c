package io.github.erv.bench.evaluate;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import io.github.erv.Evidence;
import io.github.erv.Modality;
import io.github.erv.audio.egemaps.Egemaps;
import io.github.erv.audio.spectrum.LogMel;
import io.github.erv.audio.spectrum.MelScale;
import io.github.erv.audio.spectrum.Mfcc;
import io.github.erv.error.MediaException;
import io.github.erv.media.AudioWindow;
import io.github.erv.media.Frame;
import io.github.erv.media.MediaReader;
import io.github.erv.media.MediaRequest;
import io.github.erv.media.MediaSink;
import io.github.erv.media.MediaSource;
import io.github.erv.media.TimeSpan;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Writes acoustic features of recordings in openSMILE's CSV form: semicolons, functionals as {@code
 * name;<values>}, frames as {@code name;frameTime;<values>}.
 *
 * <p>The manifest is a CSV file with a column {@code path}, relative to the manifest; a recording's
 * name is its file name without its ending. Sound keeps its own rate; channels are averaged.
 */
@Command(
    name = "ExtractFeatures",
    mixinStandardHelpOptions = true,
    description = "Writes acoustic features of recordings in openSMILE's CSV form.")
public final class ExtractFeatures implements Callable<Integer> {
  private static final int BANDS = 40;
  private static final int COEFFICIENTS = 13;
  private static final double FLOOR = 1e-10;

  /** Which features are written. */
  enum FeatureSet {
    /** The 88 functionals of eGeMAPS v02. */
    EGEMAPS_V02("egemaps-v02"),
    /** Its 25 descriptors every 10 ms. */
    EGEMAPS_V02_LLD("egemaps-v02-lld"),
    /** 13 mel-frequency cepstral coefficients every 10 ms. */
    MFCC("mfcc"),
    /** 40 log-mel bands every 10 ms. */
    LOGMEL("logmel");

    private final String id;

    FeatureSet(String id) {
      this.id = id;
    }

    static FeatureSet of(String id) {
      for (FeatureSet set : values()) {
        if (set.id.equals(id)) {
          return set;
        }
      }
      throw new CommandLine.TypeConversionException(
          "no feature set is called '"
              + id
              + "'; there are "
              + Arrays.stream(values()).map(set -> set.id).toList());
    }
  }

  @Option(
      names = "--set",
      required = true,
      description = "egemaps-v02, egemaps-v02-lld, mfcc or logmel")
  private FeatureSet set = FeatureSet.EGEMAPS_V02;

  @Option(names = "--manifest", required = true, description = "CSV file with a column 'path'")
  private Path manifest = Path.of("");

  @Option(names = "--out", required = true, description = "the CSV file to write")
  private Path out = Path.of("");

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
    return new CommandLine(new ExtractFeatures())
        .registerConverter(FeatureSet.class, FeatureSet::of)
        .execute(arguments);
  }

  @Override
  public Integer call() throws IOException {
    Path folder = manifest.toAbsolutePath().getParent();
    try (BufferedWriter writer = Files.newBufferedWriter(out)) {
      writer.write(header());
      writer.newLine();
      for (String path : paths()) {
        Path file = folder == null ? Path.of(path) : folder.resolve(path);
        Sound sound = Sound.read(file);
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        write(dot > 0 ? name.substring(0, dot) : name, sound, writer);
      }
    }
    return 0;
  }

  private List<String> paths() throws IOException {
    List<String> paths = new ArrayList<>();
    try (CsvReader<NamedCsvRecord> reader = CsvReader.builder().ofNamedCsvRecord(manifest)) {
      for (NamedCsvRecord row : reader) {
        paths.add(row.getField("path"));
      }
    }
    return paths;
  }

  private String header() {
    return switch (set) {
      case EGEMAPS_V02 -> "name;" + String.join(";", Egemaps.functionalNames());
      case EGEMAPS_V02_LLD -> "name;frameTime;" + String.join(";", Egemaps.descriptorNames());
      case MFCC -> "name;frameTime" + numbered("mfcc", COEFFICIENTS);
      case LOGMEL -> "name;frameTime" + numbered("logMel", BANDS);
    };
  }

  private static String numbered(String name, int count) {
    StringBuilder columns = new StringBuilder();
    for (int i = 0; i < count; i++) {
      columns.append(';').append(name).append('[').append(i).append(']');
    }
    return columns.toString();
  }

  private void write(String name, Sound sound, BufferedWriter writer) throws IOException {
    switch (set) {
      case EGEMAPS_V02 -> {
        float[] values = Egemaps.functionals(sound.samples, sound.rateHz);
        writeRow(name, "", values, 0, values.length, writer);
      }
      case EGEMAPS_V02_LLD -> {
        int hop = Math.max(1, sound.rateHz / 100);
        Egemaps egemaps = new Egemaps(sound.rateHz, sound.samples.length / hop + 1);
        egemaps.process(sound.samples, 0, sound.samples.length);
        egemaps.finish();
        float[] values = new float[Egemaps.DESCRIPTORS];
        for (long frame = 0; frame < egemaps.voiceFrames(); frame++) {
          egemaps.descriptorsInto(frame, values, 0);
          writeRow(name, time(frame * 0.01), values, 0, values.length, writer);
        }
      }
      case MFCC, LOGMEL -> writeMel(name, sound, writer);
    }
  }

  private void writeMel(String name, Sound sound, BufferedWriter writer) throws IOException {
    int length = Math.max(2, Math.round(0.025f * sound.rateHz));
    int hop = Math.max(1, Math.round(0.010f * sound.rateHz));
    int fftSize = Integer.highestOneBit(length - 1) * 2;
    LogMel logMel =
        new LogMel(
            new LogMel.Spec(
                sound.rateHz,
                length,
                hop,
                fftSize,
                BANDS,
                MelScale.SLANEY,
                20,
                Math.min(8_000, sound.rateHz / 2.0),
                FLOOR));
    float[] frames = new float[logMel.maxFrames(sound.samples.length) * BANDS];
    int count = logMel.process(sound.samples, 0, sound.samples.length, frames, 0);
    Mfcc mfcc = new Mfcc(BANDS, 0, COEFFICIENTS, 22, FLOOR);
    float[] coefficients = new float[COEFFICIENTS];
    for (int f = 0; f < count; f++) {
      String time = time((double) f * hop / sound.rateHz);
      if (set == FeatureSet.MFCC) {
        mfcc.transformInto(frames, f * BANDS, coefficients, 0);
        writeRow(name, time, coefficients, 0, COEFFICIENTS, writer);
      } else {
        writeRow(name, time, frames, f * BANDS, BANDS, writer);
      }
    }
  }

  private static String time(double seconds) {
    return String.format(Locale.ROOT, ";%.6f", seconds);
  }

  private static void writeRow(
      String name, String time, float[] values, int offset, int count, BufferedWriter writer)
      throws IOException {
    writer.write(time.isEmpty() ? name : "'" + name + "'" + time); // quotes as the reference has
    for (int i = offset; i < offset + count; i++) {
      writer.write(String.format(Locale.ROOT, ";%.6e", values[i]));
    }
    writer.newLine();
  }

  /** The sound of a whole recording, mixed down. */
  static final class Sound implements MediaSink {
    private float[] samples = new float[1 << 16];
    private int filled;
    private int rateHz;

    /** All of it, at its own rate. */
    float[] samples() {
      return samples;
    }

    int rateHz() {
      return rateHz;
    }

    static Sound read(Path file) {
      Sound sound = new Sound();
      MediaRequest request =
          new MediaRequest(false, true, Double.POSITIVE_INFINITY, Optional.empty());
      try (MediaReader reader = MediaSource.of(file).open(request)) {
        boolean more = true;
        while (more) {
          more = reader.read(sound);
        }
      }
      if (sound.rateHz == 0) {
        throw new MediaException(file + " holds no sound");
      }
      sound.samples = Arrays.copyOf(sound.samples, sound.filled);
      return sound;
    }

    @Override
    public void video(Frame frame) {}

    @Override
    public void audio(AudioWindow window) {
      if (rateHz != 0 && rateHz != window.sampleRateHz()) {
        throw new MediaException(
            "the sample rate changes from " + rateHz + " to " + window.sampleRateHz() + " Hz");
      }
      rateHz = window.sampleRateHz();
      int needed = Math.addExact(filled, window.frames());
      if (needed > samples.length) {
        samples = Arrays.copyOf(samples, Math.max(needed, 2 * samples.length));
      }
      window.mixDownInto(samples, filled);
      filled = needed;
    }

    @Override
    public void lost(Modality modality, TimeSpan span, Evidence.Reason reason, String detail) {
      System.err.println(detail);
    }

    @Override
    public void discontinuity(long timeMicros) {}
  }
}
