package io.github.erv.training.sequence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.Encoder;
import io.github.erv.EncoderSession;
import io.github.erv.Evidence;
import io.github.erv.Modality;
import io.github.erv.Observation;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.training.face.FerPlus;
import io.github.erv.vision.face.FaceCrop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class SequenceCorpusTest {
  /** Gives the brightness as an embedding of one value. */
  private static final class Brightness implements Encoder<FaceCrop> {
    @Override
    public Modality modality() {
      return Modality.FACE;
    }

    @Override
    public LabelSet labels() {
      return FerPlus.LABELS;
    }

    @Override
    public int embeddingSize() {
      return 1;
    }

    @Override
    public EncoderSession<FaceCrop> open() {
      return new EncoderSession<>() {
        @Override
        public void encode(FaceCrop face, Consumer<Observation> out) {
          byte[] pixel = new byte[1];
          face.lumaInto(1, 0.5, pixel);
          Evidence evidence = Evidence.Present.builder(1).embedding(pixel[0] & 255).build();
          out.accept(Observation.of(Modality.FACE, face.subject(), face.span(), evidence));
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public void close() {}
  }

  /** A face whose expression is as clear as it is bright. */
  private static FerPlus.Face face(int brightness) {
    byte[] pixels = new byte[FerPlus.SIDE * FerPlus.SIDE];
    Arrays.fill(pixels, (byte) brightness);
    float[] target = new float[FerPlus.LABELS.size()];
    int happy = FerPlus.LABELS.emotions().indexOf(Emotion.HAPPINESS);
    target[happy] = brightness / 255f;
    target[0] = 1 - target[happy];
    int majority = target[happy] > 0.5 ? happy : 0;
    return new FerPlus.Face(pixels, target, majority);
  }

  @Test
  void rising_paths_riseAndUseAFaceOnce() {
    List<FerPlus.Face> faces = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      faces.add(face(i));
    }
    SequenceCorpus corpus = new SequenceCorpus(faces, new Brightness());
    assertEquals(256, corpus.size());
    assertEquals(200, corpus.embedding(200)[0], 1);
    int[][] paths = corpus.rising(50, 12, new SplittableRandom(4));
    assertTrue(Arrays.deepEquals(paths, corpus.rising(50, 12, new SplittableRandom(4))));
    for (int[] path : paths) {
      assertEquals(12, Arrays.stream(path).distinct().count());
      // neutral faces are below 77, clear ones above 178; a still end takes neighbours
      assertTrue(path[0] < 77 + 3 && path[11] > 178 - 12, Arrays.toString(path));
      int inversions = 0;
      for (int k = 1; k < path.length; k++) {
        inversions += path[k] < path[k - 1] - 12 ? 1 : 0;
      }
      assertEquals(0, inversions, Arrays.toString(path));
    }
  }

  @Test
  void rising_withoutExpressions_isRefused() {
    List<FerPlus.Face> faces = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      faces.add(face(20));
    }
    SequenceCorpus corpus = new SequenceCorpus(faces, new Brightness());
    assertThrows(
        IllegalArgumentException.class, () -> corpus.rising(1, 12, new SplittableRandom(1)));
  }
}
