package io.github.erv.training.voice;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import io.github.erv.audio.spectrum.LogMel;
import io.github.erv.audio.voice.Vad;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.media.Resampler;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;

/**
 * Reads EMO-DB (Burkhardt et al., 2005) from a folder with a {@code manifest.csv}.
 *
 * <p>Part of the files are copies: cut or padded to two seconds and resampled, nearly all of them
 * fear, boredom and disgust. So that the copies do not give themselves away, all files go through
 * one chain: to 14 kHz, which ends the band at 6.7 kHz, and on to 16 kHz; zeros at the ends
 * stripped; frames of speech alone. Their length is taken care of where crops are drawn.
 */
final class EmoDb {
  private static final int BAND_LIMITED_HZ = 14_000;

  private EmoDb() {}

  static List<Recording> read(Path folder, LabelSet labels, LogMel.Spec spec) throws IOException {
    List<Recording> recordings = new ArrayList<>();
    try (Vad vad = Vad.bundled();
        Vad.Session session = vad.open();
        CsvReader<NamedCsvRecord> manifest =
            CsvReader.builder().ofNamedCsvRecord(folder.resolve("manifest.csv"))) {
      for (NamedCsvRecord row : manifest) {
        int label = labels.indexOf(new Emotion(row.getField("label")));
        if (label < 0) {
          throw new IOException("the manifest has the label " + row.getField("label"));
        }
        float[] samples = decode(folder.resolve(row.getField("path")));
        recordings.add(
            new Recording(
                row.getField("path"),
                label,
                row.getField("speaker"),
                frames(samples, session, spec)));
      }
    }
    return recordings;
  }

  private static float[] decode(Path file) throws IOException {
    try (AudioInputStream packed = AudioSystem.getAudioInputStream(file.toFile())) {
      int rate = (int) packed.getFormat().getSampleRate();
      AudioFormat pcm = new AudioFormat(rate, 16, 1, true, false);
      byte[] bytes;
      try (AudioInputStream plain = AudioSystem.getAudioInputStream(pcm, packed)) {
        bytes = plain.readAllBytes();
      }
      float[] samples = new float[bytes.length / 2];
      for (int i = 0; i < samples.length; i++) {
        samples[i] = (short) ((bytes[2 * i] & 0xff) | (bytes[2 * i + 1] << 8)) / 32_768f;
      }
      return resample(
          resample(withoutZeros(samples), rate, BAND_LIMITED_HZ),
          BAND_LIMITED_HZ,
          Vad.SAMPLE_RATE_HZ);
    } catch (UnsupportedAudioFileException e) {
      throw new IOException(file + " is not audio that can be read", e);
    }
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

  private static float[] resample(float[] samples, int fromHz, int toHz) {
    Resampler resampler = new Resampler(fromHz, toHz);
    float[] out = new float[resampler.maxOutput(samples.length) + resampler.maxOutput(0)];
    int written = resampler.process(samples, 0, samples.length, out, 0);
    written += resampler.flush(out, written);
    return Arrays.copyOf(out, written);
  }

  /** The frames whose middle lies in speech, as the encoder picks them. */
  private static float[][] frames(float[] samples, Vad.Session vad, LogMel.Spec spec) {
    int chunks = samples.length / Vad.CHUNK + 1;
    float[] padded = Arrays.copyOf(samples, chunks * Vad.CHUNK);
    boolean[] speech = new boolean[chunks];
    vad.reset();
    for (int c = 0; c < chunks; c++) {
      vad.accept(padded, c * Vad.CHUNK);
      Arrays.fill(speech, c + 1 - vad.speechRun(), c + 1, true);
    }
    LogMel logMel = new LogMel(spec);
    List<float[]> frames = new ArrayList<>();
    for (int at = 0; at + spec.frameLength() <= samples.length; at += spec.hop()) {
      if (speech[(at + spec.frameLength() / 2) / Vad.CHUNK]) {
        float[] frame = new float[spec.bands()];
        logMel.frameInto(samples, at, frame, 0);
        frames.add(frame);
      }
    }
    return frames.toArray(float[][]::new);
  }
}
