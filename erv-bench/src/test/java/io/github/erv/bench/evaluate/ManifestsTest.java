package io.github.erv.bench.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tiny trees in the layouts of the corpora. */
class ManifestsTest {
  private static final String VOTES =
      "neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF";

  @TempDir Path folder;

  private void file(String name, String... lines) throws IOException {
    Path file = folder.resolve("root").resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, List.of(lines));
  }

  /** Returns path, label and further columns of the manifest that a corpus gives. */
  private Map<String, String> labels(String corpus, String... options) throws IOException {
    Path out = folder.resolve("m.csv");
    String[] args =
        Arrays.copyOf(
            new String[] {
              "--corpus", corpus, "--root", folder.resolve("root").toString(), "--out", "" + out
            },
            6 + options.length);
    System.arraycopy(options, 0, args, 6, options.length);
    assertEquals(0, Manifests.run(args));
    Map<String, String> labels = new TreeMap<>();
    for (Item item : Manifest.read(out, Manifest.CANONICAL).items()) {
      labels.put(
          folder.relativize(item.path().normalize()).toString().replace('\\', '/'),
          item.label().orElseThrow() + " " + item.field("speaker"));
    }
    return labels;
  }

  @Test
  void ferplus_ofIdx_keepsMajoritiesAndWritesThePixels() throws IOException {
    file(
        "valid-votes.csv",
        "image," + VOTES,
        "a.png,6,1,1,1,1,0,0,0,0,0", // single votes do not count: 6 of 6
        "b.png,5,5,0,0,0,0,0,0,0,0", // no majority
        "c.png,2,0,0,0,0,0,0,0,8,0", // unknown
        "d.png,0,0,0,0,0,0,6,4,0,0");
    byte[] pixels = new byte[4 * 6];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (10 * i);
    }
    try (DataOutputStream idx =
        new DataOutputStream(
            new GZIPOutputStream(
                Files.newOutputStream(folder.resolve("root/valid-images.idx3-ubyte.gz"))))) {
      idx.writeInt(0x803);
      idx.writeInt(4);
      idx.writeInt(2);
      idx.writeInt(3);
      idx.write(pixels);
    }
    assertEquals(Map.of("m-files/a.png", "neutral ", "m-files/d.png", "fear "), labels("ferplus"));
    int[] last = new int[6];
    ImageIO.read(folder.resolve("m-files/d.png").toFile()).getRaster().getPixels(0, 0, 3, 2, last);
    assertEquals("[180, 190, 200, 210, 220, 230]", Arrays.toString(last));
    Item first = Manifest.read(folder.resolve("m.csv"), Manifest.CANONICAL).items().get(0);
    assertEquals("1", first.field("votes:anger"));
  }

  @Test
  void ferplus_ofTheOriginalTables_joinsThemByRow() throws IOException {
    file(
        "fer2013new.csv",
        "Usage,Image name," + VOTES,
        "Training,x.png,0,9,0,0,0,0,0,0,0,0",
        "PublicTest,,0,0,0,0,0,0,0,0,0,10",
        "PublicTest,y.png,0,0,0,10,0,0,0,0,0,0");
    file(
        "fer2013.csv",
        "emotion,pixels,Usage",
        "3,1 2 3 4,Training",
        "0,5 6 7 8,PublicTest",
        "4,9 10 11 12,PublicTest");
    assertEquals(Map.of("m-files/y.png", "sadness "), labels("ferplus", "--part", "PublicTest"));
    assertEquals(
        9, ImageIO.read(folder.resolve("m-files/y.png").toFile()).getRaster().getSample(0, 0, 0));
  }

  @Test
  void emodb_byNameOrByManifest() throws IOException {
    file("wav/03a01Fa.wav", "x");
    file("wav/16b10Lb.wav", "x");
    file("wav/notes.wav", "x");
    assertEquals(
        Map.of("root/wav/03a01Fa.wav", "happiness 03", "root/wav/16b10Lb.wav", "boredom 16"),
        labels("emodb"));
    file("manifest.csv", "path,label,speaker,text", "wav/03a01Fa.wav,anger,99,a01");
    assertEquals(Map.of("root/wav/03a01Fa.wav", "anger 99"), labels("emodb"));
  }

  @Test
  void cremad_byName() throws IOException {
    file("AudioWAV/1001_DFA_ANG_XX.wav", "x");
    file("AudioWAV/1091_IEO_SAD_HI.wav", "x");
    assertEquals(
        Map.of(
            "root/AudioWAV/1001_DFA_ANG_XX.wav", "anger 1001",
            "root/AudioWAV/1091_IEO_SAD_HI.wav", "sadness 1091"),
        labels("crema-d"));
  }

  @Test
  void ravdess_byName() throws IOException {
    file("Actor_12/03-01-06-01-02-01-12.wav", "x");
    file("Actor_01/03-01-02-02-02-01-01.wav", "x");
    assertEquals(
        Map.of(
            "root/Actor_12/03-01-06-01-02-01-12.wav", "fear 12",
            "root/Actor_01/03-01-02-02-02-01-01.wav", "calm 01"),
        labels("ravdess"));
  }

  @Test
  void rafdb_byItsList() throws IOException {
    file("EmoLabel/list_patition_label.txt", "train_00001.jpg 5", "test_0001.jpg 1");
    file("Image/aligned/train_00001_aligned.jpg", "x");
    file("Image/aligned/test_0001_aligned.jpg", "x");
    assertEquals(
        Map.of("root/Image/aligned/test_0001_aligned.jpg", "surprise "),
        labels("raf-db", "--part", "test"));
  }

  @Test
  void affectnet_byTableOrByFolders() throws IOException {
    file("val/6/1.jpg", "x");
    file("val/7/2.jpg", "x");
    assertEquals(
        Map.of("root/val/6/1.jpg", "anger ", "root/val/7/2.jpg", "contempt "), labels("affectnet"));
    file(
        "validation.csv",
        "subDirectory_filePath,expression,valence,arousal",
        "val/6/1.jpg,1,0.5,0.25",
        "val/7/2.jpg,8,-2,-2");
    assertEquals(Map.of("root/val/6/1.jpg", "happiness "), labels("affectnet"));
    Manifest manifest = Manifest.read(folder.resolve("m.csv"), Manifest.CANONICAL);
    assertEquals(0.25, manifest.number(manifest.items().get(0), "arousal"));
  }

  @Test
  void meld_byItsTable() throws IOException {
    file(
        "test_sent_emo.csv",
        "Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID",
        "1,\"Well, hi\",Mark,joy,positive,0,3");
    file("output_repeated_splits_test/dia0_utt3.mp4", "x");
    assertEquals(
        Map.of("root/output_repeated_splits_test/dia0_utt3.mp4", "happiness Mark"), labels("meld"));
  }

  @Test
  void whatIsNotThere_isSaid() throws IOException {
    file("nothing.txt", "x");
    String root = folder.resolve("root").toString();
    String out = folder.resolve("none.csv").toString();
    for (String corpus : List.of("ferplus", "emodb", "ravdess", "raf-db", "affectnet", "meld")) {
      assertEquals(1, Manifests.run("--corpus", corpus, "--root", root, "--out", out), corpus);
    }
    assertEquals(2, Manifests.run("--corpus", "faces", "--root", root, "--out", out));
    assertFalse(Files.exists(Path.of(out)));
  }
}
