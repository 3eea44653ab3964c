package io.github.erv.training.face;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FerPlusTest {
  private static final String HEADER =
      "image,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n";

  @TempDir Path folder;

  private void write(int magic, int count, int side, String votes) throws IOException {
    try (DataOutputStream out =
        new DataOutputStream(
            new GZIPOutputStream(
                Files.newOutputStream(folder.resolve("train-images.idx3-ubyte.gz"))))) {
      out.writeInt(magic);
      out.writeInt(count);
      out.writeInt(side);
      out.writeInt(side);
      for (int i = 0; i < count; i++) {
        for (int p = 0; p < side * side; p++) {
          out.writeByte(i);
        }
      }
    }
    Files.writeString(folder.resolve("train-votes.csv"), HEADER + votes);
  }

  @Test
  void votes_becomeSharesAndMajorities() throws IOException {
    write(
        0x803,
        5,
        48,
        "a,4,0,0,1,3,2,0,0,0,0\n" // 4, 3 and 2 are left of ten: no majority
            + "b,0,9,0,0,0,0,1,0,0,0\n" // the single vote does not count
            + "c,1,1,1,1,1,1,1,1,1,1\n" // nothing is left
            + "d,3,0,0,0,0,0,0,0,5,2\n" // mostly unknown
            + "e,0,0,6,0,0,0,0,0,0,4\n");
    List<FerPlus.Face> faces = FerPlus.read(folder, "train");
    assertEquals(3, faces.size());
    float[] shares = {4 / 9f, 0, 0, 0, 3 / 9f, 2 / 9f, 0, 0};
    assertArrayEquals(shares, faces.get(0).target(), 1e-6f);
    assertEquals(-1, faces.get(0).majority());
    assertEquals(1, faces.get(1).majority());
    assertEquals(1f, faces.get(1).target()[1]);
    assertEquals(1, faces.get(1).pixels()[100], "picture and votes belong together");
    assertEquals(2, faces.get(2).majority(), "6 of 10 is more than half");
    assertEquals(4, faces.get(2).pixels()[0]);
  }

  @Test
  void badFiles_areRefused() throws IOException {
    write(0x801, 1, 48, "a,9,0,0,0,0,0,0,0,0,0\n");
    assertTrue(refusal().contains("801"), refusal());
    write(0x803, 1, 24, "a,9,0,0,0,0,0,0,0,0,0\n");
    assertTrue(refusal().contains("24 x 24"), refusal());
    write(0x803, 2, 48, "a,9,0,0,0,0,0,0,0,0,0\n");
    assertTrue(refusal().contains("2 pictures, but 1 votes"), refusal());
  }

  private String refusal() {
    return assertThrows(IOException.class, () -> FerPlus.read(folder, "train")).getMessage();
  }
}
