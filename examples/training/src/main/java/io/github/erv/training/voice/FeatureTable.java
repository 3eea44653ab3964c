package io.github.erv.training.voice;

import io.github.erv.audio.VoiceFeatures;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The features of all recordings: one crop each through several channels, to learn from; and
 * through a few named channels every quarter of a second, as the encoder gives them, to score.
 */
final class FeatureTable {
  /** 1.9 s: shorter than the copies among the recordings, so that length tells nothing. */
  private static final int MOST = 190;

  private static final int LEAST = 100;

  /** The encoder's step and context, in frames. */
  private static final int STEP = 25;

  private static final int CONTEXT = 300;

  /**
   * Features of a stretch of speech.
   *
   * @param recording its index
   * @param channel its index; 0 is clean
   * @param frames of speech in it
   * @param freshFrames of speech that were not in the stretch before
   * @param values the features
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Row(int recording, int channel, int frames, int freshFrames, float[] values) {
    double weight() {
      return VoiceFeatures.weight((long) freshFrames * VoiceFeatures.HOP, frames);
    }
  }

  private FeatureTable() {}

  /** What recordings are scored through. */
  static Map<String, Channel> conditions() {
    Map<String, Channel> conditions = new LinkedHashMap<>();
    conditions.put("clean", Channel.CLEAN);
    conditions.put("noise 20 dB", Channel.noise(20));
    conditions.put("noise 10 dB", Channel.noise(10));
    conditions.put("noise 0 dB", Channel.noise(0));
    conditions.put("band to 3.4 kHz", Channel.lowPass(3_400));
    conditions.put("telephone", Channel.telephone());
    conditions.put("room 0.7 s", Channel.room());
    conditions.put("other microphone", Channel.microphone());
    return conditions;
  }

  /** One crop of each recording through each of some channels, the same for all of a speaker's. */
  static List<Row> crops(List<EmoDb.Sound> sounds, int channels, long seed) {
    Map<String, Channel> drawn = new LinkedHashMap<>();
    List<Row> rows = new ArrayList<>();
    try (Hearing hearing = new Hearing()) {
      for (int i = 0; i < sounds.size(); i++) {
        EmoDb.Sound sound = sounds.get(i);
        for (int k = 0; k < channels; k++) {
          long own = seed * 1_000_003 + Integer.parseInt(sound.speaker()) * 1_009L + k;
          Channel channel =
              k == 0
                  ? Channel.CLEAN
                  : drawn.computeIfAbsent(
                      sound.speaker() + " " + k, s -> Channel.random(new SplittableRandom(own)));
          SplittableRandom random = new SplittableRandom(seed * 7_919 + i * 1_000L + k);
          hearing.hear(channel.apply(sound.samples(), random));
          long[] speech = hearing.speechFrames();
          int length = Math.min(speech.length, random.nextInt(LEAST, MOST + 1));
          if (length < LEAST / 2) {
            continue; // too little was heard
          }
          int from = random.nextInt(speech.length - length + 1);
          float[] values = hearing.features(speech[from], speech[from + length - 1] + 1);
          if (values != null) {
            rows.add(new Row(i, k, length, length, values));
          }
        }
      }
    }
    return rows;
  }

  /** What the encoder gives of each recording, step by step, through one channel. */
  static List<Row> steps(List<EmoDb.Sound> sounds, Channel channel, int number) {
    List<Row> rows = new ArrayList<>();
    try (Hearing hearing = new Hearing()) {
      for (int i = 0; i < sounds.size(); i++) {
        hearing.hear(channel.apply(sounds.get(i).samples(), new SplittableRandom(i)));
        long[] speech = hearing.speechFrames();
        for (long end = STEP; end < hearing.frames() + STEP; end += STEP) {
          int frames = 0;
          int fresh = 0;
          for (long f : speech) {
            frames += f < end && f >= end - CONTEXT ? 1 : 0;
            fresh += f < end && f >= end - STEP ? 1 : 0;
          }
          float[] values = fresh == 0 ? null : hearing.features(Math.max(0, end - CONTEXT), end);
          if (values != null) {
            rows.add(new Row(i, number, frames, fresh, values));
          }
        }
      }
    }
    return rows;
  }

  /** Makes rows, or reads them where that was done before. */
  static List<Row> cached(Path file, Maker maker) throws IOException {
    if (!Files.exists(file)) {
      List<Row> rows = maker.make();
      Path part = file.resolveSibling(file.getFileName() + ".part");
      try (DataOutputStream out =
          new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(part)))) {
        out.writeInt(rows.size());
        for (Row row : rows) {
          out.writeInt(row.recording);
          out.writeInt(row.channel);
          out.writeInt(row.frames);
          out.writeInt(row.freshFrames);
          for (float value : row.values) {
            out.writeFloat(value);
          }
        }
      }
      Files.move(part, file);
    }
    List<Row> rows = new ArrayList<>();
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      int count = in.readInt();
      for (int r = 0; r < count; r++) {
        int recording = in.readInt();
        int channel = in.readInt();
        int frames = in.readInt();
        int fresh = in.readInt();
        float[] values = new float[VoiceFeatures.SIZE];
        for (int i = 0; i < values.length; i++) {
          values[i] = in.readFloat();
        }
        rows.add(new Row(recording, channel, frames, fresh, values));
      }
    }
    return rows;
  }

  /** Makes rows. */
  interface Maker {
    List<Row> make();
  }
}
