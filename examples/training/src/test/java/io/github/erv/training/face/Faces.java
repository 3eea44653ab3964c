package io.github.erv.training.face;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;

/** Makes FER+ of pictures that show their class by the place of a bright bar. */
public final class Faces {
  private Faces() {}

  public static void write(Path folder, String part, int count) throws IOException {
    SplittableRandom random = new SplittableRandom(count);
    int side = FerPlus.SIDE;
    StringBuilder votes = new StringBuilder("image");
    FerPlus.LABELS.forEach(label -> votes.append(',').append(label.name()));
    votes.append(",unknown,NF\n");
    try (DataOutputStream out =
        new DataOutputStream(
            new GZIPOutputStream(
                Files.newOutputStream(folder.resolve(part + "-images.idx3-ubyte.gz"))))) {
      out.writeInt(0x803);
      out.writeInt(count);
      out.writeInt(side);
      out.writeInt(side);
      for (int i = 0; i < count; i++) {
        int label = i % FerPlus.LABELS.size();
        for (int p = 0; p < side * side; p++) {
          boolean bar = p / side / 6 == label;
          out.writeByte((bar ? 190 : 60) + random.nextInt(40));
        }
        votes.append("fer").append(i).append(".png");
        for (int c = 0; c < FerPlus.LABELS.size(); c++) {
          votes.append(',').append(c == label ? 9 : c == (label + 1) % 8 ? 1 : 0);
        }
        votes.append(",0,0\n");
      }
    }
    Files.writeString(folder.resolve(part + "-votes.csv"), votes);
  }
}
