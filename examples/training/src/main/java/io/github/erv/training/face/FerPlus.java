package io.github.erv.training.face;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import io.github.erv.emotion.LabelSet;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads FER+ (Barsoum et al., 2016, Training deep networks for facial expression recognition with
 * crowd-sourced label distribution): pictures as gzipped IDX, votes as CSV in the same order.
 */
public final class FerPlus {
  public static final LabelSet LABELS = LabelSet.FERPLUS_8;

  public static final int SIDE = 48;

  /** Magic number of IDX for unsigned bytes in three dimensions. */
  private static final int IDX_BYTES_3D = 0x803;

  private static final List<String> NO_EMOTION = List.of("unknown", "NF");

  /**
   * A face.
   *
   * @param pixels luma, {@link #SIDE} * {@link #SIDE}, row by row
   * @param target share of each of {@link #LABELS} in the votes, single votes left out
   * @param majority the class with more than half of the votes left, or -1
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Face(byte[] pixels, float[] target, int majority) {}

  private FerPlus() {}

  /**
   * Reads one part, without pictures that most take for no face or cannot name.
   *
   * @param folder with {@code PART-images.idx3-ubyte.gz} and {@code PART-votes.csv}
   * @param part train or valid
   */
  public static List<Face> read(Path folder, String part) throws IOException {
    List<Face> faces = new ArrayList<>();
    Path images = folder.resolve(part + "-images.idx3-ubyte.gz");
    try (DataInputStream in =
            new DataInputStream(
                new BufferedInputStream(new GZIPInputStream(Files.newInputStream(images))));
        CsvReader<NamedCsvRecord> votes =
            CsvReader.builder().ofNamedCsvRecord(folder.resolve(part + "-votes.csv"))) {
      int magic = in.readInt();
      int count = in.readInt();
      int rows = in.readInt();
      int columns = in.readInt();
      if (magic != IDX_BYTES_3D || rows != SIDE || columns != SIDE) {
        throw new IOException(
            "%s must hold pictures of %d x %d as IDX, has the magic number %x and %d x %d"
                .formatted(images, SIDE, SIDE, magic, columns, rows));
      }
      int read = 0;
      for (NamedCsvRecord row : votes) {
        byte[] pixels = new byte[SIDE * SIDE];
        in.readFully(pixels);
        read++;
        Face face = face(pixels, row);
        if (face != null) {
          faces.add(face);
        }
      }
      if (read != count) {
        throw new IOException("%s has %d pictures, but %d votes".formatted(images, count, read));
      }
    }
    return faces;
  }

  private static @Nullable Face face(byte[] pixels, NamedCsvRecord row) {
    float[] target = new float[LABELS.size()];
    float named = 0;
    float most = 0;
    int best = -1;
    for (int c = 0; c < target.length; c++) {
      target[c] = counted(row, LABELS.get(c).name());
      named += target[c];
      if (target[c] > most) {
        most = target[c];
        best = c;
      }
    }
    float all = named;
    for (String name : NO_EMOTION) {
      float votes = counted(row, name);
      all += votes;
      if (votes >= most) {
        return null;
      }
    }
    for (int c = 0; c < target.length; c++) {
      target[c] /= named;
    }
    return new Face(pixels, target, 2 * most > all ? best : -1);
  }

  /** A single vote of ten is taken for a slip, as by the authors. */
  private static float counted(NamedCsvRecord row, String column) {
    int votes = Integer.parseInt(row.getField(column));
    return votes == 1 ? 0 : votes;
  }
}
