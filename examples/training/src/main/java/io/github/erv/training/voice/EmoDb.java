package io.github.erv.training.voice;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import io.github.erv.Evidence;
import io.github.erv.Modality;
import io.github.erv.audio.voice.Vad;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.MediaException;
import io.github.erv.media.AudioWindow;
import io.github.erv.media.Frame;
import io.github.erv.media.MediaReader;
import io.github.erv.media.MediaRequest;
import io.github.erv.media.MediaSink;
import io.github.erv.media.MediaSource;
import io.github.erv.media.Resampler;
import io.github.erv.media.TimeSpan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads EMO-DB (Burkhardt et al., 2005) from a folder with a {@code manifest.csv}.
 *
 * <p>Part of the files are copies: cut or padded to two seconds and resampled, all of them of eight
 * speakers' fear, boredom and disgust. So that they do not give themselves away, all files go
 * through one chain: to 14 kHz, which ends the band at 6.7 kHz, and on to 16 kHz; zeros at the ends
 * stripped. Their length is taken care of where crops are drawn.
 */
public final class EmoDb {
  private static final int BAND_LIMITED_HZ = 14_000;

  private static final int COPIES_HZ = 22_050;
  private static final int COPIES_SECONDS = 2;

  private EmoDb() {}

  /**
   * One recording.
   *
   * @param name path in the folder
   * @param label index of the emotion
   * @param speaker who speaks
   * @param samples what came through the chain, at 16 kHz
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Sound(String name, int label, String speaker, float[] samples) {
    boolean copy() {
      return name.startsWith("cut");
    }
  }

  /**
   * Reads all recordings through the chain.
   *
   * @param folder with {@code manifest.csv}
   * @param labels all of the manifest's
   * @return in the manifest's order
   * @throws IOException if the manifest cannot be read or has another label
   */
  public static List<Sound> sounds(Path folder, LabelSet labels) throws IOException {
    return sounds(folder, labels, EmoDb::chain);
  }

  /**
   * All recordings, the originals made into copies first: resampled, and cut or padded to two
   * seconds. Held against the originals they tell what the chain leaves of that, everything else
   * being equal.
   */
  static List<Sound> madeCopies(Path folder, LabelSet labels) throws IOException {
    return sounds(
        folder,
        labels,
        (samples, rateHz) ->
            rateHz == COPIES_HZ
                ? chain(samples, rateHz)
                : chain(
                    Arrays.copyOf(resample(samples, rateHz, COPIES_HZ), COPIES_SECONDS * COPIES_HZ),
                    COPIES_HZ));
  }

  private interface Chain {
    float[] apply(float[] samples, int rateHz);
  }

  private static List<Sound> sounds(Path folder, LabelSet labels, Chain chain) throws IOException {
    List<Sound> recordings = new ArrayList<>();
    try (CsvReader<NamedCsvRecord> manifest =
        CsvReader.builder().ofNamedCsvRecord(folder.resolve("manifest.csv"))) {
      for (NamedCsvRecord row : manifest) {
        int label = labels.indexOf(new Emotion(row.getField("label")));
        if (label < 0) {
          throw new IOException("the manifest has the label " + row.getField("label"));
        }
        recordings.add(
            new Sound(
                row.getField("path"),
                label,
                row.getField("speaker"),
                decode(folder.resolve(row.getField("path")), chain)));
      }
    }
    return recordings;
  }

  private static float[] decode(Path file, Chain chain) {
    Decoded decoded = new Decoded();
    MediaRequest sound = new MediaRequest(false, true, Double.POSITIVE_INFINITY, Optional.empty());
    try (MediaReader reader = MediaSource.of(file).open(sound)) {
      while (reader.read(decoded)) {
        // until the end
      }
    }
    return chain.apply(decoded.samples, decoded.rateHz);
  }

  private static float[] chain(float[] samples, int rateHz) {
    return resample(
        resample(withoutZeros(samples), rateHz, BAND_LIMITED_HZ),
        BAND_LIMITED_HZ,
        Vad.SAMPLE_RATE_HZ);
  }

  /** The whole sound of a file, mixed down. */
  private static final class Decoded implements MediaSink {
    private float[] samples = new float[0];
    private int rateHz;

    @Override
    public void audio(AudioWindow window) {
      int length = samples.length;
      samples = Arrays.copyOf(samples, length + window.frames());
      window.mixDownInto(samples, length);
      rateHz = window.sampleRateHz();
    }

    @Override
    public void video(Frame frame) {}

    @Override
    public void lost(Modality modality, TimeSpan span, Evidence.Reason reason, String detail) {
      throw new MediaException("the recording is damaged at " + span + ": " + detail);
    }

    @Override
    public void discontinuity(long timeMicros) {}
  }

  private static float[] withoutZeros(float[] samples) {
    int from = 0;
    int to = samples.length;
    while (from < to && samples[from] == 0) {
      from++;
    }
    while (to > from && samples[to - 1] == 0) {
      to--;
    }
    return Arrays.copyOfRange(samples, from, to);
  }

  static float[] resample(float[] samples, int fromHz, int toHz) {
    Resampler resampler = new Resampler(fromHz, toHz);
    float[] out = new float[resampler.maxOutput(samples.length) + resampler.maxOutput(0)];
    int written = resampler.process(samples, 0, samples.length, out, 0);
    written += resampler.flush(out, written);
    return Arrays.copyOf(out, written);
  }
}
