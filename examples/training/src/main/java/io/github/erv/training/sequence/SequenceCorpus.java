package io.github.erv.training.sequence;

import io.github.erv.Encoder;
import io.github.erv.EncoderSession;
import io.github.erv.Evidence;
import io.github.erv.Subject;
import io.github.erv.emotion.Emotion;
import io.github.erv.media.Frame;
import io.github.erv.media.PixelFormat;
import io.github.erv.training.face.FerPlus;
import io.github.erv.vision.face.FaceCrop;
import io.github.erv.vision.face.Landmarks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Expressions that rise and expressions that fall, made of single faces. A path leads from a
 * neutral face to one with a clear expression along the straight line between their embeddings, and
 * takes at each step one of the faces nearest to it; played backwards it falls. Both orders of a
 * path hold the same faces, so that nothing but the order tells the classes apart. The faces are of
 * different people: identity jumps from step to step, as it does in no video.
 */
final class SequenceCorpus {
  /** Share of the votes from which a face shows its expression clearly. */
  private static final float CLEAR = 0.7f;

  /** One of so many nearest faces is taken. */
  private static final int NEIGHBOURS = 3;

  /** Steps at either end in which nothing changes, at most, as a share of the path. */
  private static final double STILL = 0.25;

  private final List<FerPlus.Face> faces;
  private final float[][] embeddings;

  /**
   * Creates a corpus.
   *
   * @param faces the pool
   * @param frames gives an embedding of each
   */
  SequenceCorpus(List<FerPlus.Face> faces, Encoder<FaceCrop> frames) {
    this.faces = List.copyOf(faces);
    embeddings = new float[faces.size()][frames.embeddingSize()];
    try (EncoderSession<FaceCrop> session = frames.open()) {
      for (int i = 0; i < embeddings.length; i++) {
        float[] target = embeddings[i];
        session.encode(
            crop(i, Subject.face(1), i),
            said -> {
              if (said.evidence() instanceof Evidence.Present present) {
                present.copyEmbedding(target, 0);
              }
            });
      }
    }
  }

  int size() {
    return embeddings.length;
  }

  float[] embedding(int face) {
    return embeddings[face];
  }

  /** The picture of a face as a tracker would hand it out. */
  FaceCrop crop(int face, Subject subject, long micros) {
    int side = FerPlus.SIDE;
    Frame frame = Frame.of(PixelFormat.GRAY8, side, side, faces.get(face).pixels(), micros);
    return FaceCrop.of(frame, subject, Landmarks.frontal(side / 2.0, side / 2.0, side));
  }

  /**
   * Draws rising paths.
   *
   * @return numbers of faces, (count, steps)
   */
  int[][] rising(int count, int steps, SplittableRandom random) {
    List<Integer> neutral = new ArrayList<>();
    List<Integer> clear = new ArrayList<>();
    for (int i = 0; i < faces.size(); i++) {
      int majority = faces.get(i).majority();
      if (majority >= 0 && faces.get(i).target()[majority] >= CLEAR) {
        boolean still = FerPlus.LABELS.get(majority).equals(Emotion.NEUTRAL);
        (still ? neutral : clear).add(i);
      }
    }
    if (neutral.isEmpty() || clear.isEmpty() || faces.size() < steps + NEIGHBOURS) {
      throw new IllegalArgumentException(
          "%d faces, %d clearly neutral and %d clearly not, are too few for %d steps"
              .formatted(faces.size(), neutral.size(), clear.size(), steps));
    }
    int[][] paths = new int[count][];
    for (int p = 0; p < count; p++) {
      paths[p] =
          path(
              embeddings[neutral.get(random.nextInt(neutral.size()))],
              embeddings[clear.get(random.nextInt(clear.size()))],
              steps,
              random);
    }
    return paths;
  }

  private int[] path(float[] from, float[] to, int steps, SplittableRandom random) {
    double still = STILL * (steps - 1);
    double onset = random.nextDouble() * still;
    double apex = steps - 1 - random.nextDouble() * still;
    int[] path = new int[steps];
    boolean[] taken = new boolean[faces.size()];
    float[] point = new float[from.length];
    for (int k = 0; k < steps; k++) {
      float share = (float) Math.min(1, Math.max(0, (k - onset) / (apex - onset)));
      for (int i = 0; i < point.length; i++) {
        point[i] = from[i] + share * (to[i] - from[i]);
      }
      path[k] = near(point, taken, random.nextInt(NEIGHBOURS));
      taken[path[k]] = true;
    }
    return path;
  }

  /** The face of a given rank among the nearest that are not taken. */
  private int near(float[] point, boolean[] taken, int rank) {
    int[] best = new int[rank + 1];
    double[] distances = new double[rank + 1];
    Arrays.fill(distances, Double.POSITIVE_INFINITY);
    for (int f = 0; f < embeddings.length; f++) {
      if (taken[f]) {
        continue;
      }
      float sum = 0;
      for (int i = 0; i < point.length; i++) {
        float d = embeddings[f][i] - point[i];
        sum += d * d;
      }
      int at = rank;
      if (sum < distances[at]) {
        for (; at > 0 && sum < distances[at - 1]; at--) {
          distances[at] = distances[at - 1];
          best[at] = best[at - 1];
        }
        distances[at] = sum;
        best[at] = f;
      }
    }
    return best[rank];
  }
}
